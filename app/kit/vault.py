"""Encrypts what must be readable again and is worth stealing: signing secrets, credentials.

Fernet (AES-128-CBC with HMAC-SHA256) under a key that HKDF-SHA256 draws from the operator's. Several keys may be
named: the first encrypts, all decrypt, and `reseal` moves a text to the first.
"""

from __future__ import annotations

import base64
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import Settings

_LEAST_CHARACTERS = 16


class BadKey(ValueError):
    """The key in `secret_key` is too short."""


class WrongKey(Exception):
    """No key that is set opens this text, or not any more."""


class Vault:
    """Seals and opens texts."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < _LEAST_CHARACTERS for key in keys):
            raise BadKey(f"each key needs at least {_LEAST_CHARACTERS} characters")
        self._fernet = MultiFernet([Fernet(_drawn_from(key)) for key in keys])

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, within: timedelta | None = None) -> str:
        """The text again; with `within` only if it was sealed no longer ago.

        Raises:
            WrongKey: it was sealed with a key that is not set any more, or too long ago, or not here.
        """
        try:
            age = None if within is None else int(within.total_seconds())
            return self._fernet.decrypt(sealed, ttl=age).decode()
        except InvalidToken as wrong:
            raise WrongKey from wrong

    def reseal(self, sealed: str) -> str:
        """The same text under the first key.

        Raises:
            WrongKey: it was sealed with a key that is not set any more.
        """
        return self.seal(self.open(sealed))


def _drawn_from(key: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=b"cardally vault").derive(key.encode()))


def vault_of(settings: Settings) -> Vault:
    """The vault of these settings; makes the key file when there is neither key nor file.

    Raises:
        BadKey: the key is too short.
    """
    named = settings.secret_key.get_secret_value() if settings.secret_key is not None else ""
    return _vault(named or _kept_key(settings.secret_file))


@lru_cache(maxsize=4)
def _vault(keys: str) -> Vault:
    return Vault([key.strip() for key in keys.split(",") if key.strip()])


def _kept_key(path: Path) -> str:
    """The key in `path`, written on first use. Of processes that start together one writes it, all read the same."""
    with suppress(FileNotFoundError):
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # readable by its owner alone
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(handle)
    with suppress(FileExistsError):
        os.link(draft, path)  # unlike a rename this fails where another was first
    Path(draft).unlink()
    return path.read_text().strip()
