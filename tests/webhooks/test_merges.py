"""What endpoints hear of people and companies that turn out to be one, and of people who change jobs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.auth.models import User
from app.exchanges import service
from app.kit.clock import now
from app.webhooks.catalogue import EVENT_TYPES
from tests.readings import jane, read_scan


@pytest.fixture
def absorb(house, client):
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])

    def run(*cards, **said):
        with house.sessions.begin(organization_id) as session:
            scan_id = read_scan(session, session.scalars(select(User.id)).first(), *cards, **said)
        with house.sessions.begin(organization_id) as session:
            service.absorb(session, scan_id)

    return run


@pytest.fixture
def heard(receive, subscribe, work):
    """Runs what is due and gives the bodies of these types, in order."""
    receiver = receive()
    subscribe(receiver)

    def hear(*types: str) -> list[dict]:
        work()
        found = [message.content for message in receiver.messages if message.content["type"] in types]
        for body in found:
            EVENT_TYPES[body["type"]].data.model_validate(body["data"])
        return found

    return hear


def test_a_merge_and_its_end_are_told(client, absorb, heard):
    absorb(jane())
    absorb(jane(name="Otto Brandt", company="Globex", email="otto@globex.example", website="", phone=""))
    newer, older = client.get("/v1/contacts").json()["items"]
    for kind, one, two in (
        ("contact", older["id"], newer["id"]),
        ("company", older["company_id"], newer["company_id"]),
    ):
        plural = {"contact": "contacts", "company": "companies"}[kind]
        merge_id = client.post(f"/v1/{plural}/{one}/merge", json={"other_id": two}).json()["id"]
        [told] = heard(f"{kind}.merged")
        assert (told["data"]["id"], told["data"]["survivor"]["id"], told["data"]["merged_id"]) == (merge_id, one, two)
        client.post(f"/v1/{plural}/merges/{merge_id}/undo")
        [told] = heard(f"{kind}.merge_undone")
        assert told["data"]["undone_at"] is not None


MOBILE = ("phone", "+491711234567", 0.9, "mobile")


def at(company: str, host: str, title: str) -> list:
    """A card of Jane's with her own number."""
    return [*jane(company=company, email=f"jane.doe@{host}", website="", title=title), MOBILE]


def test_a_new_job_is_told_once(client, absorb, heard):
    absorb(at("Acme Tools GmbH", "acme.example", "Head of Sales"), captured_at=now() - timedelta(days=400))
    absorb(at("Globex", "globex.example", "CEO"))
    absorb(at("Globex", "globex.example", "CEO"))
    [told] = heard("contact.job_changed")
    assert (told["data"]["ended"]["company_name"], told["data"]["began"]["company_name"]) == (
        "Acme Tools GmbH",
        "Globex",
    )
    assert told["data"]["began"]["current"]
    assert not told["data"]["ended"]["current"]
    assert told["data"]["contact"]["company_name"] == "Globex"


def test_two_jobs_on_two_cards_of_one_moment_are_no_change(client, absorb, heard):
    moment = now()
    absorb(at("Acme Tools GmbH", "acme.example", "CEO"), captured_at=moment)
    absorb(at("Globex", "globex.example", "Chair"), captured_at=moment)
    [contact] = client.get("/v1/contacts").json()["items"]
    assert [job["current"] for job in contact["employments"]] == [True, True]
    assert heard("contact.job_changed") == []
