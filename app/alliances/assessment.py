"""Find or make the pair of two companies, keep evidence of it, and assess it: score, state, and what to announce.

Whoever changes a pair holds the lock on its row, so that workers who meet there take turns and the last one sees all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.alliances import queries, scoring, states
from app.alliances.events import AllianceChanged
from app.alliances.models import Agreement, Alliance, Evidence, StateMove
from app.alliances.overlap import matched_accounts, shared_accounts
from app.alliances.scoring import Score
from app.alliances.states import Facts, Paper, Verdict
from app.alliances.terms import Case, Decision, Kind, Profile, Side, Signal, State
from app.companies.models import Company
from app.kit.clock import now
from app.kit.db import in_room, insert_if_absent
from app.kit.errors import NotFound
from app.kit.queue import publish

log = structlog.get_logger()


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
    a_id, b_id = sorted((one_id, other_id))
    is_new = insert_if_absent(
        session,
        Alliance,
        unique=("company_a_id", "company_b_id"),
        company_a_id=a_id,
        company_b_id=b_id,
        model_version=scoring.MODEL.version,
        scored_on=today(),
    )
    return Pair(session.scalars(queries.pair_to_change(a_id, b_id)).one(), is_new)


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


def assess(session: Session, pair: Pair, by: By | None = None, *, announce_from: float = 0.05) -> None:
    """Score the pair as of today, move its state, and announce it if any of that is really another.

    What the pair's audience does not have counts for nothing, whoever made it necessary.

    Args:
        session: that holds the lock on the pair.
        pair: to assess.
        by: the person whose decision made it necessary.
        announce_from: the least difference of the score, in points, to the one last announced that is announced.
    """
    with in_room(session, pair.alliance.audience_id):
        _assess(session, pair, by, announce_from)


def _assess(session: Session, pair: Pair, by: By | None, announce_from: float) -> None:
    alliance = pair.alliance
    kept = session.scalars(queries.evidence(alliance.id)).all()
    case, now_ = case_of(session, alliance, kept), beginning_of(today())
    scored = scoring.score(case, now_)
    before = None if pair.is_new else State(alliance.state)
    verdict = states.settle(before, _facts(session, alliance, case, scored), now_)
    coverage = alliance.coverage
    _keep_score(alliance, scored)
    known = [item.at for item in kept] + [account.confirmed_at for account in case.shared]
    alliance.last_evidence_at = max(known, default=None) or _could_introduce_since(session, alliance, scored)
    _move(session, alliance, before, verdict, by)
    covers_more_or_less = round(alliance.coverage, 2) != round(coverage, 2)
    scores_otherwise = abs(alliance.score - alliance.announced_score) >= announce_from
    if verdict.state != before or covers_more_or_less or scores_otherwise:
        alliance.announced_score = alliance.score
        publish(session, AllianceChanged(alliance.id))
        log.info("alliance.changed", alliance_id=str(alliance.id), state=alliance.state)


def age(session: Session, limit: int) -> int:
    """Assess some pairs whose score is not of today; returns how many."""
    old = session.scalars(queries.scored_before(today(), limit)).all()
    for alliance in old:
        assess(session, Pair(alliance, is_new=False), announce_from=1.0)
    return len(old)


def case_of(session: Session, alliance: Alliance, kept: Sequence[Evidence], known_by: datetime | None = None) -> Case:
    """What the rules need to know of a pair with this evidence, and with the accounts recorded by `known_by`."""
    a, b = (session.get_one(Company, company_id) for company_id in (alliance.company_a_id, alliance.company_b_id))
    signals = tuple(_signal(item, a, b) for item in kept)
    shared = shared_accounts(session, a, b, known_by) + matched_accounts(kept)
    profiles = (profile_of(session, a), profile_of(session, b))
    return Case(signals, shared, *profiles, alliance.declared_competitors)


def signals_of(alliance: Alliance, kept: Iterable[Evidence]) -> tuple[Signal, ...]:
    """The same for the evidence alone, of a pair that was loaded with its companies."""
    return tuple(_signal(item, alliance.company_a, alliance.company_b) for item in kept)


def profile_of(session: Session, company: Company) -> Profile:
    """What the rules know of one company."""
    buyers = {company.industry, *session.scalars(queries.industries_sold_to(company))}
    return Profile(
        category=_compared(company.product_category),
        buyers=frozenset(filter(None, map(_compared, buyers))),
        area=_compared(company.place),
    )


def compete(one: Company, other: Company) -> bool:
    """Whether two companies are known to sell products of one category."""
    category = _compared(one.product_category)
    return category is not None and category == _compared(other.product_category)


def today() -> date:
    """The present day in UTC."""
    return now().date()


def beginning_of(day: date) -> datetime:
    """The moment that scores of this day are as of."""
    return datetime.combine(day, time.min, UTC)


def _signal(item: Evidence, a: Company, b: Company) -> Signal:
    giver = Side(item.giver) if item.giver else None
    # A user is a rep of the home company, a contact one of the other.
    reps = (item.user_id, item.contact_id) if a.is_home or not b.is_home else (item.contact_id, item.user_id)
    return Signal(item.id, Kind(item.kind), item.at, item.confidence, giver, *reps)


def _compared(text: str | None) -> str | None:
    return " ".join(text.casefold().split()) or None if text else None


def _facts(session: Session, alliance: Alliance, case: Case, scored: Score) -> Facts:
    return Facts(
        signals=case.signals,
        shared=case.shared,
        competitors=bool(scored.conflicts),
        decision=Decision(alliance.decision) if alliance.decision else None,
        decided_at=alliance.decided_at,
        paper=_paper(session.scalars(queries.agreements(alliance.id)).all(), today()),
    )


def _paper(agreements: Sequence[Agreement], day: date) -> Paper | None:
    begun = [agreement for agreement in agreements if agreement.starts_on <= day]
    if not begun:
        return None
    in_force = any(agreement.ends_on is None or agreement.ends_on >= day for agreement in begun)
    return Paper.IN_FORCE if in_force else Paper.ENDED


def _could_introduce_since(session: Session, alliance: Alliance, scored: Score) -> datetime | None:
    """When a user last met either of two others whose products complement each other for the same buyers."""
    complement = next(part for part in scored.parts if part.name == "complement")
    if not complement.known or complement.points < scoring.MODEL.same_buyers * complement.max:
        return None
    return session.scalar(queries.met_both_since(alliance.company_a_id, alliance.company_b_id))


def _keep_score(alliance: Alliance, scored: Score) -> None:
    alliance.score, alliance.coverage = scored.total, scored.coverage
    alliance.parts = [
        {"name": part.name, "points": part.points, "max": part.max, "known": part.known} for part in scored.parts
    ]
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
