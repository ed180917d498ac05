"""What people decide, what age does, over HTTP and on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.alliances import jobs
from app.alliances.models import Agreement, Alliance, Evidence, StateMove
from app.auth.models import User
from app.exchanges.models import Direction
from app.kit.chores import Upkeep
from app.kit.clock import now
from tests.alliances import world


@pytest.fixture
def url(client: TestClient, begin, work) -> str:
    """An acquainted pair."""
    with begin() as session:
        world.make_home(session)
        ann = session.scalars(sa.select(User)).one()
        bob, acme = world.make_contact(session, ann), world.make_company(session)
        world.meet(session, ann, bob, acme, direction=Direction.MUTUAL)
    work()
    [pair] = client.get("/v1/alliances").json()["items"]
    return f"/v1/alliances/{pair['id']}"


@pytest.fixture
def pass_days(house, begin, settings):
    """Lets everything have happened `days` earlier, then lets the nightly chore run."""

    def run(days: int) -> None:
        past = timedelta(days=days)
        with begin() as session:
            for item in session.scalars(sa.select(Evidence)):
                item.at -= past
            for pair in session.scalars(sa.select(Alliance)):
                pair.scored_on -= past
                pair.decided_at = pair.decided_at and pair.decided_at - past
            for paper in session.scalars(sa.select(Agreement)):
                paper.starts_on -= past
                paper.ends_on = paper.ends_on and paper.ends_on - past
        jobs.age_alliances(Upkeep(house.sessions, house.files, settings))

    return run


def decide(client: TestClient, url: str, choice: str, **more: str) -> dict:
    answer = client.post(f"{url}/decisions", json={"choice": choice, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def state(client: TestClient, url: str) -> str:
    return client.get(url).json()["state"]


def test_a_proposal_and_its_end(client, url):
    proposed = decide(client, url, "propose", kind="reseller", note="They asked for it.")
    assert (proposed["state"], proposed["proposed_kind"]) == ("proposed", "reseller")
    [move, _] = [item for item in client.get(f"{url}/timeline").json()["items"] if item["type"] == "move"]
    assert (move["before"], move["after"], move["note"]) == ("acquainted", "proposed", "They asked for it.")
    assert move["user_id"] is not None
    reopened = decide(client, url, "reopen")
    assert (reopened["state"], reopened["decision"], reopened["proposed_kind"]) == ("acquainted", None, None)


def test_declined_until_reopened(client, url, pass_days):
    assert decide(client, url, "decline")["state"] == "declined"
    pass_days(400)
    assert state(client, url) == "declined"
    assert decide(client, url, "reopen")["state"] == "acquainted"


def test_informal_by_choice(client, url):
    decide(client, url, "propose", kind="referral")
    informal = decide(client, url, "stay_informal")
    assert (informal["state"], informal["informal_by_choice"]) == ("acquainted", True)
    assert decide(client, url, "consider_paper")["informal_by_choice"] is False
    decide(client, url, "stay_informal")
    assert decide(client, url, "propose", kind="referral")["informal_by_choice"] is False
    decide(client, url, "decline")
    assert decide(client, url, "stay_informal")["state"] == "declined"


def test_a_decision_taken_twice_is_one_move(client, url, begin):
    for _ in range(2):
        decide(client, url, "decline")
    with begin() as session:
        assert session.scalar(sa.select(sa.func.count(StateMove.id))) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"choice": "propose"},
        {"choice": "decline", "kind": "referral"},
        {"choice": "marry"},
        {"choice": "propose", "kind": "merger"},
        {},
    ],
)
def test_decisions_that_cannot_be_meant(client, url, body):
    answer = client.post(f"{url}/decisions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_an_agreement_from_its_first_day_to_its_last(client, url, pass_days):
    today = now().date()
    decide(client, url, "propose", kind="referral")
    answer = client.post(
        f"{url}/agreements",
        json={"kind": "referral", "starts_on": str(today + timedelta(10)), "ends_on": str(today + timedelta(40))},
    )
    assert answer.status_code == 201
    assert state(client, url) == "acquainted"  # signed, and not in force yet
    pass_days(11)
    assert state(client, url) == "formal"
    assert [paper["kind"] for paper in client.get(url).json()["agreements"]] == ["referral"]
    pass_days(28)
    assert state(client, url) == "formal"
    pass_days(2)
    assert state(client, url) == "producing"


def test_an_agreement_that_ends_before_it_begins(client, url):
    body = {"kind": "referral", "starts_on": "2026-05-02", "ends_on": "2026-05-01"}
    assert client.post(f"{url}/agreements", json=body).status_code == 422


def test_an_agreement_is_recorded_once_a_key(client, url):
    body = {"kind": "reseller", "starts_on": "2026-05-02"}
    headers = {"Idempotency-Key": "one"}
    first, second = (client.post(f"{url}/agreements", json=body, headers=headers).json() for _ in range(2))
    assert first == second
    assert len(client.get(url).json()["agreements"]) == 1
    other = client.post(f"{url}/agreements", json={**body, "kind": "referral"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_half_a_year_of_quiet(client, url, pass_days, begin, work):
    before = client.get(url).json()["score"]
    pass_days(100)
    aged = client.get(url).json()
    assert (aged["state"], aged["scored_on"]) == ("acquainted", str(now().date()))
    assert aged["score"] < before
    pass_days(100)
    assert state(client, url) == "dormant"
    with begin() as session:
        pair = session.scalars(sa.select(Alliance)).one()
        moves = session.scalars(sa.select(StateMove).order_by(StateMove.id)).all()
        assert [(move.after, move.reason) for move in moves] == [("acquainted", "met"), ("dormant", "quiet")]
        assert pair.score == pytest.approx(aged["score"], abs=10)


def test_ageing_announces_whole_points_only(client, url, pass_days, begin):
    def announced() -> int:
        with begin() as session:
            return session.scalars(sa.select(Alliance)).one().announced_score

    first = announced()
    pass_days(10)
    assert announced() == first
    for _ in range(5):
        pass_days(10)
    with begin() as session:
        pair = session.scalars(sa.select(Alliance)).one()
        assert pair.announced_score != first
        assert abs(pair.announced_score - pair.score) < 1


def test_somebody_elses_pair(client, house, url):
    from app.auth import service as auth

    with house.sessions.begin() as session:
        auth.found_organization(session, "Elsewhere", "NO")
        key, _ = auth.issue_key(session, auth.add_user(session, "Eve", "eve@elsewhere.example"), "test")
    theirs = {"Authorization": f"Bearer {key}"}
    assert client.post(f"{url}/decisions", json={"choice": "decline"}, headers=theirs).status_code == 404
    body = {"kind": "reseller", "starts_on": "2026-05-02"}
    assert client.post(f"{url}/agreements", json=body, headers=theirs).status_code == 404
