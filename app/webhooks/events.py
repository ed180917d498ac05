"""What webhooks announce to themselves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class EndpointDue(Event):
    """Something is owed to an endpoint."""

    endpoint_id: UUID


@dataclass(frozen=True, slots=True)
class EndpointDisabled(Event):
    """Nothing is sent to an endpoint any more: it failed too long, or asked for that."""

    endpoint_id: UUID
