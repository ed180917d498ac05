"""What has to happen for a link to say the truth again, from what is true now; and the conversation that does it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from app.auth.models import User
from app.companies import queries as companies
from app.contacts import queries as contacts
from app.contacts.models import Contact
from app.crm import queries, records
from app.crm.mapping import apply, effective
from app.crm.models import Connection, Link, OnErasure
from app.crm.talk import Access, Connector, Kind, Record, Saved, Talk
from app.exchanges import queries as exchanges


@dataclass(frozen=True, slots=True)
class Save:
    """The object is to be in the CRM as it is here."""

    record: Record
    digest: str
    filled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """The object is part of another one now."""

    kind: Kind
    external_id: str
    remote_id: str | None
    into: str


@dataclass(frozen=True, slots=True)
class Forget:
    """The object is gone, and goes from the CRM as well."""

    kind: Kind
    external_id: str
    remote_id: str | None


@dataclass(frozen=True, slots=True)
class Drop:
    """The object is gone, and the CRM is to keep what it has."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The object is part of another one that is not in the CRM yet: its record becomes that one's."""

    survivor_id: UUID


@dataclass(frozen=True, slots=True)
class Wait:
    """A note's contact is not there yet."""


@dataclass(frozen=True, slots=True)
class Same:
    """The CRM has it already."""


Task = Save | Merge | Forget | Drop | HandOver | Wait | Same


def plan(session: Session, connector: Connector, connection: Connection, link: Link) -> Task:
    """What to do about a link, from what is true now."""
    match Kind(link.kind):
        case Kind.CONTACT:
            return _plan_contact(session, connector, connection, link)
        case Kind.COMPANY:
            return _plan_company(session, connector, connection, link)
        case Kind.NOTE:
            return _plan_note(session, connector, connection, link)


def _plan_contact(session: Session, connector: Connector, connection: Connection, link: Link) -> Task:
    contact = session.scalars(contacts.contact(link.object_id)).one_or_none()
    if contact is None:
        return _gone(session, connection, link)
    if contact.merged_into_id is not None:
        return _merged(session, connection, link, contact.merged_into_id)
    job = records.present_job(contact)
    company_id = job.company_id if job else None
    belongs_to = _remote_id(session, connection, Kind.COMPANY, company_id) if company_id else None
    values = contact_values(session, contact)
    return _save(connector, connection, link, values, belongs_to=belongs_to, email=values.get("email"))


def contact_values(session: Session, contact: Contact) -> records.Values:
    """What there is to tell of a contact that was loaded whole."""
    owner = session.get_one(User, contact.owner_id)
    return records.of_contact(contact, owner, session.scalars(exchanges.of_contact(contact.id)).all())


def _plan_company(session: Session, connector: Connector, connection: Connection, link: Link) -> Task:
    company = session.scalars(companies.company(link.object_id)).one_or_none()
    if company is None or company.is_home:
        return Drop()
    if company.merged_into_id is not None:
        return _merged(session, connection, link, company.merged_into_id)
    values = records.of_company(company)
    names = tuple(values[name] for name in ("domain", "name") if name in values)
    return _save(connector, connection, link, values, names=names)


def _plan_note(session: Session, connector: Connector, connection: Connection, link: Link) -> Task:
    exchange = session.scalars(queries.exchange(link.object_id)).one_or_none()
    contact = session.scalars(contacts.contact(exchange.contact_id)).one_or_none() if exchange else None
    if exchange is None or contact is None:
        return _gone(session, connection, link)
    about = _remote_id(session, connection, Kind.CONTACT, contact.id)
    if about is None:
        return Wait()
    values = records.of_note(exchange, contact, session.get_one(User, exchange.user_id))
    return _save(connector, connection, link, values, belongs_to=about)


def _remote_id(session: Session, connection: Connection, kind: Kind, object_id: UUID) -> str | None:
    link = session.scalars(queries.link(connection.id, kind, object_id)).one_or_none()
    return link.remote_id if link else None


def _gone(session: Session, connection: Connection, link: Link) -> Task:
    """Erased here, or one user's alone now: then a record that was there before us is theirs and stays."""
    if session.scalar(queries.is_there(link.organization_id, Kind(link.kind), link.object_id)):
        return Forget(Kind(link.kind), str(link.object_id), link.remote_id) if _made_by_us(link) else Drop()
    if connection.on_erasure == OnErasure.KEEP:
        return Drop()
    return Forget(Kind(link.kind), str(link.object_id), link.remote_id)


def _made_by_us(link: Link) -> bool:
    return link.is_ours or link.remote_id is None  # who made it is not known where its id is not


def _merged(session: Session, connection: Connection, link: Link, survivor_id: UUID) -> Task:
    into = _remote_id(session, connection, Kind(link.kind), survivor_id)
    if into is None:
        return HandOver(survivor_id)
    if into == link.remote_id:
        return Drop()
    return Merge(Kind(link.kind), str(link.object_id), link.remote_id, into)


def _save(
    connector: Connector, connection: Connection, link: Link, values: Mapping[str, str], **more: Any
) -> Save | Same:
    record = record_of(connector, connection, link, values, **more)
    digest = _digest(record)
    if link.remote_id is not None and link.digest == digest:
        return Same()
    return Save(record, digest, tuple(name for name, value in record.fields.items() if value is not None))


def record_of(
    connector: Connector, connection: Connection, link: Link, values: Mapping[str, str], **more: Any
) -> Record:
    """One of our objects in the CRM's words; a field that has no value any more is cleared."""
    kind = Kind(link.kind)
    mapping = effective(connector, kind, connection.mapping)
    fields: dict[str, str | None] = dict.fromkeys(link.filled)
    fields |= apply(connector, kind, mapping, values)
    of_email = tuple(name for name, source in mapping.items() if source == "email" and fields.get(name))
    blank = tuple(name for name in mapping if name not in fields)
    ours, there = str(link.object_id), link.remote_id
    return Record(kind, ours, fields, there, memory=link.memory, email_fields=of_email, blank=blank, **more)


def _digest(record: Record) -> str:
    told = [sorted((name, value) for name, value in record.fields.items() if value is not None), record.belongs_to]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def talk_about(connector: Connector, access: Access, task: Save | Merge | Forget) -> Talk[Saved | None]:
    """The conversation that does a task."""
    if isinstance(task, Save):
        return (yield from connector.save(access, task.record))
    # What was made there and never noted down is found by our id.
    remote_id = task.remote_id or (yield from connector.find(access, task.kind, task.external_id))
    if remote_id is None:
        return None
    if isinstance(task, Forget):
        yield from connector.forget(access, task.kind, remote_id)
    elif remote_id != task.into:
        survivor = yield from connector.merge(access, task.kind, remote_id, task.into)
        return Saved(survivor) if survivor and survivor != task.into else None
    return None
