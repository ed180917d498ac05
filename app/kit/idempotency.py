"""A POST that is sent twice does its work once (draft-ietf-httpapi-idempotency-key-header).

The key's row and the work commit together: a concurrent twin waits on the unique index, then finds the row. What is
kept is the id of what was made, not the answer, so a repeated request shows the thing as it is now and no copy of
personal data lies here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Annotated
from uuid import UUID

from fastapi import Header
from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.clock import now
from app.kit.db import Base, Scoped, insert_if_absent
from app.kit.errors import IdempotencyKeyReused
from app.kit.ids import new_id

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Any string of your own; the same key does the work once, however often it is sent.",
    ),
]


class SeenRequest(Scoped, Base):
    """A POST that was answered, under the key its client chose."""

    __tablename__ = "seen_requests"
    __table_args__ = (UniqueConstraint("organization_id", "user_id", "key"),)

    user_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    made_id: Mapped[UUID | None]


def fingerprint(*parts: bytes | str | None) -> str:
    """A digest of what was asked for; equal requests have equal fingerprints."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else ("\0" if part is None else part).encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def forget(session: Session, made_ids: Collection[UUID]) -> None:
    """Forget the requests that made these things, under whatever keys their clients chose."""
    session.execute(delete(SeenRequest).where(SeenRequest.made_id.in_(made_ids)))


def once(session: Session, user_id: UUID, key: str | None, asked: str, make: Callable[[], UUID]) -> UUID:
    """Call `make`, which returns the id of what it made, unless `key` was seen before: then return that id.

    Raises:
        IdempotencyKeyReused: the key came with another fingerprint.
    """
    if key is None:
        return make()
    unique = ("organization_id", "user_id", "key")
    values = {"id": new_id(), "created_at": now(), "user_id": user_id, "key": key, "fingerprint": asked}
    is_first = insert_if_absent(session, SeenRequest, unique=unique, **values)
    seen = session.scalars(select(SeenRequest).filter_by(user_id=user_id, key=key)).one()
    if is_first:
        seen.made_id = make()
    elif seen.fingerprint != asked:
        raise IdempotencyKeyReused
    if seen.made_id is None:
        raise IdempotencyKeyReused
    return seen.made_id
