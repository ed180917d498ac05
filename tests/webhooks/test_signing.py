"""Signatures, checked with the public `standardwebhooks` package and with ed25519 itself."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from app.kit.clock import now
from app.webhooks import signing

bodies = st.text(st.characters(codec="utf-8"), max_size=200).map(lambda text: json.dumps({"name": text}))


@given(bodies, st.integers(1, 3))
def test_every_live_secret_verifies(body, count):
    live = [signing.make_secret() for _ in range(count)]
    headers = signing.headers(live, "msg_1", now(), body)
    for secret in live:
        assert Webhook(secret).verify(body.encode(), headers) == json.loads(body)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(now().timestamp()) + 30)},
        {"webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()},
    ],
)
def test_a_changed_header_does_not_verify(change):
    secret = signing.make_secret()
    headers = signing.headers([secret], "msg_1", now(), "{}") | change
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify("{}", headers)


def test_another_secret_does_not_verify():
    headers = signing.headers([signing.make_secret()], "msg_1", now(), "{}")
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.make_secret()).verify("{}", headers)


def test_the_vector_of_the_specification():
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = signing.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, '{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_ed25519_key_signs_what_its_public_key_verifies():
    secret = signing.make_private_key()
    moment = now()
    header = signing.headers([secret], "msg_1", moment, "{}")["webhook-signature"]
    version, signature = header.split(",")
    public = signing.public_key(secret)
    assert version == "v1a"
    assert public.startswith("whpk_")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    key.verify(base64.b64decode(signature), f"msg_1.{int(moment.timestamp())}.{{}}".encode())
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), f"msg_1.{int(moment.timestamp())}.{{ }}".encode())


def test_while_kinds_change_a_receiver_of_either_kind_verifies():
    shared, private = signing.make_secret(), signing.make_private_key()
    headers = signing.headers([private, shared], "msg_1", now() + timedelta(milliseconds=700), "{}")
    assert [part.split(",")[0] for part in headers["webhook-signature"].split()] == ["v1a", "v1"]
    assert Webhook(shared).verify("{}", headers) == {}


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("whsec_" + base64.b64encode(bytes(24)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), False),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), False),
        ("whsk_" + base64.b64encode(bytes(64)).decode(), False),
        (base64.b64encode(bytes(32)).decode(), False),
        ("whsec_not base64!", False),
        ("whsec_", False),
        ("", False),
    ],
)
def test_what_is_a_secret(text, good):
    assert signing.is_secret(text) is good


def test_a_shared_secret_has_no_public_key():
    assert signing.public_key(signing.make_secret()) is None


@pytest.mark.parametrize("make", [signing.make_secret, signing.make_private_key])
def test_what_is_made_is_a_secret(make):
    assert signing.is_secret(make())
