"""The members of a user's address book: which there are, what changed, and what their vCards say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.dav import queries
from app.dav.tokens import SyncToken, settled
from app.kit.clock import now
from app.kit.files import FileStore
from app.kit.ids import moment_of
from app.transfer.people import people
from app.transfer.vcard import Version, as_vcard

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Member:
    """One contact as a list shows it."""

    id: UUID
    etag: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the members since a token."""

    changed: list[Member]
    removed: list[UUID]
    token: SyncToken


def members(session: Session) -> list[Member]:
    """All of them."""
    return _members(session, queries.members())


def some_members(session: Session, ids: Collection[UUID]) -> dict[UUID, Member]:
    """Those of these that are there."""
    found = (_members(session, queries.with_ids(some)) for some in _parts(ids))
    return {member.id: member for part in found for member in part}


def _members(session: Session, select: Select[UUID, datetime, int, datetime | None]) -> list[Member]:
    return [
        Member(id_, _etag(version, named_at), max(changed_at, named_at or changed_at))
        for id_, changed_at, version, named_at in session.execute(select)
    ]


def _etag(version: int, named_at: datetime | None) -> str:
    return f'"{version}-{int(named_at.timestamp() * 1_000_000) if named_at else 0:x}"'


def vcards(
    session: Session, files: FileStore | None, ids: Collection[UUID], version: Version
) -> Iterator[tuple[UUID, str]]:
    """Id and vCard of those of these that are there, with pictures where `files` are given."""
    for some in _parts(ids):
        for person in people(session, some, files):
            session.info["shown"] = session.info.get("shown", 0) + 1
            yield UUID(person.uid), as_vcard(person, version)


def _parts(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    whole = sorted(set(ids))
    for first in range(0, len(whole), _AT_ONCE):
        yield whole[first : first + _AT_ONCE]


def token(session: Session) -> SyncToken:
    """What a client that reads everything now has seen."""
    moments = [session.scalar(each) for each in queries.last_changes()]
    known = [moment for moment in moments if moment is not None]
    moment = settled(max(known), now()) if known else settled(now(), now())
    return SyncToken(moment, session.scalar(queries.count_made_by(moment)) or 0)


def changes(session: Session, since: SyncToken) -> Changes | None:
    """What a client has to be told that has seen `since`; None where it has to read everything anew."""
    fresh = token(session)  # first: what comes to light from here on is told now, and told again next time
    merged = session.execute(queries.merged_since(since.moment)).all()
    removed = {row[0]: row[1] for row in merged}
    removed |= {id_: moment_of(id_) for id_ in session.scalars(queries.deleted_since(since.moment))}
    told_of = sum(made_at <= since.moment for made_at in removed.values())
    if session.scalar(queries.count_made_by(since.moment)) != since.count - told_of:
        return None
    changed = _members(session, queries.changed_since(since.moment))
    return Changes(changed, list(removed), fresh)
