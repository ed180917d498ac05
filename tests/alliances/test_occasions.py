"""What events have yielded, and whom to see on a trip, over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.alliances.spreading import make_spread
from app.alliances.terms import Kind, Side
from app.alliances.tracing import Way, trace
from app.auth import service as auth
from app.auth.models import User
from app.companies.models import Company
from app.exchanges.models import MetEvent
from app.kit.clock import now
from tests import readings
from tests.alliances import world
from tests.alliances.cases import NOW, an_id, signal

FAIR = {"event": "Retail Fair", "place": "Portland, OR"}
SALES = [("name", "Otto Brandt"), ("company", "Quill & Sons"), ("email", "otto@quillandsons.example")]
SALES += [("address", "12 Elm Street, Portland, OR 97201")]
PAUL = readings.jane(name="Paul Fox", email="paul.fox@acme.example", phone="+4934112345699")


def pair(ours: str, theirs: str):
    return an_id(ours), an_id(theirs)


def test_a_win_goes_back_to_where_the_two_met_and_to_what_led_there():
    first = signal(Kind.JOINT_WIN, 50, giver=Side.A)
    later = signal(Kind.JOINT_WIN, 20, giver=Side.B, ours="cleo", theirs="dan")
    alone = signal(Kind.JOINT_WIN, 10, giver=Side.B, ours="eve", theirs="fay")
    met = signal(Kind.MUTUAL_EXCHANGE, 100), signal(Kind.MEETING, 30, ours="cleo", theirs="dan")
    strangers = signal(Kind.CARD_RECEIVED, 400, ours="eve", theirs="fay")
    signals = (*met, strangers, first, later, alone)
    spread = make_spread(signals, {}, NOW)
    fair = {pair("ann", "bob"): NOW - timedelta(days=100)}
    assert trace(signals, spread, fair) == {first.id: Way.MET, later.id: Way.LED}
    assert trace(signals, spread, {pair("ann", "bob"): NOW - timedelta(days=40)}) == {}, "they had won before"


@pytest.fixture
def ann(client, begin) -> User:
    with begin() as session:
        world.make_home(session)
        return session.scalars(sa.select(User)).one()


@pytest.fixture
def fair(client, begin, work, ann) -> dict:
    """Ann met Jane of Acme and Otto of Quill at a fair; Ben, whom Paul of Acme knew already, met Paul there."""
    with begin() as session:
        ben = world.make_user(session, "Ben")
        readings.read_scan(session, ben.id, PAUL, captured_at=now() - timedelta(days=300))
    work()
    with begin() as session:
        for user_id, card in ((ann.id, readings.jane()), (ann.id, SALES), (ben.id, PAUL)):
            readings.read_scan(session, user_id, card, captured_at=now() - timedelta(days=30), **FAIR)
    work()
    with begin() as session:
        key, _ = auth.issue_key(session, session.get_one(User, ben.id), "test")
        event = session.scalars(sa.select(MetEvent)).one()
    people = {each["name"]: each["id"] for each in client.get("/v1/contacts").json()["items"]}
    ranked = {each["companies"][1]["name"]: each for each in client.get("/v1/alliances").json()["items"]}
    return {"url": f"/v1/events/{event.id}/yield", "ben": f"Bearer {key}", "people": people, "pairs": ranked}


def win(client, fair, name: str, **headers: str) -> dict:
    acme = fair["pairs"]["Acme Tools GmbH"]
    body = {"contact_id": fair["people"][name], "credited_company_id": acme["companies"][0]["id"]}
    answer = client.post(f"/v1/alliances/{acme['id']}/wins", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_who_met_and_what_came_of_it(client, work, fair):
    before = client.get(fair["url"]).json()
    counted = {name: before[name] for name in ("exchanges", "people", "companies", "rep_pairs", "new_rep_pairs")}
    assert counted == {"exchanges": 3, "people": 3, "companies": 2, "rep_pairs": 3, "new_rep_pairs": 2}
    assert (before["states"], before["wins"], before["truncated"]) == ({"aware": 2}, [], False)
    assert before["event"]["name"] == "Retail Fair"
    fruits = {each["alliance"]["companies"][1]["name"]: each for each in before["alliances"]}
    assert (fruits["Quill & Sons"]["began_here"], fruits["Acme Tools GmbH"]["began_here"]) == (True, False)
    assert [fruits["Acme Tools GmbH"][name] for name in ("exchanges", "rep_pairs")] == [2, 2]
    won = win(client, fair, "Jane Doe")
    work()
    after = client.get(fair["url"]).json()
    assert [(each["id"], each["traced"]) for each in after["wins"]] == [(won["id"], "met")]
    assert after["states"] == {"aware": 1, "producing": 1}
    assert client.get(fair["url"], params={"limit": 1}).json()["truncated"]
    assert client.get(fair["url"], params={"limit": 1}).json()["wins"] == after["wins"], "of all, not of those shown"


def test_accepted_introductions_between_those_who_met_are_counted(client, fair):
    acme = fair["pairs"]["Acme Tools GmbH"]
    body = {
        "kind": "referral",
        "contact_id": fair["people"]["Jane Doe"],
        "giver_company_id": acme["companies"][1]["id"],
    }
    asked = client.post(f"/v1/alliances/{acme['id']}/introductions", json=body).json()
    assert [each["introductions"] for each in client.get(fair["url"]).json()["alliances"]] == [0, 0]
    client.post(f"/v1/alliances/{acme['id']}/introductions/{asked['id']}/answer", json={"accepted": True})
    assert sum(each["introductions"] for each in client.get(fair["url"]).json()["alliances"]) == 1


def test_what_is_private_counts_for_its_user_alone(client, begin, work, fair):
    with begin() as session:
        cleo = world.make_user(session, "Cleo")
        key, _ = auth.issue_key(session, cleo, "test")
        ida = [("name", "Ida Fox"), ("company", "Fox Safes"), ("email", "ida@foxsafes.example")]
        captured = now() - timedelta(days=30)
        readings.read_scan(session, cleo.id, ida, captured_at=captured, audience_id=cleo.id, **FAIR)
    work()
    with begin() as session:
        own = session.scalars(sa.select(MetEvent).where(MetEvent.audience_id == cleo.id)).one()
    mine = {"Authorization": f"Bearer {key}"}
    url = f"/v1/events/{own.id}/yield"
    assert [each["alliance"]["companies"][1]["name"] for each in client.get(url, headers=mine).json()["alliances"]] == [
        "Fox Safes"
    ]
    assert client.get(url).status_code == 404
    assert client.get(fair["url"]).json()["people"] == 3


def test_no_such_event(client, ann, as_new_user, fair):
    assert client.get(f"/v1/events/{uuid4()}/yield").status_code == 404
    assert client.get(fair["url"], headers=as_new_user()).json()["code"] == "not_found"


def trip(client, place: str, days: int = 30, **query) -> dict:
    first = date.today() + timedelta(days=days)  # noqa: DTZ011  as somebody plans a trip
    answer = client.get("/v1/trips/suggestions", params={"place": place, "from": first, "to": first, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_trip_tells_of_people_and_events_there(client, work, fair):
    found = trip(client, "Portland")
    assert [(each["name"], each["warmth"], each["company"]["name"]) for each in found["counterparts"]] == [
        ("Otto Brandt", "warm", "Quill & Sons")
    ]
    [otto] = found["counterparts"]
    assert (otto["place"], [user["name"] for user in otto["known_by"]]) == (
        "12 Elm Street, Portland, OR 97201",
        ["Ann"],
    )
    assert otto["sentence"].startswith("Ann was last in touch with Otto Brandt of Quill & Sons in ")
    [event] = found["events"]
    assert (event["event"]["name"], event["alliances"], event["same_season"]) == ("Retail Fair", 2, False)
    assert trip(client, "Portland, ME")["counterparts"] == []
    assert {each["name"] for each in trip(client, "Leipzig")["counterparts"]} == {"Jane Doe", "Paul Fox"}
    assert len(trip(client, "Leipzig", limit=1)["counterparts"]) == 1


def test_who_has_gone_quiet_by_then_is_dormant(client, fair):
    [otto] = trip(client, "Portland", days=200)["counterparts"]
    assert (otto["warmth"], otto["sentence"][-26:]) == ("dormant", "; it has gone quiet since.")
    assert otto["tie"] < trip(client, "Portland", days=1)["counterparts"][0]["tie"]


def test_a_fair_may_come_back_a_year_later(client, fair):
    [event] = trip(client, "Portland", days=335)["events"]
    assert event["same_season"]
    assert event["sentence"].endswith("It was at this time of the year.")


def test_coordinates_say_which_of_two_towns_an_event_was_in(client, begin, fair):
    with begin() as session:
        event = session.scalars(sa.select(MetEvent).where(MetEvent.name == "Retail Fair")).one()
        event.place, event.latitude, event.longitude = "Paris", 33.66, -95.55
    assert trip(client, "Paris, France")["events"] == []
    assert [each["event"]["name"] for each in trip(client, "Paris, Texas")["events"]] == ["Retail Fair"]


def test_whoever_was_declined_is_not_suggested(client, fair):
    client.post(f"/v1/alliances/{fair['pairs']['Quill & Sons']['id']}/decisions", json={"choice": "decline"})
    assert trip(client, "Portland")["counterparts"] == []


def test_a_company_is_where_it_is_said_to_be(client, begin, work, ann):
    with begin() as session:
        readings.read_scan(session, ann.id, readings.jane(address=""))
    work()
    with begin() as session:
        acme = session.scalars(sa.select(Company).where(Company.is_home.is_(False))).one()
        acme.place = "Columbus, OH"
    [found] = trip(client, "Columbus")["counterparts"]
    assert (found["company"]["id"], found["place"]) == (str(acme.id), "Columbus, OH")


@pytest.mark.parametrize(
    ("place", "first", "last", "code"),
    [
        ("Leipzig", 10, 9, "bad_range"),
        ("Leipzig", 10, 103, "bad_range"),
        ("Leipzig", -9, -2, "bad_range"),
        ("97201", 1, 2, "no_place"),
        ("", 1, 2, "invalid_request"),
    ],
)
def test_trips_that_cannot_be_meant(client, ann, place: str, first: int, last: int, code: str):
    days = [(now() + timedelta(days=each)).date().isoformat() for each in (first, last)]
    answer = client.get("/v1/trips/suggestions", params={"place": place, "from": days[0], "to": days[1]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_trip_has_days(client, ann):
    assert client.get("/v1/trips/suggestions", params={"place": "Leipzig"}).json()["code"] == "invalid_request"
    query = {"place": "Leipzig", "from": "tomorrow", "to": "2026-02-30"}
    assert client.get("/v1/trips/suggestions", params=query).status_code == 422


def test_a_stranger_gets_no_suggestions(client, fair, as_new_user):
    first = now().date().isoformat()
    query = {"place": "Portland", "from": first, "to": first}
    answer = client.get("/v1/trips/suggestions", params=query, headers=as_new_user()).json()
    assert (answer["counterparts"], answer["events"]) == ([], [])
