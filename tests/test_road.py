"""The whole road: a photo becomes a contact, an alliance candidate and a signed webhook. With workers that are real
processes, four at once, and killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.kit.queue import Job
from app.matches.client.sealing import Invitation
from app.reviews.service import enqueue
from app.scans.models import Card
from bench.receiver import Receiver
from tests.drawing import JANE, card_photo, encoded

PHOTO = encoded(card_photo())
CRM = {
    "connector": "tryton",
    "name": "CRM",
    "settings": {"database": "crm"},
    "credentials": {"user": "ann", "password": "hers"},
}
EVERYWHERE = {"all_organizations": True}


def upload(client, photo=PHOTO, headers=None, **form):
    answer = client.post("/v1/scans", files={"front": ("card.jpg", photo, "image/jpeg")}, data=form, headers=headers)
    assert answer.status_code == 202
    return answer.json()["id"]


@contextmanager
def workers(settings, count: int = 1, **changes: object) -> Iterator[list[subprocess.Popen]]:
    """Real worker processes on the test's database."""
    env = os.environ | {
        "CARDALLY_DATABASE_URL": settings.database_url,
        "CARDALLY_FILES_URL": settings.files_url,
        "CARDALLY_WEBHOOK_ALLOW": '["127.0.0.0/8"]',
        "CARDALLY_SECRET_FILE": str(settings.secret_file),
        **{f"CARDALLY_{name.upper()}": str(value) for name, value in changes.items()},
    }
    lanes = ["--lane", "read", "--lane", "quick:2", "--lane", "deliver:2"]
    running = [
        subprocess.Popen([sys.executable, "-m", "app.worker", *lanes], env=env, stderr=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def wait_for(true, seconds: float = 240):
    """Look until it is true."""
    deadline = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return value


def jobs_left(house) -> int:
    with house.sessions.begin(reading=True) as session:
        return session.scalar(sa.select(sa.func.count(Job.id)))


def test_a_photo_becomes_a_contact_an_alliance_and_a_verified_webhook(client, work):
    secrets = []
    with Receiver(lambda: secrets[0]) as receiver:
        endpoint = client.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        secrets.append(endpoint["secret"])
        scan_id = upload(client, event="Retail Week", place="Seattle")
        work()
        messages = list(receiver.messages)

    scan = client.get(f"/v1/scans/{scan_id}").json()
    assert scan["status"] == "done"
    [contact] = client.get("/v1/contacts").json()["items"]
    assert contact["id"] == scan["cards"][0]["contact_id"]
    assert (contact["name"], contact["company_name"]) == (JANE[0], JANE[2])
    assert {"email": JANE[3]}.items() <= {point["kind"]: point["value"] for point in contact["points"]}.items()
    [exchange] = client.get("/v1/exchanges").json()["items"]
    assert (exchange["contact_id"], exchange["event"], exchange["direction"]) == (
        contact["id"],
        "Retail Week",
        "received",
    )

    [alliance] = client.get("/v1/alliances").json()["items"]
    assert {company["name"] for company in alliance["companies"]} == {JANE[2], "Northwind Retail Systems"}
    assert 0 < alliance["score"] < 100
    assert 0 < alliance["coverage"] < 1
    why = client.get(f"/v1/alliances/{alliance['id']}/explanation").json()
    assert sum(part["points"] for part in why["parts"]) == pytest.approx(alliance["score"], abs=0.1)
    assert why["missing"]

    assert all(message.verified for message in messages)
    said = {message.content["type"]: message.content["data"] for message in messages}
    assert {"contact.created", "scan.finished"} <= set(said)
    assert any(kind.startswith("alliance.") for kind in said)
    assert said["contact.created"]["id"] == contact["id"]
    deliveries = client.get("/v1/webhook-deliveries").json()["items"]
    assert {delivery["message_id"] for delivery in deliveries} == set(receiver.ids)
    assert {delivery["status"] for delivery in deliveries} == {"delivered"}


def test_four_workers_at_once_make_one_contact_of_one_person(client, house):
    photos = [encoded(card_photo(), quality=quality) for quality in range(70, 94, 3)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda photo: upload(client, photo), photos))
    with workers(house.settings, 4):
        wait_for(lambda: jobs_left(house) == 0)
    assert {scan["status"] for scan in client.get("/v1/scans").json()["items"]} == {"done"}
    assert len(client.get("/v1/contacts").json()["items"]) == 1
    assert len(client.get("/v1/exchanges").json()["items"]) == 1, "one card, photographed again and again"
    assert len(client.get("/v1/alliances").json()["items"]) == 1


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(client, house):
    scan_id = upload(client)

    def claimed():
        with house.sessions.begin(reading=True) as session:
            return session.scalar(sa.select(Job.worker).where(Job.reaction.endswith("read_scan"), Job.attempts == 1))

    with workers(house.settings, lease_seconds=1) as [doomed]:
        wait_for(claimed)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    assert jobs_left(house) >= 1
    assert client.get(f"/v1/scans/{scan_id}").json()["status"] == "queued"
    with workers(house.settings, lease_seconds=1):
        wait_for(lambda: jobs_left(house) == 0)
    assert client.get(f"/v1/scans/{scan_id}").json()["status"] == "done"
    assert len(client.get("/v1/contacts").json()["items"]) == 1
    assert len(client.get("/v1/exchanges").json()["items"]) == 1


def a_match_to_propose_and_one_to_join(client, house, work) -> dict[str, dict]:
    """Ben, a colleague, met the same people and has proposed a match; every exchange was mutual."""
    ben = client.post("/v1/users", json={"name": "Ben Hall", "email": "ben.hall@northwind.example"}).json()["id"]
    key = client.post("/v1/api-keys", json={"name": "his phone", "user_id": ben}).json()["key"]
    as_ben = {"Authorization": f"Bearer {key}"}
    upload(client, encoded(card_photo(), quality=80), as_ben)
    work()
    with house.sessions.begin() as session:
        session.execute(sa.text("UPDATE exchanges SET direction = 'mutual'"))
    contact = client.get("/v1/contacts", params={"q": JANE[3]}).json()["items"][0]["id"]
    terms = {"contact_id": contact, "own": ["customer"], "partner": ["customer"]}
    invitation = Invitation()
    proposal = terms | {"token_digest": invitation.token_digest}
    assert client.post("/v1/matches", json=proposal, headers=as_ben).status_code == 201
    return {
        "/v1/matches": {"json": terms | {"token_digest": Invitation().token_digest}},
        "/v1/matches/join": {"json": {"token": invitation.token, "contact_id": contact}},
    }


def test_every_post_sent_four_times_at_once_does_its_work_once(client, house, work):
    """Each POST of the API, with the same Idempotency-Key, concurrently: one thing is made, everybody gets its id."""
    upload(client)
    work()
    with Receiver() as receiver:
        endpoint = client.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()["id"]
        upload(client, encoded(card_photo(("Otto Brandt", "Partner", "Quill & Sons", "otto@quillandsons.com"))))
        work()
        delivery = client.get("/v1/webhook-deliveries").json()["items"][0]["id"]
        contact, other = client.get("/v1/contacts").json()["items"]
        other, other_company = other["id"], other["company_id"]
        pairs = client.get("/v1/alliances").json()["items"]
        pair = next(p for p in pairs if contact["company_id"] in [company["id"] for company in p["companies"]])
        alliance, home = pair["id"], next(company["id"] for company in pair["companies"] if company["is_home"])
        gone = client.post("/v1/users", json={"name": "Gus", "email": "gus@northwind.example"}).json()["id"]
        client.patch(f"/v1/users/{gone}", json={"active": False})
        guest = client.post("/v1/invitations", json={"email": "guest@northwind.example"}).json()["token"]
        bodies = a_match_to_propose_and_one_to_join(client, house, work) | {
            "/v1/scans": {"files": {"front": PHOTO}},
            "/v1/users": {"json": {"name": "Ben Ortiz", "email": "ben@northwind.example"}},
            "/v1/api-keys": {"json": {"name": "phone"}},
            "/v1/users/{user_id}/handover": {"json": {"to_user_id": client.get("/v1/me").json()["id"]}},
            "/v1/invitations": {"json": {"email": "cleo@northwind.example"}},
            "/v1/invitations/accept": {"json": {"token": guest}},
            "/v1/webhook-endpoints": {"json": {"url": receiver.url}},
            "/v1/crm-connections": {"json": CRM | {"url": receiver.url}},
            "/v1/crm-connections/{connection_id}/push": {"json": {"contact_id": contact["id"]}},
            "/v1/webhook-endpoints/{endpoint_id}/rotate-secret": {"json": {}},
            "/v1/webhook-endpoints/{endpoint_id}/test": {},
            "/v1/webhook-endpoints/{endpoint_id}/replay": {"json": {"since": "2026-01-01T00:00:00Z"}},
            "/v1/webhook-deliveries/{delivery_id}/replay": {},
            "/v1/contacts/{contact_id}/merge": {"json": {"other_id": other}},
            "/v1/contacts/merges/{merge_id}/undo": {},
            "/v1/companies/{company_id}/merge": {"json": {"other_id": other_company}},
            "/v1/companies/merges/{merge_id}/undo": {},
            "/v1/companies/{company_id}/brands": {"json": {"name": "Drillmaster", "domains": ["drillmaster.example"]}},
            "/v1/accounts": {"json": {"company": "Corner Grocers", "relation": "customer"}},
            "/v1/accounts/import": {
                "files": {"file": b"company,relation\nCorner Grocers,customer\nHill Drugs,prospect\n"}
            },
            "/v1/alliances/{alliance_id}/introductions": {
                "json": {"contact_id": contact["id"], "kind": "introduction", "giver_company_id": home}
            },
            "/v1/alliances/{alliance_id}/introductions/{introduction_id}/answer": {"json": {"accepted": True}},
            "/v1/alliances/{alliance_id}/introductions/{introduction_id}/outcome": {"json": {"won": True}},
            "/v1/alliances/{alliance_id}/wins": {"json": {"contact_id": contact["id"], "credited_company_id": home}},
            "/v1/alliances/{alliance_id}/evidence": {"json": {"contact_id": contact["id"], "kind": "meeting"}},
            "/v1/alliances/{alliance_id}/decisions": {"json": {"choice": "decline", "note": "no fit"}},
            "/v1/alliances/{alliance_id}/agreements": {"json": {"kind": "referral", "starts_on": "2026-01-01"}},
            "/v1/contacts/{contact_id}/notes": {"json": {"text": "call in June"}},
            "/v1/reviews/{review_id}/claim": {},
            "/v1/reviews/{review_id}/skip": {},
            "/v1/reviews/{review_id}/resolve": {"json": {"titles": ["Partner"]}},
            "/v1/contacts/{contact_id}/unshare": {},
            "/v1/contacts/{contact_id}/share": {},
            "/v1/contacts": {"json": {"name": "Zora Quick"}},
            "/v1/contacts/batch": {"json": {"items": [{"op": "create", "contact": {"name": "Cem Aksoy"}}]}},
            "/v1/imports": {"files": {"file": b"name,email\nOle Berg,ole@berg.example\n"}},
            "/v1/scans/{scan_id}/unshare": {},
            "/v1/scans/{scan_id}/share": {},
            "/v1/contacts/{contact_id}/erasure": {},
        }
        posts = {path for path, verbs in client.get("/openapi.json").json()["paths"].items() if "post" in verbs}
        nothing_to_dismiss = {f"/v1/{kind}/duplicates/{{duplicate_id}}/dismiss" for kind in ("contacts", "companies")}
        asks_only = {f"/v1/crm-connections/{{connection_id}}/{verb}" for verb in ("test", "dry-run")}
        assert posts == set(bodies) | nothing_to_dismiss | asks_only, "a new POST is replayed here as well"
        ids = {"endpoint_id": endpoint, "delivery_id": delivery, "alliance_id": alliance, "contact_id": contact["id"]}
        ids["user_id"] = gone
        ids["company_id"] = contact["company_id"]
        ids["connection_id"] = client.post("/v1/crm-connections", json=CRM | {"url": receiver.url}).json()["id"]
        ids["scan_id"] = client.get("/v1/scans").json()["items"][-1]["id"]  # the caller's own; Ben has one as well
        ids["review_id"] = a_review(client, house)
        for number, (path, request) in enumerate(bodies.items()):
            made = assert_made_once(client, path.format(**ids), request, f"key {number}")
            if path.endswith(("/introductions", "/merge")):
                ids["introduction_id" if "introductions" in path else "merge_id"] = made["id"]
    left = [each["name"] for each in client.get("/v1/contacts").json()["items"]]
    assert len(left) == 3, "two, of whom one was erased, and two that were made"
    assert len(client.get("/v1/accounts").json()["items"]) == 2


def a_review(client, house) -> str:
    """Of a card that somebody doubts."""
    scan = client.get("/v1/scans").json()["items"][0]["id"]
    with house.sessions.begin(UUID(client.get("/v1/me").json()["organization_id"])) as session:
        for card in session.scalars(sa.select(Card).where(Card.scan_id == UUID(scan))):
            card.review = ["glare"]
        session.flush()
        enqueue(session, UUID(scan))
    return client.get("/v1/reviews").json()["items"][0]["id"]


def assert_made_once(client, path: str, request: dict, key: str) -> dict:
    def post(_: int):
        return client.post(path, headers={"Idempotency-Key": key}, **request)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))
    assert {answer.status_code for answer in answers} <= {200, 201, 202, 207}, [answer.text for answer in answers]
    made = [answer.json().get("id", "a report") for answer in answers]
    assert len(set(made)) == 1, path
    return answers[0].json()
