"""Two reps of two organizations on one server who gave each other their cards, and the server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
import uvicorn

from app.auth import service as auth
from app.auth.models import Role
from app.composition import House
from app.contacts.models import Contact, ContactPoint, PointKind
from app.contacts.normal import search_text
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.main import create_app
from app.matches.client.sealing import Invitation
from app.matches.client.server import Server


@dataclass(frozen=True)
class Seat:
    """A rep, and how the rep knows the other."""

    key: str
    user_id: UUID
    organization_id: UUID
    contact_id: UUID
    http: httpx.Client
    server: Server

    def call(self, method: str, path: str, **given) -> httpx.Response:
        return self.http.request(method, path, **given)

    def say(self, match_id, what: str, **body) -> httpx.Response:
        return self.http.put(f"/v1/matches/{match_id}/{what}", json=body)

    def send(self, match_id, step: str, body: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream"}
        return self.http.put(f"/v1/matches/{match_id}/messages/{step}", content=body, headers=headers)

    def fetch(self, match_id, step: str) -> httpx.Response:
        return self.http.get(f"/v1/matches/{match_id}/messages/{step}")


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """A real server on a free port of loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house.settings), log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def make_rep(house: House, address: str):
    """Makes a rep of a new organization who knows a contact with this address."""
    opened = []

    def make(name: str, email: str, knows: str, direction: Direction = Direction.MUTUAL, organization_id=None) -> Seat:
        with house.sessions.begin(organization_id) as session:
            if organization_id is None:
                organization_id = auth.found_organization(session, f"{name}'s company", "US").id
            user = auth.add_user(session, name, email, Role.ADMIN)
            key, _ = auth.issue_key(session, user, "test")
            contact = Contact(owner_id=user.id, name=f"whom {name} knows", confidence=1)
            contact.search = search_text([knows])
            session.add(contact)
            session.flush()
            values = {"value": knows, "key": knows, "confidence": 1, "source": "user"}
            session.add(ContactPoint(contact_id=contact.id, kind=PointKind.EMAIL, **values))
            session.add(Exchange(user_id=user.id, contact_id=contact.id, direction=direction, met_at=now()))
            ids = user.id, organization_id, contact.id
        http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        opened.append(http)
        return Seat(key, *ids, http, Server(http, patience=20))

    yield make
    for http in opened:
        http.close()


@pytest.fixture
def ann(make_rep) -> Seat:
    return make_rep("Ann", "ann@northwind.example", "ben@quill.example")


@pytest.fixture
def ben(make_rep) -> Seat:
    return make_rep("Ben", "ben@quill.example", "ann@northwind.example")


@pytest.fixture
def propose(ann: Seat, ben: Seat):
    """Ann proposes, Ben joins; gives the match's id and the invitation."""

    def make(depth="fields", own=("customer",), partner=("customer",), first=ann, second=ben):
        invitation = Invitation()
        match = first.server.propose(first.contact_id, list(own), list(partner), depth, invitation)
        second.server.join(invitation, second.contact_id)
        return match.id, invitation

    return make


@pytest.fixture
def agree(propose, ann: Seat, ben: Seat):
    """A match that both have accepted."""

    def make(size=64, **terms):
        match_id, invitation = propose(**terms)
        for rep in (ann, ben):
            assert rep.say(match_id, "acceptance", size=size).status_code == 200
        return match_id, invitation

    return make
