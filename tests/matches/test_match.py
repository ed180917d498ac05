"""Whole matches: both ends of the reference client against a server on loopback."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.kit.events import Reaction
from app.kit.queue import Job
from app.matches import queries, service
from app.matches.client.end import Person
from app.matches.client.pair import Rep, describe, match_books
from app.matches.events import MatchConfirmed
from app.matches.models import Match, MatchMessage, MatchMove
from app.matches.terms import Band, Depth
from tests.matches.books import book, company, domain


def everything_stored(house) -> str:
    """Every value of every table."""
    with house.sessions.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = [row for table in tables for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))]
    return "\n".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for row in rows for value in row
    ).casefold()


def test_two_reps_learn_what_they_share_and_the_server_learns_none_of_it(address, house, ann, ben, work):
    seen_by_server = []

    def look(*_):
        seen_by_server.append(everything_stored(house))
        return True

    watching = Person(accept=look, go_on=look, offer=look)
    ours, theirs = match_books(
        address,
        Rep(ann.key, book(range(60)), watching),
        Rep(ben.key, book(range(55, 120), "open_opportunity", named=" GmbH"), watching),
    )
    shared = {company(number) for number in range(55, 60)}
    assert {entry.name for entry in ours.shared} == shared
    assert {entry.name.removesuffix(" GmbH") for entry in theirs.shared} == shared
    assert (ours.band, ours.reached, ours.confirmed) == (Band.SOME, Depth.FIELDS, True)
    assert {shown.relation for shown in ours.shown.values()} == {"open_opportunity"}
    assert {shown.relation for shown in theirs.shown.values()} == {"customer"}
    assert "shared accounts: 3-9" in describe(ours)[0]
    assert any("theirs: open opportunity" in line for line in describe(ours))

    work()
    stored = "\n".join([*seen_by_server, everything_stored(house)])
    assert "ben@quill.example" in stored, "the search would find what is there"
    for number in range(120):
        assert hashlib.sha256(domain(number).encode()).hexdigest() not in stored
        assert hashlib.sha256(f"domain:{domain(number)}".encode()).hexdigest() not in stored
        assert company(number).casefold() not in stored
        assert domain(number) not in stored
    with house.sessions.begin(reading=True) as session:
        assert session.scalar(sa.select(sa.func.count(MatchMessage.id))) == 0, "nothing stays in the relay"
        moves = list(session.scalars(sa.select(MatchMove.after).order_by(MatchMove.id)))
    assert moves == [
        "proposed",
        "joined",
        "accepted",
        "size_round",
        "band_shown",
        "accounts_accepted",
        "accounts_shown",
        "fields",
        "closed",
    ]


@pytest.mark.parametrize(("common", "band"), [(0, "none"), (1, "1-2"), (2, "1-2"), (3, "3-9"), (9, "3-9"), (10, "10+")])
def test_the_band_is_shown_and_with_that_depth_nothing_else(address, ann, ben, common, band):
    ours, theirs = match_books(
        address, Rep(ann.key, book(range(30))), Rep(ben.key, book(range(30 - common, 60))), depth=Depth.BAND
    )
    assert (ours.band, theirs.band) == (band, band)
    assert not ours.shared
    assert not theirs.shared
    [match] = ann.call("GET", "/v1/matches").json()["items"]
    assert (match["state"], match["band"]) == ("closed", band)


def test_an_account_never_to_be_shared_takes_no_part(address, ann, ben):
    ours, _ = match_books(
        address,
        Rep(ann.key, book(range(40), never_share=range(5))),
        Rep(ben.key, book(range(10)) + book(range(100, 130)).split(b"\n", 1)[1].join([b"\n", b""])),
        depth=Depth.ACCOUNTS,
    )
    assert {entry.name for entry in ours.shared} == {company(number) for number in range(5, 10)}


def test_books_on_the_server_are_matched_as_well(address, ann, ben):
    for rep, numbers in ((ann, range(30)), (ben, range(25, 60))):
        data = book(numbers, never_share=[29])
        assert rep.call("POST", "/v1/accounts/import", files={"file": data}).status_code == 200
    ours, theirs = match_books(address, Rep(ann.key), Rep(ben.key), depth=Depth.ACCOUNTS)
    assert {entry.name for entry in ours.shared} == {company(number) for number in range(25, 29)}
    assert {entry.name for entry in theirs.shared} == {company(number) for number in range(25, 29)}


def test_fields_are_shown_pair_by_pair_where_both_offer_them(address, ann, ben):
    def not_the(number: int) -> Person:
        return Person(offer=lambda entry: entry.name != company(number))

    ours, theirs = match_books(
        address,
        Rep(ann.key, book(range(30)), not_the(25)),
        Rep(ben.key, book(range(25, 60)), not_the(26)),
    )
    assert len(ours.shared) == 5
    for result in (ours, theirs):
        names = {entry.name for entry in result.shared if entry.identifier in result.shown}
        assert names == {company(27), company(28), company(29)}


def test_who_does_not_want_to_go_on_shows_no_account(address, ann, ben):
    ours, theirs = match_books(
        address,
        Rep(ann.key, book(range(30)), Person(go_on=lambda *_: False)),
        Rep(ben.key, book(range(25, 60))),
    )
    assert (ours.band, theirs.band) == (Band.SOME, Band.SOME)
    assert not ours.shared
    assert not theirs.shared


def test_a_confirmed_match_is_told_in_both_organizations(house, ann, ben, agree):
    match_id, _ = agree(depth="accounts")
    with house.sessions.begin() as session:
        session.execute(sa.update(Match).values(state="accounts_accepted", band=Band.SOME))
    for rep in (ann, ben):
        assert rep.send(match_id, "ordered", bytes(64 * 33 + 28)).status_code == 204
    for rep in (ann, ben):
        with house.sessions.begin(rep.organization_id) as session:
            session.info["flow"] = {MatchConfirmed: (Reaction(note),)}
            assert session.execute(queries.confirmed(match_id)).all() == []
            service.confirm(session, rep.user_id, match_id, "a" * 64)
    with house.sessions.begin() as session:
        told = session.scalars(sa.select(Job.organization_id).where(Job.reaction.endswith("note"))).all()
        session.execute(sa.delete(Job))
    assert set(told) == {ann.organization_id, ben.organization_id}
    assert len(told) == 2
    for rep in (ann, ben):
        with house.sessions.begin(rep.organization_id, reading=True) as session:
            [(user_id, contact_id, at, band)] = session.execute(queries.confirmed(match_id)).all()
        assert (user_id, contact_id, band) == (rep.user_id, rep.contact_id, Band.SOME)
        assert at is not None


def note(_work, _event) -> None:
    """Stands for whatever follows."""


def test_lists_of_thousands(address, ann, ben):
    ours, theirs = match_books(
        address, Rep(ann.key, book(range(1500))), Rep(ben.key, book(range(1400, 6000))), depth=Depth.ACCOUNTS
    )
    assert [entry.name for entry in ours.shared] == [company(number) for number in range(1400, 1500)]
    assert [entry.name for entry in theirs.shared] == [entry.name for entry in ours.shared]


def test_four_times_at_once_the_same_word_counts_once(ann, ben, propose):
    match_id, _ = propose()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda rep: rep.say(match_id, "acceptance", size=64), [ann, ben] * 4))
    assert {answer.status_code for answer in answers} == {200}
    moves = ann.call("GET", f"/v1/matches/{match_id}/moves").json()["items"]
    assert [move["after"] for move in moves] == ["proposed", "joined", "accepted"]
