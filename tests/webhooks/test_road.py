"""From a fact to a verified message at a real receiver, whatever that receiver does."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.kit.clock import now
from app.kit.queue import Job
from app.webhooks.models import Endpoint, Message
from bench.receiver import Reply


def in_turn(*replies: Reply):
    """Answers these one after the other, then 204."""
    left = iter(replies)
    return lambda message: next(left, Reply())


def test_a_message_arrives_signed_and_whole(client, receive, subscribe, finish_scan, work, deliveries):
    receiver = receive()
    endpoint = subscribe(receiver)
    scan_id = finish_scan()
    work()
    [message] = receiver.messages
    assert message.verified
    assert message.headers["content-type"] == "application/json"
    body = message.content
    assert (body["type"], body["schema_version"], body["sequence"]) == ("scan.finished", 1, 1)
    assert datetime.fromisoformat(body["timestamp"]).tzinfo is not None
    assert body["data"]["id"] == str(scan_id)
    assert body["data"]["note"] == 'quotes " and \\ and \u2028 and 名刺'
    [delivery] = deliveries()
    assert (delivery["status"], delivery["attempts"], delivery["next_at"]) == ("delivered", 1, None)
    assert (delivery["endpoint_id"], delivery["message_id"]) == (endpoint["id"], message.id)
    assert (delivery["event_type"], delivery["object_id"]) == ("scan.finished", str(scan_id))
    shown = client.get(f"/v1/webhook-deliveries/{delivery['id']}").json()
    assert shown["body"].encode() == message.body
    [attempt] = shown["tries"]
    assert (attempt["status_code"], attempt["error"], attempt["response"]) == (204, None, "")


def test_each_endpoint_gets_what_it_wants_once(receive, subscribe, finish_scan, work):
    everything, scans, others = receive(), receive(), receive()
    subscribe(everything)
    subscribe(scans, event_types=["scan.finished"])
    subscribe(others, event_types=["endpoint.disabled"])
    for _ in range(3):
        finish_scan()
    work()
    assert [len(receiver.messages) for receiver in (everything, scans, others)] == [3, 3, 0]
    assert sorted(everything.ids) == sorted(scans.ids)
    assert len(set(everything.ids)) == 3


def test_messages_of_one_object_are_numbered(house, receive, subscribe, finish_scan, work):
    from app.kit.queue import publish
    from app.scans.events import ScanFinished

    receiver = receive()
    subscribe(receiver)
    scan_id = finish_scan()
    with house.sessions.begin() as session:
        [organization_id] = session.execute(sa.select(Job.organization_id).distinct()).scalars()
    for _ in range(2):
        with house.sessions.begin(organization_id) as session:
            publish(session, ScanFinished(scan_id))
    finish_scan()
    work()
    numbers = {}
    for message in receiver.messages:
        numbers.setdefault(message.content["data"]["id"], []).append(message.content["sequence"])
    assert sorted(map(sorted, numbers.values())) == [[1], [1, 2, 3]]


def test_a_reaction_that_runs_twice_makes_no_second_message(house, receive, subscribe, finish_scan, work, later):
    """The worker dies after the reaction's commit, before the job is finished."""
    from app.kit import queue
    from app.kit.events import Work
    from app.scans.events import ScanFinished
    from app.webhooks.jobs import announce_scan

    receiver = receive()
    subscribe(receiver)
    work()
    finish_scan()
    with house.sessions.begin() as session:
        held = queue.claim(session, ["quick"], "a worker that dies", timedelta(0))
    reaction = Work(
        lambda *, reading=False: house.sessions.begin(held.organization_id, reading=reading),
        house.files,
        house.settings,
        held.job_id,
    )
    announce_scan(reaction, ScanFinished.of(held.payload))
    later()
    work()
    assert receiver.ids == [f"msg_{held.job_id.hex}"]
    [message] = receiver.messages
    assert message.content["sequence"] == 1


