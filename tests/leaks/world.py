"""Users who do all there is to do, so that there is something of theirs to leak; and what the database holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints
from uuid import UUID

import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.auth import service as auth
from app.auth.models import Organization, Role
from app.companies.models import CompanyDoubt
from app.companies.service import set_home_company
from app.composition import House
from app.contacts.models import ContactDoubt
from app.exchanges.models import Exchange
from app.kit.db import Base, Visibility
from app.kit.ids import new_id
from app.kit.trail import AuditEntry
from app.scans.models import Card, CardLogo, Scan
from tests.readings import read_scan

WORD = "Zqxword"
"""Stands in what the victim says."""

Ids = dict[str, set[str]]
"""By table."""


@dataclass
class User:
    """Somebody who calls the API."""

    api: TestClient
    house: House
    work: Any
    id: UUID
    organization_id: UUID
    headers: dict[str, str]

    def begin(self):
        return self.house.sessions.begin(self.organization_id)

    def send(self, method: str, path: str, **request: Any):
        headers = self.headers | request.pop("headers", {})
        return self.api.request(method, path, headers=headers, follow_redirects=False, **request)

    def get(self, path: str) -> Any:
        return self._done(self.send("GET", path))

    def post(self, path: str, **said: Any) -> Any:
        return self._done(self.send("POST", path, json=said))

    @staticmethod
    def _done(answer) -> Any:
        assert answer.is_success, f"{answer.request.url} {answer.status_code} {answer.text}"
        return answer.json()


def join(api: TestClient, house: House, work, name: str, organization_id: UUID | None = None) -> User:
    """A new administrator, of a new organization unless one is named."""
    with house.sessions.begin(organization_id) as session:
        if organization_id is None:
            auth.found_organization(session, f"{name}'s Systems", "US")
            set_home_company(session, f"{name}'s Systems", f"{name.lower()}.example")
        user = auth.add_user(session, name, f"{new_id().hex}@{name.lower()}.example", Role.ADMIN)
        key, _ = auth.issue_key(session, user, f"{name}'s phone")
        organization_id = user.organization_id
    return User(api, house, work, user.id, organization_id, {"Authorization": f"Bearer {key}"})


def keep(user: User, visibility: Visibility) -> None:
    """From here on this is the visibility of what the organization's users make."""
    with user.begin() as session:
        session.get_one(Organization, user.organization_id).default_visibility = visibility


def live_together(user: User, hook: str) -> None:
    """What an organization has in common."""
    user.post("/v1/webhook-endpoints", url=hook, description="Ours")
    user.post("/v1/users", name="Cleo Hall", email=f"{new_id().hex}@team.example")
    user.post("/v1/api-keys", name="a second phone")
    user.post("/v1/invitations", email=f"{new_id().hex}@team.example", name="Dan Ives")


def connect_crm(user: User, url: str) -> None:
    """From here on contacts are brought to a CRM."""
    user.post("/v1/crm-connections", connector="hubspot", name="CRM", url=url, credentials={"access_token": "x"})


def live(user: User, visibility: Visibility, word: str) -> None:
    """Meet people and deal with them. `word` stands in whatever the user says; Jane is met by everybody."""
    keep(user, visibility)
    jane = [("name", "Jane Doe"), ("company", "Acme Tools GmbH"), ("email", "jane.doe@acme.example")]
    jane += [("phone", "+4934112345678"), ("title", f"Head of {word}")]
    otto = [("name", f"Otto {word}"), ("company", f"{word} & Sons"), ("email", f"otto@{word}.example")]
    ida = [("name", f"Ida {word}"), ("company", f"{word} Partners"), ("email", f"ida@{word}-partners.example")]
    gone = [("name", f"Gus {word}"), ("company", f"{word} & Sons"), ("email", f"gus@{word}.example")]
    for cards in ([jane, otto], [ida], [gone]):
        _scan(user, cards, visibility, word)
    found = {each["name"]: each for each in user.get("/v1/contacts")["items"] if each["owner_id"] == str(user.id)}
    otto_id, ida_id = (found[f"{name} {word}"]["id"] for name in ("Otto", "Ida"))
    _doubt(user, found[f"Otto {word}"], found[f"Ida {word}"])
    user.post("/v1/accounts", company=f"{word} Grocers", relation="customer", industry=word)
    user.post("/v1/accounts", company="Corner Grocers", relation="customer", product_category=word)
    user.post("/v1/accounts", company=f"{word} Grocers", relation="customer", contact_id=otto_id)
    _deal(user, found[f"Otto {word}"], word)
    _review(user, otto_id, word)
    user.post(f"/v1/contacts/{otto_id}/merge", other_id=ida_id)
    user.post(f"/v1/companies/{found[f'Otto {word}']['company_id']}/merge", other_id=found[f"Ida {word}"]["company_id"])
    user.post(f"/v1/contacts/{found[f'Gus {word}']['id']}/erasure")
    user.post(f"/v1/contacts/{otto_id}/notes", text=f"{word} is nice")
    user.send("PUT", f"/v1/contacts/{otto_id}/tags", json=[word])
    sons = found[f"Otto {word}"]["company_id"]
    user.post(f"/v1/companies/{sons}/brands", name=f"{word} Hammers", domains=[f"{word}-hammers.example"])
    sheet = f"name,company,email\nUma {word},{word} Imports,uma@{word}-imports.example\n".encode()
    assert user.send("POST", "/v1/imports", files={"file": ("people.csv", sheet)}).is_success
    _propose_match(user, found["Jane Doe"]["id"])
    user.work()


