"""The queue: one table, a row for each reaction that is due, written in the transaction of the fact it follows.

Claiming a row moves its lease forward, so the job of a worker that died falls due again when the lease ends. The
number of attempts fences late results: a worker that lost its lease can no longer finish or postpone the job.
Finished rows are deleted; those whose attempts are used up are parked where an operator sees them.

A merged reaction has one row for all equal events that wait. An event that comes while the row is held is noted in
`again_at`, and whoever finishes the row writes the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit import wakeup
from app.kit.clock import now
from app.kit.db import Base, Identified, insert_for
from app.kit.events import Event, Flow
from app.kit.ids import new_id


class Job(Identified, Base):
    """One reaction to one event."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "lane", "parked_at", "run_at"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    reaction: Mapped[str] = mapped_column(String(200))
    lane: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(100))
    parked_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(300), unique=True)
    """Of a merged reaction: its name and the ids of its event."""
    again_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds, until its lease ends."""

    job_id: UUID
    organization_id: UUID
    reaction: str
    payload: dict[str, str]
    attempt: int
    waited: timedelta


def publish(session: Session, event: Event, *, delay: timedelta = timedelta(0)) -> None:
    """Let everything that follows this event happen, `delay` after this transaction commits."""
    publish_all(session, [event], delay=delay)


def publish_all(session: Session, events: Sequence[Event], *, delay: timedelta = timedelta(0)) -> None:
    """The same for many events: no more statements than for one. Where nobody is to be told there is no job."""
    flow: Flow = session.info["flow"]
    common = {"organization_id": session.info["organization_id"], "run_at": now() + delay}
    plain: list[dict[str, Any]] = []
    merged: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(map(type, events)):
        payloads = [event.payload() for event in events if type(event) is kind]
        for reaction in flow.get(kind, ()):
            if reaction.wanted is not None and not reaction.wanted(session):
                continue
            one = common | {"reaction": reaction.name, "lane": reaction.lane}
            if reaction.merged:
                keys = [":".join((reaction.name, *payload.values())) for payload in payloads]
                merged |= {key: one | {"payload": payload} for key, payload in zip(keys, payloads, strict=True)}
            else:
                plain += [one | {"payload": payload} for payload in payloads]
    session.add_all(Job(**values) for values in plain)
    if merged:
        new = {"created_at": now(), "attempts": 0}
        _merge(session, [{"id": new_id(), "key": key} | new | values for key, values in sorted(merged.items())])
    if (plain or merged) and not delay:
        wakeup.announce(session)


def _merge(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert jobs, or let those with the same key run at `run_at` as well."""
    statement = insert_for(session, Job)
    wanted = statement.excluded.run_at
    waits, parked = and_(Job.worker.is_(None), Job.error.is_(None)), Job.parked_at.is_not(None)
    sooner = case((or_(Job.again_at.is_(None), Job.again_at > wanted), wanted), else_=Job.again_at)
    changes = {
        "run_at": case((or_(parked, and_(waits, Job.run_at > wanted)), wanted), else_=Job.run_at),
        "again_at": case((Job.worker.is_(None), Job.again_at), else_=sooner),
        "attempts": case((parked, 0), else_=Job.attempts),
        "error": case((parked, None), else_=Job.error),
        "parked_at": None,
    }
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes), rows)


def claim(session: Session, lanes: Sequence[str], worker: str, lease: timedelta) -> Claim | None:
    """Take the job that has been due longest; None when nothing is due."""
    moment = now()
    due = (
        select(Job.id, Job.run_at, *_commit_without_waiting(session))
        .where(Job.lane.in_(lanes), Job.parked_at.is_(None), Job.run_at <= moment)
        .order_by(Job.run_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.execute(due).first()
    if row is None:
        return None
    taken = (
        update(Job)
        .where(Job.id == row.id)
        .values(run_at=moment + lease, attempts=Job.attempts + 1, worker=worker)
        .returning(Job.organization_id, Job.reaction, Job.payload, Job.attempts)
    )
    job = session.execute(taken).one()
    return Claim(row.id, job.organization_id, job.reaction, job.payload, job.attempts, moment - row.run_at)


def _commit_without_waiting(session: Session) -> list[ColumnElement[str]]:
    """What a statement returns so that its transaction does not wait for the disk."""
    # A crash of the database may lose the last moments of this: the job then runs again, as it must bear to anyway.
    if session.get_bind().dialect.name != "postgresql":
        return []
    return [func.set_config("synchronous_commit", "off", True)]


def extend(session: Session, held: Claim, lease: timedelta) -> bool:
    """Push the end of the lease; False when it was lost to another worker."""
    values = update(Job).where(Job.id == held.job_id, Job.attempts == held.attempt).values(run_at=now() + lease)
    return session.execute(values.returning(Job.id)).first() is not None


def finish(session: Session, held: Claim) -> None:
    """The job is done, unless its event came again meanwhile."""
    mine = delete(Job).where(Job.id == held.job_id, Job.attempts == held.attempt)
    left = (Job.lane, Job.key, Job.again_at, *_commit_without_waiting(session))
    done = session.execute(mine.returning(*left)).first()
    if done is not None and done.again_at is not None:
        values = {"organization_id": held.organization_id, "reaction": held.reaction, "payload": held.payload}
        session.add(Job(lane=done.lane, key=done.key, run_at=done.again_at, **values))


def postpone(session: Session, held: Claim, error: str, delay: timedelta) -> None:
    """Run the job again, `delay` from now."""
    mine = update(Job).where(Job.id == held.job_id, Job.attempts == held.attempt)
    session.execute(mine.values(run_at=now() + delay, worker=None, error=error))


def park(session: Session, held: Claim, error: str) -> None:
    """Give the job up and keep it for an operator."""
    mine = update(Job).where(Job.id == held.job_id, Job.attempts == held.attempt)
    session.execute(mine.values(parked_at=now(), worker=None, error=error))


def retry_parked(session: Session) -> int:
    """Make every parked job due again; returns how many."""
    again = update(Job).where(Job.parked_at.is_not(None)).values(parked_at=None, run_at=now(), attempts=0)
    return len(session.execute(again.returning(Job.id)).all())


def backlog(session: Session) -> list[tuple[str, bool, int, datetime]]:
    """For each lane and whether parked: how many jobs, and when the oldest fell due."""
    parked = Job.parked_at.is_not(None)
    rows = session.execute(select(Job.lane, parked, func.count(), func.min(Job.run_at)).group_by(Job.lane, parked))
    return [(lane, is_parked, count, oldest) for lane, is_parked, count, oldest in rows]
