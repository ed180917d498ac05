"""A private contact is its owner's alone, in every list, match and webhook, until it is shared."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from app.auth import service as auth
from app.auth.models import Organization
from app.companies.models import Company
from app.companies.service import set_home_company
from app.kit.db import Visibility
from tests.readings import jane, read_scan


def otto(company: str = "Acme Tools", domain: str = "acme.example"):
    return jane(name="Otto Brandt", company=company, email=f"otto@{domain}", website="", phone="+4934112345999")


class Rep:
    """A user who calls the API."""

    def __init__(self, api, headers: dict[str, str], user_id: UUID) -> None:
        self._api, self._headers, self.id = api, headers, user_id

    def get(self, path: str, status: int = 200):
        answer = self._api.get("/v1" + path, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body):
        answer = self._api.post("/v1" + path, headers=self._headers, **body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def names(self, kind: str = "contacts") -> list[str]:
        return sorted(item["name"] for item in self.get("/" + kind)["items"])


@pytest.fixture
def reps(api, begin, house) -> tuple[Rep, Rep]:
    made = []
    with begin() as session:
        set_home_company(session, "Northwind", "northwind.example")
        session.get_one(Organization, session.info["organization_id"]).default_visibility = Visibility.PRIVATE
        for name in ("ann", "ben"):
            user = auth.add_user(session, name, f"{name}@northwind.example")
            key, _ = auth.issue_key(session, user, "test")
            made.append(Rep(api, {"Authorization": f"Bearer {key}"}, user.id))
    return made[0], made[1]


@pytest.fixture
def scan(begin, work):
    """A scan that a rep keeps private (or shares), read and absorbed; returns its id."""

    def absorb(rep: Rep, *cards, visibility: Visibility = Visibility.PRIVATE) -> UUID:
        with begin() as session:
            whose = rep.id if visibility == Visibility.PRIVATE else session.info["organization_id"]
            scan_id = read_scan(session, rep.id, *cards, audience_id=whose)
        work()
        return scan_id

    return absorb


def test_a_private_card_makes_things_that_its_owner_sees_alone(reps, scan):
    ann, ben = reps
    scan_id = scan(ann, jane())
    [contact] = ann.get("/contacts")["items"]
    assert contact["visibility"] == "private"
    assert (contact["company_name"], "Acme Tools GmbH" in ann.names("companies")) == ("Acme Tools GmbH", True)
    [alliance] = ann.get("/alliances")["items"]
    assert alliance["visibility"] == "private"
    assert len(ann.get("/exchanges")["items"]) == len(ann.get("/scans")["items"]) == 1
    for kind in ("contacts", "exchanges", "scans", "alliances"):
        assert ben.get("/" + kind)["items"] == []
    assert ben.names("companies") == ["Northwind"]
    for path in (f"/contacts/{contact['id']}", f"/scans/{scan_id}", f"/alliances/{alliance['id']}"):
        ben.get(path, 404)
    ben.get(f"/companies/{contact['company_id']}", 404)
    assert ben.get("/contacts?q=doe")["items"] == []


def test_the_same_person_in_two_rooms_is_two_contacts_and_no_question(reps, scan, begin):
    ann, ben = reps
    scan(ann, jane())
    scan(ben, jane())
    assert ann.get("/contacts")["items"][0]["id"] != ben.get("/contacts")["items"][0]["id"]
    assert ann.names() == ben.names() == ["Jane Doe"]
    assert ann.get("/contacts/duplicates")["items"] == ben.get("/contacts/duplicates")["items"] == []
    scan(ann, jane())
    assert len(ann.get("/contacts")["items"]) == 1, "in one room a person is known again"
    with begin() as session:
        assert len(session.scalars(select(Company).where(Company.is_home.is_(False))).all()) == 2


def test_a_private_card_teaches_the_teams_company_and_contact_nothing(reps, scan, begin):
    ann, ben = reps
    scan(ben, jane(), visibility=Visibility.TEAM)
    [before] = ben.get("/companies?q=acme")["items"]
    scan(ann, jane(phone="+15550001111"))
    assert ben.get("/companies?q=acme")["items"] == [before]
    [shared] = ben.get("/contacts")["items"]
    assert "+15550001111" not in str(shared)
    assert len(ann.get("/contacts")["items"]) == 2, "Ann sees the team's contact and her own"


def test_sharing_carries_everything_over(reps, scan, work, begin):
    ann, ben = reps
    scan(ben, jane(), visibility=Visibility.TEAM)
    [pair] = ben.get("/alliances")["items"]
    scan(ann, otto())
    scan_id = ann.get("/scans")["items"][0]["id"]
    mine = next(c for c in ann.get("/contacts")["items"] if c["owner_id"] == str(ann.id))
    ben.post(f"/contacts/{mine['id']}/share", 404)
    shared = ann.post(f"/contacts/{mine['id']}/share")
    work()
    assert shared["visibility"] == "team"
    assert ben.get(f"/contacts/{mine['id']}")["company_id"] == pair["companies"][1]["id"], "the team's company"
    assert ben.names("companies") == ann.names("companies") == ["Acme Tools GmbH", "Northwind"]
    assert ben.get(f"/scans/{scan_id}")["visibility"] == "team"
    [both] = ben.get("/alliances")["items"]
    assert both["score"] > pair["score"], "two people of theirs are known now"
    assert ann.get("/alliances")["items"] == [both], "the private pair is gone"
    again = ann.post(f"/contacts/{mine['id']}/share")
    assert (again["visibility"], again["company_id"]) == ("team", shared["company_id"])


def test_unsharing_takes_everything_back(reps, scan, work):
    ann, ben = reps
    scan(ann, jane(), visibility=Visibility.TEAM)
    [contact] = ben.get("/contacts")["items"]
    assert ben.post(f"/contacts/{contact['id']}/unshare", 403)["code"] == "not_the_owner"
    ann.post(f"/contacts/{contact['id']}/unshare")
    work()
    for kind in ("contacts", "exchanges", "scans", "alliances"):
        assert ben.get("/" + kind)["items"] == [], kind
        assert len(ann.get("/" + kind)["items"]) == 1, kind
    assert ben.names("companies") == ["Northwind"]


def test_a_contact_that_colleagues_met_stays_shared(reps, scan):
    ann, ben = reps
    scan(ann, jane(), visibility=Visibility.TEAM)
    scan(ben, jane(), visibility=Visibility.TEAM)
    [contact] = ann.get("/contacts")["items"]
    assert ann.post(f"/contacts/{contact['id']}/unshare", 409)["code"] == "met_by_others"


def test_a_scan_is_shared_with_its_contacts_and_taken_back_alone(reps, scan, work):
    ann, ben = reps
    scan_id = scan(ann, jane())
    ben.post(f"/scans/{scan_id}/share", 404)
    ann.post(f"/scans/{scan_id}/share")
    work()
    assert ben.names() == ["Jane Doe"]
    assert ben.get(f"/scans/{scan_id}")["cards"][0]["fields"]
    assert ben.post(f"/scans/{scan_id}/unshare", 403)["code"] == "not_the_owner"
    ann.post(f"/scans/{scan_id}/unshare")
    ben.get(f"/scans/{scan_id}", 404)
    assert ben.names() == ["Jane Doe"]
    [contact] = ben.get("/contacts")["items"]
    assert ben.get(f"/contacts/{contact['id']}")["cards"] == []


def test_what_is_private_is_not_announced_until_it_is_shared(reps, scan, work, begin):
    from app.webhooks.models import Endpoint, Message

    ann, _ = reps
    with begin() as session:
        session.add(Endpoint(url="https://crm.example/hook", event_types=[], disabled_reason="by_user"))
    scan_id = scan(ann, jane())
    [contact] = ann.get("/contacts")["items"]

    def told() -> set[str]:
        with begin() as session:
            messages = session.scalars(select(Message)).all()
            return {message.type for message in messages if str(message.object_id) in (contact["id"], str(scan_id))}

    assert told() == set()
    ann.post(f"/contacts/{contact['id']}/share")
    work()
    assert told() == {"contact.created"}
    ann.post(f"/contacts/{contact['id']}/unshare")
    work()
    assert told() == set(), "what was told of it is not kept either"


def test_things_of_different_audiences_are_not_merged(reps, scan):
    ann, ben = reps
    scan(ben, jane(), visibility=Visibility.TEAM)
    scan(ann, jane())
    mine, theirs = sorted(ann.get("/contacts")["items"], key=lambda c: c["visibility"])
    for one, other in ((mine, theirs), (theirs, mine)):
        answer = ann.post(f"/contacts/{one['id']}/merge", 409, json={"other_id": other["id"]})
        assert "private" in answer["detail"]


def test_a_shared_contact_names_no_private_company(reps, scan, api):
    ann, _ = reps
    scan(ann, jane(), visibility=Visibility.TEAM)
    scan(ann, otto(company="Quill & Sons", domain="quill.example"))
    shared = next(c for c in ann.get("/contacts")["items"] if c["visibility"] == "team")
    private = next(c for c in ann.get("/companies")["items"] if c["visibility"] == "private")
    headers = ann._headers | {"If-Match": api.get(f"/v1/contacts/{shared['id']}", headers=ann._headers).headers["ETag"]}
    answer = api.patch(f"/v1/contacts/{shared['id']}", json={"company_id": private["id"]}, headers=headers)
    assert answer.status_code == 409, answer.text
