"""From exchanges to pairs: on both databases, run twice, by four workers at once, corrected."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.alliances.events import AllianceChanged
from app.alliances.models import Alliance, Evidence, StateMove
from app.alliances.scoring import MODEL
from app.composition import House
from app.contacts import merging
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.kit.db import Base
from app.kit.queue import publish
from tests.alliances import world


def rows(session: Session, model: type[Base]) -> list[Any]:
    return list(session.scalars(sa.select(model).order_by(model.id)))


def snapshot(begin) -> list[list[Any]]:
    """Everything that alliances store."""
    tables = [Alliance.__table__, Evidence.__table__, StateMove.__table__]
    with begin() as session:
        return [session.execute(sa.select(table).order_by(table.c.id)).all() for table in tables]


@pytest.fixture
def changes(monkeypatch, house: House) -> list[AllianceChanged]:
    """What was announced, in order."""
    from app.alliances import assessment

    announced: list[AllianceChanged] = []

    def listen(session, event, **kwargs):
        announced.append(event)
        return publish(session, event, **kwargs)

    monkeypatch.setattr(assessment, "publish", listen)
    return announced


def test_a_card_makes_a_pair(begin, work, changes):
    with begin() as session:
        home, ann = world.make_home(session), world.make_user(session)
        acme = world.make_company(session)
        world.meet(session, ann, world.make_contact(session, ann), acme)
    work()
    with begin() as session:
        [pair] = rows(session, Alliance)
        assert {pair.company_a_id, pair.company_b_id} == {home.id, acme.id}
        assert (pair.state, pair.model_version) == ("aware", MODEL.version)
        assert 12 < pair.score < 25
        assert pair.coverage == pytest.approx(0.35)
        assert sum(part["points"] for part in pair.parts) == pytest.approx(pair.score)
        [evidence] = rows(session, Evidence)
        assert (evidence.kind, evidence.source) == ("card_received", "exchange")
        [move] = rows(session, StateMove)
        assert (move.before, move.after, move.reason) == (None, "aware", "card")
        assert move.evidence_ids == [str(evidence.id)]
    assert changes == [AllianceChanged(pair.id)]


def test_both_cards_at_an_event_score_more(begin, work):
    with begin() as session:
        world.make_home(session)
        ann = world.make_user(session)
        one, both = world.make_company(session, "One"), world.make_company(session, "Both")
        world.meet(session, ann, world.make_contact(session, ann), one)
        bob = world.make_contact(session, ann, "Bob")
        world.meet(session, ann, bob, both, direction=Direction.MUTUAL, event="Chamber evening")
    work()
    with begin() as session:
        pairs = {pair.company_a_id: pair for pair in rows(session, Alliance)}
        pairs |= {pair.company_b_id: pair for pair in rows(session, Alliance)}
        assert pairs[both.id].score > pairs[one.id].score
        assert pairs[both.id].state == "acquainted"
        kinds = session.scalars(sa.select(Evidence.kind).where(Evidence.alliance_id == pairs[both.id].id))
        assert sorted(kinds) == ["met_at_event", "mutual_exchange"]


def test_a_reaction_that_runs_twice_changes_nothing(begin, work, changes):
    with begin() as session:
        world.make_home(session)
        ann = world.make_user(session)
        met = world.meet(session, ann, world.make_contact(session, ann), world.make_company(session), event="Fair")
    work()
    before, announced = snapshot(begin), len(changes)
    with begin() as session:
        publish(session, ExchangeRecorded(met))
    assert work() >= 1
    assert snapshot(begin) == before
    assert len(changes) == announced == 1


def test_a_card_photographed_twice_on_a_day_counts_once(begin, work):
    noon = (now() - timedelta(days=3)).replace(hour=12)
    with begin() as session:
        world.make_home(session)
        ann = world.make_user(session)
        bob, acme = world.make_contact(session, ann), world.make_company(session)
        world.meet(session, ann, bob, acme, at=noon, event="Fair")
        world.meet(session, ann, bob, acme, at=noon + timedelta(minutes=2))
    work()
    with begin() as session:
        assert sorted(item.kind for item in rows(session, Evidence)) == ["card_received", "met_at_event"]
        world.meet(session, ann, bob, acme, at=noon + timedelta(days=1))
    work()
    with begin() as session:
        assert len(rows(session, Evidence)) == 3


def test_a_card_each_way_on_a_day_is_a_mutual_exchange(begin, work):
    noon = (now() - timedelta(days=3)).replace(hour=12)
    with begin() as session:
        world.make_home(session)
        ann = world.make_user(session)
        bob, acme = world.make_contact(session, ann), world.make_company(session)
        world.meet(session, ann, bob, acme, at=noon)
    work()
    with begin() as session:
        world.meet(session, ann, bob, acme, at=noon, direction=Direction.GIVEN)
    work()
    with begin() as session:
        [evidence] = rows(session, Evidence)
        assert evidence.kind == "mutual_exchange"
        assert [(move.before, move.after) for move in rows(session, StateMove)] == [
            (None, "aware"),
            ("aware", "acquainted"),
        ]


def test_several_contacts_make_breadth(begin, work):
    with begin() as session:
        world.make_home(session)
        ann, cleo = world.make_user(session), world.make_user(session, "Cleo")
        acme = world.make_company(session)
        for user, name in ((ann, "Bob"), (ann, "Dan"), (cleo, "Bob")):
            world.meet(session, user, world.make_contact(session, user, name), acme)
    work()
    with begin() as session:
        [pair] = rows(session, Alliance)
        breadth = next(part for part in pair.parts if part["name"] == "breadth")
        assert breadth["points"] == pytest.approx(10 * (1 - 2.718281828459045**-1))


def test_a_competitor_is_in_conflict_until_it_is_none(begin, work, changes):
    with begin() as session:
        world.make_home(session, category="Point of sale")
        ann = world.make_user(session)
        acme = world.make_company(session, category="point  of SALE")
        world.meet(session, ann, world.make_contact(session, ann), acme, direction=Direction.MUTUAL)
    work()
    with begin() as session:
        [pair] = rows(session, Alliance)
        assert (pair.state, pair.conflicts) == ("conflict", ["same_category"])
        assert pair.score < 5
        rival = session.merge(acme)
        rival.product_category = "Safes"
        publish(session, world.CompanySaved(acme.id))
    work()
    with begin() as session:
        [pair] = rows(session, Alliance)
        assert (pair.state, pair.conflicts) == ("acquainted", [])
        assert pair.score > 15
    assert len(changes) == 2


def test_without_a_home_company_there_is_no_pair_until_there_is_one(begin, work):
    with begin() as session:
        ann = world.make_user(session)
        bob = world.make_contact(session, ann)
        for name in ("One", "Two"):
            world.meet(session, ann, bob, world.make_company(session, name))
    work()
    with begin() as session:
        assert rows(session, Alliance) == []
        world.make_home(session)
    work()
    with begin() as session:
        assert len(rows(session, Alliance)) == 2


def test_no_pair_with_itself_or_with_nobody(begin, work):
    with begin() as session:
        home, ann = world.make_home(session), world.make_user(session)
        colleague = world.make_contact(session, ann, "Cleo")
        world.meet(session, ann, colleague, home)
        world.meet(session, ann, colleague, None)
    work()
    with begin() as session:
        assert rows(session, Alliance) == []


def test_a_corrected_company_takes_its_evidence_along(begin, work):
    with begin() as session:
        world.make_home(session)
        ann = world.make_user(session)
        wrong, right = world.make_company(session, "Acne"), world.make_company(session, "Acme")
        met = world.meet(session, ann, world.make_contact(session, ann), wrong)
    work()
    with begin() as session:
        session.get_one(Exchange, met).company_id = right.id
        publish(session, ExchangeRecorded(met))
    work()
    with begin() as session:
        [evidence] = rows(session, Evidence)
        holder = session.get_one(Alliance, evidence.alliance_id)
        assert right.id in (holder.company_a_id, holder.company_b_id)
        [left] = [pair for pair in rows(session, Alliance) if pair.id != holder.id]
        assert (left.last_evidence_at, left.coverage) == (None, 0)


def test_evidence_goes_with_its_exchange(begin, work):
    with begin() as session:
        world.make_home(session)
        ann, acme = world.make_user(session), world.make_company(session)
        met = world.meet(session, ann, world.make_contact(session, ann), acme)
    work()
    with begin() as session:
        session.delete(session.get_one(Exchange, met))
        publish(session, world.CompanySaved(acme.id))
    work()
    with begin() as session:
        assert rows(session, Evidence) == []
        assert rows(session, Alliance)[0].coverage == 0


def test_two_contacts_who_are_one_person_are_one_pair_of_reps(begin, work):
    with begin() as session:
        world.make_home(session)
        ann, acme = world.make_user(session), world.make_company(session)
        bob, robert = world.make_contact(session, ann, "Bob"), world.make_contact(session, ann, "Robert")
        for contact in (bob, robert):
            world.meet(session, ann, contact, acme)
    work()

    def breadth() -> float:
        with begin() as session:
            [pair] = rows(session, Alliance)
            return next(part["points"] for part in pair.parts if part["name"] == "breadth")

    two = breadth()
    with begin() as session:
        merged = merging.merge(session, bob.id, robert.id, ann.id)
    work()
    assert two > breadth() == 0
    with begin() as session:
        assert len(rows(session, Evidence)) == 1
        merging.undo(session, merged.id)
    work()
    assert breadth() == two
    with begin() as session:
        assert len(rows(session, Evidence)) == 2


def test_a_day_from_the_future_counts_as_today(begin, work):
    with begin() as session:
        world.make_home(session)
        ann = world.make_user(session)
        one, two = world.make_company(session, "One"), world.make_company(session, "Two")
        world.meet(session, ann, world.make_contact(session, ann), one, at=datetime(2099, 1, 1, tzinfo=UTC))
        world.meet(session, ann, world.make_contact(session, ann), two, days=0)
    work()
    with begin() as session:
        one, two = rows(session, Alliance)
        assert one.score == two.score


def test_four_workers_at_once_make_one_right_pair(house, begin):
    with begin() as session:
        world.make_home(session)
        ann, acme = world.make_user(session), world.make_company(session)
        for number in range(24):
            contact = world.make_contact(session, ann, f"Contact {number}")
            world.meet(session, ann, contact, acme, direction=Direction.MUTUAL, event="Fair")
    runners = [house.runner() for _ in range(4)]

    def drain(runner):
        while runner.run_one():
            pass

    threads = [threading.Thread(target=drain, args=(runner,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with begin() as session:
        [pair] = rows(session, Alliance)
        assert len(rows(session, Evidence)) == 48
        assert [(move.before, move.after) for move in rows(session, StateMove)] == [(None, "acquainted")]
        parts = {part["name"]: part["points"] for part in pair.parts}
        assert parts["breadth"] == pytest.approx(10, abs=0.001)
        assert parts["tie"] == pytest.approx(25, abs=0.001)
        assert session.scalar(sa.text("SELECT count(*) FROM jobs")) == 0
