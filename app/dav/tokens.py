"""What a client had seen when it last asked (RFC 6578, sync-token). Pure.

A token holds a moment up to which everything was told, and how many members there were by then. Both are compared when
it comes back: where what is there now does not follow from what was told since (a contact was unshared, a merge
undone), the token is refused, and the client reads everything anew. So nothing has to be kept for each client.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SETTLED = timedelta(minutes=2)
"""No transaction takes so long: a change that is older than this is visible to everybody."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(r"urn:x-cardally:([0-9a-f]{1,16})-([0-9a-f]{1,12})")


@dataclass(frozen=True, slots=True)
class SyncToken:
    """What was told: all changes up to `moment`, and `count` members that were made by then."""

    moment: datetime
    count: int

    def __str__(self) -> str:
        return f"urn:x-cardally:{(self.moment - _EPOCH) // _MICROSECOND:x}-{self.count:x}"

    @classmethod
    def of(cls, text: str) -> SyncToken | None:
        """The token in a text; None where there is none."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            return None
        try:
            return cls(_EPOCH + int(found[1], 16) * _MICROSECOND, int(found[2], 16))
        except OverflowError:
            return None


def settled(last_change: datetime, now: datetime) -> datetime:
    """The moment up to which no change can come to light any more, when the last that is known was at `last_change`."""
    return min(last_change, now - SETTLED)
