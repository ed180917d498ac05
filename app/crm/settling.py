"""What became of a push, and when to look again: the rules of webhook deliveries, for records of a CRM."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.crm import queries
from app.crm.events import ConnectionDue
from app.crm.models import ClosedReason, Connection, Link, LinkStatus
from app.crm.owing import ask_again, owe_to
from app.crm.pushing import Drop, Forget, HandOver, Merge, Same, Save, Task, Wait
from app.crm.talk import Busy, Denied, Down, Kind, Saved, Trouble
from app.kit.clock import now
from app.kit.queue import publish
from app.settings import Settings
from app.webhooks.delivery import Again, Answered, Health, Outcome, Unanswered, next_step

log = structlog.get_logger()

_SHORTEST_BREAK = timedelta(seconds=10)
_LONGEST_BREAK = timedelta(days=1)
_MOST_DETAIL = 500
_SUCCESS: Outcome = Answered(200)


def settle(
    session: Session, settings: Settings, link_id: UUID, asked: int, task: Task, ended: Saved | Trouble | None
) -> None:
    """Keep what became of a link's push; `asked` is how often it had been asked for when it was planned."""
    link = session.scalars(queries.link_to_change(link_id)).one_or_none()
    if link is None:
        return
    connection = session.scalars(queries.connection_to_change(link.connection_id)).one()
    if isinstance(ended, Trouble):
        _failed(settings, connection, link, task, ended)
    else:
        _done(session, connection, link, task, ended)
        if not isinstance(task, Same | Wait):
            _note_health(connection, settings, _SUCCESS)
    if link.asked != asked:
        link.status, link.attempts, link.next_at = LinkStatus.PENDING, 0, now()
    elif link.status == LinkStatus.GONE:
        session.delete(link)


def _done(session: Session, connection: Connection, link: Link, task: Task, ended: Saved | None) -> None:
    match task:
        case Save() if ended is not None:
            _saved(session, connection, link, task, ended)
        case Merge() | Forget() | Drop():
            if isinstance(task, Merge):
                _count(connection, "merged")
                _survivor_again(session, connection, task.kind, task.into, ended.remote_id if ended else task.into)
            elif isinstance(task, Forget):
                _count(connection, "forgotten")
            _end(link)
        case HandOver():
            _hand_over(session, connection, link, task.survivor_id)
        case Wait():
            link.status, link.next_at = LinkStatus.WAITING, now()
        case _:
            link.status, link.next_at, link.attempts = LinkStatus.PUSHED, now(), 0
            link.error = link.detail = None


def _saved(session: Session, connection: Connection, link: Link, task: Save, saved: Saved) -> None:
    is_first = link.remote_id is None
    link.remote_id, link.memory = saved.remote_id, dict(saved.memory)
    link.is_ours = link.is_ours or saved.is_new
    link.digest, link.filled = task.digest, list(task.filled)
    link.status, link.attempts, link.next_at, link.pushed_at = LinkStatus.PUSHED, 0, now(), now()
    link.error = link.detail = None
    _count(connection, "created" if saved.is_new else "updated")
    if is_first and link.kind == Kind.CONTACT:
        ask_again(session, session.scalars(queries.waiting_notes(connection.id, link.object_id)))
    if link.kind == Kind.COMPANY:  # its people name it
        ask_again(session, session.scalars(queries.links_of_employees(connection.id, link.object_id)))


def _survivor_again(session: Session, connection: Connection, kind: Kind, remote_id: str, new_id: str) -> None:
    """A merge may have mixed the values of both, and given the survivor a new id: it is said again who that is."""
    links = session.scalars(queries.links(connection.id).where(Link.remote_id == remote_id, Link.kind == kind))
    ask_again(session, links, remote_id=new_id, digest=None)


def _hand_over(session: Session, connection: Connection, link: Link, survivor_id: UUID) -> None:
    if link.remote_id is not None:
        owe_to(session, connection, Kind(link.kind), survivor_id)
        survivor = session.scalars(queries.link(connection.id, Kind(link.kind), survivor_id)).one()
        survivor.remote_id, survivor.memory, survivor.is_ours = link.remote_id, link.memory, link.is_ours
        survivor.filled = link.filled
    _end(link)


def _end(link: Link) -> None:
    """It stands for nothing there any more."""
    link.status, link.remote_id, link.digest, link.filled, link.memory = LinkStatus.GONE, None, None, [], {}


