"""Find or make the pair of two companies, keep evidence of it, and assess it: score, state, and what to announce.

Whoever changes a pair holds the lock on its row, so that workers who meet there take turns and the last one sees all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.alliances import meeting_queries, queries, scoring, states
from app.alliances.events import AllianceChanged
from app.alliances.grounds import Ground, read_grounds
from app.alliances.keeping import Shift, compared
from app.alliances.models import Agreement, Alliance, Evidence, StateMove
from app.alliances.scoring import Score
from app.alliances.states import Facts, Paper, Verdict
from app.alliances.terms import Decision, KeptAccount, Overlap, Side, State
from app.companies.models import Company
from app.kit.clock import now
from app.kit.db import in_room, insert_for, room_of
from app.kit.errors import NotFound
from app.kit.queue import publish

log = structlog.get_logger()

ANNOUNCED = 0.05
"""Points by which a score must be another to be announced."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair whose row is locked; `is_new` when this transaction made it."""

    alliance: Alliance
    is_new: bool

    def side_of(self, company_id: UUID) -> Side:
        return Side.A if self.alliance.company_a_id == company_id else Side.B

    @property
    def partner_id(self) -> UUID | None:
        """The other company of a pair with the home company that was loaded with both; None of two others."""
        ends = (self.alliance.company_a, self.alliance.company_b)
        others = [company.id for company in ends if not company.is_home]
        return others[0] if len(others) == 1 else None


@dataclass(frozen=True, slots=True)
class By:
    """Who decided, and why."""

    user_id: UUID
    note: str | None = None


def open_pair(session: Session, one_id: UUID, other_id: UUID) -> Pair:
    """The pair of two different companies, made if there is none, locked until the transaction ends."""
    return open_pairs(session, [(one_id, other_id)])[0]


def open_pairs(session: Session, ends: Iterable[tuple[UUID, UUID]]) -> list[Pair]:
    """The same for many, locked in one order."""
    wanted = sorted({(min(each), max(each)) for each in ends})
    if not wanted:
        return []
    if len(wanted) == 1 and (known := session.scalars(queries.pairs_of_ends(wanted)).first()):
        return [Pair(known, is_new=False)]  # as nearly always; of many, those that are there must not be locked first
    values = {"model_version": scoring.MODEL.version, "scored_on": today()}
    scope = {"organization_id": session.info["organization_id"], "audience_id": room_of(session)}
    rows = [{"company_a_id": a_id, "company_b_id": b_id, **values, **scope} for a_id, b_id in wanted]
    absent = insert_for(session, Alliance).on_conflict_do_nothing(index_elements=["company_a_id", "company_b_id"])
    made = set(session.scalars(absent.returning(Alliance.id), rows))
    return [Pair(alliance, alliance.id in made) for alliance in session.scalars(queries.pairs_of_ends(wanted))]


def hold(session: Session, alliance_id: UUID) -> Pair:
    """A pair, locked until the transaction ends.

    Raises:
        NotFound: no such pair, or not yours.
    """
    found = session.scalars(queries.alliance_to_change(alliance_id)).one_or_none()
    if found is None:
        raise NotFound
    return Pair(found, is_new=False)


def renew_evidence(
    session: Session, pair: Pair, source: str, kept: Iterable[Evidence], wanted: Mapping[str, Mapping[str, Any]]
) -> None:
    """Make the evidence that a pair has from one source just that which is `wanted`, by source key.

    Of what is `kept`, by this pair or another, what is wanted stays or comes over, and the pair's other pieces go;
    again changes nothing.
    """
    held = {item.source_key: item for item in kept}
    for key in held.keys() - wanted.keys():
        if held[key].alliance_id == pair.alliance.id:
            session.delete(held[key])
    for key, values in wanted.items():
        item = held.get(key) or Evidence(source=source, source_key=key)
        item.alliance_id = pair.alliance.id
        for name, value in values.items():
            setattr(item, name, value)
        session.add(item)
    session.flush()