def _scan(user: User, cards: list, visibility: Visibility, word: str) -> None:
    """A scan whose pictures are there."""
    audience_id = user.id if visibility == Visibility.PRIVATE else user.organization_id
    said = {"note": f"{word} said", "event": f"Fair of {word}", "place": f"{word}ville", "client_id": word}
    with user.begin() as session:
        scan_id = read_scan(session, user.id, *cards, audience_id=audience_id, logo="0" * 32, review=("glare",), **said)
        scan = session.get_one(Scan, scan_id)
        scan.front_file = user.house.files.put(user.organization_id, f"photo {scan_id} {word}".encode())
        for card in session.scalars(sa.select(Card).where(Card.scan_id == scan_id)).all():
            card.image_file = user.house.files.put(user.organization_id, f"card {card.id} {word}".encode())
            for logo in session.scalars(sa.select(CardLogo).where(CardLogo.card_id == card.id)).all():
                logo.image_file = user.house.files.put(user.organization_id, f"logo {logo.id} {word}".encode())
    user.work()


def _doubt(user: User, one: dict, other: dict) -> None:
    with user.begin() as session:
        why: dict[str, Any] = {"bits": 8.0, "reasons": [{"code": "same_name", "bits": 8.0}]}
        session.add(ContactDoubt(contact_id=UUID(one["id"]), other_id=UUID(other["id"]), **why))
        companies = {"company_id": UUID(one["company_id"]), "other_id": UUID(other["company_id"])}
        if not session.scalars(sa.select(CompanyDoubt).filter_by(**companies)).first():
            session.add(CompanyDoubt(**companies, **why))


def _deal(user: User, contact: dict, word: str) -> None:
    pairs = user.get("/v1/alliances?limit=200")["items"]
    pair = next(each for each in pairs if contact["company_id"] in [end["id"] for end in each["companies"]])
    home = next(end["id"] for end in pair["companies"] if end["is_home"])
    base, who = f"/v1/alliances/{pair['id']}", {"contact_id": contact["id"], "note": f"{word} agreed"}
    asked = user.post(f"{base}/introductions", kind="introduction", giver_company_id=home, **who)
    user.post(f"{base}/introductions/{asked['id']}/answer", accepted=True)
    user.post(f"{base}/wins", credited_company_id=home, **who)
    user.post(f"{base}/decisions", choice="decline", note=f"{word} says no")
    user.post(f"{base}/agreements", kind="referral", starts_on="2026-01-01", note=f"{word} signed")


def _review(user: User, contact_id: str, word: str) -> None:
    """Say what is on the card of a contact."""
    found = user.get("/v1/reviews?limit=200")["items"]
    [review_id] = [each["id"] for each in found if each["contact_id"] == contact_id]
    user.post(f"/v1/reviews/{review_id}/claim")
    user.post(f"/v1/reviews/{review_id}/resolve", titles=[f"Head of {word}"])


def _propose_match(user: User, contact_id: str) -> None:
    if "/v1/matches" not in user.api.app.openapi()["paths"]:  # type: ignore[attr-defined]
        return
    with user.begin() as session:
        for exchange in session.scalars(sa.select(Exchange).where(Exchange.user_id == user.id)):
            exchange.direction = "mutual"  # type: ignore[assignment]
    user.post(
        "/v1/matches", contact_id=contact_id, own=["customer"], partner=["customer"], token_digest=new_id().hex * 2
    )


def rows(house: House) -> dict[str, dict[str, dict[str, Any]]]:
    """Every row of every table with an id: table, id, column, value."""
    with house.sessions.engine.connect() as connection:
        found = {}
        for table in Base.metadata.sorted_tables:
            if "id" in table.c and table.name != "jobs":
                all_of_it = connection.execute(sa.select(table)).mappings()
                found[table.name] = {str(row["id"]): dict(row) for row in all_of_it}
        return found


def ids(house: House) -> Ids:
    """The ids of all rows."""
    return {table: set(each) for table, each in rows(house).items()}


def plant(house: House, theirs: Ids, text: str) -> set[str]:
    """Put this into every free text of these rows; returns the columns that were planted, `table.column`.

    Nobody can put anything into the trail.
    """
    planted = set()
    with house.sessions.engine.begin() as connection:
        for model in (mapper.class_ for mapper in Base.registry.mappers if mapper.class_ is not AuditEntry):
            table, columns = model.__table__, _texts(model)
            for row_id in sorted(theirs.get(table.name, ())):
                values = {column: f"{text} {row_id}"[: _room(table.c[column])] for column in columns}
                if values:
                    connection.execute(sa.update(table).where(table.c.id == UUID(row_id)).values(values))
                    planted |= {f"{table.name}.{column}" for column in values}
    return planted


_MEANT = (
    "key",
    "prefix",
    "digest",
    "fingerprint",
    "hash",
    "_file",
    "url",
    "secret",
    "sealed",
    "kind",
    "side",
    "source",
    "code",
)
_MEANT_TOO = ("type", "status", "state", "reason", "version", "engine", "error", "worker", "reaction", "event_type")
"""Ends of the names of columns whose values mean something to the program: it would fail before it could leak."""


def _texts(model: type) -> list[str]:
    hints = get_type_hints(model)
    return [
        column.key
        for column in model.__mapper__.columns  # type: ignore[attr-defined]
        if isinstance(column.type, sa.String) and _room(column) >= 40
        if not any(isinstance(each, type) and issubclass(each, Enum) for each in _inside(hints.get(column.key)))
        if not column.key.endswith(_MEANT + _MEANT_TOO) and not column.foreign_keys
    ]


def _room(column: sa.Column) -> int:
    return getattr(column.type, "length", None) or 100


def _inside(hint: Any) -> list[Any]:
    parts = list(get_args(hint))
    return parts + [deeper for part in parts for deeper in _inside(part)]
