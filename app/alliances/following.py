"""Companies that become one, or two again, take along what reps did for each other, what was said and decided.

Merging lets every row that names a company name the survivor, and undoing lets it name the first one again. Here the
pairs follow: what names a company belongs to the pair of the home company with it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.assessment import Pair, open_pair
from app.alliances.dealings import count
from app.alliances.models import Alliance, Evidence, Introduction, Win
from app.alliances.terms import Side

_DECIDED = ("decision", "decided_at", "proposed_kind", "informal_by_choice")


def follow(session: Session, survivor_id: UUID, merged_id: UUID, *, undone: bool) -> list[tuple[UUID, UUID]]:
    """Bring everything of two companies to the pairs that it belongs to now; again changes nothing.

    Returns the pairs with third companies that have to be assessed.
    """
    home = session.scalars(queries.home_company()).one_or_none()
    if home is None:
        return []
    pairs = {}
    for company_id in sorted({survivor_id, merged_id} - {home.id}):
        if session.scalar(queries.pair(home.id, company_id)) is not None or _is_named(session, company_id):
            pairs[company_id] = open_pair(session, home.id, company_id)
    gained = [company_id for company_id, pair in pairs.items() if _bring(session, pair, company_id, home.id)]
    if len(pairs) == 2:
        _decide_alike(pairs[survivor_id].alliance, pairs[merged_id].alliance, undone=undone)
    for company_id in [*gained, *(pairs.keys() - set(gained))]:  # who gets a piece of evidence takes it over first
        count(session, pairs[company_id])
    return _third_pairs(session, {survivor_id, merged_id}, home.id)


def _is_named(session: Session, company_id: UUID) -> bool:
    return any(session.scalars(found.limit(1)).first() for found in queries.dealt_with(company_id))


def _bring(session: Session, pair: Pair, company_id: UUID, home_id: UUID) -> bool:
    """Let what names a company belong to its pair; True when something came."""
    came = False
    for found in queries.dealt_with(company_id):
        for row in session.scalars(found).all():
            if row.alliance_id != pair.alliance.id:
                _turn(session, row, pair, home_id)
                row.alliance_id, came = pair.alliance.id, True
    session.flush()
    return came


def _turn(session: Session, row: Any, pair: Pair, home_id: UUID) -> None:
    """The home company may stand on the other side of this pair than of the one that the row comes from."""
    before = session.get_one(Alliance, row.alliance_id)
    if (before.company_a_id == home_id) == (pair.alliance.company_a_id == home_id):
        return
    if isinstance(row, Introduction):
        row.giver = Side(row.giver).other
    elif isinstance(row, Win):
        row.credited = Side(row.credited).other
    elif isinstance(row, Evidence) and row.giver is not None:
        row.giver = Side(row.giver).other


def _decide_alike(kept: Alliance, gone: Alliance, *, undone: bool) -> None:
    """The survivor takes over what was decided about the other, where nothing was about itself; or gives it back."""
    copied = kept.decided_at is not None and kept.decided_at == gone.decided_at
    if undone and copied:
        kept.decision, kept.decided_at, kept.proposed_kind, kept.informal_by_choice = None, None, None, False
    elif not undone and kept.decided_at is None:
        for column in _DECIDED:
            setattr(kept, column, getattr(gone, column))
    if not undone:
        kept.declared_competitors = kept.declared_competitors or gone.declared_competitors


def _third_pairs(session: Session, company_ids: set[UUID], home_id: UUID) -> list[tuple[UUID, UUID]]:
    """The pairs that either of two companies has with others, and had: with the other one's as well."""
    others = set()
    for company_id in company_ids:
        for a_id, b_id in session.execute(queries.ends_with(company_id)):
            others |= {a_id, b_id} - {company_id}
    ends = {
        (min(company_id, other), max(company_id, other))
        for company_id in company_ids
        for other in others - {home_id, company_id}
    }
    return sorted(ends)
