"""The graph of companies: who is tied to whom, bounded, and only what the caller may see."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.alliances.explaining import in_short
from app.alliances.models import Alliance
from app.alliances.terms import State
from app.auth import service as auth
from app.auth.models import User
from app.companies.models import Company
from app.exchanges.models import Direction
from app.kit.clock import now
from tests.alliances import world


@pytest.fixture
def ids(client, begin, work) -> dict[str, str]:
    """Northwind knows Near and Nearer; Near is tied to Far, and Far to Farther. Returns the companies' ids by name."""
    with begin() as session:
        ann = session.scalars(sa.select(User)).one()
        others = ("Near", "Nearer", "Far", "Farther")
        made = [world.make_company(session, name, industry="retail", place="Columbus") for name in others]
        made.insert(0, world.make_home(session))
        for company, direction in ((made[1], Direction.RECEIVED), (made[2], Direction.MUTUAL)):
            world.meet(session, ann, world.make_contact(session, ann), company, direction=direction)
    work()
    with begin() as session:
        tie(session, made[1], made[3])
        tie(session, made[3], made[4])
    return {company.name: str(company.id) for company in made}


def tie(session, one: Company, other: Company, score: float = 5.0) -> None:
    a_id, b_id = sorted((one.id, other.id))
    session.add(
        Alliance(
            company_a_id=a_id,
            company_b_id=b_id,
            score=score,
            state=State.AWARE,
            model_version="1",
            scored_on=now().date(),
            last_evidence_at=now(),
        )
    )


def names(graph: dict) -> set[str]:
    return {node["name"] for node in graph["nodes"]}


def test_around_the_home_company(client, ids):
    graph = client.get("/v1/graph").json()
    assert (graph["around"], graph["truncated"]) == (ids["Northwind"], False)
    assert names(graph) == {"Northwind", "Near", "Nearer"}
    near = next(node for node in graph["nodes"] if node["name"] == "Near")
    assert near == {"id": ids["Near"], "name": "Near", "is_home": False, "industry": "retail", "place": "Columbus"}
    assert [node["name"] for node in graph["nodes"] if node["is_home"]] == ["Northwind"]
    listed = {pair["id"]: pair for pair in client.get("/v1/alliances", params={"with_home": True}).json()["items"]}
    assert {edge["id"] for edge in graph["edges"]} == set(listed)
    for edge in graph["edges"]:
        pair = listed[edge["id"]]
        assert [edge["source"], edge["target"]] == [company["id"] for company in pair["companies"]]
        assert (edge["weight"], edge["coverage"]) == (pair["score"], pair["coverage"])
        assert edge["state"] == pair["state"]
    assert [edge["target"] for edge in graph["edges"]] == [ids["Nearer"], ids["Near"]]
    assert graph["edges"][0]["sentence"].startswith("People of Northwind and Nearer have met. It rests most on ")


def test_two_steps_go_no_further(client, ids):
    graph = client.get("/v1/graph", params={"around": ids["Northwind"], "depth": 2}).json()
    assert names(graph) == {"Northwind", "Near", "Nearer", "Far"}
    assert len(graph["edges"]) == 3
    assert names(client.get("/v1/graph", params={"around": ids["Farther"], "depth": 2}).json()) == {
        "Farther",
        "Far",
        "Near",
    }


def test_the_nearer_and_stronger_are_kept(client, ids):
    graph = client.get("/v1/graph", params={"depth": 2, "limit": 1}).json()
    assert (names(graph), graph["truncated"]) == ({"Northwind", "Nearer"}, True)
    graph = client.get("/v1/graph", params={"depth": 2, "limit": 2}).json()
    assert (names(graph), graph["truncated"]) == ({"Northwind", "Near", "Nearer"}, True)
    assert not client.get("/v1/graph", params={"depth": 2, "limit": 3}).json()["truncated"]


def test_what_is_private_is_drawn_for_its_user_alone(client, begin, ids):
    with begin() as session:
        ann = session.scalars(sa.select(User)).one()
        key, _ = auth.issue_key(session, world.make_user(session, "Ben"), "test")
        near = session.scalars(sa.select(Company).where(Company.name == "Near")).one()
        near.audience_id = ann.id
        for pair in session.scalars(sa.select(Alliance)):
            if near.id in (pair.company_a_id, pair.company_b_id):
                pair.audience_id = ann.id
    ben = {"Authorization": f"Bearer {key}"}
    assert names(client.get("/v1/graph", params={"depth": 2}, headers=ben).json()) == {"Northwind", "Nearer"}
    assert client.get("/v1/graph", params={"around": ids["Near"]}, headers=ben).status_code == 404
    assert "Near" in names(client.get("/v1/graph").json())


def test_companies_that_are_not_there(client, ids, as_new_user):
    assert client.get("/v1/graph", params={"around": uuid4().hex}).status_code == 404
    stranger = as_new_user()
    assert client.get("/v1/graph", params={"around": ids["Near"]}, headers=stranger).status_code == 404
    assert names(client.get("/v1/graph", headers=stranger).json()) == {"Northwind Retail Systems"}


@pytest.mark.parametrize("wrong", [{"depth": 3}, {"depth": 0}, {"limit": 0}, {"limit": 501}, {"around": "x"}])
def test_bad_questions(client, ids, wrong):
    assert client.get("/v1/graph", params=wrong).status_code == 422


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_sentence(state):
    said = in_short(("Northwind", "Acme"), state, {"tie": 3.0, "overlap": 9.0, "breadth": 0.0}, [], None)
    assert "Northwind and Acme" in said
    assert said.endswith(" It rests most on overlap and tie.")


def test_what_speaks_against_is_said():
    said = in_short(("Northwind", "Acme"), State.CONFLICT, {}, ["same_category"], None)
    assert said == "Northwind and Acme compete. Northwind and Acme sell products of the same category."
