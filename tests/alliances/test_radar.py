"""What a fresh card reminds of, from a scan that was read to the hint."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.alliances.hinting import Colleague, Known, hints
from app.auth import service as auth
from app.auth.models import User
from app.companies.models import Company
from app.webhooks.models import Message
from tests import readings
from tests.alliances import world

MAY = datetime(2026, 5, 7, tzinfo=UTC)


def test_everything_there_is_to_say():
    colleagues = (Colleague("Cleo", True, MAY), Colleague("Eve", False, MAY.replace(month=8)))
    known = Known("Acme", 3, colleagues, frozenset({"retail", "hotels"}))
    assert hints(known) == (
        "Third person you know at Acme.",
        "Sells to hotels and retail as you do.",
        "Cleo met them in May 2026.",
        "Eve met somebody else there in August 2026.",
    )


def test_a_competitor_is_said_first():
    assert hints(Known("Acme", 1, competes=True, buyers=frozenset({"retail"}))) == ("Acme sells what you sell.",)


def test_nothing_to_say():
    assert hints(Known("Acme", 1)) == ()


@pytest.mark.parametrize(("people", "word"), [(2, "Second"), (10, "Tenth"), (11, "11th"), (21, "21st"), (112, "112th")])
def test_ordinals(people: int, word: str):
    assert hints(Known("Acme", people)) == (f"{word} person you know at Acme.",)


def test_a_finished_scan_reminds_of_who_is_known_there(client, begin, work):
    with begin() as session:
        world.make_home(session, industry="retail", category="tills")
        ann, cleo = session.scalars(sa.select(User)).one(), world.make_user(session, "Cleo")
        readings.read_scan(session, ann.id, readings.jane(name="Max Roe", email="max.roe@acme.example", phone=""))
        readings.read_scan(session, cleo.id, readings.jane(), captured_at=MAY)
    work()
    with begin() as session:
        acme = session.scalars(sa.select(Company).where(Company.is_home.is_(False))).one()
        acme.industry, acme.product_category = "Retail", "safes"
        scan = readings.read_scan(session, ann.id, readings.jane())
    work()
    [hint] = client.get("/v1/alliances/hints", params={"scan_id": str(scan)}).json()
    assert (hint["company"]["id"], hint["state"]) == (str(acme.id), "aware")
    assert hint["alliance_hint"] == [
        "Second person you know at Acme Tools GmbH.",
        "Sells to retail as you do.",
        "Cleo met them in May 2026.",
    ]
    [pair] = client.get("/v1/alliances").json()["items"]
    assert (hint["alliance_id"], hint["score"]) == (pair["id"], pair["score"])


def test_the_finished_scan_carries_its_hint(client, begin, work):
    with begin() as session:
        world.make_home(session)
        ann, cleo = session.scalars(sa.select(User)).one(), world.make_user(session, "Cleo")
        readings.read_scan(session, cleo.id, readings.jane(), captured_at=MAY)
        eve = world.make_user(session, "Eve")
        readings.read_scan(session, eve.id, readings.jane(), captured_at=MAY, audience_id=eve.id)
        everything, scans_only = (
            auth.issue_key(session, ann, "more", scopes=scopes)[0] for scopes in (None, ["scans:read"])
        )
        lone = [("name", "Ida Fox"), ("email", "ida@fox.example")]
        scan = readings.read_scan(session, ann.id, readings.jane(), lone)
    waiting = client.get(f"/v1/scans/{scan}").json()
    assert (waiting["status"], waiting["alliance_hint"]) == ("read", [])
    work()
    url = f"/v1/scans/{scan}"
    finished = client.get(url, headers={"Authorization": f"Bearer {everything}"}).json()
    assert finished["alliance_hint"] == ["Cleo met them in May 2026."], "and Eve's own card is Eve's own business"
    assert [card["alliance_hint"] for card in finished["cards"]] == [["Cleo met them in May 2026."], []]
    of_scans_alone = client.get(url, headers={"Authorization": f"Bearer {scans_only}"}).json()
    assert of_scans_alone["cards"][0]["alliance_hint"] == [], "a key for scans tells nothing of alliances"


def test_the_event_carries_what_the_team_may_know(client, begin, work, as_new_user, organization_id):
    with begin() as session:
        world.make_home(session)
        ann, cleo = session.scalars(sa.select(User)).one(), world.make_user(session, "Cleo")
        eve = world.make_user(session, "Eve")
        readings.read_scan(session, cleo.id, readings.jane(), captured_at=MAY)
        readings.read_scan(session, eve.id, readings.jane(), captured_at=MAY, audience_id=eve.id)
        max_roe = readings.jane(name="Max Roe", email="max.roe@acme.example", phone="")
        readings.read_scan(session, ann.id, max_roe, audience_id=ann.id)
        scan = readings.read_scan(session, ann.id, readings.jane())
    admin = as_new_user(organization_id)
    assert client.post("/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/hook"}, headers=admin).is_success
    work()
    with begin() as session:
        sent = [json.loads(row.body)["data"] for row in session.scalars(sa.select(Message).filter_by(object_id=scan))]
    assert [card["alliance_hint"] for card in sent[0]["cards"]] == [["Cleo met them in May 2026."]]


def test_without_a_home_company_there_is_nothing_to_compare(client, begin, work):
    with begin() as session:
        ann = session.scalars(sa.select(User)).one()
        scan = readings.read_scan(session, ann.id, readings.jane())
    work()
    assert client.get("/v1/alliances/hints", params={"scan_id": str(scan)}).json() == []


def test_no_such_scan(client, begin, as_new_user):
    assert client.get("/v1/alliances/hints", params={"scan_id": str(uuid4())}).status_code == 404
    with begin() as session:
        scan = readings.read_scan(session, session.scalars(sa.select(User)).one().id)
    stranger = as_new_user()
    answer = client.get("/v1/alliances/hints", params={"scan_id": str(scan)}, headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
