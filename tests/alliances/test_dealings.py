"""Introductions, referrals and wins over HTTP: from two cards to an alliance that spreads."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.alliances.models import Evidence, Win
from app.auth import service as auth
from app.auth.models import User
from app.exchanges.models import Direction
from app.kit.clock import now
from tests.alliances import world


class Pair:
    """Northwind and Acme, Ann and Bob, as a test sees them."""

    def __init__(self, client: TestClient, begin, work) -> None:
        self.client, self._begin, self._work = client, begin, work
        with begin() as session:
            self.home = world.make_home(session)
            self.acme = world.make_company(session)
            self.ann = session.scalars(sa.select(User)).one()
        self.bob = self.meet(self.ann, "Bob")
        [listed] = client.get("/v1/alliances").json()["items"]
        self.url = f"/v1/alliances/{listed['id']}"

    def meet(self, user: User, name: str, days: float = 1) -> str:
        with self._begin() as session:
            contact = world.make_contact(session, user, name)
            world.meet(session, user, contact, self.acme, days=days, direction=Direction.MUTUAL)
        self._work()
        return str(contact.id)

    def colleague(self, name: str) -> tuple[User, dict[str, str]]:
        with self._begin() as session:
            user = world.make_user(session, name)
            key, _ = auth.issue_key(session, user, "test")
        return user, {"Authorization": f"Bearer {key}"}

    def post(self, path: str, body: dict, status: int = 201, **more) -> dict:
        answer = self.client.post(f"{self.url}/{path}", json=body, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str = "") -> dict:
        return self.client.get(f"{self.url}{path}").json()

    def introduce(self, giver: str = "home", kind: str = "introduction", **more) -> dict:
        giver_id = str(self.home.id if giver == "home" else self.acme.id)
        return self.post("introductions", {"kind": kind, "giver_company_id": giver_id, "contact_id": self.bob, **more})

    def win(self, credited: str = "home", contact: str | None = None, status: int = 201, **more) -> dict:
        company = str(self.home.id if credited == "home" else self.acme.id)
        headers = more.pop("headers", None)
        body = {"credited_company_id": company, "contact_id": contact or self.bob, **more}
        return self.post("wins", body, status, headers=headers)


@pytest.fixture
def pair(client, begin, work) -> Pair:
    return Pair(client, begin, work)


def points(pair: Pair, name: str) -> float:
    return next(part["points"] for part in pair.get()["parts"] if part["name"] == name)


def test_asked_is_nothing_yet_and_accepted_is_evidence(pair):
    before = pair.get()
    asked = pair.introduce(note="She buys tills.")
    assert (asked["answer"], asked["outcome"], asked["giver_company_id"]) == ("asked", None, str(pair.home.id))
    assert pair.get()["score"] == before["score"]
    for _ in range(2):
        accepted = pair.post(f"introductions/{asked['id']}/answer", {"accepted": True}, 200)
        assert accepted["answer"] == "accepted"
    after = pair.get()
    assert after["state"] == "collaborating"
    assert after["score"] > before["score"]
    assert points(pair, "reciprocity") == 0
    kinds = [item["kind"] for item in pair.get("/timeline")["items"] if item["type"] == "evidence"]
    assert kinds == ["introduction", "mutual_exchange"]


def test_an_introduction_each_way_is_reciprocity(pair):
    for giver in ("home", "acme"):
        asked = pair.introduce(giver)
        pair.post(f"introductions/{asked['id']}/answer", {"accepted": True}, 200)
    assert points(pair, "reciprocity") == pytest.approx(15 * (1 - 2.718281828459045**-2))
    ledger = pair.get("/ledger")
    assert ledger["companies"][0]["is_home"]
    assert ledger["total"] == {
        "gave": {"introductions": 1, "referrals": 0, "wins": 0},
        "got": {"introductions": 1, "referrals": 0, "wins": 0},
        "balance": 1.0,
    }
    [line] = ledger["lines"]
    assert (line["user_id"], line["contact_id"]) == (str(pair.ann.id), pair.bob)


def test_a_declined_one_is_no_evidence_and_stays_declined(pair):
    asked = pair.introduce()
    path = f"introductions/{asked['id']}"
    pair.post(f"{path}/answer", {"accepted": False}, 200)
    assert pair.get()["state"] == "acquainted"
    pair.post(f"{path}/answer", {"accepted": True}, 409)
    pair.post(f"{path}/outcome", {"won": True}, 409)


def test_a_referral_that_is_won_is_a_win_of_its_giver(pair):
    asked = pair.introduce("acme", "referral")
    path = f"introductions/{asked['id']}"
    pair.post(f"{path}/outcome", {"won": True}, 409)
    pair.post(f"{path}/answer", {"accepted": True}, 200)
    for _ in range(2):
        assert pair.post(f"{path}/outcome", {"won": True}, 200)["outcome"] == "won"
    pair.post(f"{path}/outcome", {"won": False}, 409)
    [won] = pair.get("/wins")["items"]
    assert (won["introduction_id"], won["credited_company_id"]) == (asked["id"], str(pair.acme.id))
    assert pair.get()["state"] == "producing"
    assert pair.get("/ledger")["total"]["got"] == {"introductions": 0, "referrals": 1, "wins": 1}


def test_from_two_cards_to_an_alliance_that_spreads(pair):
    pair.win()
    assert pair.get()["state"] == "producing"
    evidence = next(item["id"] for item in pair.get("/timeline")["items"] if item.get("kind") == "joint_win")
    cleo, as_cleo = pair.colleague("Cleo")
    eve, _ = pair.colleague("Eve")
    dan = pair.meet(cleo, "Dan", days=0)
    pair.meet(eve, "Fay", days=0)
    assert pair.get()["state"] == "producing"
    pair.win("acme", dan, because_of_id=evidence, headers=as_cleo)
    after = pair.get()
    assert after["state"] == "spreading"
    moves = [item["after"] for item in pair.get("/timeline")["items"] if item["type"] == "move"]
    assert moves == ["spreading", "producing", "acquainted"]
    spread = pair.get("/spread")
    by_contact = {sprout["contact_id"]: sprout for sprout in spread["pairs"]}
    assert len(by_contact) == 3
    assert by_contact[pair.bob]["because_of_id"] is None
    assert (by_contact[dan]["because_of_id"], by_contact[dan]["named"]) == (evidence, True)
    assert (spread["only_user_id"], spread["only_contact_id"]) == (None, None)
    assert spread["reproduction"] >= 0.5


def test_a_win_counts_once_a_key(pair, begin):
    for _ in range(2):
        pair.win(headers={"Idempotency-Key": "one"})
    with begin() as session:
        assert session.scalar(sa.select(sa.func.count(Win.id))) == 1
        assert session.scalar(sa.select(sa.func.count(Evidence.id)).where(Evidence.kind == "joint_win")) == 1


def test_no_win_with_oneself_or_with_strangers(pair, begin):
    with begin() as session:
        stranger = str(world.make_contact(session, pair.ann, "Colleague").id)
    for body in (
        {"contact": stranger},
        {"contact": str(uuid4())},
        {"customer_id": str(pair.acme.id)},
        {"customer_id": str(pair.home.id)},
        {"customer_id": str(uuid4())},
        {"because_of_id": str(uuid4())},
    ):
        assert pair.win(status=422, **body)["code"] == "not_of_this_pair"
    body = {"credited_company_id": str(uuid4()), "contact_id": pair.bob}
    assert pair.post("wins", body, 422)["code"] == "not_of_this_pair"
    assert pair.get("/wins")["items"] == []


def test_a_win_of_tomorrow_is_refused(pair):
    assert pair.win(status=422, won_at=(now() + timedelta(days=3)).isoformat())["code"] == "not_yet"
    assert pair.win(status=422, won_at="2026-01-01T00:00:00")["code"] == "invalid_request"
    old = pair.win(won_at=(now() - timedelta(days=20)).isoformat())
    assert old["won_at"] < (now() - timedelta(days=19)).isoformat()


def test_lists_are_paged(pair):
    made = [pair.introduce()["id"] for _ in range(3)]
    first = pair.client.get(f"{pair.url}/introductions", params={"limit": 2}).json()
    rest = pair.client.get(f"{pair.url}/introductions", params={"cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]


def test_another_organization_and_another_pair(pair, house):
    favour = pair.introduce()
    with house.sessions.begin() as session:
        auth.found_organization(session, "Elsewhere", "NO")
        key, _ = auth.issue_key(session, auth.add_user(session, "Eve", "eve@elsewhere.example"), "test")
    theirs = {"Authorization": f"Bearer {key}"}
    for path in ("introductions", "wins", "ledger", "spread"):
        assert pair.client.get(f"{pair.url}/{path}", headers=theirs).status_code == 404
        assert pair.client.get(f"/v1/alliances/{uuid4()}/{path}").status_code == 404
    body = {"credited_company_id": str(pair.home.id), "contact_id": pair.bob}
    pair.post("wins", body, 404, headers=theirs)
    pair.post(f"introductions/{favour['id']}/answer", {"accepted": True}, 404, headers=theirs)
    pair.post(f"introductions/{uuid4()}/answer", {"accepted": True}, 404)


def test_evidence_outlives_a_contact_that_is_erased(pair, begin):
    from app.contacts.models import Contact

    pair.win()
    with begin() as session:
        session.delete(session.get_one(Contact, world.UUID(pair.bob)))
    [win] = pair.get("/wins")["items"]
    assert win["contact_id"] is None
    evidence = [item for item in pair.get("/timeline")["items"] if item["type"] == "evidence"]
    assert [(item["kind"], item["contact_id"]) for item in evidence] == [("joint_win", None)]
