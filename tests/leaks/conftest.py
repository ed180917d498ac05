"""A stranger and a colleague, each with something of their own, and what a victim has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.kit.db import Visibility
from bench.receiver import Receiver
from tests.leaks.asking import Operation, operations
from tests.leaks.world import WORD, connect_crm, ids, join, live, live_together


@pytest.fixture
def hook() -> Iterator[str]:
    """Where webhooks go."""
    with Receiver() as receiver:
        yield receiver.url


@pytest.fixture
def every(api) -> list[Operation]:
    return list(operations(api.app.openapi()))


@pytest.fixture
def stranger(api, house, work, hook):
    """Somebody of another organization, and everything of the victim's organization."""
    attacker = join(api, house, work, "Sam")
    live_together(attacker, hook)
    live(attacker, Visibility.TEAM, "Ownword")
    before = ids(house)
    victim = join(api, house, work, "Ann")
    live_together(victim, hook)
    connect_crm(victim, hook)
    live(victim, Visibility.TEAM, WORD)
    return attacker, victim, before


@pytest.fixture
def colleague(api, house, work, hook):
    """Somebody of the same organization, and what the victim keeps private there."""
    victim = join(api, house, work, "Ann")
    attacker = join(api, house, work, "Ben", victim.organization_id)
    live_together(attacker, hook)
    live(attacker, Visibility.TEAM, "Ownword")
    connect_crm(attacker, hook)
    victim.get("/v1/me")  # the key was used now
    return attacker, victim, ids(house)
