"""What a fresh card reminds of, from a scan that was read to the hint."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.alliances.hinting import Colleague, Known, hints
from app.auth.models import User
from app.companies.models import Company
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
