"""Two organizations' halves of one meeting find each other, and nothing else crosses between them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth import service as auth
from app.exchanges import handshakes
from app.exchanges.models import Direction, Exchange, Handshake
from app.kit.clock import now
from app.kit.errors import Conflict
from tests.readings import jane, read_scan

ANN = ("Ann Lee", "ann@northwind.example")
BOB = ("Bob Ray", "bob@acme.example")


@pytest.fixture
def house_of(house):
    """Makes an organization with one user who takes part, and returns how to open its transactions."""

    def make(name: str, user: tuple[str, str], *, confirms: bool = True, proven: bool = True) -> Side:
        with house.sessions.begin() as session:
            organization_id = auth.found_organization(session, name, "US").id
            user_id = auth.add_user(session, *user).id
            if proven:
                handshakes.prove_domain(session, organization_id, user[1].partition("@")[2])
            handshakes.set_policy(session, confirms)
        return Side(house, organization_id, user_id)

    return make


class Side:
    def __init__(self, house, organization_id: UUID, user_id: UUID):
        self.house, self.organization_id, self.user_id = house, organization_id, user_id

    def scan(self, whom: tuple[str, str], **said: object) -> None:
        firm = whom[1].partition("@")[2].partition(".")[0].title()
        card = jane(name=whom[0], email=whom[1], company=firm, website="", phone="")
        with self.house.sessions.begin(self.organization_id) as session:
            read_scan(session, self.user_id, card, **said)

    @property
    def directions(self) -> list[str]:
        with self.house.sessions.begin(self.organization_id) as session:
            return [exchange.direction for exchange in session.scalars(sa.select(Exchange))]


def test_who_scanned_each_other_hold_a_mutual_exchange(house_of, work):
    northwind, acme = house_of("Northwind", ANN), house_of("Acme", BOB)
    northwind.scan(BOB, captured_at=now() - timedelta(hours=40))
    work()
    assert northwind.directions == [Direction.RECEIVED]
    acme.scan(ANN)
    work()
    assert northwind.directions == acme.directions == [Direction.MUTUAL]


def test_more_than_two_days_apart_is_another_meeting(house_of, work):
    northwind, acme = house_of("Northwind", ANN), house_of("Acme", BOB)
    northwind.scan(BOB, captured_at=now() - timedelta(hours=50))
    acme.scan(ANN)
    work()
    assert northwind.directions == acme.directions == [Direction.RECEIVED]


@pytest.mark.parametrize("lacking", [{"confirms": False}, {"proven": False}])
def test_both_have_to_take_part(house_of, work, lacking):
    northwind, acme = house_of("Northwind", ANN), house_of("Acme", BOB, **lacking)
    northwind.scan(BOB)
    acme.scan(ANN)
    work()
    assert northwind.directions == acme.directions == [Direction.RECEIVED]


def test_nobody_asks_in_anothers_name(house_of, work):
    """Who makes a user with Ann's address learns nothing of who scanned Ann: the domain is another organization's."""
    house_of("Northwind", ANN)
    acme = house_of("Acme", BOB)
    acme.scan(ANN)
    spy = house_of("Spies", ANN, proven=False)
    spy.scan(BOB)
    work()
    assert spy.directions == acme.directions == [Direction.RECEIVED]
    with pytest.raises(Conflict), spy.house.sessions.begin() as session:
        handshakes.prove_domain(session, spy.organization_id, "Northwind.example")


def test_who_leaves_takes_the_halves_along_and_old_ones_are_forgotten(house_of, work, house):
    northwind = house_of("Northwind", ANN)
    northwind.scan(BOB)
    work()
    with house.sessions.begin() as session:
        half = session.scalars(sa.select(Handshake)).one()
        assert BOB[1] not in half.key
        assert half.key != half.wanted
        half.met_at = now() - timedelta(days=5)
    with house.sessions.begin() as session:
        assert handshakes.forget_old(session) == 1
    northwind.scan(("Cem Kaya", "cem@other.example"))
    work()
    with house.sessions.begin(northwind.organization_id) as session:
        handshakes.set_policy(session, False)
    with house.sessions.begin() as session:
        assert session.scalars(sa.select(Handshake)).all() == []


def test_the_policy_over_http(client, house, as_new_user):
    assert client.get("/v1/exchanges/confirmation").json() == {"confirms": False, "domains": []}
    me = client.get("/v1/me").json()
    with house.sessions.begin() as session:
        handshakes.prove_domain(session, UUID(me["organization_id"]), "northwind.example")
    for _ in range(2):
        answer = client.put("/v1/exchanges/confirmation", json={"confirms": True})
        assert answer.json() == {"confirms": True, "domains": ["northwind.example"]}
    member = as_new_user(UUID(me["organization_id"]), admin=False)
    assert client.put("/v1/exchanges/confirmation", json={"confirms": False}, headers=member).status_code == 403
