"""Fixtures of CRMs: cards that become contacts, connections, and what is true at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.crm.standins import StandIn, serving
from tests.crm.standins.espocrm import EspoCrm, EspoCrmHmac
from tests.crm.standins.homemade import Ledger, Rolodex
from tests.crm.standins.hubspot import HubSpot
from tests.crm.standins.odoo import Odoo, Odoo19
from tests.crm.standins.pipedrive import Pipedrive
from tests.crm.standins.salesforce import Salesforce
from tests.crm.standins.twenty import Twenty
from tests.crm.standins.zoho import Zoho
from tests.readings import jane, read_scan

CRMS: tuple[Callable[[], StandIn], ...] = (
    EspoCrm,
    EspoCrmHmac,
    HubSpot,
    Odoo,
    Odoo19,
    Salesforce,
    Twenty,
    Zoho,
    Pipedrive,
    Rolodex,
    Ledger,
)
"""Every CRM that has a stand-in. A new one joins by its name here."""


@pytest.fixture
def me(client) -> dict:
    """The administrator who calls."""
    return client.get("/v1/me").json()


@pytest.fixture
def meet(client, house, me, work):
    """Somebody's card is read and all that follows is done; returns the contact's id."""

    def meet(*, event: str | None = "Retail Week", run: bool = True, **said: str) -> str:
        user_id, organization_id = UUID(me["id"]), UUID(me["organization_id"])
        with house.sessions.begin(organization_id) as session:
            scan_id = read_scan(session, user_id, jane(**said), event=event)
        if not run:
            return ""
        work()
        return client.get(f"/v1/scans/{scan_id}").json()["cards"][0]["contact_id"]

    return meet


@pytest.fixture
def connect(client):
    """Makes a connection; returns what the API says."""

    def connect(connector: str, url: str | None, **given) -> dict:
        answer = client.post("/v1/crm-connections", json={"connector": connector, "name": "CRM", "url": url, **given})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return connect


@pytest.fixture
def links(client):
    """What our objects are in CRMs, by kind."""

    def links(**wanted: str) -> list[dict]:
        return client.get("/v1/crm-links", params={"limit": 200, **wanted}).json()["items"]

    return links


@pytest.fixture
def again(house, client, me, work):
    """What waits is due now, as if the time had passed."""

    def again() -> None:
        with house.sessions.begin() as session:
            session.execute(sa.text("UPDATE crm_connections SET paused_until = NULL"))
            session.execute(sa.text("UPDATE crm_links SET next_at = :then"), {"then": "2026-01-01 00:00:00"})
            session.execute(sa.text("UPDATE jobs SET run_at = :then"), {"then": "2026-01-01 00:00:00"})
        work()

    return again


@pytest.fixture(params=CRMS, ids=lambda crm: crm.__name__)
def crm(request) -> Iterator[StandIn]:
    with serving(request.param()) as standin:
        yield standin


@pytest.fixture
def connection(crm, connect) -> dict:
    given = {"credentials": dict(crm.credentials), "settings": dict(crm.settings), "max_per_second": 1000}
    return connect(crm.connector, crm.url, **given)
