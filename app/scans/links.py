"""Short-lived links to the picture of a card, for those who have no key: receivers of webhooks.

A link is a Fernet token (encrypted, signed and dated under the operator's key) that names the organization and the
card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from app.kit.clock import now
from app.kit.errors import NotFound
from app.kit.vault import Vault, WrongKey, vault_of
from app.settings import Settings

PATH = "/v1/pictures"


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that shows a card to whoever has it, until it expires."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to."""

    organization_id: UUID
    card_id: UUID


class Links:
    """Makes links and opens them."""

    def __init__(self, vault: Vault, base: str, lifetime: timedelta) -> None:
        self._vault = vault
        self._base = base.rstrip("/")
        self._lifetime = lifetime

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(vault_of(settings), settings.public_url, timedelta(hours=settings.link_hours))

    def make(self, target: Target) -> Link:
        token = self._vault.seal(f"{target.organization_id.hex}{target.card_id.hex}")
        return Link(f"{self._base}{PATH}/{token}", now() + self._lifetime)

    def open(self, token: str) -> Target:
        """What the link leads to.

        Raises:
            NotFound: it has expired, or never was one.
        """
        try:
            named = self._vault.open(token, within=self._lifetime)
            return Target(UUID(named[:32]), UUID(named[32:]))
        except (WrongKey, ValueError) as wrong:
            raise NotFound("This link has expired, or never was one.") from wrong