def test_a_failure_is_tried_again_under_the_same_id(client, receive, subscribe, finish_scan, work, later, deliveries):
    receiver = receive(in_turn(Reply(500, body=b"not now")))
    endpoint = subscribe(receiver)
    finish_scan()
    work()
    [delivery] = deliveries()
    assert (delivery["status"], delivery["attempts"]) == ("pending", 1)
    wait = datetime.fromisoformat(delivery["next_at"]) - now()
    assert timedelta(minutes=59) < wait <= timedelta(minutes=72)
    shown = client.get(f"/v1/webhook-endpoints/{endpoint['id']}").json()
    assert (shown["failures"], shown["enabled"]) == (1, True)
    assert shown["failing_since"] is not None
    later()
    work()
    assert len(receiver.messages) == 2
    first, second = receiver.messages
    assert (first.id, first.body) == (second.id, second.body)
    assert all(message.verified for message in receiver.messages)
    shown = client.get(f"/v1/webhook-deliveries/{delivery['id']}").json()
    assert [attempt["status_code"] for attempt in shown["tries"]] == [500, 204]
    assert [attempt["response"] for attempt in shown["tries"]] == ["not now", ""]
    assert client.get(f"/v1/webhook-endpoints/{endpoint['id']}").json()["failing_since"] is None


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(
    client, receive, subscribe, finish_scan, work, later, deliveries
):
    broken = [True]
    receiver = receive(lambda message: Reply(503 if broken else 200))
    subscribe(receiver)
    finish_scan()
    for _ in range(6):
        work()
        later()
    assert len(receiver.messages) == 4, "as many as the schedule says"
    [delivery] = deliveries(status="failed")
    broken.clear()
    assert client.post(f"/v1/webhook-deliveries/{delivery['id']}/replay").status_code == 202
    work()
    assert len(receiver.messages) == 5
    assert len(set(receiver.ids)) == 1
    assert [one["status"] for one in deliveries()] == ["delivered"]


@pytest.mark.parametrize(
    ("reply", "least", "most"),
    [
        (Reply(429, (("Retry-After", "5400"),)), 90, 90),
        (Reply(429, (("Retry-After", "10"),)), 60, 72),
        (Reply(503, (("Retry-After", "999999"),)), 120, 120),
        (Reply(429, (("Retry-After", "rubbish"),)), 60, 72),
    ],
)
def test_a_receiver_may_ask_for_more_time(receive, subscribe, finish_scan, work, deliveries, reply, least, most):
    receiver = receive(in_turn(reply))
    subscribe(receiver)
    finish_scan()
    work()
    [delivery] = deliveries()
    wait = (datetime.fromisoformat(delivery["next_at"]) - now()).total_seconds() / 60
    assert least - 1 < wait <= most


def hang(message):
    time.sleep(1)
    return Reply()


def hang_up(message):
    raise ConnectionResetError


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (lambda message: Reply(301, (("Location", "http://127.0.0.1:1/"),)), 301, None),
        (lambda message: Reply(404, body=b"x" * 10_000), 404, None),
        (hang, None, "timeout"),
        (hang_up, None, "protocol_error"),
    ],
)
def test_how_an_attempt_failed_is_kept(
    client, receive, subscribe, finish_scan, work, deliveries, answer, status, error
):
    receiver = receive(answer)
    subscribe(receiver)
    finish_scan()
    work()
    [delivery] = deliveries()
    [attempt] = client.get(f"/v1/webhook-deliveries/{delivery['id']}").json()["tries"]
    assert (attempt["status_code"], attempt["error"], delivery["status"]) == (status, error, "pending")
    assert len(attempt["response"]) <= 4096


@pytest.mark.parametrize("length", ["3", "100000"])
def test_a_receiver_that_lies_about_its_answer_has_the_message(
    receive, subscribe, finish_scan, work, deliveries, length
):
    receiver = receive(lambda message: Reply(200, (("Content-Length", length),), b"not that long"))
    subscribe(receiver)
    for _ in range(3):
        finish_scan()
    work()
    assert {one["status"] for one in deliveries()} == {"delivered"}
    assert len(set(receiver.ids)) == 3


def test_a_redirect_to_another_place_is_not_followed(receive, subscribe, finish_scan, work):
    inside = receive()
    receiver = receive(lambda message: Reply(307, (("Location", inside.url),)))
    subscribe(receiver)
    finish_scan()
    work()
    assert (len(receiver.messages), inside.messages) == (1, [])


