"""A year of dealings with one person, who leaves traces wherever a person can; and with a neighbour on her photo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select

from app.alliances.models import Evidence
from app.auth.models import User
from app.contacts.models import Contact, ContactDoubt, ContactNote, ContactPoint, ContactTag, ExternalId
from app.exchanges.models import Exchange, MetEvent
from app.kit.clock import now
from app.kit.db import Base
from app.reviews.service import enqueue
from app.scans.models import Card, CardField, CardLogo, Scan
from bench.receiver import Receiver, Reply
from tests.readings import read_scan

WORDS = ("jorinde", "quastenflott", "34155501", "zebrafish", "sperlingsgasse", "quasti")
"""Of the person to be erased, in lower case: nobody and nothing else here is called so."""
NEIGHBOUR = ("ottokar", "brandvogel", "34155577")

JORINDE = [
    ("name", "Jorinde Quastenflott"),
    ("title", "Head of Zebrafish"),
    ("company", "Acme Tools GmbH"),
    ("email", "jorinde.quastenflott@acme.example"),
    ("phone", "+49341555012345", 0.9, "mobile"),
    ("website", "www.acme.example"),
    ("address", "Sperlingsgasse 7, 04109 Leipzig"),
]
AGAIN = [
    ("name", "Jorinde Quastenflott"),
    ("title", "Zebrafish Lead"),
    ("company", "Quasti Consulting"),
    ("email", "quasti@quasti.example"),
]
OTTOKAR = [
    ("name", "Ottokar Brandvogel"),
    ("company", "Acme Tools GmbH"),
    ("email", "ottokar@acme.example"),
    ("phone", "+493415557799", 0.9, "mobile"),
]


@dataclass
class World:
    """What the tests look at."""

    begin: Any
    client: Any
    house: Any
    work: Any
    jorinde: str
    """Id of the contact."""
    ottokar: str
    ids: dict[str, str]


def build(client, house, work) -> World:
    """Scans, merges, notes, dealings, webhooks: everything that keeps a trace."""
    me = client.get("/v1/me").json()
    organization_id = UUID(me["organization_id"])

    def begin():
        return house.sessions.begin(organization_id)

    with Receiver(answer=lambda message: Reply(200, body=message.body)) as echo:  # it repeats what it was told
        client.post("/v1/webhook-endpoints", json={"url": echo.url})
        scan(begin, house, work, [JORINDE, OTTOKAR], "her note: Jorinde Quastenflott wants a demo")
        scan(begin, house, work, [AGAIN], None)
        scan(begin, house, work, [[*AGAIN[:3], ("email", "quasti2@quasti.example")]], "second card")
        jorinde, other, third = (
            next(each["id"] for each in found if mail in json.dumps(each))
            for found in [client.get("/v1/contacts").json()["items"]]
            for mail in ("jorinde.quastenflott@acme", "quasti@quasti", "quasti2@quasti")
        )
        ottokar = client.get("/v1/contacts", params={"q": "Brandvogel"}).json()["items"][0]["id"]
        merge(client, jorinde, other)
        undone = merge(client, ottokar, third)  # a mistake: what she said is the neighbour's for a while
        work()
        assert client.post(f"/v1/contacts/merges/{undone}/undo").status_code == 200
        merge(client, jorinde, third)
        doubt(begin, ottokar, jorinde)
        etag = client.get(f"/v1/contacts/{jorinde}").headers["ETag"]
        for whose in (jorinde, ottokar):
            checked(client.post(f"/v1/contacts/{whose}/notes", json={"text": "Jorinde Quastenflott knows them all"}))
        change = {"tags": ["Quasti's friends"], "external_ids": ["crm-quasti"]}
        checked(client.patch(f"/v1/contacts/{jorinde}", json=change, headers={"If-Match": "*"}))
        etag = client.get(f"/v1/contacts/{jorinde}").headers["ETag"]
        change = {"department": "Zebrafish Sales", "name_prefix": "Dr. Quasti", "name_suffix": "Zebrafish MBA"}
        answer = client.patch(f"/v1/contacts/{jorinde}", json=change, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text
        client.patch(f"/v1/contacts/{jorinde}/privacy", json={"purpose": "selling zebrafish"})
        review(begin, client, jorinde)
        ids = deal(client, work, jorinde)
        checked(client.post(f"/v1/companies/{ids['company']}/brands", json={"name": "Jorinde Quastenflott"}))
        write_notes(begin, jorinde)
        work()
    return World(begin, client, house, work, jorinde, ottokar, ids)


def scan(begin, house, work, cards, note: str | None) -> None:
    """A scan whose pictures carry their words in plain, so that a search through the files finds them."""
    with begin() as session:
        user_id = session.scalars(select(User.id)).first()
        options = {"note": note, "event": "Fair", "place": "Leipzig", "client_id": "IMG_1", "logo": "0" * 32}
        scan_id = read_scan(session, user_id, *cards, captured_at=now() - timedelta(days=2), **options)
        row = session.get_one(Scan, scan_id)
        organization_id = row.organization_id
        row.front_file = house.files.put(organization_id, f"photo {scan_id} {cards}".encode())
        row.back_file = house.files.put(organization_id, f"back {scan_id} {cards}".encode())
        rows = session.scalars(select(Card).where(Card.scan_id == scan_id).order_by(Card.position)).all()
        for card, said in zip(rows, cards, strict=True):
            for field in session.scalars(select(CardField).where(CardField.card_id == card.id)):
                field.alternatives = [{"value": said[0][1], "confidence": 0.1, "source": "tesserocr"}]
                field.repairs = [f"{said[0][1]} to {field.value}"]
                field.extension = said[0][1][:20] if field.kind == "website" else None
            card.image_file = house.files.put(organization_id, f"crop {said}".encode())
            card.lines = [{"text": value, "confidence": 0.9, "polygon": []} for _, value, *_ in said]
            card.quad = [[x + 0.4 * card.position, y] for x, y in ((0.1, 0.1), (0.4, 0.1), (0.4, 0.5), (0.1, 0.5))]
            for logo in session.scalars(select(CardLogo).where(CardLogo.card_id == card.id)):
                logo.image_file = house.files.put(organization_id, f"logo of {said}".encode())
    work()


def merge(client, survivor: str, other: str) -> str:
    key = {"Idempotency-Key": f"quasti {other} into {survivor}"}
    answer = client.post(f"/v1/contacts/{survivor}/merge", json={"other_id": other}, headers=key)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def doubt(begin, one: str, other: str) -> None:
    with begin() as session:
        values = {"bits": 8.0, "reasons": [{"code": "same_name", "bits": 8.0, "name": "Jorinde Quastenflott"}]}
        session.add(ContactDoubt(contact_id=UUID(one), other_id=UUID(other), **values))


def review(begin, client, jorinde: str) -> None:
    """Somebody says what is on her card."""
    with begin() as session:
        card = session.scalars(select(Card).where(Card.contact_id == UUID(jorinde)).order_by(Card.id)).first()
        card.review = ["glare"]
        session.flush()
        enqueue(session, card.scan_id)
        card_id = str(card.id)
    [found] = [each for each in client.get("/v1/reviews").json()["items"] if each["card_id"] == card_id]
    checked(client.post(f"/v1/reviews/{found['id']}/resolve", json={"departments": ["Zebrafish Sales"]}))


def deal(client, work, jorinde: str) -> dict[str, str]:
    """Favours, wins, an account and a decision, with notes that name her."""
    work()
    company = client.get(f"/v1/contacts/{jorinde}").json()["exchanges"][-1]["company_id"]
    pairs = client.get("/v1/alliances").json()["items"]
    pair = next(each for each in pairs if company in [end["id"] for end in each["companies"]])
    home = next(end["id"] for end in pair["companies"] if end["is_home"])
    base = f"/v1/alliances/{pair['id']}"
    favour = {"contact_id": jorinde, "kind": "introduction", "giver_company_id": home, "note": "Quasti said yes"}
    introduction = checked(client.post(f"{base}/introductions", json=favour))["id"]
    checked(client.post(f"{base}/introductions/{introduction}/answer", json={"accepted": True}))
    win = {"contact_id": jorinde, "credited_company_id": home, "note": "Jorinde signed"}
    checked(client.post(f"{base}/wins", json=win))
    checked(client.post(f"{base}/decisions", json={"choice": "decline", "note": "says Jorinde Quastenflott"}))
    paper = {"kind": "referral", "starts_on": "2026-01-01", "note": "signed by jorinde quastenflott"}
    checked(client.post(f"{base}/agreements", json=paper))
    account = {"company": "Corner Grocers", "relation": "customer", "contact_id": jorinde}
    checked(client.post("/v1/accounts", json=account))
    return {"alliance": pair["id"], "company": company}


def checked(answer) -> dict[str, Any]:
    assert answer.is_success, answer.text
    return answer.json()


def write_notes(begin, jorinde: str) -> None:
    """What users wrote, of her and of others, wherever they may write."""
    with begin() as session:
        for exchange in session.scalars(select(Exchange)):
            exchange.note = "Jorinde Quastenflott introduced us; her number is +49341555012345."
            exchange.event = "Dinner with JORINDE QUASTENFLOTT"
            exchange.place = "At Jorinde Quastenflott's"
        for number, met in enumerate(session.scalars(select(MetEvent))):
            met.name = met.key = f"jorinde quastenflott's {number}. birthday"
            met.place = "Jorinde Quastenflott's"
        own = {"contact_id": UUID(jorinde)}
        session.add(ContactTag(**own, tag="Quasti", key="quasti"))
        session.add(ContactNote(**own, user_id=None, text="Quasti likes zebrafish"))
        session.add(ExternalId(**own, value="quasti-1"))
        session.get_one(Contact, UUID(jorinde)).remarks = "quasti likes zebrafish"
        for piece in session.scalars(select(Evidence)):
            piece.note = "Told by Jorinde Quastenflott"
        for row in session.scalars(select(Scan)):
            row.event, row.place, row.client_id = exchange.event, exchange.place, "Jorinde Quastenflott 1"
        for point in session.scalars(select(ContactPoint).where(ContactPoint.contact_id == UUID(jorinde))):
            point.type = "Quasti's own"


def traces(house, words=WORDS) -> dict[str, set[str]]:
    """Every table.column in which one of the words stands, with the words; the database is asked for everything."""
    found: dict[str, set[str]] = {}
    with house.sessions.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings():
                for column, value in row.items():
                    text = said(value)
                    seen = {word for word in words if word in text}
                    if seen:
                        found.setdefault(f"{table}.{column}", set()).update(seen)
    return found


def said(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").lower()
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)).lower()


def bytes_on_disk(house) -> Iterator[tuple[Path, bytes]]:
    """Every stored file, and every file of SQLite: the database, its log, its index of that."""
    places = [Path(house.settings.files_url)]
    url = house.settings.database_url
    for path in (path for place in places for path in place.rglob("*") if path.is_file()):
        yield path, path.read_bytes()
    if url.startswith("sqlite:///"):
        database = Path(url.removeprefix("sqlite:///"))
        for path in database.parent.glob(f"{database.name}*"):
            yield path, path.read_bytes()


def words_on_disk(house, words=WORDS) -> dict[str, set[str]]:
    """The words in those files, in whatever case."""
    sought = {word: re.compile(re.escape(word.encode()), re.IGNORECASE) for word in words}
    found = {}
    for path, data in bytes_on_disk(house):
        seen = {word for word, pattern in sought.items() if pattern.search(data)}
        if seen:
            found[path.name] = seen
    return found


def text_columns() -> set[str]:
    """Columns of our models that could hold a word."""
    kinds = (sa.String, sa.Text, sa.JSON, sa.LargeBinary)
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, kinds)
    }
