"""The secret that the two ends share and the server never sees: it opens the invitation and seals every message.

The proposer draws 32 random bytes and hands them to the other rep by a way of their own choice. From them both draw
(HKDF-SHA256, RFC 5869) the token that opens the invitation on the server, the key of AES-256-GCM that seals what they
send, and the key of the digest by which they compare results. A sealed message is bound to its match, step and sender.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.matches.client.errors import BadInvitation, Tampered
from app.matches.terms import MOST_OFFERED_BYTES, SEAL_BYTES, Side, Step

_PREFIX = "cardally-match-"
_SECRET_BYTES = 32
_NONCE_BYTES = 12
_LENGTH_BYTES = 4
_LEAST_PADDED = 4096


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the proposer hands to the other rep. Whoever has it can take the other seat and read the messages."""

    secret: bytes = field(default_factory=lambda: os.urandom(_SECRET_BYTES), repr=False)

    @classmethod
    def read(cls, text: str) -> Invitation:
        """The invitation that was written so.

        Raises:
            BadInvitation: it is none.
        """
        body = text.strip().removeprefix(_PREFIX)
        try:
            secret = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error) as wrong:
            raise BadInvitation from wrong
        if len(secret) != _SECRET_BYTES:
            raise BadInvitation
        return cls(secret)

    @property
    def text(self) -> str:
        return _PREFIX + _written(self.secret)

    @property
    def token(self) -> str:
        """Opens the invitation on the server; says nothing of the keys."""
        return _written(self._draw(b"token"))

    @property
    def token_digest(self) -> str:
        return hashlib.sha256(self.token.encode()).hexdigest()

    def seal(self, match_id: UUID, side: Side, step: Step, data: bytes) -> bytes:
        """`data` as only the other end can read it: `SEAL_BYTES` longer."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._draw(b"messages")).encrypt(nonce, data, _about(match_id, side, step))

    def open(self, match_id: UUID, side: Side, step: Step, body: bytes) -> bytes:
        """What `side` sealed in this step of this match.

        Raises:
            Tampered: it was changed on its way, or is of another match, step or sender.
        """
        key, about = self._draw(b"messages"), _about(match_id, side, step)
        try:
            return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], about)
        except (InvalidTag, ValueError) as wrong:
            raise Tampered from wrong

    def digest(self, match_id: UUID, identifiers: Iterable[str]) -> str:
        """Hex of HMAC-SHA256 over what was found to be shared: the server cannot guess it."""
        said = "\0".join((str(match_id), *sorted(identifiers))).encode()
        return hmac.new(self._draw(b"results"), said, hashlib.sha256).hexdigest()

    def _draw(self, use: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=b"cardally match " + use).derive(self.secret)


def pad(data: bytes) -> bytes:
    """Make `data` 4096 bytes long, or four times that, and so on: its length tells no more.

    Raises:
        ValueError: too long for one message.
    """
    size = _LEAST_PADDED
    while size < len(data) + _LENGTH_BYTES:
        size *= 4
    size = min(size, MOST_OFFERED_BYTES - SEAL_BYTES)
    if size < len(data) + _LENGTH_BYTES:
        raise ValueError("too much for one message")
    return (len(data).to_bytes(_LENGTH_BYTES, "big") + data).ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given.

    Raises:
        Tampered: it was not padded so.
    """
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if length > len(padded) - _LENGTH_BYTES:
        raise Tampered
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _about(match_id: UUID, side: Side, step: Step) -> bytes:
    return f"{match_id}/{side}/{step}".encode()
