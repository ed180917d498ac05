"""What scans announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ScanUploaded(Event):
    """A photo arrived."""

    scan_id: UUID


@dataclass(frozen=True, slots=True)
class ScanRead(Event):
    """The cards of a scan are known."""

    scan_id: UUID


@dataclass(frozen=True, slots=True)
class ScanWithdrawn(Event):
    """What everybody saw, its owner sees alone now."""

    scan_id: UUID


@dataclass(frozen=True, slots=True)
class ScanFinished(Event):
    """A scan came to its end: `done`, `no_card` or `failed`."""

    scan_id: UUID
