"""What somebody may try who does not keep to the rules, and what the server or the other end makes of it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.kit.chores import Upkeep
from app.kit.clock import now
from app.matches import jobs
from app.matches.client.blinding import BlindedBook
from app.matches.client.end import End, Person
from app.matches.client.errors import (
    BadInvitation,
    MatchError,
    PartnerLeft,
    Refused,
    ResultsDiffer,
    Tampered,
    TooFewAccounts,
)
from app.matches.client.pair import Rep, book_of, match_books
from app.matches.client.sealing import Invitation
from app.matches.models import Match, MatchMessage
from app.matches.terms import POINT_BYTES, SEAL_BYTES, Depth, Side, Step
from tests.matches.books import book, company
from tests.matches.conftest import Seat

POINTS_64 = 64 * POINT_BYTES + SEAL_BYTES


def code(answer) -> str:
    return answer.json()["code"]


def test_a_set_of_one_is_not_matched(address, ann, ben):
    with pytest.raises(TooFewAccounts, match="19 of your accounts"):
        match_books(address, Rep(ann.key, book(range(19))), Rep(ben.key, book(range(30))))
    with pytest.raises(TooFewAccounts, match="1 of your accounts"):
        match_books(address, Rep(ann.key, book(range(30))), Rep(ben.key, book(range(1))))


def test_a_list_padded_for_fewer_than_a_policy_asks_is_refused(ann, ben, propose):
    policy = {"least_accounts": 65, "largest_size": 256}
    assert ann.call("PUT", "/v1/match-policy", json=policy).status_code == 200
    match_id, _ = propose()
    assert code(ann.say(match_id, "acceptance", size=64)) == "bad_sizes"
    assert ann.say(match_id, "acceptance", size=256).status_code == 200
    assert code(ben.say(match_id, "acceptance", size=64)) == "bad_sizes"
    assert code(ben.say(match_id, "acceptance", size=1024)) == "bad_sizes", "Ann's policy holds for Ben's list"
    assert ben.say(match_id, "acceptance", size=256).json()["state"] == "accepted"


def test_a_short_list_is_not_held_against_a_long_net_of_guesses(ann, ben, propose):
    match_id, _ = propose()
    assert ann.say(match_id, "acceptance", size=64).status_code == 200
    for size in (1024, 4096, 16384):
        assert code(ben.say(match_id, "acceptance", size=size)) == "bad_sizes"
    assert ben.say(match_id, "acceptance", size=16).status_code == 422
    assert ben.say(match_id, "acceptance", size=256).json()["state"] == "accepted"


def test_more_guesses_than_the_size_that_was_agreed_are_refused(ann, ben, agree):
    match_id, _ = agree()
    assert code(ben.send(match_id, "points", os.urandom(POINTS_64 + POINT_BYTES))) == "wrong_length"
    assert code(ben.send(match_id, "points", os.urandom(POINTS_64 - POINT_BYTES))) == "wrong_length"
    assert code(ben.send(match_id, "points", b"")) in {"wrong_length", "invalid_request"}
    assert ben.send(match_id, "points", os.urandom(POINTS_64)).status_code == 204


def test_an_oversized_message_is_refused(house, ann, ben, agree):
    match_id, _ = agree()
    assert ben.send(match_id, "points", bytes(house.settings.max_upload_bytes + 1)).status_code == 413
    assert code(ben.send(match_id, "points", bytes(3 << 20))) == "wrong_length"


def test_a_second_match_with_a_slightly_other_list_has_to_wait(address, house, ann, ben):
    first, second = book(range(30)), book(range(31))
    match_books(address, Rep(ann.key, first), Rep(ben.key, book(range(20, 60))), depth=Depth.BAND)
    with pytest.raises(Refused, match="as often as one of you allows") as refused:
        match_books(address, Rep(ann.key, second), Rep(ben.key, book(range(20, 60))), depth=Depth.BAND)
    assert refused.value.code == "match_budget_spent"

    def pretend_it_was(days: float) -> None:
        with house.sessions.begin() as session:
            match_at = now() - timedelta(days=days)
            session.execute(sa.update(Match).where(Match.accepted_at.is_not(None)).values(accepted_at=match_at))

    pretend_it_was(7.5)
    match_books(address, Rep(ann.key, second), Rep(ben.key, book(range(20, 60))), depth=Depth.BAND)
    pretend_it_was(0 if now().day < 9 else 8)
    with pytest.raises(Refused, match="as often as one of you allows"):
        match_books(address, Rep(ann.key, second), Rep(ben.key, book(range(20, 60))), depth=Depth.BAND)


def test_a_colleague_of_the_partner_does_not_get_round_the_budget(address, make_rep, house, ann, ben):
    match_books(address, Rep(ann.key, book(range(30))), Rep(ben.key, book(range(20, 60))), depth=Depth.BAND)
    cleo = make_rep("Cleo", "cleo@quill.example", "ann@northwind.example", organization_id=ben.organization_id)
    invitation = Invitation()
    match_id = cleo.server.propose(cleo.contact_id, ["customer"], ["customer"], Depth.BAND, invitation).id
    ann.server.join(invitation, ann.contact_id)
    assert cleo.say(match_id, "acceptance", size=64).status_code == 200
    answer = ann.say(match_id, "acceptance", size=64, unlisted=True)
    assert code(answer) == "match_budget_spent"
    assert answer.json()["free_again_at"] > now().isoformat()


def test_of_two_matches_agreed_at_once_one_counts(ann, ben, propose):
    matches = [propose()[0] for _ in range(2)]
    for match_id in matches:
        assert ann.say(match_id, "acceptance", size=64).status_code == 200
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda match_id: ben.say(match_id, "acceptance", size=64), matches))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "match_budget_spent"}


def test_nobody_is_flooded_with_proposals(ann, ben):
    for _ in range(20):
        match = ann.server.propose(ann.contact_id, ["customer"], ["customer"], Depth.BAND, Invitation())
    with pytest.raises(Refused) as refused:
        ann.server.propose(ann.contact_id, ["customer"], ["customer"], Depth.BAND, Invitation())
    assert refused.value.code == "too_many_matches"
    assert ann.say(match.id, "closing").json()["state"] == "refused"
    ann.server.propose(ann.contact_id, ["customer"], ["customer"], Depth.BAND, Invitation())


def test_a_message_is_taken_once_and_never_replaced(ann, ben, agree):
    match_id, _ = agree()
    sent = os.urandom(POINTS_64)
    assert ann.send(match_id, "points", sent).status_code == 204
    assert ann.send(match_id, "points", sent).status_code == 204, "the same again, as after a lost answer"
    assert code(ann.send(match_id, "points", os.urandom(POINTS_64))) == "already_sent"


def test_a_message_of_another_match_step_or_sender_does_not_open(ann, ben, agree):
    match_id, invitation = agree()
    other_id = Invitation()  # any other id will do
    sealed = invitation.seal(match_id, Side.A, Step.BLINDED, b"points")
    assert invitation.open(match_id, Side.A, Step.BLINDED, sealed) == b"points"
    for wrong in (
        lambda: invitation.open(match_id, Side.B, Step.BLINDED, sealed),
        lambda: invitation.open(match_id, Side.A, Step.ORDERED, sealed),
        lambda: invitation.open(ann.user_id, Side.A, Step.BLINDED, sealed),
        lambda: other_id.open(match_id, Side.A, Step.BLINDED, sealed),
        lambda: invitation.open(match_id, Side.A, Step.BLINDED, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        lambda: invitation.open(match_id, Side.A, Step.BLINDED, b""),
    ):
        with pytest.raises(Tampered):
            wrong()


def test_who_leaves_after_the_first_step_has_learnt_nothing(ann, ben, agree):
    match_id, _ = agree()
    assert ann.send(match_id, "points", os.urandom(POINTS_64)).status_code == 204
    assert code(ben.fetch(match_id, "points")) == "not_there_yet", "nothing for nothing"
    assert ben.send(match_id, "points", os.urandom(POINTS_64)).status_code == 204
    assert ben.fetch(match_id, "points").status_code == 200
    assert ann.send(match_id, "blinded", os.urandom(POINTS_64)).status_code == 204
    assert code(ben.fetch(match_id, "blinded")) == "not_there_yet", "Ben does not get the answer that tells how many"
    ben.say(match_id, "closing")
    assert code(ben.fetch(match_id, "blinded")) == "match_over"
    assert code(ann.fetch(match_id, "blinded")) == "match_over"


def test_who_leaves_with_the_answer_cannot_keep_it_from_the_other(house, ann, ben, agree):
    match_id, _ = agree()
    for step in ("points", "blinded"):
        for rep in (ann, ben):
            assert rep.send(match_id, step, os.urandom(POINTS_64)).status_code == 204
    assert ben.fetch(match_id, "blinded").status_code == 200
    ben.say(match_id, "closing")
    assert ann.fetch(match_id, "blinded").status_code == 200
    with house.sessions.begin() as session:
        session.execute(sa.update(Match).values(ended_at=now() - timedelta(days=2)))
    jobs.end_matches(Upkeep(house.sessions, house.files, house.settings))
    assert code(ann.fetch(match_id, "blinded")) == "match_over"


def test_nobody_else_finds_a_match(make_rep, ann, ben, agree):
    match_id, _ = agree()
    ann.send(match_id, "points", os.urandom(POINTS_64))
    stranger = make_rep("Eve", "eve@other.example", "ann@northwind.example")
    colleague = make_rep("Cleo", "cleo@northwind.example", "x@y.example", organization_id=ann.organization_id)
    for outsider in (stranger, colleague):
        assert outsider.call("GET", "/v1/matches").json()["items"] == []
        tried = [
            outsider.call("GET", f"/v1/matches/{match_id}"),
            outsider.call("GET", f"/v1/matches/{match_id}/moves"),
            outsider.call("GET", f"/v1/matches/{match_id}/accounts"),
            outsider.fetch(match_id, "points"),
            outsider.send(match_id, "points", os.urandom(POINTS_64)),
            outsider.say(match_id, "acceptance", size=64),
            outsider.say(match_id, "band", band="none"),
            outsider.say(match_id, "depth", depth="accounts"),
            outsider.say(match_id, "confirmation", digest="0" * 64),
            outsider.say(match_id, "closing"),
        ]
        assert [answer.status_code for answer in tried] == [404] * len(tried)
    assert ann.call("GET", f"/v1/matches/{match_id}").json()["state"] == "accepted"


def test_an_invitation_opens_once_and_for_who_has_it(make_rep, ann, ben):
    invitation = Invitation()
    match_id = ann.server.propose(ann.contact_id, ["customer"], ["customer"], Depth.BAND, invitation).id
    with pytest.raises(Refused, match="No such thing"):
        ben.server.join(Invitation(), ben.contact_id)
    with pytest.raises(Refused, match="with oneself"):
        ann.server.join(invitation, ann.contact_id)
    eve = make_rep("Eve", "eve@other.example", "ann@northwind.example")
    eve.server.join(invitation, eve.contact_id)  # she found it somewhere
    with pytest.raises(Refused, match="No such thing"):
        ben.server.join(invitation, ben.contact_id)
    answer = ann.say(match_id, "acceptance", size=64)
    assert code(answer) == "not_on_card", "Ann's contact has another address"
    assert ann.say(match_id, "closing").json()["state"] == "refused"
    for text in ("", "cardally-match-", "cardally-match-abc", invitation.text[:-4], "ü" * 43):
        with pytest.raises(BadInvitation):
            Invitation.read(text)


@pytest.mark.parametrize("direction", ["received", "given"])
def test_without_a_mutual_exchange_there_is_no_match(make_rep, ben, direction):
    ann = make_rep("Ann", "ann@northwind.example", "ben@quill.example", direction)
    with pytest.raises(Refused, match="gave each other"):
        ann.server.propose(ann.contact_id, ["customer"], ["customer"], Depth.BAND, Invitation())
    invitation = Invitation()
    ben.server.propose(ben.contact_id, ["customer"], ["customer"], Depth.BAND, invitation)
    with pytest.raises(Refused, match="gave each other"):
        ann.server.join(invitation, ann.contact_id)
    with pytest.raises(Refused, match="gave each other"):
        ann.server.join(invitation, ben.contact_id)


def test_the_steps_have_their_order(ann, ben, agree, propose):
    match_id, _ = propose()
    early = [
        ann.send(match_id, "points", bytes(POINTS_64)),
        ann.say(match_id, "band", band="none"),
        ann.say(match_id, "depth", depth="accounts"),
        ann.say(match_id, "confirmation", digest="0" * 64),
    ]
    assert {code(answer) for answer in early} == {"wrong_order"}
    for rep in (ann, ben):
        rep.say(match_id, "acceptance", size=64)
    assert code(ann.send(match_id, "blinded", bytes(POINTS_64))) == "wrong_order"
    assert code(ann.send(match_id, "ordered", bytes(POINTS_64))) == "wrong_order"
    assert code(ann.send(match_id, "fields", bytes(4096))) == "wrong_order"
    assert code(ann.say(match_id, "acceptance", size=256)) == "wrong_order", "the size stands"
    assert ann.send(match_id, "nonsense", bytes(9)).status_code == 422
    for rep in (ann, ben):
        rep.send(match_id, "points", os.urandom(POINTS_64))
    assert code(ann.say(match_id, "band", band="none")) == "wrong_order", "no answers yet"
    for rep in (ann, ben):
        rep.send(match_id, "blinded", os.urandom(POINTS_64))
    ann.say(match_id, "band", band="1-2")
    assert code(ann.say(match_id, "band", band="none")) == "conflict"
    assert code(ann.say(match_id, "depth", depth="accounts")) == "wrong_order", "Ben has said nothing"
    ben.say(match_id, "band", band="1-2")
    assert code(ann.say(match_id, "depth", depth="fields")) == "wrong_order"
    assert code(ann.send(match_id, "ordered", bytes(POINTS_64))) == "wrong_order", "both have to go on first"
    ann.say(match_id, "depth", depth="accounts")
    assert code(ann.send(match_id, "ordered", bytes(POINTS_64))) == "wrong_order"


def test_a_match_goes_no_deeper_than_agreed(ann, ben, agree):
    match_id, _ = agree(depth="accounts")
    assert code(ann.say(match_id, "depth", depth="fields")) == "conflict"


def test_policies_hold(ann, ben, propose):
    ann.call("PUT", "/v1/match-policy/organization", json={"relations": ["customer"], "depth": "accounts"})
    for terms in ({"own": ("prospect",)}, {"depth": "fields"}):
        with pytest.raises(Refused) as refused:
            propose(**{"depth": "accounts"} | terms)
        assert refused.value.code == "match_not_allowed"
    match_id, _ = propose(depth="accounts")
    ben.call("PUT", "/v1/match-policy", json={"enabled": False})
    assert code(ben.say(match_id, "acceptance", size=64)) == "match_not_allowed"
    policies = ann.call("GET", "/v1/match-policy").json()
    assert policies["own"]["depth"] == "fields"
    assert policies["effective"]["depth"] == "accounts"
    assert ann.call("PUT", "/v1/match-policy", json={"least_accounts": 3}).status_code == 422


def test_a_match_ends_by_itself_and_its_messages_with_it(house, ann, ben, agree):
    match_id, _ = agree()
    ann.send(match_id, "points", os.urandom(POINTS_64))
    with house.sessions.begin() as session:
        session.execute(sa.update(Match).values(expires_at=now() - timedelta(seconds=1)))
    assert code(ben.send(match_id, "points", os.urandom(POINTS_64))) == "match_over"
    assert ann.call("GET", f"/v1/matches/{match_id}").json()["state"] == "expired"
    upkeep = Upkeep(house.sessions, house.files, house.settings)
    jobs.end_matches(upkeep)
    with house.sessions.begin(reading=True) as session:
        assert session.scalar(sa.select(sa.func.count(MatchMessage.id))) == 0
    last = ann.call("GET", f"/v1/matches/{match_id}/moves").json()["items"][-1]
    assert (last["after"], last["side"], last["reason"]) == ("expired", None, "out_of_time")
    with house.sessions.begin() as session:
        session.execute(sa.update(Match).values(ended_at=now() - timedelta(days=100)))
    jobs.end_matches(upkeep)
    assert ann.call("GET", f"/v1/matches/{match_id}").status_code == 404


def test_results_that_differ_end_the_match(ann, ben, agree):
    match_id, _ = agree()
    for step in ("points", "blinded"):
        for rep in (ann, ben):
            rep.send(match_id, step, os.urandom(POINTS_64))
    ann.say(match_id, "band", band="3-9")
    ended = ben.say(match_id, "band", band="10+").json()
    assert (ended["state"], ended["reason"], ended["band"]) == ("closed", "results_differ", None)


class Cheat(BlindedBook):
    """An end that sends something else in one of its messages."""

    def __init__(self, honest: BlindedBook, how: str) -> None:
        self.__dict__.update(vars(honest))
        self.how = how

    @property
    def points(self) -> bytes:
        sent = super().points
        if self.how == "no point":
            return sent[:-POINT_BYTES] + b"\x02" + b"\xff" * 32
        return sent[:POINT_BYTES] * self.size if self.how == "one point" else sent

    def answer(self, points: bytes, *, ordered: bool) -> bytes:
        honest = super().answer(points, ordered=ordered)
        if self.how == "an echo" and not ordered:
            return points
        if self.how == "another answer" and ordered:
            return BlindedBook(["x"]).answer(points, ordered=True)
        return honest


@pytest.mark.parametrize(
    ("how", "said"),
    [("no point", Tampered), ("one point", Tampered), ("an echo", ResultsDiffer), ("another answer", Tampered)],
)
def test_an_end_that_sends_something_else_is_found_out(address, ann, ben, monkeypatch, how, said):
    def made(identifiers):
        honest = BlindedBook(identifiers)
        return Cheat(honest, how) if any("31" in name for name in identifiers) else honest

    monkeypatch.setattr("app.matches.client.end.BlindedBook", made)
    with pytest.raises(MatchError) as failed:
        match_books(address, Rep(ann.key, book(range(30))), Rep(ben.key, book(range(20, 60))), depth=Depth.ACCOUNTS)
    assert type(failed.value) is said
    [match] = ann.call("GET", "/v1/matches").json()["items"]
    assert match["state"] == "closed"
    assert match["confirmed_at"] is None


def test_a_list_that_sends_points_back_is_found_out():
    ours, size = BlindedBook([company(number) for number in range(30)]), 64
    with pytest.raises(Tampered, match="sends one of yours back"):
        ours.check_points(ours.points, size)
    theirs = BlindedBook([company(number) for number in range(30)])
    ours.check_points(theirs.points, size)
    with pytest.raises(Tampered, match="length"):
        ours.check_points(theirs.points[:-1], size)
    with pytest.raises(Tampered, match="length"):
        ours.check_points(theirs.points, 256)


def test_an_end_alone_gives_up(ann, ben, propose):
    match_id, invitation = propose()
    ann.server._patience = 0.2
    end = End(ann.server, invitation, match_id, Person())
    with pytest.raises(PartnerLeft, match="did nothing"):
        end.run(book_of(ann.server, match_id, book(range(30)), ["customer"]))
    assert ann.call("GET", f"/v1/matches/{match_id}").json()["state"] == "refused"


def test_an_erased_rep_takes_the_match_along(house, ann: Seat, ben: Seat, agree):
    match_id, _ = agree()
    ann.send(match_id, "points", os.urandom(POINTS_64))
    with house.sessions.begin() as session:
        session.execute(sa.text("DELETE FROM organizations WHERE id = :id"), {"id": stored_id(session, ann)})
    assert ben.call("GET", f"/v1/matches/{match_id}").status_code == 404
    with house.sessions.begin(reading=True) as session:
        for table in ("matches", "match_sides", "match_seats", "match_messages", "match_moves"):
            assert session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0, table


def stored_id(session, rep: Seat):
    return rep.organization_id.hex if session.get_bind().dialect.name == "sqlite" else rep.organization_id
