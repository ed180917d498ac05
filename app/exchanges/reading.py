"""What the fields of a card say of a person and of a company. Pure over rows that were loaded with fields and logos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from app.auth.models import User
from app.companies.domains import mail_domain, web_domain
from app.companies.models import Company
from app.companies.normal import company_key
from app.companies.provenance import DOMAIN, Stated
from app.companies.resolution import Sighting
from app.contacts.employment import COMPANY
from app.contacts.models import PointKind
from app.contacts.normal import name_key, point_key
from app.contacts.resolution import PersonSeen, PointSeen
from app.scans.models import Card, CardField
from lexicon.places import cities

_NAMES = ("name", "name_prefix", "name_suffix")
_POINTS = tuple(PointKind)


def company_on(card: Card) -> Sighting:
    """The company that a card names, and what it may be recognised by."""
    named = [stated for stated in map(_stated, _of(card, "company")) if company_key(stated.value)]
    return Sighting(
        name=max(named, key=lambda stated: stated.confidence, default=None),
        domains=tuple(_domains(card)),
        logos=tuple(logo.hash for logo in card.logos),
        place=_place(card),
    )


def person_on(card: Card, company: Company | None, owner_id: UUID, seen_at: datetime) -> PersonSeen:
    """The person that a card names, with everything it says of them."""
    job = {column: _joined(_of(card, column)) for column in ("title", "department") if _of(card, column)}
    if company is not None:
        sighting = company_on(card)
        job[COMPANY] = sighting.name or Stated(company.name, company.confidence, DOMAIN)
    points = (
        PointSeen(PointKind(field.kind), _stated(field), field.type, field.extension)
        for field in card.fields
        if field.kind in _POINTS
    )
    best = {kind: max(_of(card, kind), key=lambda field: field.confidence) for kind in _NAMES if _of(card, kind)}
    return PersonSeen(
        owner_id=owner_id,
        seen_at=seen_at,
        names={kind: _stated(field) for kind, field in best.items()},
        job=job,
        points=tuple(points),
        company=company,
        review=tuple(card.review),
        picture=card.image_hash,
    )


def own_side(user: User, seen: Sequence[tuple[Card, Company | None]]) -> tuple[list[Card], Card | None]:
    """The cards of a photo that are no contacts, and the one of them that is the user's own.

    Those are the cards of the home company, and one with the user's own address wherever it says it is from. A
    colleague's card beside a contact's does not make the exchange mutual: the user's own does, told by address or
    name, or by the home company alone where neither could be read.
    """
    ours = [card for card, company in seen if (company is not None and company.is_home) or _has_address(card, user)]
    fitting = [(fit, -card.position, card) for card in ours if (fit := _fit(card, user))]
    return ours, max(fitting, key=lambda item: item[:2])[2] if fitting else None


def _fit(card: Card, user: User) -> int:
    """How surely a card of the home company is the user's own; 0 for a colleague's."""
    names = {word for field in _of(card, "name") for word in name_key(field.value).split() if len(word) > 1}
    if _has_address(card, user):
        return 3
    if names & set(name_key(user.name).split()):
        return 2
    return 0 if names or _of(card, "email") else 1


def _has_address(card: Card, user: User) -> bool:
    return any(point_key("email", field.value) == user.email.casefold() for field in _of(card, "email"))


def _of(card: Card, kind: str) -> list[CardField]:
    return [field for field in card.fields if field.kind == kind and field.value.strip()]


def _stated(field: CardField) -> Stated:
    return Stated(field.value.strip(), field.confidence, field.source, field.id)


def _joined(fields: Sequence[CardField]) -> Stated:
    """Several titles in one: each once, as sure as the least sure of them."""
    values = dict.fromkeys(field.value.strip() for field in fields)
    sources = dict.fromkeys(field.source for field in fields)
    least = min(field.confidence for field in fields)
    return Stated(", ".join(values)[:300], least, "+".join(sources)[:60], fields[0].id)


def _domains(card: Card) -> Iterator[Stated]:
    """Registrable domains that speak for the company, of addresses before those of websites."""
    for kind, domain_of in (("email", mail_domain), ("website", web_domain)):
        for field in _of(card, kind):
            domain = domain_of(field.value)
            if domain:
                yield Stated(domain, field.confidence, field.source, field.id)


def _place(card: Card) -> Stated | None:
    for field in _of(card, "address"):
        towns = [town for town, _ in cities(field.value)]
        if towns:  # the last: a street may be named after a town as well
            return Stated(towns[-1].title(), field.confidence, field.source, field.id)
    return None
