"""What an operator sees and does: metrics, commands, and what is forgotten in time."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import app
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.ids import first_id_at, new_id
from app.webhooks.jobs import forget_old
from app.webhooks.models import Attempt, Delivery, Message
from bench.receiver import Reply


def figures(client) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    found = (re.fullmatch(r"(cardally_webhook\w*(?:\{[^}]*\})?) (\S+)", line) for line in lines)
    return {match[1]: float(match[2]) for match in found if match and not match[1].endswith("_created")}


def test_the_figures_of_an_operator(client, receive, subscribe, finish_scan, work, later):
    assert figures(client)['cardally_webhook_endpoints{state="enabled"}'] == 0
    dead = receive(lambda message: Reply(500))
    endpoint = subscribe(dead, concurrency=1)
    subscribe(receive())
    for _ in range(2):
        finish_scan()
    work()
    seen = figures(client)
    assert seen['cardally_webhook_endpoints{state="enabled"}'] == 2
    assert seen['cardally_webhook_attempts_total{outcome="2xx"}'] == 2
    assert seen['cardally_webhook_attempts_total{outcome="5xx"}'] == 2
    assert seen['cardally_webhook_owed{state="due"}'] == 2
    assert 0 < seen["cardally_webhook_oldest_seconds"] < 600
    client.patch(f"/v1/webhook-endpoints/{endpoint['id']}", json={"enabled": False})
    seen = figures(client)
    assert seen['cardally_webhook_endpoints{state="by_user"}'] == 1
    assert seen['cardally_webhook_owed{state="kept"}'] == 2
    assert seen['cardally_webhook_owed{state="due"}'] == 0
    assert seen["cardally_webhook_oldest_seconds"] == 0
    assert client.get(f"/v1/webhook-endpoints/{endpoint['id']}").json()["tally"] == {"5xx": 2}


@pytest.fixture
def command(settings, monkeypatch):
    """Runs `cardally webhooks …` on the test's database."""
    for name in ("database_url", "files_url", "secret_file"):
        monkeypatch.setenv(f"CARDALLY_{name.upper()}", str(getattr(settings, name)))

    def run(*words: str, fails: bool = False) -> str:
        result = CliRunner().invoke(app, ["webhooks", *words])
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    return run


def test_commands(client, command, receive, subscribe, finish_scan, work):
    receiver = receive()
    endpoint = subscribe(receiver)["id"]
    finish_scan()
    work()
    assert endpoint in command("list")
    line = command("tail")
    assert all(part in line for part in ("204", "scan.finished", receiver.ids[0], endpoint))
    assert "msg_" in command("test", endpoint)
    work()
    assert receiver.messages[-1].content["type"] == "webhook.test"
    assert command("tail", "-n", "1").count("\n") == 1
    assert "2 deliveries are due" in command("replay", endpoint, "--since", "2020-01-01")
    work()
    assert len(receiver.messages) == 4
    assert "0 deliveries are due" in command("replay", endpoint, "--since", "2020-01-01", "--failed")
    assert "no endpoint" in command("test", str(uuid.uuid4()), fails=True)


def count(house, model) -> int:
    with house.sessions.begin(reading=True) as session:
        return session.execute(sa.select(sa.func.count()).select_from(model.__table__)).scalar_one()


def test_old_messages_are_forgotten_once_they_are_settled(client, house, receive, subscribe, finish_scan, work):
    fine, dead = receive(), receive(lambda message: Reply(500))
    subscribe(fine)
    finish_scan()
    work()
    endpoint = subscribe(dead)["id"]
    finish_scan()
    work()
    assert count(house, Message) == 2
    upkeep = Upkeep(house.sessions, house.files, house.settings)
    forget_old(upkeep)
    assert count(house, Message) == 2, "too young"
    soon = Upkeep(house.sessions, house.files, house.settings.model_copy(update={"webhook_keep_days": 1e-9}))
    forget_old(soon)
    assert count(house, Message) == 1, "one is still owed"
    client.patch(f"/v1/webhook-endpoints/{endpoint}", json={"enabled": False})
    work()
    forget_old(soon)
    assert (count(house, Message), count(house, Delivery), count(house, Attempt)) == (0, 0, 0)


@given(st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_ids_sort_by_the_moment_they_were_made(offset):
    moment = now() + offset
    limit = first_id_at(moment)
    assert (limit.version, limit.variant) == (7, uuid.RFC_4122)
    assert (new_id() >= limit) == (offset <= timedelta(0)) or abs(offset) < timedelta(seconds=1)
