"""Selects over exchanges and events."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.dml import ReturningDelete

from app.auth.models import User
from app.companies.models import Company
from app.contacts.models import Contact, ContactPoint, PointKind
from app.exchanges.models import ConfirmationPolicy, Exchange, Handshake, MetEvent, ProvenDomain
from app.scans.models import Card


def exchanges(
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    event: str | None = None,
    event_id: UUID | None = None,
) -> Select[Exchange]:
    """Exchanges, of one contact, of one company's people, or at one event."""
    wanted = {"contact_id": contact_id, "company_id": company_id, "event": event, "event_id": event_id}
    return select(Exchange).filter_by(**{name: value for name, value in wanted.items() if value is not None})


def exchange(exchange_id: UUID) -> Select[Exchange]:
    """One exchange."""
    return select(Exchange).where(Exchange.id == exchange_id)


def exchange_to_change(exchange_id: UUID) -> Select[Exchange]:
    """One exchange, locked until the transaction ends."""
    return exchange(exchange_id).with_for_update()


def of_contact(contact_id: UUID) -> Select[Exchange]:
    """When a contact was met, last meeting first."""
    return select(Exchange).where(Exchange.contact_id == contact_id).order_by(Exchange.met_at.desc(), Exchange.id)


def meeting(user_id: UUID, contact_id: UUID, earliest: datetime, latest: datetime) -> Select[Exchange]:
    """The exchange of this user with this contact between two moments."""
    between = Exchange.met_at.between(earliest, latest)
    mine = select(Exchange).where(Exchange.user_id == user_id, Exchange.contact_id == contact_id, between)
    return mine.order_by(Exchange.met_at).limit(1)


def user(user_id: UUID) -> Select[User]:
    """One user."""
    return select(User).where(User.id == user_id)


def home() -> Select[Company]:
    """The home company."""
    return select(Company).where(Company.is_home)


def cards(card_ids: Collection[UUID]) -> Select[Card]:
    """These cards with their scans, fields and logos."""
    found = select(Card).where(Card.id.in_(card_ids))
    return found.options(joinedload(Card.scan), selectinload(Card.fields), selectinload(Card.logos))


def events(place: str | None = None, since: datetime | None = None) -> Select[MetEvent]:
    """Events, at a place whose name has this text, or that ended at `since` or later."""
    found = select(MetEvent)
    if place is not None:
        found = found.where(func.lower(MetEvent.place).contains(place.lower(), autoescape=True))
    return found if since is None else found.where(MetEvent.ends_at >= since)


def event(event_id: UUID) -> Select[MetEvent]:
    """One event."""
    return select(MetEvent).where(MetEvent.id == event_id)


def events_named(key: str | None, earliest: datetime, latest: datetime) -> Select[MetEvent]:
    """Events of this name (None: of any, named ones first) that were on between two moments, oldest first."""
    on = select(MetEvent).where(MetEvent.starts_at <= latest, MetEvent.ends_at >= earliest)
    if key is not None:
        return on.where(MetEvent.key == key).order_by(MetEvent.id)
    return on.order_by(MetEvent.key == "", MetEvent.id)


def at_event(event_id: UUID) -> Select[Exchange]:
    """The exchanges at an event."""
    return select(Exchange).where(Exchange.event_id == event_id).order_by(Exchange.id)


def at_events_of_others(contact_id: UUID) -> Select[Exchange]:
    """The exchanges with a contact at events that not the same users see who see the contact."""
    found = select(Exchange).join(Contact, Contact.id == Exchange.contact_id)
    found = found.join(MetEvent, MetEvent.id == Exchange.event_id).where(MetEvent.audience_id != Contact.audience_id)
    return found.where(Exchange.contact_id == contact_id).order_by(Exchange.id)


def without_event(earliest: datetime, latest: datetime) -> Select[Exchange]:
    """Exchanges between two moments that belong to no event."""
    between = Exchange.met_at.between(earliest, latest)
    return select(Exchange).where(between, Exchange.event_id.is_(None)).order_by(Exchange.id)


def without_name(earliest: datetime, latest: datetime) -> Select[Exchange]:
    """Exchanges between two moments whose user named no event, and that belong to none or to one without a name."""
    between = Exchange.met_at.between(earliest, latest)
    unnamed = select(MetEvent.id).where(MetEvent.key == "")
    free = or_(Exchange.event_id.is_(None), Exchange.event_id.in_(unnamed))
    return select(Exchange).where(between, Exchange.event.is_(None), free).order_by(Exchange.id)


def figures(event_ids: Collection[UUID]) -> Select[UUID | None, int, int, int]:
    """Of these events: exchanges, people met, and companies met."""
    counted = select(
        Exchange.event_id,
        func.count(Exchange.id),
        func.count(Exchange.contact_id.distinct()),
        func.count(Exchange.company_id.distinct()),
    )
    return counted.where(Exchange.event_id.in_(event_ids)).group_by(Exchange.event_id)


def addresses(contact_id: UUID) -> Select[str]:
    """The e-mail addresses of a contact, in lower case."""
    mails = select(ContactPoint.key).where(ContactPoint.contact_id == contact_id, ContactPoint.kind == PointKind.EMAIL)
    return mails.where(~ContactPoint.removed).order_by(ContactPoint.key)


def confirmation_policy() -> Select[ConfirmationPolicy]:
    """What the organization wants."""
    return select(ConfirmationPolicy)


def proven_domain(domain: str) -> Select[ProvenDomain]:
    """Whose a mail domain is."""
    return select(ProvenDomain).where(ProvenDomain.domain == domain)


def proven_domains(organization_id: UUID) -> Select[str]:
    """The mail domains of an organization."""
    own = select(ProvenDomain.domain).where(ProvenDomain.organization_id == organization_id)
    return own.order_by(ProvenDomain.domain)


def handshakes(exchange_id: UUID) -> Select[Handshake]:
    """The halves that an exchange left."""
    return select(Handshake).where(Handshake.exchange_id == exchange_id).order_by(Handshake.id)


def other_halves(mine: Handshake, earliest: datetime, latest: datetime) -> Select[Handshake]:
    """The halves of other organizations that fit this one."""
    fits = select(Handshake).where(Handshake.key == mine.wanted, Handshake.met_at.between(earliest, latest))
    return fits.where(Handshake.organization_id != mine.organization_id).order_by(Handshake.id)


def forget_handshakes(before: datetime) -> ReturningDelete[UUID]:
    """Delete the halves of meetings before a moment."""
    return delete(Handshake).where(Handshake.met_at < before).returning(Handshake.id)


def forget_handshakes_of(organization_id: UUID) -> ReturningDelete[UUID]:
    """Delete the halves of one organization."""
    return delete(Handshake).where(Handshake.organization_id == organization_id).returning(Handshake.id)
