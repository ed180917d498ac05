"""Signatures of Standard Webhooks 1.0: `v1` (HMAC-SHA256) and `v1a` (ed25519).

The signed text is `<message id>.<seconds since 1970>.<body>`, over the very bytes that are sent. While a secret is
being rotated several are live, and the header carries one signature of each, separated by blanks.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

SHARED = "whsec_"
PRIVATE = "whsk_"
PUBLIC = "whpk_"
_SECRET_BYTES = 32
_LEAST_BYTES, _MOST_BYTES = 24, 64


def make_secret() -> str:
    """A fresh shared secret: `whsec_` and 32 random bytes in base64 (the specification allows 24 to 64)."""
    return SHARED + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def make_private_key() -> str:
    """A fresh ed25519 key: `whsk_` and its 32 bytes in base64."""
    return PRIVATE + base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def is_secret(text: str) -> bool:
    """Whether `text` is a well-formed secret of either kind."""
    prefix = next((prefix for prefix in (SHARED, PRIVATE) if text.startswith(prefix)), None)
    if prefix is None:
        return False
    try:
        size = len(base64.b64decode(text.removeprefix(prefix), validate=True))
    except binascii.Error:
        return False
    return _LEAST_BYTES <= size <= _MOST_BYTES if prefix == SHARED else size == _SECRET_BYTES


def public_key(secret: str) -> str | None:
    """What a receiver verifies with: `whpk_…` of an ed25519 key, None of a shared secret."""
    if not secret.startswith(PRIVATE):
        return None
    return PUBLIC + base64.b64encode(_private_key(secret).public_key().public_bytes_raw()).decode()


def headers(live: Sequence[str], message_id: str, moment: datetime, body: str) -> dict[str, str]:
    """The three headers of one attempt, signed with each live secret, newest first."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(_signature(secret, message_id, moment, body) for secret in live),
    }


def _signature(secret: str, message_id: str, moment: datetime, body: str) -> str:
    if secret.startswith(PRIVATE):
        signed = _private_key(secret).sign(f"{message_id}.{int(moment.timestamp())}.{body}".encode())
        return f"v1a,{base64.b64encode(signed).decode()}"
    signature: str = Webhook(secret).sign(message_id, moment, body)
    return signature


def _private_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix(PRIVATE)))
