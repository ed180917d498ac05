"""What we know of a contact, a company and a meeting, as the texts that fill a CRM's fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from app.auth.models import User
from app.companies.models import Company
from app.contacts.models import Contact, ContactPoint, Employment, PointKind
from app.exchanges.models import Exchange
from lexicon.names import PARTICLES

Values = dict[str, str]

_PHONES = ("direct", "work", "main", None, "other", "home")
"""Types of phone numbers, best first."""


def of_contact(contact: Contact, owner: User, met: Sequence[Exchange]) -> Values:
    """Loaded whole, with its meetings, the last one first. Only what is known is in it."""
    job = present_job(contact)
    company = job.company if job else None
    first, last = first_and_last(contact.name or "")
    points = [point for point in contact.points if not point.removed]
    meeting = met[0] if met else None
    return _known(
        id=str(contact.id),
        name=contact.name,
        first_name=first,
        last_name=last,
        prefix=contact.name_prefix,
        suffix=contact.name_suffix,
        email=_value(points, PointKind.EMAIL),
        phone=_phone(points, _PHONES),
        mobile=_phone(points, ("mobile",)),
        fax=_phone(points, ("fax",)),
        website=_value(points, PointKind.WEBSITE),
        linkedin=_linkedin(points),
        address=_value(points, PointKind.ADDRESS),
        title=job.title if job else None,
        department=job.department if job else None,
        company=company.name if company else None,
        owner_name=owner.name,
        owner_email=owner.email,
        **(_meeting(meeting) if meeting else {}),
    )


def of_company(company: Company) -> Values:
    """Loaded with its domains."""
    return _known(
        id=str(company.id),
        name=company.name,
        domain=company.domains[0].domain if company.domains else None,
        website=_website(company),
        industry=company.industry,
        category=company.product_category,
        place=company.place,
    )


def of_note(exchange: Exchange, contact: Contact, user: User) -> Values:
    """A meeting as a note about the person who was met."""
    who, where = contact.name or "somebody", ", ".join(filter(None, [exchange.event, exchange.place]))
    how = {"mutual": "Cards were exchanged.", "received": "Their card was received.", "given": "Our card was given."}
    when = exchange.met_at.astimezone(UTC)
    text = [f"{user.name} met {who}{f' at {where}' if where else ''} on {when:%d %B %Y}.", how[exchange.direction]]
    return _known(
        id=str(exchange.id),
        title=f"Met {who}{f' at {where}' if where else ''}",
        text="\n".join(filter(None, [" ".join(text), exchange.note])),
        note=exchange.note,
        met_on=when.date().isoformat(),
        direction=str(exchange.direction),
        user_name=user.name,
        **_meeting(exchange),
    )


def present_job(contact: Contact) -> Employment | None:
    """Where somebody works now: of several jobs the one that a card named last."""
    current = [job for job in contact.employments if job.current]
    return next((job for job in current if job.company_id), current[0] if current else None)


def first_and_last(name: str) -> tuple[str, str]:
    """Given and family names of a name in Western order; a comma says that it is the other way round.

    The family name is the last word with the particles before it. A name of one word is a family name: CRMs that
    insist on one of the two insist on that one.
    """
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in PARTICLES:
        start -= 1
    return " ".join(words[: max(start, 0)]), " ".join(words[max(start, 0) :])


def _known(**values: str | None) -> Values:
    return {name: value for name, value in values.items() if value}


def _meeting(exchange: Exchange) -> dict[str, str | None]:
    return {"met_at": _moment(exchange.met_at), "event": exchange.event, "place": exchange.place}


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _value(points: Iterable[ContactPoint], kind: PointKind) -> str | None:
    return next((point.value for point in points if point.kind == kind), None)


def _phone(points: Iterable[ContactPoint], types: Sequence[str | None]) -> str | None:
    numbers = [point for point in points if point.kind == PointKind.PHONE and point.type in types]
    best = min(numbers, key=lambda point: types.index(point.type), default=None)
    if best is None:
        return None
    return f"{best.value} ext. {best.extension}" if best.extension else best.value


def _linkedin(points: Iterable[ContactPoint]) -> str | None:
    profiles = (point.value for point in points if point.kind == PointKind.SOCIAL)
    return next((value for value in profiles if "linkedin." in value.casefold()), None)


def _website(company: Company) -> str | None:
    return f"https://{company.domains[0].domain}" if company.domains else None
