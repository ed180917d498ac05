"""What a rep and an organization allow of matching, and the stricter of the two. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.books.terms import Relation
from app.matches.terms import LEAST_ACCOUNTS, MOST_UNEQUAL, SIZES, Depth, padded_size


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be matched with a partner, and how often."""

    enabled: bool = True
    relations: frozenset[Relation] = frozenset(Relation)
    """Which of the own accounts may take part."""
    depth: Depth = Depth.FIELDS
    """How far at most."""
    least_accounts: int = LEAST_ACCOUNTS
    """Accounts a side at least, 20 or more; the partner's padded list has to hold as many."""
    largest_size: int = SIZES[-1]
    """Padded list of the partner at most: a longer list is a better net for guesses."""
    monthly: int = 2
    """Matches a calendar month (UTC) with the same organization."""
    cool_down_days: float = 7
    """Between two matches with the same organization."""

    def stricter(self, other: Limits) -> Limits:
        """What both allow."""
        return Limits(
            enabled=self.enabled and other.enabled,
            relations=self.relations & other.relations,
            depth=min(self.depth, other.depth, key=lambda depth: depth.rank),
            least_accounts=max(self.least_accounts, other.least_accounts),
            largest_size=min(self.largest_size, other.largest_size),
            monthly=min(self.monthly, other.monthly),
            cool_down_days=max(self.cool_down_days, other.cool_down_days),
        )


def against_terms(limits: Limits, relations: frozenset[Relation], depth: Depth) -> str | None:
    """Why these limits do not allow a match on such terms, for people; None where they do."""
    if not limits.enabled:
        return "Matching is switched off."
    if not relations <= limits.relations:
        return f"Only these accounts may take part: {', '.join(sorted(limits.relations)) or 'none'}."
    if depth.rank > limits.depth.rank:
        return f"A match may go as far as {limits.depth} at most."
    return None


def against_sizes(own: Limits, own_size: int, partner_size: int) -> str | None:
    """Why one side's limits do not allow two lists of these padded sizes, for people; None where they do."""
    least = padded_size(own.least_accounts)
    if min(own_size, partner_size) < least:
        return f"Both lists have to be padded to {least} at least."
    if partner_size > own.largest_size:
        return f"A partner's list may be padded to {own.largest_size} at most."
    if max(own_size, partner_size) > MOST_UNEQUAL * min(own_size, partner_size):
        return f"One list may be {MOST_UNEQUAL} times as long as the other at most."
    return None


def free_again(limits: Limits, past: list[datetime], moment: datetime) -> datetime | None:
    """When the next match with the same organization may begin; None when that is now.

    Args:
        limits: What one side allows.
        past: When matches with that organization were agreed, in any order.
        moment: Now.
    """
    month = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ends = []
    if sum(at >= month for at in past) >= limits.monthly:
        ends.append((month + timedelta(days=32)).replace(day=1))
    if past:
        ends.append(max(past) + timedelta(days=limits.cool_down_days))
    latest = max(ends, default=moment)
    return latest if latest > moment else None
