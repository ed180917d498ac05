"""Where a value came from, and which of two values is kept. Pure.

What a person typed stays; else the surer value wins. Each value remembers the field of the card that said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

USER = "user"
"""Source of what a person typed in; no card overwrites it."""
DOMAIN = "domain"
"""Source of a name that was made from an e-mail domain."""
GUESS = 0.4
"""Confidence of such a name."""

Provenance = dict[str, Any]
"""`{"name": {"source": "rapidocr", "confidence": 0.97, "field_id": "…"}}`."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A value and who says so."""

    value: str
    confidence: float
    source: str
    field_id: UUID | None = None

    def document(self) -> dict[str, Any]:
        """What is kept beside the value."""
        field_id = str(self.field_id) if self.field_id else None
        return {"source": self.source, "confidence": self.confidence, "field_id": field_id}


def typed_in(value: str) -> Stated:
    """A value that a person gave."""
    return Stated(value, 1.0, USER)


def outranks(new: Stated, old: Mapping[str, Any] | None) -> bool:
    """Whether `new` takes the place of the value whose provenance is `old`; None where there is no value yet."""
    if old is None or new.source == USER:
        return True
    return bool(old["source"] != USER and new.confidence > old["confidence"])


def fill(row: Any, name: str, new: Stated | None) -> bool:
    """Set `row.name` and its provenance where `new` outranks what is there; True when the value changed."""
    if new is None:
        return False
    provenance: Provenance = row.provenance or {}
    if not outranks(new, provenance.get(name)):
        return False
    changed: bool = getattr(row, name) != new.value
    row.provenance = provenance | {name: new.document()}
    setattr(row, name, new.value)
    return changed


def clear(row: Any, name: str) -> None:
    """A person says that there is no such value."""
    row.provenance = row.provenance | {name: typed_in("").document()}
    setattr(row, name, None)
