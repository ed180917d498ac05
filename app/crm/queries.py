"""Selects over connections and links, and over what a push needs of the features below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, Update, exists, func, or_, select, update

from app.companies.models import Company
from app.contacts.models import Contact, Employment
from app.crm.models import Connection, Link, LinkStatus
from app.crm.talk import Kind
from app.exchanges.models import Exchange


def connections() -> Select[Connection]:
    """All of them."""
    return select(Connection)


def connection_to_change(connection_id: UUID) -> Select[Connection]:
    """One, locked until the transaction ends."""
    return select(Connection).where(Connection.id == connection_id).with_for_update()


def links(
    connection_id: UUID | None = None, object_id: UUID | None = None, status: LinkStatus | None = None
) -> Select[Link]:
    """What our objects are in CRMs."""
    found = select(Link)
    if connection_id is not None:
        found = found.where(Link.connection_id == connection_id)
    if object_id is not None:
        found = found.where(Link.object_id == object_id)
    return found if status is None else found.where(Link.status == status)


def link(connection_id: UUID, kind: Kind, object_id: UUID) -> Select[Link]:
    """What one object is in one CRM."""
    return links(connection_id, object_id).where(Link.kind == kind)


def link_to_change(link_id: UUID) -> Select[Link]:
    """One, locked until the transaction ends."""
    return select(Link).where(Link.id == link_id).with_for_update()


def next_link(connection_id: UUID, moment: datetime) -> Select[Link]:
    """What a CRM should be sent next: companies, then contacts, then notes, longest due first."""
    due = (Link.connection_id == connection_id, Link.status == LinkStatus.PENDING, Link.next_at <= moment)
    return select(Link).where(*due).order_by(Link.kind, Link.next_at).limit(1)


def next_due(connection_id: UUID) -> Select[datetime]:
    """When the next push to a CRM is due; null when none is."""
    pending = (Link.connection_id == connection_id, Link.status == LinkStatus.PENDING)
    return select(func.min(Link.next_at)).where(*pending)


def pending_count(connection_id: UUID) -> Select[int]:
    """How many pushes are due or will be."""
    pending = (Link.connection_id == connection_id, Link.status == LinkStatus.PENDING)
    return select(func.count()).select_from(Link).where(*pending)


def links_about(contact_id: UUID) -> Select[Link]:
    """The links of a contact and of the notes about it, in every CRM."""
    mine = (Link.kind == Kind.CONTACT) & (Link.object_id == contact_id)
    return select(Link).where(or_(mine, Link.parent_id == contact_id))


def waiting_notes(connection_id: UUID, contact_id: UUID) -> Select[Link]:
    """Notes about a contact that wait for it to be there."""
    return links(connection_id, status=LinkStatus.WAITING).where(Link.parent_id == contact_id)


def links_of_employees(connection_id: UUID, company_id: UUID) -> Select[Link]:
    """The links of contacts who work at a company."""
    employed = select(Employment.contact_id).where(Employment.company_id == company_id, Employment.current)
    return links(connection_id).where(Link.kind == Kind.CONTACT, Link.object_id.in_(employed))


def exchange(exchange_id: UUID) -> Select[Exchange]:
    """One meeting."""
    return select(Exchange).where(Exchange.id == exchange_id)


def exchange_ids(contact_ids: Collection[UUID] | None = None) -> Select[UUID, UUID]:
    """Exchange and contact, of all contacts or of these."""
    found = select(Exchange.id, Exchange.contact_id).order_by(Exchange.id)
    return found if contact_ids is None else found.where(Exchange.contact_id.in_(contact_ids))


def contact_ids(since: datetime | None) -> Select[UUID]:
    """Contacts in use, those that changed since a moment."""
    found = select(Contact.id).where(Contact.merged_into_id.is_(None)).order_by(Contact.id)
    return found if since is None else found.where(Contact.updated_at >= since)


_MODELS: Mapping[Kind, type[Contact | Company | Exchange]] = {
    Kind.CONTACT: Contact,
    Kind.COMPANY: Company,
    Kind.NOTE: Exchange,
}


def is_there(organization_id: UUID, kind: Kind, object_id: UUID) -> Select[bool]:
    """Whether an object exists, whoever may see it."""
    one = _MODELS[kind].__table__.c
    return select(exists().where(one.organization_id == organization_id, one.id == object_id))


def orphans(limit: int) -> Select[UUID, UUID]:
    """Of all organizations, organization and link of what no longer exists here and nothing is planned for."""
    one, settled = Link.__table__.c, (LinkStatus.PUSHED, LinkStatus.REFUSED, LinkStatus.WAITING)
    there = [
        (one.kind == kind) & exists().where(model.__table__.c.id == one.object_id) for kind, model in _MODELS.items()
    ]
    found = select(one.organization_id, one.id).where(one.status.in_(settled), ~or_(*there))
    return found.order_by(one.id).limit(limit)


def everybodys_credentials() -> Select[UUID, str]:
    """Of all organizations: connection and its encrypted credentials."""
    one = Connection.__table__.c
    return select(one.id, one.sealed).order_by(one.id)


def resealed(connection_id: UUID, before: str, after: str) -> Update:
    """Replaces encrypted credentials of whatever organization, unless they were changed meanwhile."""
    table = cast("Table", Connection.__table__)
    return update(table).where(table.c.id == connection_id, table.c.sealed == before).values(sealed=after)


def everybodys_connections() -> Select[UUID, UUID, str, str, str, str | None, int, str | None]:
    """Of all organizations: organization, id, connector, name, URL, why it is closed, failures, last error."""
    one = Connection.__table__.c
    names = (one.organization_id, one.id, one.connector, one.name, one.url, one.closed_reason, one.failures)
    return select(*names, one.last_error).order_by(one.id)


def organization_of(connection_id: UUID) -> Select[UUID]:
    """Whose connection it is, among all organizations."""
    one = Connection.__table__.c
    return select(one.organization_id).where(one.id == connection_id)


def standing() -> Select[str, str | None, dict[str, Any]]:
    """Of every connection of every organization: connector, why it is closed, and how its pushes ended."""
    one = Connection.__table__.c
    return select(one.connector, one.closed_reason, one.tally)


def backlog() -> Select[str, int, datetime]:
    """Over all organizations, pushes that are due: connector, how many, and from when the oldest is."""
    links, connections = Link.__table__, Connection.__table__
    joined = links.join(connections, connections.c.id == links.c.connection_id)
    found = select(connections.c.connector, func.count(), func.min(links.c.next_at)).select_from(joined)
    due = (links.c.status == LinkStatus.PENDING, connections.c.closed_reason.is_(None))
    return found.where(*due).group_by(connections.c.connector)
