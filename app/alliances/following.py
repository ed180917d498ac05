"""Two companies that are one are one end of a pair: what was recorded for the pairs of either follows, there and back.

Nothing is remembered of a merge but where each row came from. From that and from which company is part of which now
follows where it belongs, in whatever order merges were made and undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import encounters, follow_queries, queries
from app.alliances.assessment import assess, hold, open_pair
from app.alliances.events import AssessmentDue, ThirdPairDue
from app.alliances.models import Agreement, Alliance, Evidence, Followed, Introduction, Win
from app.alliances.terms import Side
from app.companies.models import CompanyMerge
from app.companies.resolution import wait_for_turn
from app.kit.queue import publish

_DECIDED = ("decision", "decided_at", "proposed_kind", "informal_by_choice")

Dealing = Introduction | Win | Agreement | Evidence

_DEALINGS: dict[str, type[Dealing]] = {
    "introductions": Introduction,
    "wins": Win,
    "agreements": Agreement,
    "evidence": Evidence,
}
_SIDES = {"introductions": "giver", "wins": "credited", "evidence": "giver"}


def follow(session: Session, merge_id: UUID) -> None:
    """Bring everything to where it belongs since two companies were merged, or parted; again changes nothing."""
    wait_for_turn(session)
    kept = session.scalars(follow_queries.company_merge(merge_id)).one_or_none()
    if kept is None:
        return
    ends = (kept.survivor_id, kept.merged_id)
    roots = _roots(session, ends)
    pairs = session.scalars(follow_queries.pairs_of(sorted(roots))).all()
    targets = _move_dealings(session, pairs, roots) | _move_encounters(session, pairs)
    _decide_alike(session, kept)
    for company_id in sorted(set(roots.values())):
        encounters.reassess_company(session, company_id)
    for alliance_id in sorted(targets | {pair.id for pair in pairs}):
        assess(session, hold(session, alliance_id), books=True)
    _reassess_around(session, ends)


def _decide_alike(session: Session, merge: CompanyMerge) -> None:
    """What was decided about the merged company holds for the survivor, where nothing was about it; or goes back."""
    home = session.scalars(queries.home_company()).one_or_none()
    if home is None or home.id in (merge.survivor_id, merge.merged_id):
        return
    gone = session.scalars(queries.pair_of(home.id, merge.merged_id)).one_or_none()
    if gone is None:
        return
    kept = open_pair(session, home.id, merge.survivor_id).alliance
    if merge.undone_at is not None:
        if kept.decided_at is not None and kept.decided_at == gone.decided_at:
            kept.decision, kept.decided_at, kept.proposed_kind, kept.informal_by_choice = None, None, None, False
    elif kept.decided_at is None:
        for column in _DECIDED:
            setattr(kept, column, getattr(gone, column))
        kept.declared_competitors = kept.declared_competitors or gone.declared_competitors


def _roots(session: Session, ends: Sequence[UUID]) -> dict[UUID, UUID]:
    """What each company is now that is, or was or may have been one with one of `ends`."""
    into = {merged: survivor for merged, survivor in session.execute(follow_queries.merged_companies()) if survivor}

    def root(company_id: UUID) -> UUID:
        while company_id in into:
            company_id = into[company_id]
        return company_id

    wanted = {root(company_id) for company_id in ends}
    return {each: root(each) for each in {*into, *into.values(), *ends} if root(each) in wanted}


def _move_dealings(session: Session, pairs: Sequence[Alliance], roots: Mapping[UUID, UUID]) -> set[UUID]:
    """Move what was recorded for these pairs; returns the ids of those where something went."""
    gone = {row.row_id: row for row in session.scalars(follow_queries.followed([pair.id for pair in pairs]))}
    targets = set()
    for pair in pairs:
        ends = [roots.get(end, end) for end in (pair.company_a_id, pair.company_b_id)]
        target = pair if ends[0] == ends[1] else open_pair(session, *ends).alliance
        turned = target is not pair and ends[0] != target.company_a_id
        for row in _own(session, pair.id) + _away(session, gone, pair.id):
            if row.alliance_id != target.id:
                _move(session, row, gone.get(row.id), pair.id, target.id, turned=turned)
                targets.add(target.id)
    session.flush()
    return targets


def _move_encounters(session: Session, pairs: Sequence[Alliance]) -> set[UUID]:
    """Let the evidence of each exchange go to the pair of the company that the exchange is with now."""
    home = session.scalars(queries.home_company()).one_or_none()
    targets = set()
    for item, company_id in session.execute(follow_queries.met_elsewhere([pair.id for pair in pairs])):
        if home is not None and company_id is not None and company_id != home.id:
            item.alliance_id = open_pair(session, home.id, company_id).alliance.id
            targets.add(item.alliance_id)
    session.flush()
    return targets


def _own(session: Session, alliance_id: UUID) -> list[Dealing]:
    """What a pair holds and was recorded for it."""
    held: list[Dealing] = [
        *session.scalars(queries.introductions(alliance_id)),
        *session.scalars(queries.wins(alliance_id)),
        *session.scalars(queries.agreements(alliance_id)),
        *session.scalars(follow_queries.recorded_evidence(alliance_id)),
    ]
    foreign = set(session.scalars(follow_queries.came_along([row.id for row in held])))
    return [row for row in held if row.id not in foreign]


def _away(session: Session, gone: Mapping[UUID, Followed], origin_id: UUID) -> list[Dealing]:
    """What was recorded for a pair and is held by another one, as far as it is still there."""
    mine = [kept for kept in gone.values() if kept.origin_id == origin_id]
    rows = (session.get(_DEALINGS[kept.row_table], kept.row_id) for kept in mine)
    return [cast("Dealing", row) for row in rows if row is not None]


def _move(
    session: Session, row: Dealing, kept: Followed | None, origin_id: UUID, target_id: UUID, *, turned: bool
) -> None:
    side = _SIDES.get(row.__tablename__)
    if side and getattr(row, side) and turned != (kept is not None and kept.turned):
        setattr(row, side, Side.B if getattr(row, side) == Side.A else Side.A)
    row.alliance_id = target_id
    if target_id == origin_id:
        session.delete(kept)
    elif kept is None:
        session.add(Followed(origin_id=origin_id, row_table=row.__tablename__, row_id=row.id, turned=turned))
    else:
        kept.turned = turned


def _reassess_around(session: Session, ends: Sequence[UUID]) -> None:
    """How rare an account is has changed for whoever sells there."""
    sellers = {seller for seller in session.scalars(follow_queries.sellers_beside(ends)) if seller}
    for seller in sorted(sellers - {*ends}):
        publish(session, AssessmentDue(seller))
    for pair in session.scalars(follow_queries.pairs_of(sorted(sellers))):
        if {pair.company_a_id, pair.company_b_id} <= sellers:
            publish(session, ThirdPairDue(pair.company_a_id, pair.company_b_id))
