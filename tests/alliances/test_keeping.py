"""What is kept of books beside the pairs says what the books say, whatever happens and in whatever order."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.alliances import grounds, keeping, scoring
from app.alliances.models import Alliance, SharedAccountRow
from app.auth.models import User
from app.contacts.models import Employment
from app.exchanges.models import Direction
from app.kit.clock import now
from tests.alliances import world
from tests.alliances.cases import NOW, signal

URL = "/v1/accounts"
RELATIONS = ("customer", "open_opportunity", "prospect")
CUSTOMERS = ("Zebra Tours", "Quartz Mining", "Violet Bakery", "Juniper Clinic", "Walnut Press")
PARTNERS = ("Acme", "Bolt", "Crane", "Drum", "Echo")


@pytest.fixture
def contacts(client, begin, work) -> list[str]:
    """A contact at each of five partners, whom Ann met; three sell different products."""
    made = []
    with begin() as session:
        world.make_home(session, category="tills")
        ann = session.scalars(sa.select(User)).one()
        for number, name in enumerate(PARTNERS):
            company = world.make_company(session, name, category=("safes", "doors", None)[number % 3])
            contact = world.make_contact(session, ann, name)
            session.add(Employment(contact_id=contact.id, company_id=company.id, current=True, seen_at=now()))
            world.meet(session, ann, contact, company, direction=Direction.MUTUAL)
            made.append(str(contact.id))
    work()
    return made


def sells(client, company: str, relation: str = "customer", **more) -> str:
    answer = client.post(URL, json={"company": company, "relation": relation, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def assert_kept_is_what_books_say(session) -> None:
    world.assert_scores_agree(session)
    before = {
        (row.alliance_id, row.account_id): keeping._kept(row) for row in session.scalars(sa.select(SharedAccountRow))
    }
    figures = {
        pair.id: (pair.shared_count, pair.shared_both, pair.shared_at) for pair in session.scalars(sa.select(Alliance))
    }
    for pair in session.scalars(sa.select(Alliance)).all():
        companies = {end: session.get_one(world.Company, end) for end in (pair.company_a_id, pair.company_b_id)}
        worth = pair.shared_worth
        keeping.read_books(session, [pair], companies, now().date())
        assert pair.shared_worth == pytest.approx(worth, rel=1e-12)
        assert (pair.shared_count, pair.shared_both, pair.shared_at) == figures[pair.id]
    session.expire_all()
    after = {
        (row.alliance_id, row.account_id): keeping._kept(row) for row in session.scalars(sa.select(SharedAccountRow))
    }
    assert after == before


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_said_of_accounts_scores_are_those_of_a_recompute(client, begin, work, contacts, seed: int):
    dice, held = Random(seed), {}
    for step in range(24):
        key = (dice.choice(CUSTOMERS), dice.choice([None, *contacts]))
        if key in held and dice.random() < 0.4:
            assert client.delete(f"{URL}/{held.pop(key)}").status_code == 204
        else:
            more = {"contact_id": key[1], "confirmed": dice.random() < 0.3} if key[1] else {}
            industry = dice.choice((None, "retail", "mines"))
            held[key] = sells(
                client, key[0], dice.choice(RELATIONS), **more, **({"industry": industry} if industry else {})
            )
        if step % 8 == 7:
            work()
            with begin() as session:
                assert session.scalar(sa.select(sa.func.count()).select_from(SharedAccountRow)) > 0
                assert_kept_is_what_books_say(session)


def test_an_account_that_everybody_sells_into_counts_for_no_pair(client, begin, work, contacts, monkeypatch):
    monkeypatch.setattr(scoring, "MOST_SELLERS", 3)

    def shared() -> int:
        work()
        with begin() as session:
            world.assert_scores_agree(session)
            return session.scalar(sa.select(sa.func.count()).select_from(SharedAccountRow))

    sells(client, "Zebra Tours")
    first, second, third = (sells(client, "Zebra Tours", contact_id=contact) for contact in contacts[:3])
    assert shared() == 0  # the home company and three partners
    client.delete(f"{URL}/{third}")
    assert shared() == 2 + 1  # two partners with the home company, and with each other
    client.delete(f"{URL}/{second}")
    assert shared() == 1
    client.delete(f"{URL}/{first}")
    assert shared() == 0


@pytest.mark.parametrize("many", [2, 100])
def test_a_pair_with_much_evidence_is_scored_by_all_of_it(client, begin, work, contacts, monkeypatch, many):
    monkeypatch.setattr(grounds, "_MOST_AT_ONCE", 3)
    monkeypatch.setattr(grounds, "_MANY", many)
    monkeypatch.setattr(grounds, "_NEWEST", 2)
    with begin() as session:
        ann = session.scalars(sa.select(User)).one()
        acme = session.scalars(sa.select(world.Company).where(world.Company.name == "Acme")).one()
        contact = session.get_one(world.Contact, UUID(contacts[0]))
        for days in range(5, 400, 50):
            world.meet(session, ann, contact, acme, days=days, event="fair")
    work()
    with begin() as session:
        world.assert_scores_agree(session)


def test_the_newest_evidence_is_enough_where_it_fills_every_part():
    many = [signal(scoring.Kind.MUTUAL_EXCHANGE, n % 7, ours=f"u{n}", theirs=f"c{n}") for n in range(200)]
    older = [signal(scoring.Kind.MUTUAL_EXCHANGE, 30 + n) for n in range(300)]
    assert scoring.is_settled(many, [scoring.Kind.MUTUAL_EXCHANGE], NOW)
    newest = scoring.score(scoring.Case(tuple(many)), NOW)
    assert scoring.score(scoring.Case(tuple(many + older)), NOW).total == pytest.approx(newest.total, abs=1e-9)
    assert scoring.is_settled(many[:3], [], NOW)
    assert not scoring.is_settled(many[:40], [scoring.Kind.MUTUAL_EXCHANGE], NOW)
    assert not scoring.is_settled(many, [scoring.Kind.REFERRAL], NOW)
    one_pair = [signal(scoring.Kind.MUTUAL_EXCHANGE, 1 + n / 1000) for n in range(200)]
    assert not scoring.is_settled(one_pair, [scoring.Kind.MUTUAL_EXCHANGE], NOW)
    assert scoring.is_settled(
        [*one_pair, signal(scoring.Kind.MUTUAL_EXCHANGE, 400)], [scoring.Kind.MUTUAL_EXCHANGE], NOW
    )


def test_a_score_with_another_overlap_is_the_whole_score_anew():
    day = NOW.replace(hour=0)
    case = scoring.Case(
        (signal(scoring.Kind.MEETING, 3),), overlap=scoring.Overlap(2, 5000.0), declared_competitors=True
    )
    before = scoring.score(case, day)
    other = scoring.Overlap(3, 9000.0)
    parts, total, coverage = scoring.with_overlap(
        scoring.documents(before.parts), [clash.reason for clash in before.conflicts], other, day
    )
    after = scoring.score(scoring.Case(case.signals, overlap=other, declared_competitors=True), day)
    assert (total, coverage, parts) == (after.total, after.coverage, scoring.documents(after.parts))
    assert after.total > before.total


def test_a_quiet_day_later_nothing_is_read_but_what_is_kept(client, begin, work, contacts):
    sells(client, "Zebra Tours")
    sells(client, "Zebra Tours", contact_id=contacts[0])
    work()
    from app.alliances import assessment

    with begin() as session:
        session.execute(sa.update(Alliance).values(scored_on=now().date() - timedelta(days=1)))
        assert assessment.age(session, 100) == len(session.scalars(sa.select(Alliance)).all())
        world.assert_scores_agree(session)
