"""What a finished scan reminds of: a port, for whoever knows companies and alliances stands above scans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

Reminders = Mapping[UUID, Sequence[str]]
"""Sentences by contact, the most telling first."""

Remind = Callable[[Session, UUID, UUID], Reminders]
"""Of a session, a scan that it sees and a user: what the scan reminds this user of."""


def no_reminder(_session: Session, _scan_id: UUID, _user_id: UUID) -> Reminders:
    """For a caller who may know of scans and of nothing else."""
    return {}
