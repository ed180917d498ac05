"""API keys, `ck_<8 characters>_<43 characters>`, and tokens of invitations, `ci_<43 characters>`.

The last part holds 256 random bits, so one round of SHA-256 protects it as well as a slow hash would: there is no
dictionary to try (NIST SP 800-63B, 5.1.1.2, asks for slow hashes where people choose the secret).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def make_key() -> tuple[str, str, str]:
    """A fresh key, its prefix and its digest."""
    prefix = f"ck_{secrets.token_hex(4)}"
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    return key, prefix, digest_of(key)


def make_token() -> tuple[str, str]:
    """A fresh token of an invitation and its digest."""
    token = f"ci_{secrets.token_urlsafe(32)}"
    return token, digest_of(token)


def is_key(given: str) -> bool:
    """Whether this looks like an API key, and not like a token of somebody else's."""
    return given.startswith("ck_")


def prefix_of(key: str) -> str:
    """The public beginning of `key`; of any text at all, at most 20 characters."""
    return "_".join(key.split("_", 2)[:2])[:20]


def digest_of(key: str) -> str:
    """What is stored of `key`: 64 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()


def matches(key: str, digest: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest_of(key), digest)
