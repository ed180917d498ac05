"""The picture of a card by a short-lived link alone, as webhooks bring it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from app.kit.clock import now
from app.kit.errors import NotFound
from app.kit.vault import Vault
from app.main import create_app
from app.scans.links import PATH, Links, Target
from tests.drawing import card_photo, encoded

VAULT = Vault(["a key of the operator"])
TARGET = Target(uuid4(), uuid4())


@pytest.fixture
def card(client, work):
    photo = {"front": ("card.jpg", encoded(card_photo()), "image/jpeg")}
    location = client.post("/v1/scans", files=photo).headers["Location"]
    work()
    return client.get(location).json()["cards"][0]


def test_whoever_has_the_link_sees_the_card(client, settings, card):
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    link = Links.of(settings).make(Target(organization_id, UUID(card["id"])))
    with TestClient(create_app(settings)) as stranger:
        seen = stranger.get(link.url)
    assert seen.status_code == 200
    assert seen.content == client.get(card["image_url"]).content
    assert timedelta(hours=95) < link.expires_at - now() <= timedelta(hours=96)


def test_a_link_leads_nowhere_in_another_organization(client, settings, card):
    link = Links.of(settings).make(Target(uuid4(), UUID(card["id"])))
    assert client.get(link.url).status_code == 404


def test_a_link_that_was_never_made(client):
    for token in ("x", "gAAAAABpoZ0A", VAULT.seal("nothing"), VAULT.seal(f"{uuid4().hex}{uuid4().hex}")):
        answer = client.get(f"{PATH}/{token}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_link_expires():
    link = Links(VAULT, "https://cards.example/", timedelta(hours=1)).make(TARGET)
    token = link.url.removeprefix(f"https://cards.example{PATH}/")
    assert Links(VAULT, "", timedelta(hours=1)).open(token) == TARGET
    with pytest.raises(NotFound):
        Links(VAULT, "", timedelta(seconds=-1)).open(token)
