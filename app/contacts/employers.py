"""The company that somebody names beside a person: a known one by its id, or by its name found or made."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import service as companies
from app.companies.domains import mail_domain, web_domain
from app.companies.models import Company
from app.companies.provenance import Stated
from app.companies.resolution import Sighting, is_short_for, resolve
from app.contacts.models import PointKind
from app.contacts.resolution import PointSeen

_DOMAIN_OF = {PointKind.EMAIL: mail_domain, PointKind.WEBSITE: web_domain}


def employer(
    session: Session,
    company_id: UUID | None,
    name: Stated | None,
    points: Sequence[PointSeen] = (),
    present: UUID | None = None,
) -> Company | None:
    """The company of this id, or else of this name; None where neither is said.

    It keeps its own name: whoever names a company beside a person says where that person works.

    Args:
        session: of the organization, which has waited for its turn.
        company_id: of a company that is there.
        name: as somebody says.
        points: the person's addresses, whose domains tell companies of one name apart.
        present: where the person works, as far as is known: it may be called by a short name.

    Raises:
        NotFound: no such company, or not yours.
    """
    if company_id is not None:
        return companies.current(session, company_id)
    if name is None:
        return None
    known = companies.current(session, present) if present else None
    if known is not None and is_short_for(session, name.value, known):
        return known
    return resolve(session, sighting(name, points))


def sighting(name: Stated | None, points: Sequence[PointSeen], logos: Sequence[str] = ()) -> Sighting:
    """What somebody says of a company by its name, a person's addresses and its logo; nothing without a name."""
    if name is None:
        return Sighting()
    domains = dict.fromkeys(_DOMAIN_OF[p.kind](p.stated.value) for p in points if p.kind in _DOMAIN_OF)
    stated = tuple(Stated(domain, name.confidence, name.source) for domain in domains if domain)
    return Sighting(name, stated, tuple(logos), of_person=True)