def assess(
    session: Session, pair: Pair, by: By | None = None, *, announce_from: float = ANNOUNCED, books: bool = False
) -> None:
    """Score the pair as of today, move its state, and announce it if any of that is really another.

    What the pair's audience does not have counts for nothing, whoever made it necessary.

    Args:
        session: that holds the lock on the pair.
        pair: to assess.
        by: the person whose decision made it necessary.
        announce_from: the least difference of the score, in points, to the one last announced that is announced.
        books: whether what both sell into is read from their books anew, rather than taken as it is kept.
    """
    with in_room(session, pair.alliance.audience_id):
        assess_room(session, [pair], by, announce_from=announce_from, books=books)


def assess_room(
    session: Session,
    pairs: Sequence[Pair],
    by: By | None = None,
    *,
    announce_from: float = ANNOUNCED,
    books: bool = False,
) -> None:
    """The same for many pairs of one room, which the session sees."""
    anew = {pair.alliance.id: books or pair.alliance.books_read_on is None for pair in pairs}
    grounds: dict[UUID, Ground] = {}
    for reading in (True, False):
        alliances = [pair.alliance for pair in pairs if anew[pair.alliance.id] is reading]
        if alliances:
            found = read_grounds(session, alliances, beginning_of(today()), books=reading, renewed=books)
            grounds |= {alliance.id: ground for alliance, ground in zip(alliances, found, strict=True)}
    with session.no_autoflush:
        for pair in pairs:
            _settle(session, pair, grounds[pair.alliance.id], by, announce_from)
        _date_the_unmet(session, pairs)
    session.flush()


def _settle(session: Session, pair: Pair, ground: Ground, by: By | None, announce_from: float) -> None:
    alliance, now_ = pair.alliance, beginning_of(today())
    scored = scoring.score(ground.case, now_)
    before = None if pair.is_new else State(alliance.state)
    verdict = states.settle(before, _facts(alliance, ground, scored), now_)
    coverage = alliance.coverage
    _keep_score(alliance, scored)
    alliance.matched_worth = scoring.matched_worth(ground.case.signals, now_)
    known = [signal.at for signal in ground.case.signals] + ([alliance.shared_at] if alliance.shared_at else [])
    alliance.last_evidence_at = max(known, default=None)
    _move(session, alliance, before, verdict, by)
    _announce(session, alliance, verdict.state != before, coverage, announce_from)


def _announce(session: Session, alliance: Alliance, has_moved: bool, coverage: float, announce_from: float) -> None:
    covers_more_or_less = round(alliance.coverage, 2) != round(coverage, 2)
    scores_otherwise = abs(alliance.score - alliance.announced_score) >= announce_from
    if has_moved or covers_more_or_less or scores_otherwise:
        alliance.announced_score = alliance.score
        publish(session, AllianceChanged(alliance.id))
        log.info("alliance.changed", alliance_id=str(alliance.id), state=alliance.state)


def shift(session: Session, shifts: Sequence[Shift]) -> None:
    """Let what changed of one shared account change the scores of its pairs, which are locked and of one room.

    Where nothing but the overlap can have changed, nothing but the overlap is looked at.
    """
    whole = []
    for each in shifts:
        if _is_light(each):
            _shift_overlap(session, each.alliance)
        else:
            whole.append(Pair(each.alliance, is_new=False))
    if whole:
        assess_room(session, whole)


def _is_light(each: Shift) -> bool:
    pair, after = each.alliance, each.after
    is_of_today = pair.scored_on == today() and pair.model_version == scoring.MODEL.version
    # A pair that sleeps may wake, one that lost an account fall asleep, and what both confirmed can move a state.
    agreed = [kept is not None and kept.by_both for kept in (each.before, after)]
    return is_of_today and after is not None and agreed[0] == agreed[1] and State(pair.state) is not State.DORMANT


