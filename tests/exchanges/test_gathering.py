"""Captures become events: by name, or by place and day; and events can be asked for and named."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.auth import service as auth
from app.exchanges import service
from app.exchanges.models import Direction, Exchange, MetEvent
from app.exchanges.nearness import apart, distance, event_key, in_place, same_place
from app.kit.clock import now
from tests.readings import jane, read_scan

NOON = now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=20)
HALL = {"latitude": 36.1316, "longitude": -115.1515}


class Spot:
    def __init__(self, place: str | None = None, latitude: float | None = None, longitude: float | None = None):
        self.place, self.latitude, self.longitude = place, latitude, longitude


def person(number: int) -> list:
    first = ("Ada", "Bea", "Cem", "Dov", "Eli", "Fay")[number]
    last = ("Stone", "Rivers", "Kaya", "Levin", "Brook", "Hart")[number]
    firm = ("Quartz", "Violet", "Juniper", "Walnut", "Tidal", "Zebra")[number]
    domain = f"{firm.lower()}.example"
    return jane(name=f"{first} {last}", company=firm, email=f"{first}@{domain}".lower(), website=domain, phone="")


@pytest.fixture
def capture(client, begin):
    """Absorbs a photo of one person's card and returns nothing."""
    users = {}
    with begin() as session:
        users["id"] = auth.add_user(session, "Ann Lee", "ann.lee@northwind.example").id

    def run(number: int, at: datetime = NOON, **said: object) -> None:
        with begin() as session:
            scan_id = read_scan(session, users["id"], person(number), captured_at=at, **said)
        with begin() as session:
            service.absorb(session, scan_id)

    return run


@pytest.fixture
def client(api, begin, organization_id: UUID):
    with begin() as session:
        key, _ = auth.issue_key(session, auth.add_user(session, "Ann", "ann@northwind.example"), "test")
    api.headers.update({"Authorization": f"Bearer {key}"})
    return api


def events(client) -> list[dict]:
    return client.get("/v1/events").json()["items"]


def test_photos_with_one_name_are_one_event_of_several_days(client, capture):
    capture(0, event="West Coast Retail Fair", place="Las Vegas, NV")
    capture(1, NOON + timedelta(hours=30), event="west coast retail fair ", place="Las Vegas")
    capture(2, NOON + timedelta(days=365), event="West Coast Retail Fair", place="Las Vegas")
    this_year, next_year = sorted(events(client), key=lambda event: event["starts_at"])
    assert (this_year["exchanges"], this_year["people"], this_year["companies"]) == (2, 2, 2)
    assert (this_year["name"], this_year["place"]) == ("West Coast Retail Fair", "Las Vegas, NV")
    assert this_year["starts_at"] < this_year["ends_at"] < next_year["starts_at"]
    found = client.get("/v1/exchanges", params={"event_id": this_year["id"]}).json()["items"]
    assert len(found) == 2


def test_evenings_of_one_name_in_two_towns_are_two(client, capture):
    capture(0, event="Chamber Evening", place="Portland, OR")
    capture(1, event="Chamber Evening", place="Boston")
    assert {event["place"] for event in events(client)} == {"Portland, OR", "Boston"}


def test_a_photo_without_a_name_joins_by_place_and_day(client, capture):
    capture(0, event="Retail Fair", **HALL)
    capture(1, NOON + timedelta(hours=3), latitude=36.1330, longitude=-115.1520)
    capture(2, NOON + timedelta(hours=3), latitude=36.20, longitude=-115.1520)
    capture(3, NOON + timedelta(days=3), **HALL)
    [event] = events(client)
    assert event["exchanges"] == 2


def test_the_name_may_come_later(client, capture):
    capture(0, place="Harbour Hotel")
    capture(1, NOON + timedelta(hours=2), place="Harbour Hotel", event="Alumni Dinner")
    [event] = events(client)
    assert (event["name"], event["exchanges"]) == ("Alumni Dinner", 2)