def test_410_disables_the_endpoint_and_the_others_hear_of_it(client, receive, subscribe, finish_scan, work, deliveries):
    gone, other = receive(lambda message: Reply(410)), receive()
    endpoint = subscribe(gone)
    subscribe(other, event_types=["endpoint.disabled"])
    finish_scan()
    work()
    shown = client.get(f"/v1/webhook-endpoints/{endpoint['id']}").json()
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "gone")
    [message] = other.messages
    assert message.verified
    assert message.content["data"]["id"] == endpoint["id"]
    assert message.content["data"]["disabled_reason"] == "gone"
    finish_scan()
    work()
    assert len(gone.messages) == 1, "nothing more is sent"
    gone.answer = lambda message: Reply()
    change = client.patch(f"/v1/webhook-endpoints/{endpoint['id']}", json={"enabled": True})
    assert change.json()["enabled"]
    work()
    assert len(set(gone.ids)) == 3, "what was kept meanwhile arrives: a scan, and that it was disabled"


def test_five_days_of_failure_disable_the_endpoint(
    client, house, receive, subscribe, finish_scan, work, deliveries, later
):
    receiver = receive(lambda message: Reply(500))
    endpoint = subscribe(receiver)
    finish_scan()
    work()
    with house.sessions.begin() as session:
        days_ago = now() - timedelta(days=5)
        session.execute(sa.update(Endpoint.__table__).values(failing_since=days_ago))
    later()
    work()
    shown = client.get(f"/v1/webhook-endpoints/{endpoint['id']}").json()
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "failing")
    later()
    work()
    assert len(receiver.messages) == 2
    assert [one["status"] for one in deliveries(endpoint_id=endpoint["id"])][-1] == "pending", "kept, not lost"


def test_a_receiver_that_fails_again_and_again_is_left_alone_and_the_others_are_served(
    client, receive, subscribe, finish_scan, work, later, deliveries
):
    dead, alive = receive(lambda message: Reply(500)), receive()
    endpoint = subscribe(dead, concurrency=1)
    subscribe(alive)
    for _ in range(20):
        finish_scan()
    work()
    assert len(alive.messages) == 20
    assert len(dead.messages) == 3, "then it has a break"
    shown = client.get(f"/v1/webhook-endpoints/{endpoint['id']}").json()
    assert shown["paused_until"] is not None
    assert shown["failures"] == 3
    dead.answer = lambda message: Reply()
    later()
    work()
    assert len(set(dead.ids)) == 20
    assert {one["status"] for one in deliveries()} == {"delivered"}


def test_a_rate_limit_is_kept(receive, subscribe, finish_scan, work):
    receiver = receive()
    subscribe(receiver, max_per_second=20)
    for _ in range(8):
        finish_scan()
    deadline = time.monotonic() + 60
    while len(receiver.messages) < 8 and time.monotonic() < deadline:
        work()
        time.sleep(0.01)
    times = [message.at for message in receiver.messages]
    assert len(times) == 8
    assert times[-1] - times[0] > 7 / 20 * 0.9


def test_a_slow_receiver_gets_several_at_once_but_no_more_than_it_wants(receive, subscribe, finish_scan, work):
    import threading

    under_way, most, lock = [], [], threading.Lock()

    def slow(message):
        with lock:
            under_way.append(message)
            most.append(len(under_way))
        time.sleep(0.1)
        with lock:
            under_way.pop()
        return Reply()

    receiver = receive(slow)
    subscribe(receiver, concurrency=3)
    for _ in range(10):
        finish_scan()
    work()
    assert len(set(receiver.ids)) == len(receiver.ids) == 10
    assert max(most) == 3


def test_a_disabled_endpoint_gets_later_what_happened_meanwhile(client, receive, subscribe, finish_scan, work):
    receiver = receive()
    endpoint = subscribe(receiver)
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    assert client.patch(path, json={"enabled": False}).json()["disabled_reason"] == "by_user"
    work()
    finish_scan()
    work()
    assert receiver.messages == []
    assert client.patch(path, json={"enabled": True}).json()["disabled_reason"] is None
    work()
    assert {message.content["type"] for message in receiver.messages} == {"scan.finished", "endpoint.disabled"}


def test_both_secrets_sign_while_one_is_rotated_out(client, house, receive, subscribe, finish_scan, work):
    from standardwebhooks import Webhook

    receiver = receive()
    endpoint = subscribe(receiver)
    rotated = client.post(f"/v1/webhook-endpoints/{endpoint['id']}/rotate-secret", json={"overlap_hours": 1}).json()
    assert rotated["secret"] != endpoint["secret"]
    finish_scan()
    work()
    [message] = receiver.messages
    for secret in (endpoint["secret"], rotated["secret"]):
        Webhook(secret).verify(message.body, message.headers)
    again = client.post(f"/v1/webhook-endpoints/{endpoint['id']}/rotate-secret", json={"overlap_hours": 0}).json()
    receiver.known_secret = again["secret"]
    finish_scan()
    work()
    assert receiver.messages[-1].verified
    assert len(receiver.messages[-1].headers["webhook-signature"].split()) == 1, "the older ones ended"


