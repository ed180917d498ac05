"""The words of this feature as types, and the sizes that both ends and the server agree on. Pure."""

from __future__ import annotations

from enum import StrEnum

LEAST_ACCOUNTS = 20
"""Real accounts a side: the answer to a smaller list tells too much of each account on it."""
SIZES = (64, 256, 1024, 4096, 16384)
"""To which lists are padded, powers of four: the size of a message tells no more than which of these."""
MOST_UNEQUAL = 4
"""How many times larger one side's padded list may be: a rep with a short list is not held against a long one."""
POINT_BYTES = 33
"""A compressed point of the curve P-256 (SEC 1, 2.3.3)."""
SEAL_BYTES = 28
"""What sealing adds to a message: nonce and tag of AES-GCM."""
MOST_OFFERED_BYTES = 1 << 20
"""Of a sealed message of offers or fields."""


class Side(StrEnum):
    """Which of the two reps: who proposed, or who joined."""

    A = "a"
    B = "b"

    @property
    def other(self) -> Side:
        return Side.B if self is Side.A else Side.A


class Depth(StrEnum):
    """How far the two go: only how many, which accounts, or what each sells there."""

    BAND = "band"
    ACCOUNTS = "accounts"
    FIELDS = "fields"

    @property
    def rank(self) -> int:
        return list(Depth).index(self)


class Band(StrEnum):
    """How many accounts two books share, as it is shown before either side tells which."""

    NONE = "none"
    FEW = "1-2"
    SOME = "3-9"
    MANY = "10+"


class Step(StrEnum):
    """A message from one end to the other. Each is handed over when both ends have sent theirs."""

    POINTS = "points"
    """The sender's accounts, blinded with the sender's key."""
    BLINDED = "blinded"
    """The other's points, blinded with the sender's key as well, in an order that says nothing."""
    ORDERED = "ordered"
    """The same again in the order in which they came: now the other finds which are shared."""
    OFFERS = "offers"
    """For which of the shared accounts the sender would show fields."""
    FIELDS = "fields"
    """The fields of those that both offered."""


class State(StrEnum):
    """How far a match has come."""

    PROPOSED = "proposed"
    JOINED = "joined"
    ACCEPTED = "accepted"
    SIZE_ROUND = "size_round"
    BAND_SHOWN = "band_shown"
    ACCOUNTS_ACCEPTED = "accounts_accepted"
    ACCOUNTS_SHOWN = "accounts_shown"
    FIELDS = "fields"
    CLOSED = "closed"
    REFUSED = "refused"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Why a match moved."""

    INVITED = "invited"
    BOTH_AGREED = "both_agreed"
    BOTH_SENT = "both_sent"
    SAME_RESULT = "same_result"
    NOTHING_SHARED = "nothing_shared"
    DEPTH_REACHED = "depth_reached"
    DONE = "done"
    LEFT = "left"
    DECLINED = "declined"
    RESULTS_DIFFER = "results_differ"
    OUT_OF_TIME = "out_of_time"


def padded_size(count: int) -> int:
    """The smallest of the sizes that holds so many accounts.

    Raises:
        ValueError: more than the largest holds.
    """
    for size in SIZES:
        if count <= size:
            return size
    raise ValueError(f"at most {SIZES[-1]:,} accounts can be matched")


def least_of(band: Band) -> int:
    """The least number of shared accounts of a band."""
    return {Band.NONE: 0, Band.FEW: 1, Band.SOME: 3, Band.MANY: 10}[band]


def band_of(count: int) -> Band:
    """The band in which so many shared accounts lie."""
    if count >= 10:
        return Band.MANY
    if count >= 3:
        return Band.SOME
    return Band.FEW if count else Band.NONE
