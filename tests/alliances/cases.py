"""Cases for tests of the rules: typed functions with defaults, and strategies that draw any case there can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import strategies as st

from app.alliances.scoring import DIRECTED
from app.alliances.terms import Case, Kind, Profile, SharedAccount, Side, Signal
from app.books.terms import Relation

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SPACE = UUID(int=0)


def an_id(name: str) -> UUID:
    return uuid5(SPACE, name)


def signal(kind: Kind, days: float = 1, *, giver: Side | None = None, ours: str = "ann", theirs: str = "bob") -> Signal:
    """A signal `days` before NOW between the reps `ours` and `theirs`."""
    name = f"{kind} {days} {giver} {ours} {theirs}"
    return Signal(an_id(name), kind, NOW - timedelta(days=days), 1.0, giver, an_id(ours), an_id(theirs))


def account(name: str, a: Relation, b: Relation, days: float = 1, *, idf: float = 1.0) -> SharedAccount:
    return SharedAccount(an_id(name), a, b, NOW - timedelta(days=days), idf)


ONE_CARD = Case(signals=(signal(Kind.CARD_RECEIVED),))

BOTH_CARDS = Case(signals=(signal(Kind.MUTUAL_EXCHANGE), signal(Kind.MET_AT_EVENT)))

FOUR_ACCOUNTS = tuple(account(name, Relation.CUSTOMER, Relation.CUSTOMER) for name in ("n", "e", "s", "w"))

EACH_WAY = Case(
    signals=(
        *BOTH_CARDS.signals,
        signal(Kind.INTRODUCTION, giver=Side.A),
        signal(Kind.INTRODUCTION, giver=Side.B),
    ),
    shared=FOUR_ACCOUNTS,
)

ONE_WAY = Case(
    signals=(*BOTH_CARDS.signals, *(signal(Kind.INTRODUCTION, days, giver=Side.A) for days in (1, 2, 3, 4))),
    shared=FOUR_ACCOUNTS,
)

WON_TOGETHER = Case(
    signals=(
        *EACH_WAY.signals,
        signal(Kind.MUTUAL_EXCHANGE, ours="cleo", theirs="dan"),
        signal(Kind.MUTUAL_EXCHANGE, ours="eve", theirs="fay"),
        signal(Kind.JOINT_WIN, giver=Side.A),
        signal(Kind.JOINT_WIN, giver=Side.B, ours="cleo", theirs="dan"),
    ),
    shared=FOUR_ACCOUNTS,
)

COMPETITOR = Case(BOTH_CARDS.signals, FOUR_ACCOUNTS, Profile("tills"), Profile("tills"))


def mirrored(case: Case) -> Case:
    """The same pair, its companies named in the other order."""

    def turned(s: Signal) -> Signal:
        return replace(s, giver=s.giver and s.giver.other, rep_a=s.rep_b, rep_b=s.rep_a)

    def swapped(s: SharedAccount) -> SharedAccount:
        return SharedAccount(s.id, s.relation_b, s.relation_a, s.confirmed_at, s.idf, s.by_both)

    return Case(
        tuple(map(turned, case.signals)), tuple(map(swapped, case.shared)), case.b, case.a, case.declared_competitors
    )


ids = st.uuids()
reps = st.sampled_from([None, *map(an_id, ("ann", "bob", "cleo", "dan"))])
moments = st.integers(-30, 3000).map(lambda days: NOW - timedelta(days=days))


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    kind = draw(st.sampled_from(Kind))
    giver = draw(st.sampled_from(Side)) if kind in DIRECTED else None
    confidence = draw(st.floats(0, 1))
    found = 0, ()
    if kind is Kind.BOOKS_MATCHED:
        found = draw(st.sampled_from([1, 3, 10])), (draw(st.sampled_from(Relation)), draw(st.sampled_from(Relation)))
    return Signal(draw(ids), kind, draw(moments), confidence, giver, draw(reps), draw(reps), *found)


accounts = st.builds(
    SharedAccount,
    ids,
    st.sampled_from(Relation),
    st.sampled_from(Relation),
    moments,
    st.floats(0, 1),
    st.booleans(),
)
names = st.sampled_from([None, "tills", "safes"])
profiles = st.builds(Profile, names, st.frozensets(st.sampled_from(["retail", "hotels", "farms"])), names)


@st.composite
def any_case(draw: st.DrawFn) -> Case:
    some = draw(st.lists(signals(), max_size=8)), draw(st.lists(accounts, max_size=8))
    return Case(tuple(some[0]), tuple(some[1]), draw(profiles), draw(profiles), draw(st.booleans()))
