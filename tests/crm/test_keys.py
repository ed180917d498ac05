"""The key that credentials are encrypted with can be changed, without a pause and without losing what is owed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.composition import open_house
from app.crm.jobs import keep_connections
from app.kit.chores import Upkeep
from app.kit.vault import Vault, WrongKey
from app.main import create_app
from app.settings import Settings
from app.webhooks.jobs import keep_secrets
from tests.crm.standins import serving
from tests.crm.standins.hubspot import HubSpot

OLD, NEW = "an-old-key-of-a-house", "a-new-key-of-the-house"


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    with serving(HubSpot()) as standin:
        yield standin


@pytest.fixture
def settings(settings) -> Settings:
    return with_keys(settings, OLD)


@pytest.fixture
def connection(hubspot, connect) -> dict:
    return connect("hubspot", hubspot.url, credentials={"token": "pat-1"}, max_per_second=1000)


def with_keys(settings: Settings, keys: str) -> Settings:
    return settings.model_copy(update={"secret_key": SecretStr(keys)})


def sealed(house, table: str = "crm_connections") -> str:
    with house.sessions.begin(reading=True) as session:
        return session.execute(sa.text(f"SELECT sealed FROM {table}")).scalar_one()


def keep(house, keys: str) -> None:
    """The chore of every six hours, by a service with these keys."""
    upkeep = Upkeep(house.sessions, house.files, with_keys(house.settings, keys))
    keep_connections(upkeep)
    keep_secrets(upkeep)


@pytest.fixture
def work_with(house):
    """Runs every due job as a worker with these keys would."""

    def work(keys: str) -> None:
        other = open_house(with_keys(house.settings, keys))
        try:
            runner = other.runner()
            while runner.run_one():
                pass
        finally:
            other.close()

    return work


def test_a_new_key_takes_over_and_the_old_one_is_removed(house, hubspot, connection, meet, work_with):
    meet(run=False)
    work_with(f"{NEW},{OLD}")
    assert len(hubspot.people()) == 1, "both keys: what the old one sealed is read"
    keep(house, f"{NEW},{OLD}")
    assert Vault([NEW]).open(sealed(house)) == '{"token":"pat-1"}'
    with pytest.raises(WrongKey):
        Vault([OLD]).open(sealed(house))
    meet(run=False, name="John Roe", email="john@roe.example", phone="", company="Roe Pumps", website="")
    work_with(NEW)
    assert len(hubspot.people()) == 2, "the new key alone is enough"


def test_secrets_of_webhooks_move_with_it(client, house):
    made = client.post("/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/"}).json()
    keep(house, f"{NEW},{OLD}")
    assert Vault([NEW]).open(sealed(house, "webhook_secrets")) == made["secret"]


def test_a_key_that_was_removed_too_early_loses_nothing(
    client, house, hubspot, connection, meet, work_with, again, links
):
    meet(run=False)
    work_with(NEW)
    keep(house, NEW)
    assert hubspot.asked == []
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert (state["last_error"], state["enabled"]) == ("credentials_lost", True)
    assert {link["status"] for link in links()} == {"pending"}
    again()  # by a service that has the old key
    assert {link["status"] for link in links()} == {"pushed"}
    assert client.get(f"/v1/crm-connections/{connection['id']}").json()["last_error"] is None


def test_without_its_key_a_connection_says_so_and_takes_new_credentials(client, house, hubspot, connection, meet):
    contact_id = meet()
    with TestClient(create_app(with_keys(house.settings, NEW)), raise_server_exceptions=False) as other:
        other.headers.update(client.headers)
        url = f"/v1/crm-connections/{connection['id']}"
        assert other.get(url).status_code == 200
        for answer in (other.post(f"{url}/test"), other.post(f"{url}/dry-run", json={"contact_id": contact_id})):
            assert (answer.status_code, answer.json()["code"]) == (409, "credentials_lost")
        assert other.patch(url, json={"name": "Sales"}).json()["name"] == "Sales"
        assert other.patch(url, json={"credentials": {"token": "pat-1"}}).status_code == 200
        assert other.post(f"{url}/test").json()["ok"] is True