def _failed(settings: Settings, connection: Connection, link: Link, task: Task, trouble: Trouble) -> None:
    link.error, link.detail = trouble.code[:100], _without(_values(task), trouble.detail)[:_MOST_DETAIL]
    match trouble:
        case Busy():
            _wait(connection, trouble)
        case Denied():
            _count(connection, "denied")
            _note_health(connection, settings, Unanswered(trouble.code), patience=3)
            connection.last_error = trouble.code[:100]
        case Down():
            _count(connection, "unavailable")
            outcome = Answered(trouble.status, trouble.wait) if trouble.status else Unanswered(trouble.code)
            _again(settings, link, outcome)
            _note_health(connection, settings, outcome)
            connection.last_error = trouble.code[:100]
        case _:
            _count(connection, "refused")
            _note_health(connection, settings, _SUCCESS)
            link.status, link.next_at = LinkStatus.REFUSED, now()
    log.info("crm.failed", connection_id=str(connection.id), kind=str(link.kind), code=trouble.code[:100])
    if _health(connection).is_lost(now(), timedelta(days=settings.webhook_patience_days)):
        close(connection, ClosedReason.FAILING)


def _again(settings: Settings, link: Link, outcome: Outcome) -> None:
    schedule = [timedelta(seconds=seconds) for seconds in settings.webhook_schedule_seconds]
    link.attempts += 1
    step = next_step(outcome, link.attempts, schedule, random.random())  # noqa: S311  spreads, hides nothing
    link.status = LinkStatus.PENDING if isinstance(step, Again) else LinkStatus.FAILED
    link.next_at = now() + step.delay if isinstance(step, Again) else now()


def _values(task: Task) -> Iterable[str]:
    return (value for value in task.record.fields.values() if value) if isinstance(task, Save) else ()


def _without(values: Iterable[str], text: str) -> str:
    """What a CRM said, without what it repeats of a record: a message is kept, a person is not."""
    words = {part for value in values for part in (value, *value.split()) if len(part) > 2}
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
    return text


def _health(connection: Connection) -> Health:
    return Health(connection.failing_since, connection.failures)


def _note_health(connection: Connection, settings: Settings, outcome: Outcome, patience: int = 0) -> None:
    """As of a webhook's receiver. `patience`: failures that count at once."""
    before = Health(connection.failing_since, connection.failures + (patience if not connection.failures else 0))
    after = before.after(outcome, now(), timedelta(seconds=settings.webhook_break_seconds))
    connection.failing_since, connection.failures = after.failing_since, after.failures
    connection.paused_until = after.paused_until
    if after.failing_since is None:
        connection.last_error = None


def settle_preparation(
    session: Session, settings: Settings, connection_id: UUID, found: dict[str, Any] | Trouble
) -> None:
    """Keep what a connector found out before the first push, or why nothing can be pushed."""
    connection = session.scalars(queries.connection_to_change(connection_id)).one()
    if isinstance(found, Busy):
        _wait(connection, found)
    elif isinstance(found, Trouble):
        _count(connection, "denied" if isinstance(found, Denied) else "unavailable")
        _note_health(connection, settings, Unanswered(found.code), patience=3)
        connection.last_error = found.code[:100]
    else:
        connection.prepared_at, connection.settings = now(), {**connection.settings, **found}


def _wait(connection: Connection, busy: Busy) -> None:
    _count(connection, "rate_limited")
    wait = min(max(busy.wait or _SHORTEST_BREAK, timedelta(seconds=1)), _LONGEST_BREAK)
    connection.paused_until = max(connection.paused_until or now(), now() + wait)


def be_silent(session: Session, connection_id: UUID, wait: timedelta) -> None:
    """Send nothing for a while: the CRM's budget is used up."""
    connection = session.scalars(queries.connection_to_change(connection_id)).one_or_none()
    if connection is not None:
        connection.paused_until = max(connection.paused_until or now(), now() + min(wait, _LONGEST_BREAK))


def close(connection: Connection, reason: ClosedReason) -> None:
    """Push nothing more. What is owed stays owed."""
    if connection.is_open:
        connection.closed_reason, connection.closed_at = reason, now()
        log.warning("crm.closed", connection_id=str(connection.id), reason=reason)


def _count(connection: Connection, what: str) -> None:
    connection.tally = dict(Counter(connection.tally) + Counter([what]))


def plan_next(session: Session, connection_id: UUID) -> None:
    """See to it that what is owed to a CRM is sent when it is due."""
    connection = session.get(Connection, connection_id)
    next_at = session.scalars(queries.next_due(connection_id)).one()
    if connection is not None and connection.is_open and next_at is not None:
        free = max(next_at, connection.paused_until or next_at)
        publish(session, ConnectionDue(connection_id), delay=max(free - now(), timedelta(0)))


def outcomes() -> Sequence[str]:
    """Everything a push may end as, in a connection's tally."""
    return ("created", "updated", "merged", "forgotten", "refused", "unavailable", "denied", "rate_limited")
