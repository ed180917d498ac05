"""Selects over policies."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from app.auth.models import Organization
from app.policy.models import Policy


def policy() -> Select[Policy]:
    """The organization's own."""
    return select(Policy)


def organizations() -> Select[UUID]:
    """Every organization there is."""
    return select(Organization.id).order_by(Organization.id)
