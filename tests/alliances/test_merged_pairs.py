"""Companies that are merged, and unmerged, under their pairs: evidence follows, scores agree with a recompute."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.alliances.models import Evidence, Introduction, Win
from app.auth.models import User
from app.companies import merging
from app.companies.models import Company
from app.exchanges.models import Direction
from tests.alliances import world
from tests.alliances.world import assert_scores_agree

KEYS = ("score", "coverage", "state", "decision", "informal_by_choice")


class Town:
    """Ann of Northwind, and companies whose people she met."""

    def __init__(self, client, begin, work) -> None:
        self.client, self.begin, self.work = client, begin, work
        self.ids: dict[str, str] = {}
        self.people: dict[str, str] = {}
        with begin() as session:
            self.home = str(world.make_home(session).id)
            self.ann = session.scalars(sa.select(User)).one()

    def partner(self, name: str, **more) -> None:
        with self.begin() as session:
            company = world.make_company(session, name)
            company.provenance = {"name": {"source": "user", "confidence": 1.0, "field_id": None}}
            contact = world.make_contact(session, self.ann, f"Rep of {name}")
            world.meet(session, self.ann, contact, company, direction=Direction.MUTUAL, event="Fair", **more)
            self.ids[name], self.people[name] = str(company.id), str(contact.id)
        self.work()

    def pairs(self) -> dict[str, dict]:
        items = self.client.get("/v1/alliances").json()["items"]
        return {item["companies"][1]["name"]: item for item in items}

    def told(self) -> dict[str, dict]:
        return {name: {key: pair[key] for key in KEYS} for name, pair in self.pairs().items()}

    def deal(self, name: str, giver: str = "theirs") -> None:
        url = f"/v1/alliances/{self.pairs()[name]['id']}"
        giver_id = self.home if giver == "ours" else self.ids[name]
        body = {"kind": "referral", "contact_id": self.people[name], "giver_company_id": giver_id}
        favour = self.client.post(f"{url}/introductions", json=body).json()["id"]
        assert self.client.post(f"{url}/introductions/{favour}/answer", json={"accepted": True}).status_code == 200
        assert self.client.post(f"{url}/introductions/{favour}/outcome", json={"won": True}).status_code == 200
        assert (
            self.client.post(f"{url}/evidence", json={"kind": "meeting", "contact_id": self.people[name]}).status_code
            == 201
        )

    def merge(self, survivor: str, merged: str) -> str:
        body = {"other_id": self.ids[merged]}
        answer = self.client.post(f"/v1/companies/{self.ids[survivor]}/merge", json=body)
        assert answer.status_code in (200, 201), answer.text
        self.work()
        self.check()
        with self.begin() as session:
            from app.companies.models import CompanyMerge

            return str(session.scalars(sa.select(CompanyMerge).order_by(CompanyMerge.id.desc())).first().id)

    def undo(self, merge_id: str) -> None:
        assert self.client.post(f"/v1/companies/merges/{merge_id}/undo").status_code == 200
        self.work()
        self.check()

    def check(self) -> None:
        with self.begin() as session:
            assert_scores_agree(session)
            for table in (Introduction, Win):
                for row in session.scalars(sa.select(table)):
                    ends = session.execute(
                        sa.text("SELECT company_a_id, company_b_id FROM alliances WHERE id = :id"),
                        {"id": row.alliance_id if session.bind.dialect.name == "postgresql" else row.alliance_id.hex},
                    ).one()
                    plain = {str(end).replace("-", "") for end in ends}
                    assert str(row.company_id).replace("-", "") in plain

    def evidence(self) -> dict[str, tuple]:
        with self.begin() as session:
            return {item.source_key: (item.id, item.giver) for item in session.scalars(sa.select(Evidence))}


@pytest.fixture
def town(client, begin, work) -> Town:
    return Town(client, begin, work)


def test_the_survivor_takes_everything_and_undoing_gives_it_back(town):
    town.partner("Acme")
    town.partner("Acme Tools")
    town.deal("Acme Tools", "theirs")
    town.deal("Acme", "ours")
    before, evidence = town.told(), town.evidence()
    merge = town.merge("Acme", "Acme Tools")
    [(name, pair)] = town.pairs().items()
    assert name == "Acme"
    assert pair["score"] > max(told["score"] for told in before.values())
    ledger = town.client.get(f"/v1/alliances/{pair['id']}/ledger").json()["total"]
    assert (ledger["gave"]["referrals"], ledger["got"]["referrals"]) == (1, 1)
    assert (ledger["gave"]["wins"], ledger["got"]["wins"]) == (1, 1)
    happened = town.client.get(f"/v1/alliances/{pair['id']}/timeline").json()["items"]
    assert [item.get("kind") for item in happened].count("meeting") == 2, "what was reported follows as well"
    assert {key: id_ for key, (id_, _) in town.evidence().items()} == {key: id_ for key, (id_, _) in evidence.items()}
    town.undo(merge)
    assert town.told() == before
    assert town.evidence() == evidence


def test_decisions_are_taken_over_and_given_back(town):
    town.partner("Acme")
    town.partner("Acme Tools")
    other = town.pairs()["Acme Tools"]["id"]
    town.client.post(f"/v1/alliances/{other}/decisions", json={"choice": "decline"})
    before = town.told()
    merge = town.merge("Acme", "Acme Tools")
    assert town.told()["Acme"]["state"] == "declined"
    town.undo(merge)
    assert town.told() == before


def test_a_chain_of_merges_and_back(town):
    for name in ("Acme", "Bolt", "Crane"):
        town.partner(name)
        town.deal(name)
    before = town.told()
    first = town.merge("Bolt", "Acme")
    second = town.merge("Crane", "Bolt")
    [(name, pair)] = town.pairs().items()
    assert name == "Crane"
    ledger = town.client.get(f"/v1/alliances/{pair['id']}/ledger").json()["total"]
    assert ledger["got"]["wins"] == 3
    refused = town.client.post(f"/v1/companies/merges/{first}/undo")
    assert refused.status_code == 409, "the survivor has gone into another company"
    back = town.client.post(f"/v1/companies/{town.ids['Acme']}/merge", json={"other_id": town.ids["Crane"]})
    assert back.status_code in (404, 409), "no cycle: Acme is part of Crane already"
    town.undo(second)
    town.undo(first)
    assert town.told() == before


def test_a_partner_that_turns_out_to_be_the_home_company_is_no_partner(town):
    town.partner("Northwind Inc")
    with town.begin() as session:
        home = session.scalars(sa.select(Company).where(Company.is_home)).one()
        home.provenance = {"name": {"source": "user", "confidence": 1.0, "field_id": None}}
        other = session.scalars(sa.select(Company).where(~Company.is_home)).one()
        ids = home.id, other.id
    with town.begin() as session:
        merging.merge(session, *ids, town.ann.id)
    town.work()
    assert town.pairs() == {}
    town.check()


def test_third_pairs_follow(town):
    for name in ("Acme", "Bolt", "Crane"):
        town.partner(name)
        body = {"company": "Corner Stores", "relation": "customer", "contact_id": town.people[name]}
        with town.begin() as session:
            from uuid import UUID

            from app.contacts.models import Employment
            from app.kit.clock import now

            job = {"contact_id": UUID(town.people[name]), "company_id": UUID(town.ids[name])}
            session.add(Employment(**job, current=True, seen_at=now()))
        assert town.client.post("/v1/accounts", json=body).status_code == 200
    town.work()

    def third() -> set[str]:
        items = town.client.get("/v1/alliances", params={"with_home": False}).json()["items"]
        return {"+".join(sorted(company["name"] for company in item["companies"])) for item in items}

    assert third() == {"Acme+Bolt", "Acme+Crane", "Bolt+Crane"}
    merge = town.merge("Bolt", "Acme")
    assert third() == {"Bolt+Crane"}
    town.undo(merge)
    assert third() == {"Acme+Bolt", "Acme+Crane", "Bolt+Crane"}
