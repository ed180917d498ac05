"""Identifiers: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()


def first_id_at(moment: datetime) -> UUID:
    """No id that was made at `moment` or later is smaller, and none that was made before is greater.

    Nothing was made before 1970.
    """
    milliseconds = max(0, int(moment.timestamp() * 1000))
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)


def moment_of(made_id: UUID) -> datetime:
    """When an id was made, to the millisecond."""
    return datetime.fromtimestamp((made_id.int >> 80) / 1000, UTC)
