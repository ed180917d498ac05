"""A score in sentences: what each part rests on, what is not known yet, what speaks against, what has changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.alliances.scoring import DIRECTED, MODEL, Model, Part, Score
from app.alliances.terms import Case, Kind, Side, State, active_pairs, age_days
from app.books.terms import Relation


@dataclass(frozen=True, slots=True)
class Named:
    """A case with what its two companies are called."""

    case: Case
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of the score with what it rests on, in words."""

    name: str
    points: float
    max: float
    known: bool
    evidence_ids: tuple[UUID, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score in words."""

    parts: tuple[Sentence, ...]
    missing: tuple[str, ...]
    conflicts: tuple[str, ...]
    changed_since: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """On whom alone a tie hangs: the only user with an active counterpart, the only active counterpart, or both."""

    user_id: UUID | None
    contact_id: UUID | None
    sentence: str


def explain(named: Named, now_score: Score, now: datetime, before: Score | None, model: Model = MODEL) -> Explanation:
    """Explain `now_score`, and how it differs from `before` (None: there was no score then)."""
    return Explanation(
        parts=tuple(_sentence(part, named, now, model) for part in now_score.parts),
        missing=tuple(
            f"{_UNKNOWN[gap.name]}: up to +{math.floor(gap.up_to + 1e-9)}"
            for gap in sorted(now_score.missing, key=lambda gap: -gap.up_to)
        ),
        conflicts=tuple(_AGAINST[clash.reason].format(a=named.a, b=named.b) for clash in now_score.conflicts),
        changed_since=_changes(before, now_score),
    )


def _sentence(part: Part, named: Named, now: datetime, model: Model) -> Sentence:
    words = _WORDS[part.name](named, now, model) if part.known else f"{_UNKNOWN[part.name].capitalize()}."
    return Sentence(part.name, part.points, part.max, part.known, part.evidence_ids, words)


def _changes(before: Score | None, after: Score) -> tuple[str, ...]:
    if before is None:
        return ("New since then.",)
    old, new = ({part.name: part.points for part in score.parts} for score in (before, after))
    moved = sorted(((new[name] - old[name], name) for name in new), key=lambda change: -abs(change[0]))
    lines = [f"{name}: {difference:+.1f}" for difference, name in moved if abs(difference) >= 0.05]
    gone, come = ({clash.reason for clash in score.conflicts} for score in (before, after))
    lines += [f"{reason.replace('_', ' ')}: new" for reason in sorted(come - gone)]
    lines += [f"{reason.replace('_', ' ')}: gone" for reason in sorted(gone - come)]
    return tuple(lines)


def in_short(
    names: tuple[str, str], state: str, known: Mapping[str, float], conflicts: Sequence[str], last: datetime | None
) -> str:
    """A pair in two sentences, from what is stored with it: `known` are the points of each part that is known."""
    a, b = names
    said = [_STANDINGS[State(state)].format(a=a, b=b)]
    said += [_AGAINST[reason].format(a=a, b=b) for reason in conflicts]
    strongest = sorted((name for name in known if known[name] > 0), key=lambda name: -known[name])[:2]
    if strongest:
        when = f"; last evidence {last.day} {last:%B %Y}" if last else ""
        said.append(f"It rests most on {_listed(strongest)}{when}.")
    return " ".join(said)


def bridge_sentence(only: tuple[str | None, str | None], companies: tuple[str, str]) -> str:
    """On whom alone a tie hangs, in words: the only active rep of either company, None where there are several."""
    (one, other), (a, b) = only, companies
    if one and other:
        return f"Only {one} and {other} link {a} and {b}: the tie is gone when either goes."
    alone, own, far = (one, a, b) if one else (other, b, a)
    return f"Only {alone} of {own} is in touch with {far}: the tie is gone when they go."


def move_sentence(before: str | None, after: str, reason: str) -> str:
    """A move of the state in words; `reason` is the stable code of a verdict."""
    way = f"New as {after}" if before is None else f"From {before} to {after}"
    return f"{way}: {_MOVES.get(reason, reason.replace('_', ' '))}."


_MOVES: Mapping[str, str] = {
    "competitors": "the two compete",
    "declined": "somebody declined",
    "quiet": "nothing happened for half a year",
    "agreement": "an agreement is in force",
    "agreement_ended": "the agreement has ended",
    "proposed": "somebody proposed an agreement",
    "wins_by_several_reps": "three pairs of reps or more are active, and several reps won",
    "win": "a deal was won together",
    "introduction": "an introduction or referral was accepted",
    "shared_accounts": "both confirmed shared accounts",
    "met": "both gave a card, or they met",
    "card": "a card was received",
    "known": "what is known of both",
}

_STANDINGS: Mapping[State, str] = {
    State.AWARE: "{a} and {b} know of each other.",
    State.ACQUAINTED: "People of {a} and {b} have met.",
    State.COLLABORATING: "{a} and {b} help each other.",
    State.PRODUCING: "{a} and {b} have won together.",
    State.SPREADING: "{a} and {b} win together, and it spreads from rep to rep.",
    State.PROPOSED: "An agreement between {a} and {b} is proposed.",
    State.FORMAL: "{a} and {b} have an agreement.",
    State.DORMANT: "{a} and {b} have gone quiet.",
    State.DECLINED: "Somebody declined {a} and {b}.",
    State.CONFLICT: "{a} and {b} compete.",
}

_UNKNOWN: Mapping[str, str] = {
    "overlap": "no shared accounts known yet",
    "tie": "no exchange, meeting or introduction known yet",
    "reciprocity": "no introduction, referral or win known yet",
    "complement": "what both sell, and to whom, is not known yet",
    "breadth": "no pair of reps known yet",
    "locality": "no common event or area known yet",
}

_AGAINST: Mapping[str, str] = {
    "same_category": "{a} and {b} sell products of the same category.",
    "declared_competitors": "{a} and {b} were declared competitors.",
}

_KINDS: Mapping[Kind, tuple[str, str]] = {
    Kind.JOINT_WIN: ("joint win", "joint wins"),
    Kind.INTRODUCTION: ("introduction", "introductions"),
    Kind.REFERRAL: ("referral", "referrals"),
    Kind.MUTUAL_EXCHANGE: ("mutual exchange of cards", "mutual exchanges of cards"),
    Kind.SEEN_AT_CUSTOMER: ("encounter at a customer", "encounters at customers"),
    Kind.MEETING: ("meeting", "meetings"),
    Kind.CARD_RECEIVED: ("card received", "cards received"),
    Kind.MET_AT_EVENT: ("encounter at an event", "encounters at events"),
    Kind.MESSAGE: ("message", "messages"),
    Kind.BOOKS_MATCHED: ("private match of books", "private matches of books"),
}

_RELATIONS: Mapping[Relation, str] = {
    Relation.CUSTOMER: "a customer",
    Relation.OPEN_OPPORTUNITY: "an open opportunity",
    Relation.PROSPECT: "a prospect",
}


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _overlap(named: Named, _now: datetime, _model: Model) -> str:
    matched = max((signal.accounts for signal in named.case.signals), default=0)
    accounts = {a.id: tuple(sorted((a.relation_a, a.relation_b))) for a in sorted(named.case.shared, key=repr)}
    if not accounts:
        return f"At least {_count(matched, 'shared account', 'shared accounts')}, found by a private match of books."
    found = " A private match of books has found more." if matched > len(accounts) else ""
    return _by_name(accounts) + found


def _by_name(accounts: Mapping[UUID, tuple[Relation, ...]]) -> str:
    pairs = Counter(accounts.values())
    (one, other), number = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    shared = _count(len(accounts), "shared account", "shared accounts")
    if one == other:
        how = f"{_RELATIONS[one]} of both"
    else:
        how = f"{_RELATIONS[one]} of one and {_RELATIONS[other]} of the other"
    return f"{shared}; {number} {'is' if number == 1 else 'are'} each {how}." if number > 1 else f"{shared}; {how}."


def _tie(named: Named, now: datetime, _model: Model) -> str:
    counts = Counter(signal.kind for signal in named.case.signals)
    kinds = [_count(counts[kind], *_KINDS[kind]) for kind in _KINDS if counts[kind]]
    days = int(age_days(max(signal.at for signal in named.case.signals), now))
    last = "today" if days == 0 else f"{_count(days, 'day', 'days')} ago"
    return f"{_listed(kinds)}, the last {last}."


def _reciprocity(named: Named, _now: datetime, _model: Model) -> str:
    given = Counter(s.giver for s in named.case.signals if s.kind in DIRECTED and s.giver is not None)
    if not all(given[side] for side in Side):
        giver, taker = (named.a, named.b) if given[Side.A] else (named.b, named.a)
        return f"{giver} gave {given.total()}, {taker} has given none back yet."
    return f"{named.a} gave {given[Side.A]}, {named.b} gave {given[Side.B]}."


def _complement(named: Named, _now: datetime, _model: Model) -> str:
    a, b = named.case.a, named.case.b
    if a.category == b.category:
        return "Both sell products of the same category."
    if common := sorted(a.buyers & b.buyers):
        return f"Different products for the same buyers: {_listed(common)}."
    return "Different products for different buyers."


def _breadth(named: Named, now: datetime, model: Model) -> str:
    active = len(active_pairs(named.case.signals, now, model.active_days))
    if active == 0:
        return "No pair of reps is active any more."
    return f"{_count(active, 'pair of reps is', 'pairs of reps are')} active."


def _locality(named: Named, _now: datetime, _model: Model) -> str:
    if any(signal.kind is Kind.MET_AT_EVENT for signal in named.case.signals):
        return "They met at an event."
    return "Both are in the same area." if named.case.a.area == named.case.b.area else "They are in different areas."


_WORDS: Mapping[str, Callable[[Named, datetime, Model], str]] = {
    "overlap": _overlap,
    "tie": _tie,
    "reciprocity": _reciprocity,
    "complement": _complement,
    "breadth": _breadth,
    "locality": _locality,
}
