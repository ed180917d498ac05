"""Companies that are merged and parted: what their pairs stand on follows, and scores are those of a full recompute."""

from __future__ import annotations

from itertools import permutations

import pytest
import sqlalchemy as sa

from app.alliances import encounters
from app.alliances.assessment import assess, hold
from app.alliances.models import Agreement, Alliance, Evidence, Followed, Introduction, Win
from app.auth.models import User
from app.books.models import Account
from app.books.terms import Relation
from app.companies import merging
from app.companies.models import Company
from app.companies.provenance import typed_in
from app.contacts.models import Employment
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from tests.alliances import world

TABLES = (Evidence, Introduction, Win, Agreement, Exchange, Employment, Account)
LEFT_OUT = {"updated_at", "version"}


class Scene:
    """Three companies, made before and after the home company, each with a person, an introduction, a win, accounts."""

    def __init__(self, client, begin, work) -> None:
        self.client, self.begin, self.work = client, begin, work
        with begin() as session:
            before = world.make_company(session, "Acme")
            self.home = world.make_home(session)
            after = [world.make_company(session, name) for name in ("Akme", "Acne", "Shop", "Mall")]
            self.user = session.scalars(sa.select(User)).one()
            self.a, self.b, self.c, shop, mall = before, *after
            for number, company in enumerate((self.a, self.b, self.c)):
                company.provenance = {"name": typed_in(company.name).document()}
                contact = world.make_contact(session, self.user, f"Bob {number}")
                world.meet(
                    session, self.user, contact, company, days=number + 1, direction=Direction.MUTUAL, event="Fair"
                )
                job = {"contact_id": contact.id, "company_id": company.id, "seen_at": now(), "provenance": {}}
                session.add(Employment(current=True, **job))
                sold = {"relation": Relation.CUSTOMER, "confirmed": True}
                session.add(Account(contact_id=contact.id, seller_id=company.id, company_id=shop.id, **sold))
                session.add(
                    Account(user_id=None, contact_id=contact.id, seller_id=company.id, company_id=mall.id, **sold)
                )
                setattr(self, f"bob{number}", contact)
            for customer in (shop, self.a, self.b):
                session.add(
                    Account(user_id=self.user.id, company_id=customer.id, relation=Relation.PROSPECT, confirmed=True)
                )
        work()
        for number, company in enumerate((self.a, self.b, self.c)):
            url = f"/v1/alliances/{self.pair(company)['id']}"
            who = {"contact_id": str(getattr(self, f"bob{number}").id)}
            asked = client.post(
                f"{url}/introductions", json={"kind": "introduction", "giver_company_id": str(company.id), **who}
            )
            client.post(f"{url}/introductions/{asked.json()['id']}/answer", json={"accepted": True})
            won = client.post(f"{url}/wins", json={"credited_company_id": str(self.home.id), **who})
            assert won.status_code == 201, won.text
        work()

    def pair(self, company: Company) -> dict:
        """The listed pair of the home company with this one."""
        listed = self.client.get("/v1/alliances", params={"limit": 200}).json()["items"]
        ends = {str(company.id), str(self.home.id)}
        return next(pair for pair in listed if {end["id"] for end in pair["companies"]} == ends)

    def merge(self, survivor: Company, other: Company) -> str:
        made = self.client.post(f"/v1/companies/{survivor.id}/merge", json={"other_id": str(other.id)})
        assert made.status_code == 201, made.text
        return made.json()["id"]

    def undo(self, merge_id: str) -> int:
        return self.client.post(f"/v1/companies/merges/{merge_id}/undo").status_code

    def rows(self) -> dict:
        """All that can follow, whole."""
        with self.begin() as session:
            return {
                (model.__tablename__, row.id): {
                    column.key: getattr(row, column.key)
                    for column in sa.inspect(model).column_attrs
                    if column.key not in LEFT_OUT
                }
                for model in TABLES
                for row in session.scalars(sa.select(model))
            }

    def scores(self) -> dict:
        with self.begin() as session:
            return {pair.id: (pair.score, pair.coverage, pair.state) for pair in session.scalars(sa.select(Alliance))}

    def recomputed(self) -> dict:
        """The same when everything is computed anew."""
        with self.begin() as session:
            for company_id in session.scalars(sa.select(Company.id).where(Company.merged_into_id.is_(None))).all():
                encounters.reassess_company(session, company_id)
            for alliance_id in session.scalars(sa.select(Alliance.id)).all():
                assess(session, hold(session, alliance_id))
        return self.scores()

    def assert_as_recomputed(self) -> None:
        scores, anew = self.scores(), self.recomputed()
        assert scores.keys() == anew.keys()
        for pair, (score, coverage, state) in scores.items():
            assert (score, coverage) == pytest.approx(anew[pair][:2], abs=1e-9)
            assert state == anew[pair][2]