def test_three_people_at_one_place_on_one_day_are_an_event_that_nobody_named(client, capture, begin, work):
    for number in range(2):
        capture(number, place="Harbour Hotel")
    assert events(client) == []
    capture(2, NOON + timedelta(hours=1), place="Harbour Hotel")
    [event] = events(client)
    assert (event["name"], event["people"]) == (None, 3)
    answer = client.get(f"/v1/events/{event['id']}")
    named = client.patch(
        f"/v1/events/{event['id']}", json={"name": "Hotel Fair"}, headers={"If-Match": answer.headers["ETag"]}
    )
    assert (named.status_code, named.json()["name"]) == (200, "Hotel Fair")
    assert client.patch(f"/v1/events/{event['id']}", json={"name": "x"}).status_code == 428
    stale = {"If-Match": answer.headers["ETag"]}
    assert client.patch(f"/v1/events/{event['id']}", json={"name": "x"}, headers=stale).status_code == 412


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_the_days_of_a_fair_may_arrive_in_any_order(client, capture, order):
    days = [timedelta(0), timedelta(hours=40), timedelta(hours=80)]
    for number in order:
        capture(number, NOON + days[number], event="Retail Fair")
    [event] = events(client)
    assert event["exchanges"] == 3
    starts, ends = (datetime.fromisoformat(event[name]) for name in ("starts_at", "ends_at"))
    assert ends - starts == days[2]


def test_an_exchange_that_is_corrected_moves_to_another_event(client, capture, begin):
    capture(0, event="Retail Fair")
    [exchange] = client.get("/v1/exchanges").json()["items"]
    url = f"/v1/exchanges/{exchange['id']}"
    etag = client.get(url).headers["ETag"]
    answer = client.patch(url, json={"event": None, "direction": "mutual"}, headers={"If-Match": etag})
    assert (answer.json()["event"], answer.json()["event_id"], answer.json()["direction"]) == (None, None, "mutual")
    assert events(client) == [], "an event without any exchange is none"
    assert client.patch(url, json={"event": "x"}, headers={"If-Match": etag}).status_code == 412
    ahead = {"met_at": (now() + timedelta(days=9)).isoformat()}
    refused = client.patch(url, json=ahead, headers={"If-Match": answer.headers["ETag"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_yet")


def test_nobody_is_met_in_the_future(client, capture, begin):
    capture(0, now() + timedelta(days=4000))
    with begin() as session:
        assert session.scalars(sa.select(Exchange)).one().met_at <= now()


def test_the_client_may_say_that_it_was_mutual(client, capture, begin):
    capture(0, mutual=True)
    with begin() as session:
        assert session.scalars(sa.select(Exchange)).one().direction == Direction.MUTUAL


def test_no_other_organizations_events(client, capture, as_new_user):
    capture(0, event="Retail Fair")
    [event] = events(client)
    stranger = as_new_user()
    assert client.get("/v1/events", headers=stranger).json()["items"] == []
    assert client.get(f"/v1/events/{event['id']}", headers=stranger).status_code == 404


def test_distances_by_hand():
    equator = distance(Spot(latitude=0, longitude=0), Spot(latitude=0, longitude=1))
    assert equator == pytest.approx(111_195, rel=1e-3)
    assert distance(Spot(latitude=0, longitude=179.999), Spot(latitude=0, longitude=-179.999)) < 300
    assert distance(Spot(), Spot(latitude=0, longitude=0)) is None


def test_coordinates_outrank_names_of_places():
    here, there = Spot("Las Vegas", 36.1316, -115.1515), Spot("Las Vegas", 36.20, -115.15)
    assert not same_place(here, there)
    assert apart(here, there)
    assert same_place(here, Spot("las vegas, NV"))
    assert not apart(here, Spot())
    in_texas, in_france = Spot("Paris", 33.66, -95.55), Spot("Paris, France")
    assert apart(in_texas, in_france)
    assert same_place(in_texas, Spot("Paris, TX"))
    assert same_place(Spot("Paris", 48.86, 2.34), in_france)


@given(st.text(max_size=40))
def test_a_name_is_itself_whatever_its_case(name: str):
    assert event_key(name) == event_key(f"  {name} ")
    if event_key(name):
        assert in_place(name, name)


def test_tables_are_gone_with_their_organization(client, capture, house, begin):
    capture(0, event="Retail Fair")
    with house.sessions.begin() as session:
        session.execute(sa.text("DELETE FROM organizations"))
    with house.sessions.begin() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(MetEvent.__table__)) == 0