def test_an_ed25519_endpoint_is_verified_with_its_public_key(client, receive, finish_scan, work):
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    receiver = receive()
    made = client.post("/v1/webhook-endpoints", json={"url": receiver.url, "signature": "v1a"}).json()
    finish_scan()
    work()
    [message] = receiver.messages
    version, signature = message.headers["webhook-signature"].split(",")
    assert version == "v1a"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(made["public_key"].removeprefix("whpk_")))
    signed = f"{message.id}.{message.headers['webhook-timestamp']}.".encode() + message.body
    key.verify(base64.b64decode(signature), signed)


def test_a_test_message_goes_to_one_endpoint_whatever_it_wants(client, receive, subscribe, work):
    receiver, other = receive(), receive()
    endpoint = subscribe(receiver, event_types=["scan.finished"])
    subscribe(other)
    answer = client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test")
    assert answer.status_code == 202
    work()
    [message] = receiver.messages
    assert (message.id, message.verified) == (answer.json()["message_id"], True)
    assert message.content["type"] == "webhook.test"
    assert other.messages == []


def test_everything_since_a_moment_is_sent_again(client, receive, subscribe, finish_scan, work, deliveries):
    receiver = receive()
    endpoint = subscribe(receiver)
    finish_scan()
    work()
    since = now()
    later_ones = {str(finish_scan()) for _ in range(3)}
    work()
    path = f"/v1/webhook-endpoints/{endpoint['id']}/replay"
    answer = client.post(path, json={"since": since.isoformat()})
    assert (answer.status_code, answer.json()["pending"]) == (202, 3)
    work()
    again = receiver.messages[4:]
    assert {message.content["data"]["id"] for message in again} == later_ones
    assert set(receiver.ids[4:]) == set(receiver.ids[1:4]), "under the same ids"
    assert client.post(path, json={"since": since.isoformat(), "until": since.isoformat()}).json()["pending"] == 0
    assert client.post(path, json={"since": since.isoformat(), "statuses": ["failed"]}).json()["pending"] == 0


def test_an_endpoint_made_later_can_catch_up(client, receive, subscribe, finish_scan, work):
    first, late = receive(), receive()
    subscribe(first)
    for _ in range(3):
        finish_scan()
    work()
    endpoint = subscribe(late)
    client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test")
    work()
    path = f"/v1/webhook-endpoints/{endpoint['id']}/replay"
    assert client.post(path, json={"since": "2000-01-01T00:00:00Z"}).json()["pending"] == 4
    work()
    assert set(first.ids) <= set(late.ids)


def test_an_endpoint_that_is_removed_gets_nothing_more(client, house, receive, subscribe, finish_scan, work):
    receiver = receive(lambda message: Reply(500))
    endpoint = subscribe(receiver)
    finish_scan()
    work()
    assert client.delete(f"/v1/webhook-endpoints/{endpoint['id']}").status_code == 204
    work()
    assert client.get("/v1/webhook-deliveries").json()["items"] == []
    assert client.get(f"/v1/webhook-endpoints/{endpoint['id']}").status_code == 404


def test_an_endpoint_that_is_removed_while_something_is_under_way(client, receive, subscribe, finish_scan, work):
    def remove(message):
        client.delete(f"/v1/webhook-endpoints/{endpoint['id']}")
        return Reply()

    receiver = receive(remove)
    endpoint = subscribe(receiver)
    finish_scan()
    work()
    assert len(receiver.messages) == 1


def test_a_fact_that_is_gone_by_then_is_not_announced(house, receive, subscribe, finish_scan, work):
    from app.scans.models import Scan

    receiver = receive()
    subscribe(receiver)
    scan_id: UUID = finish_scan()
    with house.sessions.begin() as session:
        session.execute(sa.delete(Scan.__table__).where(Scan.__table__.c.id == scan_id))
    work()
    assert receiver.messages == []
    with house.sessions.begin() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(Message.__table__)).scalar_one() == 0
