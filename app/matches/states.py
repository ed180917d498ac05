"""The way of a match: what may happen in which state, and where it leads. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.matches.terms import POINT_BYTES, SEAL_BYTES, State, Step


class Act(StrEnum):
    """What moves a match. All but joining take both sides: the second one moves it."""

    JOIN = "join"
    ACCEPT = "accept"
    SEND_POINTS = "send_points"
    SAY_BAND = "say_band"
    GO_ON = "go_on"
    CONFIRM = "confirm"


class WrongOrderError(ValueError):
    """This cannot happen in the present state."""


_MOVES = {
    (State.PROPOSED, Act.JOIN): State.JOINED,
    (State.JOINED, Act.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Act.SEND_POINTS): State.SIZE_ROUND,
    (State.SIZE_ROUND, Act.SAY_BAND): State.BAND_SHOWN,
    (State.BAND_SHOWN, Act.GO_ON): State.ACCOUNTS_ACCEPTED,
    (State.ACCOUNTS_ACCEPTED, Act.CONFIRM): State.ACCOUNTS_SHOWN,
    (State.ACCOUNTS_SHOWN, Act.GO_ON): State.FIELDS,
}

OVER = frozenset({State.CLOSED, State.REFUSED, State.EXPIRED})
"""From here nothing leads on."""

UNDECIDED = frozenset({State.PROPOSED, State.JOINED})
"""Nothing was sent yet: who leaves now refuses."""

_SENT_IN = {
    Step.POINTS: State.ACCEPTED,
    Step.BLINDED: State.SIZE_ROUND,
    Step.ORDERED: State.ACCOUNTS_ACCEPTED,
    Step.OFFERS: State.FIELDS,
    Step.FIELDS: State.FIELDS,
}

NEEDED_FIRST = {Step.FIELDS: Step.OFFERS}
"""Of two steps of one state the one that both must have sent before."""

NEEDED_TO_ACT = {Act.SAY_BAND: Step.BLINDED, Act.CONFIRM: Step.ORDERED}
"""What both must have sent before a result can be said."""


def after(state: State, act: Act) -> State:
    """Where this act leads.

    Raises:
        WrongOrderError: it cannot happen now.
    """
    try:
        return _MOVES[state, act]
    except KeyError as wrong:
        raise WrongOrderError(f"A match that is {state} takes no {act}.") from wrong


def check_step(state: State, step: Step) -> None:
    """Raises WrongOrderError unless a message of this step can be sent now."""
    if _SENT_IN[step] != state:
        raise WrongOrderError(f"A match that is {state} takes no message {step}.")


def exact_bytes(step: Step, own_size: int, partner_size: int) -> int | None:
    """How long a sealed message must be; None where that says nothing and only a limit holds."""
    counts = {Step.POINTS: own_size, Step.BLINDED: partner_size, Step.ORDERED: partner_size}
    return counts[step] * POINT_BYTES + SEAL_BYTES if step in counts else None