def _shift_overlap(session: Session, alliance: Alliance) -> None:
    found = Overlap(alliance.shared_count, alliance.shared_worth, alliance.matched_worth)
    scored = scoring.with_overlap(alliance.parts, alliance.conflicts, found, beginning_of(today()))
    coverage = alliance.coverage
    alliance.parts, alliance.score, alliance.coverage = scored
    if alliance.shared_at and (alliance.last_evidence_at is None or alliance.shared_at > alliance.last_evidence_at):
        alliance.last_evidence_at = alliance.shared_at
    _announce(session, alliance, has_moved=False, coverage=coverage, announce_from=ANNOUNCED)


def age(session: Session, limit: int) -> int:
    """Assess some pairs whose score is not of today; returns how many."""
    old = session.scalars(queries.scored_before(today(), limit)).all()
    rooms: dict[UUID, list[Pair]] = defaultdict(list)
    for alliance in old:
        rooms[alliance.audience_id].append(Pair(alliance, is_new=False))
    for audience_id, pairs in rooms.items():
        with in_room(session, audience_id):
            assess_room(session, pairs, announce_from=1.0)
    return len(old)


def compete(one: Company, other: Company) -> bool:
    """Whether two companies are known to sell products of one category."""
    category = compared(one.product_category)
    return category is not None and category == compared(other.product_category)


def today() -> date:
    """The present day in UTC."""
    return now().date()


def beginning_of(day: date) -> datetime:
    """The moment that scores of this day are as of."""
    return datetime.combine(day, time.min, UTC)


def _facts(alliance: Alliance, ground: Ground, scored: Score) -> Facts:
    latest = [KeptAccount(alliance.id, 0.0, 0.0, alliance.shared_at)] if alliance.shared_at else []
    return Facts(
        signals=ground.case.signals,
        shared=(*ground.shared, *latest),
        competitors=bool(scored.conflicts),
        decision=Decision(alliance.decision) if alliance.decision else None,
        decided_at=alliance.decided_at,
        paper=_paper(ground.papers, today()),
    )


def _paper(agreements: Sequence[Agreement], day: date) -> Paper | None:
    begun = [agreement for agreement in agreements if agreement.starts_on <= day]
    if not begun:
        return None
    in_force = any(agreement.ends_on is None or agreement.ends_on >= day for agreement in begun)
    return Paper.IN_FORCE if in_force else Paper.ENDED


def _date_the_unmet(session: Session, pairs: Sequence[Pair]) -> None:
    """Of two others without evidence whose products complement each other for the same buyers: when a user who holds
    cards of both last met either.
    """
    able = [pair.alliance for pair in pairs if pair.alliance.last_evidence_at is None and _complement(pair.alliance)]
    if not able:
        return
    met: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    ends = {end for alliance in able for end in (alliance.company_a_id, alliance.company_b_id)}
    for company_id, user_id, met_at in session.execute(meeting_queries.last_met_by_users(ends)):
        if met_at:
            met[company_id][user_id] = met_at
    for alliance in able:
        one, other = met[alliance.company_a_id], met[alliance.company_b_id]
        both = [max(one[user_id], other[user_id]) for user_id in one.keys() & other.keys()]
        alliance.last_evidence_at = max(both, default=None)


def _complement(alliance: Alliance) -> bool:
    part = next(part for part in alliance.parts if part["name"] == "complement")
    return bool(part["known"] and part["points"] >= scoring.MODEL.same_buyers * part["max"])


def _keep_score(alliance: Alliance, scored: Score) -> None:
    alliance.score, alliance.coverage = scored.total, scored.coverage
    alliance.parts = scoring.documents(scored.parts)
    alliance.conflicts = [clash.reason for clash in scored.conflicts]
    alliance.model_version, alliance.scored_on = scored.model_version, today()


def _move(session: Session, alliance: Alliance, before: State | None, verdict: Verdict, by: By | None) -> None:
    if verdict.state == before:
        return
    alliance.state = verdict.state
    evidence_ids = [str(evidence_id) for evidence_id in verdict.evidence_ids]
    session.add(
        StateMove(
            alliance_id=alliance.id,
            at=now(),
            before=before,
            after=verdict.state,
            reason=verdict.reason,
            evidence_ids=evidence_ids,
            user_id=by.user_id if by else None,
            note=by.note if by else None,
        )
    )
