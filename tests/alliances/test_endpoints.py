"""Alliances over HTTP."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.alliances.models import Alliance, Evidence
from app.alliances.scoring import MODEL
from app.auth import service as auth
from app.auth.models import User
from app.exchanges.models import Direction
from app.kit.clock import now
from tests.alliances import world


@pytest.fixture
def ann(client: TestClient, begin) -> User:
    with begin() as session:
        return session.scalars(sa.select(User)).one()


@pytest.fixture
def pairs(begin, work, ann) -> list[str]:
    """Five pairs, each with one more contact than the one before; returns their companies, best first."""
    names = [f"Company {number}" for number in range(5)]
    with begin() as session:
        world.make_home(session, category="tills")
        for number, name in enumerate(names):
            company = world.make_company(session, name)
            for _ in range(number + 1):
                world.meet(session, ann, world.make_contact(session, ann), company)
    work()
    return names[::-1]


def partner(item: dict) -> str:
    home, other = item["companies"]
    assert home["is_home"]
    return other["name"]


def test_best_first_page_by_page(client, pairs):
    found, cursor = [], None
    while True:
        page = client.get("/v1/alliances", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        assert len(page["items"]) <= 2
        if (cursor := page["next_cursor"]) is None:
            break
    assert [partner(item) for item in found] == pairs
    assert [item["score"] for item in found] == sorted((item["score"] for item in found), reverse=True)


def test_equal_scores_are_paged_completely(client, begin, work, ann):
    with begin() as session:
        world.make_home(session)
        for number in range(7):
            world.meet(session, ann, world.make_contact(session, ann), world.make_company(session, f"C {number}"))
    work()
    found, cursor = [], None
    for _ in range(4):
        page = client.get("/v1/alliances", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert len(set(found)) == len(found) == 7


@pytest.mark.parametrize("cursor", ["x", "!!!!", "AAAA", "f" * 32, "_" * 32, "é"])
def test_a_cursor_of_somebody_else(client, pairs, cursor):
    answer = client.get("/v1/alliances", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_filters(client, begin, work, ann, pairs):
    with begin() as session:
        contact = world.make_contact(session, ann)
        world.meet(session, ann, contact, world.make_company(session, "Met"), direction=Direction.MUTUAL)
    work()
    acquainted = client.get("/v1/alliances", params={"state": "acquainted"}).json()["items"]
    assert [partner(item) for item in acquainted] == ["Met"]
    everything = client.get("/v1/alliances").json()["items"]
    least = everything[2]["score"]
    some = client.get("/v1/alliances", params={"min_score": least}).json()["items"]
    assert some == everything[:3]
    assert client.get("/v1/alliances", params={"state": "friends"}).status_code == 422
    assert client.get("/v1/alliances", params={"min_score": 101}).status_code == 422


def test_one_pair(client, begin, work, ann):
    with begin() as session:
        world.make_home(session)
        acme, bob = world.make_company(session), world.make_contact(session, ann)
        world.meet(session, ann, bob, acme, days=40)
        world.meet(session, ann, bob, acme, days=2, direction=Direction.MUTUAL, event="Fair")
    work()
    listed = client.get("/v1/alliances").json()["items"][0]
    answer = client.get(f"/v1/alliances/{listed['id']}").json()
    assert {name: answer[name] for name in listed} == listed
    assert partner(answer) == "Acme Tills"
    assert (answer["state"], answer["model_version"]) == ("acquainted", MODEL.version)
    assert answer["reasons"] == [
        "1 mutual exchange of cards, 1 card received and 1 encounter at an event, the last 1 day ago.",
        "1 pair of reps is active.",
        "They met at an event.",
    ]
    [met] = answer["acquaintances"]
    assert (met["contact_id"], met["contact_name"]) == (str(bob.id), "Bob")
    assert (met["user_id"], met["user_name"], met["times"]) == (str(ann.id), "Ann", 2)
    assert met["first_met_at"] < met["last_met_at"]


def test_an_explanation(client, begin, work, ann):
    with begin() as session:
        world.make_home(session, category="tills")
        bob = world.make_contact(session, ann)
        world.meet(session, ann, bob, world.make_company(session, category="tills"), event="Fair")
    work()
    [pair] = client.get("/v1/alliances").json()["items"]
    told = client.get(f"/v1/alliances/{pair['id']}/explanation").json()
    assert told["score"] == pytest.approx(sum(part["points"] for part in told["parts"]) * 0.1)
    assert told["missing"] == [
        "no shared accounts known yet: up to +25",
        "no introduction, referral or win known yet: up to +15",
    ]
    assert told["conflicts"] == ["Northwind and Acme Tills sell products of the same category."]
    assert told["changed_since"] == ["New since then."]
    tie = next(part for part in told["parts"] if part["name"] == "tie")
    assert tie["sentence"].startswith("1 card received and 1 encounter at an event, the last ")
    assert len(tie["evidence_ids"]) == 2


def test_what_changed_since_a_day(client, begin, work, ann):
    with begin() as session:
        world.make_home(session)
        acme, bob = world.make_company(session), world.make_contact(session, ann)
        world.meet(session, ann, bob, acme, days=100)
    work()
    with begin() as session:  # as if it had been recorded then
        session.execute(sa.update(Evidence).values(created_at=now() - timedelta(days=100)))
        world.meet(session, ann, bob, acme, days=1, direction=Direction.MUTUAL, event="Fair")
    work()
    [pair] = client.get("/v1/alliances").json()["items"]
    url = f"/v1/alliances/{pair['id']}/explanation"
    monthly = client.get(url).json()
    assert monthly["since"] == (now() - timedelta(days=30)).date().isoformat()
    assert [line.split(":")[0] for line in monthly["changed_since"]] == ["tie", "locality"]
    assert client.get(url, params={"since": "2020-01-01"}).json()["changed_since"] == ["New since then."]
    assert client.get(url, params={"since": "2999-01-01"}).json()["since"] == now().date().isoformat()


def test_a_timeline(client, begin, work, ann):
    with begin() as session:
        world.make_home(session)
        acme, bob = world.make_company(session), world.make_contact(session, ann)
        world.meet(session, ann, bob, acme, days=3)
    work()
    with begin() as session:
        world.meet(session, ann, bob, acme, days=2, direction=Direction.MUTUAL)
    work()
    [pair] = client.get("/v1/alliances").json()["items"]
    items = client.get(f"/v1/alliances/{pair['id']}/timeline").json()["items"]
    assert [(item["type"], item.get("after") or item["kind"]) for item in items] == [
        ("move", "acquainted"),
        ("move", "aware"),
        ("evidence", "mutual_exchange"),
        ("evidence", "card_received"),
    ]
    assert items[0]["evidence_ids"] == [items[2]["id"]]
    assert (items[2]["user_id"], items[2]["contact_id"]) == (str(ann.id), str(bob.id))


def test_a_timeline_is_paged(client, begin, work, ann):
    with begin() as session:
        world.make_home(session)
        acme, bob = world.make_company(session), world.make_contact(session, ann)
        at = now() - timedelta(days=20)
        for days in range(20):
            world.meet(session, ann, bob, acme, at=at + timedelta(days=days))
    work()
    [listed] = client.get("/v1/alliances").json()["items"]
    url = f"/v1/alliances/{listed['id']}/timeline"
    whole = client.get(url).json()
    assert (len(whole["items"]), whole["next_cursor"]) == (21, None)
    seen, query = [], {"limit": 2}
    while True:
        page = client.get(url, params=query).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == whole["items"]
    moments = [item["at"] for item in seen]
    assert moments == sorted(moments, reverse=True)
    assert client.get(url, params={"cursor": "x"}).json()["code"] == "bad_cursor"


def test_a_pair_without_evidence_is_not_ranked(client, begin, pairs):
    with begin() as session:
        session.execute(sa.update(Alliance).values(last_evidence_at=None))
    assert client.get("/v1/alliances").json()["items"] == []


def test_another_organization_sees_nothing(client, house, pairs):
    with house.sessions.begin() as session:
        auth.found_organization(session, "Elsewhere", "NO")
        key, _ = auth.issue_key(session, auth.add_user(session, "Eve", "eve@elsewhere.example"), "test")
    [pair, *_] = client.get("/v1/alliances").json()["items"]
    theirs = {"Authorization": f"Bearer {key}"}
    assert client.get("/v1/alliances", headers=theirs).json() == {"items": [], "next_cursor": None}
    for path in ("", "/explanation", "/timeline"):
        answer = client.get(f"/v1/alliances/{pair['id']}{path}", headers=theirs)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert client.get(f"/v1/alliances/{uuid4()}{path}").status_code == 404
