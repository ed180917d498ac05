"""What people are told, what they get, and that what was promised happens by itself."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from app.auth.models import User
from app.contacts.models import Contact
from app.exchanges.models import Exchange
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.privacy.jobs import erase_overdue
from app.privacy.models import Erasure, Reason
from app.privacy.notice import Facts, Meeting, as_html, as_text
from app.scans.jobs import expire_photos, sweep_files
from app.scans.models import Scan
from tests.drawing import card_photo, encoded
from tests.privacy import world as worlds
from tests.readings import jane, read_scan

FACTS = Facts(
    controller="Northwind <Retail> Systems",
    contact="dpo@northwind.example",
    purpose="To stay in touch.",
    legal_basis="Legitimate interests.",
    recipients="Colleagues.",
    source="business_card",
    meetings=[Meeting(datetime(2026, 3, 1, tzinfo=UTC), "Ann Lee", "Retail Week", "Lyon")],
    retain_until=date(2030, 1, 31),
    contact_days=0,
    photo_days=90,
)


@pytest.fixture
def upkeep(house):
    return Upkeep(house.sessions, house.files, house.settings)


@pytest.fixture
def begin(house, client):
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    return lambda: house.sessions.begin(organization_id)


@pytest.fixture
def known(client, begin, work):
    """A contact from a card that was read."""
    with begin() as session:
        read_scan(session, session.scalars(select(User.id)).first(), jane(), event="Retail Week", place="Lyon")
    work()
    return client.get("/v1/contacts").json()["items"][0]["id"]


def test_the_notice_names_source_purpose_retention_and_rights():
    text = as_text(FACTS)
    for told in ("Northwind <Retail> Systems", "dpo@northwind.example", "a business card", "Ann Lee on 2026-03-01"):
        assert told in text
    for told in ("(Retail Week, Lyon)", "To stay in touch.", "Legitimate interests.", "2030-01-31", "90 days"):
        assert told in text
    for right in ("Art. 15", "Art. 16", "Art. 17", "Art. 18", "Art. 20", "Art. 21", "Art. 77"):
        assert right in text
    page = as_html(FACTS)
    assert "Northwind &lt;Retail&gt; Systems" in page
    assert page.count("<h2>") == text.count("\n---")


def test_a_contact_says_what_it_is_held_for(client, known):
    client.patch("/v1/privacy-policy", json={"contact": "privacy@northwind.example", "contact_days": 700})
    base = f"/v1/contacts/{known}"
    origin = client.get(f"{base}/privacy").json()
    assert (origin["source"], origin["own_purpose"], origin["contact_days"]) == ("business_card", False, 700)
    said = {"source": "import", "purpose": "The trial of spring.", "retain_until": "2031-05-01"}
    assert client.patch(f"{base}/privacy", json=said).json()["own_purpose"]
    told = client.get(f"{base}/privacy-notice")
    assert told.headers["content-type"].startswith("text/plain")
    for words in ("privacy@northwind.example", "The trial of spring.", "2031-05-01", "Retail Week", "list of contacts"):
        assert words in told.text
    assert client.get(f"{base}/privacy-notice", params={"format": "html"}).text.startswith("<!doctype html>")
    assert "700 days" in client.get("/v1/privacy-notice").text
    client.patch(f"{base}/privacy", json={"purpose": None})
    assert not client.get(f"{base}/privacy").json()["own_purpose"]


def test_only_administrators_change_the_policy(client, as_new_user):
    me = UUID(client.get("/v1/me").json()["organization_id"])
    headers = as_new_user(me, admin=False)
    assert client.patch("/v1/privacy-policy", json={"photo_days": 1}, headers=headers).status_code == 403
    assert client.get("/v1/privacy-policy", headers=headers).json()["photo_days"] == 0


def test_the_export_holds_everything_and_only_of_them(client, house, work):
    world = worlds.build(client, house, work)
    answer = client.get(f"/v1/contacts/{world.jorinde}/export")
    assert answer.headers["content-type"] == "application/zip"
    archive = ZipFile(io.BytesIO(answer.content))
    told = json.loads(archive.read("person.json"))
    held = {place.partition(".")[0] for place in worlds.traces(house) if not place.startswith("contact_words")}
    others = {
        "companies",
        "company_aliases",
        "company_brands",
        "company_domains",
        "agreements",
        "state_moves",
        "seen_requests",
    }
    others |= {"events"} | {place for place in held if place.startswith("contact_words")}  # an index of contacts
    assert held - others - set(told["records"]) == set(), "what is held of her is told"
    everything = archive.read("person.json").decode().lower()
    assert set(worlds.WORDS) == {word for word in worlds.WORDS if word in everything}
    pictures = {name: archive.read(name) for names in told["pictures"].values() for name in names}
    assert len(pictures) == 3 + 3 + 2 * 2, "crops, logos, and photos of hers alone"
    assert all(b"Quasten" in data for data in pictures.values())
    assert not any(b"Brandvogel" in data for data in pictures.values())


def test_photos_go_when_their_time_is_over(client, house, work, upkeep, begin):
    scan = client.post("/v1/scans", files={"front": encoded(card_photo())}).headers["Location"]
    work()
    expire_photos(upkeep)
    shown = client.get(scan).json()
    assert not shown["photo_expired"]
    assert client.get(shown["photo_url"]).status_code == 200
    client.patch("/v1/privacy-policy", json={"photo_days": 30})
    expire_photos(upkeep)
    assert client.get(shown["photo_url"]).status_code == 200, "it is young"
    with begin() as session:
        session.execute(update(Scan).values(created_at=now() - timedelta(days=31)))
    expire_photos(upkeep)
    shown = client.get(scan).json()
    assert shown["photo_expired"]
    urls = [
        shown["photo_url"],
        shown["cards"][0]["image_url"],
        *(logo["image_url"] for logo in shown["cards"][0]["logos"]),
    ]
    for url in urls:
        assert (client.get(url).status_code, client.get(url).json()["code"]) == (410, "photo_expired")
    assert [path for path, _ in worlds.bytes_on_disk(house) if "files" in path.parts] == []
    assert client.get("/v1/contacts").json()["items"] != [], "what was read stays"
    sweep_files(upkeep)


def test_a_photo_that_is_kept_elsewhere_stays(client, work, upkeep, begin):
    photo = encoded(card_photo())
    first, second = (client.post("/v1/scans", files={"front": photo}).headers["Location"] for _ in range(2))
    work()
    client.patch("/v1/privacy-policy", json={"photo_days": 30})
    with begin() as session:
        old = session.scalars(select(Scan).order_by(Scan.id)).first()
        old.created_at = now() - timedelta(days=31)
    expire_photos(upkeep)
    assert client.get(f"{first}/photo").status_code == 410
    assert client.get(f"{second}/photo").status_code == 200


def test_nobody_is_held_for_longer_than_was_promised(client, known, begin, upkeep, work):
    def left() -> int:
        erase_overdue(upkeep)
        work()
        return len(client.get("/v1/contacts").json()["items"])

    assert left() == 1
    client.patch("/v1/privacy-policy", json={"contact_days": 100})
    assert left() == 1
    with begin() as session:
        session.execute(update(Contact).values(updated_at=now() - timedelta(days=101)))
    assert left() == 1, "met since"
    client.patch(f"/v1/contacts/{known}/privacy", json={"retain_until": "2199-01-01"})
    with begin() as session:
        session.execute(update(Contact).values(updated_at=now() - timedelta(days=101)))
        session.execute(update(Exchange).values(met_at=now() - timedelta(days=101)))
    assert left() == 1, "held longer by its own word"
    client.patch(f"/v1/contacts/{known}/privacy", json={"retain_until": "2020-01-01"})
    assert left() == 0
    with begin() as session:
        [erasure] = session.scalars(select(Erasure))
        assert (erasure.reason, erasure.user_id) == (Reason.RETENTION, None)
        assert erasure.finished_at