@pytest.fixture
def scene(client, begin, work) -> Scene:
    return Scene(client, begin, work)


def sides(scene: Scene) -> list[tuple[str, str]]:
    """Of each win and introduction the company that gave or is credited."""
    with scene.begin() as session:
        pairs = {pair.id: pair for pair in session.scalars(sa.select(Alliance))}
        rows = [(row, row.giver) for row in session.scalars(sa.select(Introduction))]
        rows += [(row, row.credited) for row in session.scalars(sa.select(Win))]
        ends = [(type(row).__name__, getattr(pairs[row.alliance_id], f"company_{side}_id")) for row, side in rows]
    return [(kind, "home" if end == scene.home.id else str(end)) for kind, end in ends]


@pytest.mark.parametrize(("survivor", "other"), list(permutations("abc", 2)))
def test_everything_follows_and_comes_back(scene, survivor, other):
    one, two = getattr(scene, survivor), getattr(scene, other)
    before, scores = scene.rows(), scene.scores()
    merge_id = scene.merge(one, two)
    scene.work()
    timeline = scene.client.get(f"/v1/alliances/{scene.pair(one)['id']}/ledger")
    assert timeline.status_code == 200
    assert sorted(sides(scene)) == sorted(
        [("Win", "home")] * 3
        + [("Introduction", str(one.id))] * 2
        + [
            ("Introduction", str(company.id))
            for company in (scene.a, scene.b, scene.c)
            if company.id not in (one.id, two.id)
        ]
    )
    with scene.begin() as session:
        held = session.scalars(sa.select(Exchange.company_id)).all()
        assert two.id not in held
        assert two.id not in session.scalars(sa.select(Employment.company_id)).all()
        assert not {two.id} & {
            *session.scalars(sa.select(Account.company_id)),
            *session.scalars(sa.select(Account.seller_id)),
        }
    listed = scene.client.get("/v1/alliances", params={"limit": 200}).json()["items"]
    assert str(two.id) not in {end["id"] for pair in listed for end in pair["companies"]}
    scene.assert_as_recomputed()
    assert scene.undo(merge_id) == 200
    scene.work()
    assert scene.rows() == before
    anew = scene.scores()
    assert all(anew[pair][:2] == pytest.approx(scored[:2], abs=1e-9) for pair, scored in scores.items())
    scene.assert_as_recomputed()
    with scene.begin() as session:
        assert session.scalars(sa.select(Followed)).all() == []


def test_chains_of_merges_are_followed_in_any_order_of_jobs(scene):
    before = scene.rows()
    first = scene.merge(scene.b, scene.a)
    second = scene.merge(scene.c, scene.b)
    scene.work()
    assert {end for kind, end in sides(scene) if kind == "Introduction"} == {str(scene.c.id)}
    scene.assert_as_recomputed()
    assert scene.undo(first) == 409, "the last one first"
    assert scene.undo(second) == 200
    assert scene.undo(first) == 200
    scene.work()
    assert scene.rows() == before
    scene.assert_as_recomputed()


def test_a_cycle_of_merges_ends_where_it_began(scene):
    before = scene.rows()
    for survivor, other in ((scene.a, scene.b), (scene.b, scene.a), (scene.a, scene.b)):
        merge_id = scene.merge(survivor, other)
        scene.work()
        body = {"other_id": str(scene.c.id)}
        moved = scene.client.post(f"/v1/companies/{other.id}/merge", json=body, follow_redirects=False)
        assert (moved.status_code, moved.headers["Location"]) == (308, f"/v1/companies/{survivor.id}/merge")
        assert scene.undo(merge_id) == 200
    scene.work()
    assert scene.rows() == before
    scene.assert_as_recomputed()


def test_what_was_recorded_since_stays_with_the_survivor(scene):
    merge_id = scene.merge(scene.a, scene.b)
    scene.work()
    url = f"/v1/alliances/{scene.pair(scene.a)['id']}"
    body = {"credited_company_id": str(scene.a.id), "contact_id": str(scene.bob1.id)}
    won = scene.client.post(f"{url}/wins", json=body).json()
    assert scene.undo(merge_id) == 200
    scene.work()
    with scene.begin() as session:
        kept = {str(row.id): row.alliance_id for row in session.scalars(sa.select(Win))}
    assert str(kept[won["id"]]) == scene.pair(scene.a)["id"]
    scene.assert_as_recomputed()


def test_merging_runs_without_its_jobs_before_it_is_undone(scene):
    before = scene.rows()
    assert scene.undo(scene.merge(scene.c, scene.a)) == 200
    scene.work()
    assert scene.rows() == before
    assert merging.UNDO_WITHIN.days == 30
