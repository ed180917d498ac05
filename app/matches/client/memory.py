"""What this rep's list was when it was last matched with a partner, kept on the rep's own machine.

Two results with lists that differ in one account tell the partner that account. So a list is matched again only as it
was, or when enough has changed that the difference of the results names none. Only keyed digests are kept.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from app.matches.client.errors import TooLittleChanged

LEAST_CHANGE = 5
"""Accounts added or taken since."""


class Remembered(BaseModel):
    """One partner's last list, as digests under a salt of its own."""

    model_config = ConfigDict(frozen=True)

    salt: str
    digests: frozenset[str]


class Memory(BaseModel):
    """The last lists, by partner."""

    lists: dict[str, Remembered] = {}

    @classmethod
    def at(cls, path: Path) -> Memory:
        """What the file holds; nothing where there is none or it cannot be read."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return cls()

    def check(self, partner: str, identifiers: Collection[str]) -> None:
        """Raises TooLittleChanged where the list differs from the last one, but by too little."""
        last = self.lists.get(partner)
        if last is None:
            return
        changed = len(_digests(bytes.fromhex(last.salt), identifiers) ^ last.digests)
        if 0 < changed < LEAST_CHANGE:
            raise TooLittleChanged

    def keep(self, partner: str, identifiers: Collection[str], path: Path) -> None:
        """Remember the list, in a file that its owner alone can read."""
        salt = os.urandom(16)
        self.lists[partner] = Remembered(salt=salt.hex(), digests=_digests(salt, identifiers))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(self.model_dump_json().encode())
        draft.replace(path)


def _digests(salt: bytes, identifiers: Collection[str]) -> frozenset[str]:
    return frozenset(hmac.new(salt, name.encode(), hashlib.sha256).hexdigest() for name in identifiers)
