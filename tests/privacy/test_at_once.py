"""Erasing somebody while they are talked about, read, merged: whoever comes first, nothing is left."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.contacts.models import Contact
from app.kit.ids import new_id
from app.scans.links import Links
from app.webhooks import payloads
from app.webhooks.announcing import announce
from app.webhooks.models import Message
from tests.drawing import card_photo, encoded
from tests.privacy import world as worlds


@pytest.fixture
def world(client, house, work):
    return worlds.build(client, house, work)


def test_what_is_being_announced_is_waited_for(world):
    links = Links.of(world.house.settings)
    contact_id = UUID(world.jorinde)
    with ThreadPoolExecutor(1) as pool:
        with world.begin() as session:
            announce(
                session, new_id(), "contact.updated", contact_id, lambda: payloads.contact(session, contact_id, links)
            )
            erasing = pool.submit(world.client.post, f"/v1/contacts/{world.jorinde}/erasure")
            threading.Event().wait(0.3)
            assert not erasing.done(), "it waits for the message"
        assert erasing.result(30).status_code == 201
    with world.begin() as session:
        assert session.scalar(select(func.count(Message.id)).where(Message.object_id == contact_id)) == 0
    world.work()
    assert worlds.traces(world.house) == {}


def test_what_is_announced_later_finds_nobody(world):
    world.client.patch(f"/v1/contacts/{world.jorinde}", json={"title": "Zebrafish"}, headers={"If-Match": "*"})
    world.client.post(f"/v1/contacts/{world.jorinde}/erasure")
    world.work()  # the change is announced only now
    assert worlds.traces(world.house) == {}


def test_four_at_once_erase_once(world):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: world.client.post(f"/v1/contacts/{world.jorinde}/erasure"), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_merge_at_the_same_time_comes_before_or_after(world):
    jorinde, ottokar = f"/v1/contacts/{world.jorinde}", f"/v1/contacts/{world.ottokar}"
    with ThreadPoolExecutor(2) as pool:
        erasing = pool.submit(world.client.post, f"{jorinde}/erasure")
        merging = pool.submit(world.client.post, f"{ottokar}/merge", json={"other_id": world.jorinde})
        assert (erasing.result().status_code, merging.result().status_code) in {(201, 404), (308, 201), (201, 201)}
    with world.begin() as session:
        left = set(session.scalars(select(Contact.id)))
    if merging.result().status_code == 404:
        assert left == {UUID(world.ottokar)}


def test_readers_do_not_keep_the_log_from_being_emptied(client, house, work):
    client.post("/v1/scans", files={"front": encoded(card_photo())})
    work()
    [contact] = client.get("/v1/contacts").json()["items"]
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            client.get("/v1/contacts")

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(read)
        try:
            erasure = client.post(f"/v1/contacts/{contact['id']}/erasure").json()
            work()
        finally:
            stop.set()
    assert client.get(f"/v1/erasures/{erasure['id']}").json()["finished_at"]
    assert worlds.words_on_disk(house, ("whitfield",)) == {}
