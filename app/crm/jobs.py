"""Reactions of connections: facts are owed to CRMs, and what is owed is pushed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.companies.events import CompaniesMerged, CompaniesParted, CompanySaved
from app.contacts.events import (
    ContactCreated,
    ContactErased,
    ContactShared,
    ContactsMerged,
    ContactsParted,
    ContactUpdated,
    ContactWithdrawn,
)
from app.crm import facts, queries, service
from app.crm.calling import Line
from app.crm.connectors import CONNECTORS
from app.crm.events import ConnectionDue
from app.crm.models import Connection
from app.crm.pushing import Drop, HandOver, Same, Task, Wait, plan, talk_about
from app.crm.settling import be_silent, plan_next, settle, settle_preparation
from app.crm.talk import Connector, Denied, Saved, Trouble
from app.exchanges.events import ExchangeRecorded
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.db import in_room
from app.kit.events import Work
from app.kit.vault import WrongKey, vault_of

log = structlog.get_logger()

_TURN_SECONDS = 5.0
"""How long one connection may keep a runner before it goes to the end of the line."""
_ORPHANS = 500


def is_connected(session: Session) -> bool:
    """Whether there is any CRM."""
    return session.scalars(queries.connections().limit(1)).first() is not None


def owe_new_contact(work: Work, event: ContactCreated) -> None:
    """A contact is owed to every CRM."""
    with _of_team(work) as session:
        facts.owe_contact(session, event.contact_id)


def owe_contact(work: Work, event: ContactUpdated) -> None:
    """A contact changed."""
    with _of_team(work) as session:
        facts.owe_contact(session, event.contact_id)


def owe_merged(work: Work, event: ContactsMerged) -> None:
    """Two contacts became one."""
    with work.begin() as session:
        facts.owe_merged(session, event.merge_id)


def owe_parted(work: Work, event: ContactsParted) -> None:
    """A merge was undone."""
    with work.begin() as session:
        facts.owe_parted(session, event.merge_id)


def owe_merged_company(work: Work, event: CompaniesMerged) -> None:
    """Two companies became one."""
    with work.begin() as session:
        facts.owe_merged_company(session, event.merge_id)


def owe_parted_company(work: Work, event: CompaniesParted) -> None:
    """A merge of companies was undone."""
    with work.begin() as session:
        facts.owe_parted_company(session, event.merge_id)


def owe_shared(work: Work, event: ContactShared) -> None:
    """What one user saw alone may be pushed now, its meetings as well."""
    with _of_team(work) as session:
        facts.owe_with_notes(session, event.contact_id)


def owe_withdrawn(work: Work, event: ContactWithdrawn) -> None:
    """What its owner sees alone is no longer for the CRM of all."""
    with work.begin() as session:
        facts.owe_gone(session, event.contact_id)


def owe_erased(work: Work, event: ContactErased) -> None:
    """A person was erased, and goes from every CRM."""
    with work.begin() as session:
        facts.owe_gone(session, event.contact_id)


@contextmanager
def _of_team(work: Work, *, reading: bool = False) -> Iterator[Session]:
    """CRMs belong to the organization: they are told of what everybody in it sees, and of nothing private."""
    with work.begin(reading=reading) as session, in_room(session, session.info["organization_id"]):
        yield session


def owe_company(work: Work, event: CompanySaved) -> None:
    """A company changed that is in a CRM."""
    with work.begin() as session:
        facts.owe_company(session, event.company_id)


def owe_note(work: Work, event: ExchangeRecorded) -> None:
    """A contact was met."""
    with _of_team(work) as session:
        facts.owe_exchange(session, event.exchange_id)


@dataclass(frozen=True, slots=True)
class _Push:
    """What to do about one link."""

    link_id: UUID
    asked: int
    task: Task


def push(work: Work, event: ConnectionDue) -> None:
    """Send what is owed to a CRM, for one turn. There is one such job a connection, so nothing is made twice at once.

    Killed between sending and recording, it sends again, and finds what it made by our id.
    """
    with work.begin(reading=True) as session:
        connection = session.get(Connection, event.connection_id)
    if connection is None or not connection.is_open:
        return
    if _is_paused(connection):
        with work.begin() as session:
            plan_next(session, connection.id)
        return
    connector, ends = CONNECTORS[connection.connector], time.monotonic() + _TURN_SECONDS
    if not (_is_readable(work, connection) and _is_prepared(work, connector, connection)):
        return
    with work.begin(reading=True) as session:
        connection = service.get(session, event.connection_id)
    with _line(work, connector, connection) as line:
        while time.monotonic() < ends and _push_one(work, connector, event.connection_id, line):
            pass
    with work.begin() as session:
        plan_next(session, event.connection_id)


def _is_paused(connection: Connection) -> bool:
    return connection.paused_until is not None and connection.paused_until > now()


def _is_readable(work: Work, connection: Connection) -> bool:
    """Whether a key that is set opens the credentials; what is owed stays owed until then."""
    try:
        service.secrets_of(work.settings, connection)
    except service.CredentialsLost as lost:
        with work.begin() as session:
            settle_preparation(session, work.settings, connection.id, Denied(lost.code))
            plan_next(session, connection.id)
        return False
    return True


def _is_prepared(work: Work, connector: Connector, connection: Connection) -> bool:
    """See to it that what the connector needs is there; the first push waits for that."""
    if connector.prepare is None or connection.prepared_at is not None:
        return True
    try:
        with _line(work, connector, connection) as line:
            found: dict[str, Any] | Trouble = line.hold(connector.prepare)
    except Trouble as trouble:
        found = trouble
    with work.begin() as session:
        settle_preparation(session, work.settings, connection.id, found)
        plan_next(session, connection.id)
    return not isinstance(found, Trouble)


def _line(work: Work, connector: Connector, connection: Connection) -> Line:
    access = service.access_of(work.settings, connection)

    def keep(fresh: dict[str, str]) -> None:
        with work.begin() as session:
            service.keep_secrets(session, work.settings, connection.id, fresh)

    return Line(connector, access, work.settings, keep, connection.max_per_second)


def _push_one(work: Work, connector: Connector, connection_id: UUID, line: Line) -> bool:
    """Whether there was something to do."""
    with _of_team(work, reading=True) as session:
        found = _next(session, connector, connection_id)
    if found is None:
        return False
    ended = _carry(connector, line, found.task)
    with work.begin() as session:
        settle(session, work.settings, found.link_id, found.asked, found.task, ended)
        if (wait := line.take_silence()) is not None:
            be_silent(session, connection_id, wait)
    return True


def _carry(connector: Connector, line: Line, task: Task) -> Saved | Trouble | None:
    if isinstance(task, Same | Wait | Drop | HandOver):
        return None
    try:
        return line.hold(lambda access: talk_about(connector, access, task))
    except Trouble as trouble:
        return trouble


def _next(session: Session, connector: Connector, connection_id: UUID) -> _Push | None:
    connection = session.get(Connection, connection_id)
    if connection is None or not connection.is_open:
        return None
    if _is_paused(connection):
        return None
    link = session.scalars(queries.next_link(connection_id, now())).one_or_none()
    return _Push(link.id, link.asked, plan(session, connector, connection, link)) if link else None


def keep_connections(upkeep: Upkeep) -> None:
    """Owe what was deleted here without a word, and encrypt credentials with the newest key."""
    with upkeep.sessions.begin(reading=True) as session:
        orphans = session.execute(queries.orphans(_ORPHANS)).all()
    for organization_id, link_id in orphans:
        with upkeep.sessions.begin(organization_id) as session:
            facts.owe_orphan(session, link_id)
    _reseal(upkeep, vault_of(upkeep.settings).reseal)
    log.info("crm.kept", orphans=len(orphans))


def _reseal(upkeep: Upkeep, reseal: Callable[[str], str]) -> None:
    with upkeep.sessions.begin() as session:
        for connection_id, sealed in session.execute(queries.everybodys_credentials()).all():
            try:
                session.execute(queries.resealed(connection_id, sealed, reseal(sealed)))
            except WrongKey:
                log.error("crm.credentials_lost", connection_id=str(connection_id))
