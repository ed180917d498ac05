"""Two companies that are one become one, with all their names and domains; and two again, when that was wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import branding, family, queries, service
from app.companies.events import CompaniesMerged, CompaniesParted, CompanyRenamed, CompanySaved
from app.companies.models import Company, CompanyMerge, DoubtState
from app.companies.provenance import USER, Stated, fill
from app.companies.resolution import AMBIGUOUS, wait_for_turn
from app.kit import journal
from app.kit.clock import now
from app.kit.errors import AppError, Conflict, NotFound
from app.kit.queue import publish

UNDO_WITHIN = timedelta(days=30)

_FACTS = ("name", "industry", "product_category", "place")
_LEFT_ALONE = (
    "companies",
    "company_aliases",
    "company_brands",
    "company_domains",
    "company_logos",
    "company_doubts",
    "company_merges",
)
DOUBLED = "doubled"
"""Key in a merge's `moved` of the rows that the survivor had the like of: they are taken out while it holds."""
_ASSESSED_ANEW = ("alliances", "company_buyers")
"""A pair of companies is not moved: it is assessed anew from what was."""


class TooLateToUndo(AppError):
    """A merge can be undone for 30 days."""

    status, code = 409, "too_late_to_undo"


def combine(survivor: Company, other: Company) -> None:
    """Give `survivor` all names, domains and logos, and what `other` knows better. Both loaded whole.

    What a person said to the survivor stays; then what a person said to the other; then the surer value.
    """
    for column in _FACTS:
        _take(survivor, other, column)
    survivor.confidence = survivor.provenance["name"]["confidence"]
    survivor.key = next((alias.key for alias in other.aliases if alias.name == survivor.name), survivor.key)
    stands_for = branding.combine(survivor, other)
    known = {alias.key for alias in survivor.aliases}
    for alias in list(other.aliases):
        if alias.key in known:
            alias.key = f"~{alias.id}"  # no name has such a key, so no card finds it while it rests
        else:
            _hand_over(other.aliases, survivor.aliases, alias, survivor)
    for domain in list(other.domains):
        domain.brand_id = stands_for.get(domain.brand_id, domain.brand_id) if domain.brand_id else None
        _hand_over(other.domains, survivor.domains, domain, survivor)
    hashes = {logo.hash for logo in survivor.logos}
    for logo in [logo for logo in other.logos if logo.hash not in hashes]:
        _hand_over(other.logos, survivor.logos, logo, survivor)
    reasons = dict.fromkeys([*survivor.review, *other.review])
    survivor.review = [reason for reason in reasons if reason != AMBIGUOUS]


def _take(survivor: Company, other: Company, column: str) -> None:
    said = other.provenance.get(column)
    value = getattr(other, column)
    if said is None or value is None or survivor.provenance.get(column, {}).get("source") == USER:
        return
    field_id = UUID(said["field_id"]) if said["field_id"] else None
    fill(survivor, column, Stated(value, said["confidence"], said["source"], field_id))


def _hand_over(giver: list[Any], taker: list[Any], row: Any, survivor: Company) -> None:
    giver.remove(row)
    taker.append(row)
    row.company_id = survivor.id


def preview(session: Session, survivor_id: UUID, other_id: UUID) -> Company:
    """The company that a merge would make. Nothing is written: it belongs to no session."""
    with session.no_autoflush:
        survivor, other = _both(session, survivor_id, other_id)
        family.combine(session, survivor, other)
        combine(survivor, other)
        session.expunge_all()
    return survivor


def merge(session: Session, survivor_id: UUID, other_id: UUID, user_id: UUID) -> CompanyMerge:
    """Make `other` part of `survivor`; whatever points to it, in any feature, points to the survivor.

    Raises:
        NotFound: one of them is not there, or not yours; or `other` is part of another one already.
        Merged: `survivor` is part of another one now.
        Conflict: both are the same, or the home company would go.
    """
    wait_for_turn(session)
    with session.no_autoflush:
        survivor, other = _both(session, survivor_id, other_id)
        family.combine(session, survivor, other)
        combine(survivor, other)
        other.merged_into_id, other.updated_at, survivor.updated_at = survivor.id, now(), now()
        for doubt in session.scalars(queries.doubts_between(survivor.id, other.id)):
            doubt.state = DoubtState.SAME
        changes = journal.unsaved_changes(session)
    journal.outrun(session, survivor, other)
    moved = journal.repoint(session, _pointers(), other.id, survivor.id)
    doubled = [row for column in _pointers() for row in journal.take_out(session, column, other.id)]
    kept = CompanyMerge(
        survivor_id=survivor.id,
        merged_id=other.id,
        user_id=user_id,
        changes=changes,
        moved=moved | {DOUBLED: doubled},
        undone_at=None,
    )
    session.add(kept)
    session.flush()
    publish(session, CompanySaved(survivor.id))
    publish(session, CompanyRenamed(survivor.id))
    publish(session, CompaniesMerged(kept.id))
    return kept


def get(session: Session, merge_id: UUID) -> CompanyMerge:
    """One merge.

    Raises:
        NotFound: no such merge, or not yours.
    """
    kept = session.scalars(queries.merge(merge_id)).one_or_none()
    if kept is None:
        raise NotFound
    return kept


def undo(session: Session, merge_id: UUID) -> CompanyMerge:
    """Make two of them again: every value as it was, unless somebody changed it since. A second time changes nothing.

    Raises:
        NotFound: no such merge, or not yours.
        TooLateToUndo: it was too long ago.
        Conflict: the survivor was merged into yet another company; undo that first.
    """
    wait_for_turn(session)
    kept = get(session, merge_id)
    if kept.undone_at is not None:
        return kept
    if now() - kept.created_at > UNDO_WITHIN:
        raise TooLateToUndo
    if session.scalars(queries.company(kept.survivor_id)).one().merged_into_id is not None:
        raise Conflict("The company was merged into another one since; undo that first.")
    journal.take_back(session, kept.changes)
    moved = dict(kept.moved)
    journal.put_back(session, moved.pop(DOUBLED, []))
    journal.point_back(session, moved, kept.merged_id, kept.survivor_id)
    kept.undone_at = now()
    session.flush()
    session.expire_all()
    family.mend(session, [kept.survivor_id, kept.merged_id])
    for company in session.scalars(queries.companies_with_ids([kept.survivor_id, kept.merged_id])):
        branding.mend(session, company)
        company.updated_at = now()
        publish(session, CompanyRenamed(company.id))
    publish(session, CompanySaved(kept.merged_id))  # what it had comes back before the survivor's is looked through
    publish(session, CompaniesParted(kept.id))
    return kept


def _pointers() -> list[Any]:
    return journal.pointing_at(Company.metadata.tables["companies"], but=(*_LEFT_ALONE, *_ASSESSED_ANEW))


def _both(session: Session, survivor_id: UUID, other_id: UUID) -> tuple[Company, Company]:
    if survivor_id == other_id:
        raise Conflict("A company cannot be merged with itself.")
    survivor = service.get(session, survivor_id)
    other = session.scalars(queries.companies_with_ids([other_id])).one_or_none()
    if other is None:
        raise NotFound
    if survivor.audience_id != other.audience_id:
        raise Conflict("One of them is private: share it first.")
    if other.is_home:
        raise Conflict("The home company stays: merge the other one into it.")
    return survivor, other
