"""Fixtures of webhooks: short schedules, receivers, and scans that are announced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.composition import House
from app.kit.clock import now
from app.kit.queue import Job, publish
from app.scans.events import ScanFinished
from app.scans.models import Scan, ScanStatus
from app.settings import Settings
from app.webhooks.models import Delivery, DeliveryStatus, Endpoint
from bench.receiver import Answer, Receiver


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Attempts wait for hours; `later` makes them due, so that nothing here waits for a clock."""
    return settings.model_copy(
        update={"webhook_schedule_seconds": (0, 3600, 3600, 3600), "webhook_timeout_seconds": 0.5}
    )


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    """Starts receivers that stop with the test."""
    with ExitStack() as open_ones:

        def start(answer: Answer | None = None) -> Receiver:
            receiver = open_ones.enter_context(Receiver(lambda: receiver.known_secret, answer))
            receiver.known_secret = None
            return receiver

        yield start


@pytest.fixture
def subscribe(client: TestClient):
    """Makes an endpoint at a receiver, which learns the secret; returns what the API says."""

    def subscribe(receiver: Receiver, **given) -> dict:
        answer = client.post("/v1/webhook-endpoints", json={"url": receiver.url, **given})
        assert answer.status_code == 201, answer.text
        receiver.known_secret = answer.json()["secret"]
        return answer.json()

    return subscribe


@pytest.fixture
def finish_scan(house: House, client: TestClient):
    """A scan of the client's organization that has come to its end; returns its id."""
    me = client.get("/v1/me").json()

    def finish() -> UUID:
        with house.sessions.begin(UUID(me["organization_id"])) as session:
            scan = Scan(
                user_id=UUID(me["id"]),
                status=ScanStatus.NO_CARD,
                front_file="none",
                event="Retail Expo",
                place="Zürich",
                note='quotes " and \\ and \u2028 and 名刺',
                captured_at=now(),
                finished_at=now(),
            )
            session.add(scan)
            session.flush()
            publish(session, ScanFinished(scan.id))
        return scan.id

    return finish


@pytest.fixture
def later(house: House):
    """Makes every job and delivery that waits for its time due now, and ends every break."""

    def later() -> None:
        with house.sessions.begin() as session:
            session.execute(sa.update(Job.__table__).values(run_at=now()))
            pending = Delivery.__table__.c.status == DeliveryStatus.PENDING
            session.execute(sa.update(Delivery.__table__).where(pending).values(next_at=now()))
            session.execute(sa.update(Endpoint.__table__).values(paused_until=None))

    return later


@pytest.fixture
def deliveries(client: TestClient):
    """What the API lists, newest first."""

    def deliveries(**query) -> list[dict]:
        answer = client.get("/v1/webhook-deliveries", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return deliveries
