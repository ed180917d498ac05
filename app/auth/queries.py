"""Selects over users and keys."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.auth.models import ApiKey, User


def key_by_prefix(prefix: str) -> Select[ApiKey]:
    """In any organization: the caller's is not known before its key is found."""
    found = select(ApiKey).where(ApiKey.prefix == prefix).options(joinedload(ApiKey.user))
    return found.execution_options(all_organizations=True)


def users() -> Select[User]:
    """Everybody in the organization."""
    return select(User)


def api_keys(user_id: UUID | None) -> Select[ApiKey]:
    """Keys of one user, or of everybody."""
    found = select(ApiKey)
    return found if user_id is None else found.where(ApiKey.user_id == user_id)
