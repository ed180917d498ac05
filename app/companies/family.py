"""Which company belongs to which, as people say; never in a circle.

Whoever changes that has waited for the organization's turn (`resolution.wait_for_turn`).
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import queries
from app.companies.models import Company
from app.companies.provenance import USER, typed_in
from app.kit.errors import Conflict

PARENT = "parent_id"


class ParentCycle(Conflict):
    """A company belongs neither to itself nor to one that belongs to it."""

    code = "parent_cycle"


def put_under(session: Session, company: Company, parent: Company | None) -> None:
    """A person says what a company belongs to; None: to nothing.

    Raises:
        ParentCycle: the parent is the company, or belongs to it.
        Conflict: the company is shared and the parent is private.
    """
    if parent is not None:
        if parent.id == company.id or company.id in ancestors(session, parent.id):
            raise ParentCycle
        if parent.audience_id not in (parent.organization_id, company.audience_id):
            raise Conflict("The parent is private: share a contact of it first.")
    company.parent_id = parent.id if parent else None
    company.provenance = company.provenance | {PARENT: typed_in("").document()}


def ancestors(session: Session, company_id: UUID) -> set[UUID]:
    """What a company belongs to, and what that belongs to, and so on."""
    found: set[UUID] = set()
    step = {company_id}
    while step:
        above = {parent for _, parent in session.execute(queries.parents_of(step)) if parent}
        step = above - found
        found |= above
    return found


def combine(session: Session, survivor: Company, other: Company) -> None:
    """Let `survivor` have the place of both among their relatives. No change of either waits to be flushed.

    What a person said to the survivor stays, unless it would belong to itself then.
    """
    above = ancestors(session, survivor.id)
    children = session.scalars(queries.subsidiaries([other.id])).all()
    said = survivor.provenance.get(PARENT, {}).get("source") == USER
    if other.id in above or (survivor.parent_id is None and not said):
        _take_parent(survivor, other, ancestors(session, other.id))
    for child in children:
        if child.id != survivor.id:
            child.parent_id = survivor.id


def _take_parent(survivor: Company, other: Company, above_other: Collection[UUID]) -> None:
    survivor.parent_id = None if survivor.id in above_other else other.parent_id
    if survivor.parent_id is not None and PARENT in other.provenance:
        survivor.provenance = survivor.provenance | {PARENT: other.provenance[PARENT]}


def mend(session: Session, ids: Collection[UUID]) -> None:
    """Let go of what would make one of these belong to itself, since others were put elsewhere meanwhile."""
    for company in session.scalars(queries.companies_with_ids(ids)):
        if company.id in ancestors(session, company.id):
            company.parent_id = None
            session.flush()
