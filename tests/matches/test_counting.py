"""A private match that both ends confirmed is evidence: for both, without a word of what is shared."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.alliances import matched
from app.alliances.models import Alliance, Evidence
from app.alliances.scoring import MODEL, least_relations, score
from app.alliances.terms import Case, Kind
from app.books.terms import Relation
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Exchange
from app.kit.queue import publish
from app.matches.client.pair import Rep, match_books
from app.matches.models import Match
from tests.alliances import world
from tests.alliances.cases import NOW, signal
from tests.matches.books import book, company


@pytest.fixture
def partners(house, ann, ben, work):
    """Each met the other as somebody of a company."""
    for rep, home, partner in ((ann, "Northwind", "Quill"), (ben, "Quill", "Northwind")):
        with house.sessions.begin(rep.organization_id) as session:
            world.make_company(session, home, is_home=True)
            met = session.scalars(sa.select(Exchange)).one()
            met.company_id = world.make_company(session, partner).id
            publish(session, ExchangeRecorded(met.id))
    work()
    return ann, ben


def pair(rep) -> dict:
    [found] = rep.call("GET", "/v1/alliances").json()["items"]
    return found


def overlap(rep) -> dict:
    explanation = rep.call("GET", f"/v1/alliances/{pair(rep)['id']}/explanation").json()
    return next(part for part in explanation["parts"] if part["name"] == "overlap")


def match(address, ann, ben, common: int):
    ours, theirs = book(range(40)), book(range(40 - common, 80), "open_opportunity")
    return match_books(address, Rep(ann.key, ours), Rep(ben.key, theirs))


def test_a_confirmed_match_counts_for_both(address, house, partners, work):
    before = [pair(rep) for rep in partners]
    assert [each["state"] for each in before] == ["acquainted", "acquainted"]
    match(address, *partners, 12)
    work()
    for rep, was in zip(partners, before, strict=True):
        now = pair(rep)
        assert (now["state"], now["coverage"] - was["coverage"]) == ("collaborating", pytest.approx(0.30))
        assert now["score"] > was["score"]
        told = overlap(rep)
        assert told["sentence"] == "At least 10 shared accounts, found by a private match of books."
        assert 0 < told["points"] < told["max"] * 0.5, "no more than what is certain"
        timeline = rep.call("GET", f"/v1/alliances/{now['id']}/timeline").json()["items"]
        [item] = [each for each in timeline if each.get("kind") == "books_matched"]
        assert (item["accounts"], item["source"], told["evidence_ids"]) == (10, "match", [item["id"]])
        with house.sessions.begin(rep.organization_id) as session:
            world.assert_scores_agree(session)
    with house.sessions.engine.connect() as connection:
        kept = str(connection.execute(sa.select(Evidence.__table__)).all())
    assert company(39) not in kept


def test_the_smallest_match_by_the_loosest_terms_moves_the_score():
    [loosest] = {least_relations(Relation, Relation)}
    found = replace(signal(Kind.BOOKS_MATCHED, 0), accounts=1, relations=loosest)
    met = signal(Kind.MUTUAL_EXCHANGE, 3)
    before, after = (score(Case(signals=signals), NOW).total for signals in ((met,), (met, found)))
    assert after - before > 0.3


def test_a_match_counts_once(address, house, partners, work):
    ann, _ = partners
    before = pair(ann)["score"]
    match(address, *partners, 2)
    work()
    scores = pair(ann)["score"]
    assert scores > before, "one shared account at least"
    with house.sessions.begin(ann.organization_id) as session:
        matched.count_match(session, session.scalars(sa.select(Match.id)).one())
    with house.sessions.begin(ann.organization_id) as session:
        kinds = session.scalars(sa.select(Evidence.kind)).all()
        assert (kinds.count(Kind.BOOKS_MATCHED), session.scalars(sa.select(Alliance.score)).one()) == (1, scores)


def test_a_match_with_nothing_in_common_is_no_evidence(address, partners, work):
    match(address, *partners, 0)
    work()
    assert [pair(rep)["state"] for rep in partners] == ["acquainted", "acquainted"]


def test_what_is_known_by_name_is_not_counted_twice(address, house, partners, work):
    ann, ben = partners
    match(address, ann, ben, 3)
    work()
    unnamed = overlap(ann)["points"]
    with house.sessions.begin(ann.organization_id) as session:
        session.add(world.job(ann.contact_id, session))
    for number in range(37, 40):
        for who in (None, str(ann.contact_id)):
            said = {"company": company(number), "relation": "customer", "contact_id": who}
            answer = ann.call("POST", "/v1/accounts", json={name: value for name, value in said.items() if value})
            assert answer.is_success, answer.text
    work()
    told = overlap(ann)
    by_name = 3 * MODEL.relations[frozenset({Relation.CUSTOMER})]
    assert told["sentence"].startswith("3 shared accounts; 3 are each a customer of both.")
    assert told["points"] > unnamed
    value = 1 - 2.718 ** (-(by_name + 0.1) / MODEL.overlap_scale)
    assert told["points"] < 30 * (0.15 + value / 2), "the three are the same three"


def test_the_terms_bound_what_a_match_can_mean():
    ours, theirs = {Relation.CUSTOMER, Relation.PROSPECT}, {Relation.CUSTOMER, Relation.OPEN_OPPORTUNITY}
    assert set(least_relations(ours, theirs)) == {Relation.PROSPECT, Relation.OPEN_OPPORTUNITY}
