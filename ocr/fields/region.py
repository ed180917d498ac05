"""Which country the numbers on a card are dialled in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import phonenumbers

from lexicon import mail, places
from ocr.fields.spans import Span
from ocr.types import FieldKind

_GENERIC = frozenset(
    ("co", "io", "me", "tv", "ai", "cc", "to", "fm", "ly", "gg", "ws", "la", "sh", "im", "st", "eu", "so", "vc")
)
"""Country domains that are sold to the whole world."""
_CERTAIN = 2.0


def region_votes(texts: Iterable[str], spans: Sequence[Span]) -> dict[str, float]:
    """How much the card speaks for each phone region (ISO 3166); none where it says nothing.

    Votes: a country code printed with a number, a postal code or country in a line, the country domain of a website
    or address, a well-known city.
    """
    votes: dict[str, float] = defaultdict(float)
    for span in spans:
        region, weight = _vote(span)
        if region:
            votes[region] += weight
    for text in texts:
        _vote_text(votes, text)
    return dict(votes)


def certain_region(votes: Mapping[str, float]) -> str | None:
    """The region that the card speaks for, or None where it is not certain; a city alone is not enough."""
    if not votes:
        return None
    (best, most), *rest = sorted(votes.items(), key=lambda vote: -vote[1])
    return best if most >= _CERTAIN and (not rest or most > rest[0][1]) else None


def _vote_text(votes: dict[str, float], text: str) -> None:
    for region in filter(None, (places.postal_region(text), places.country(text))):
        votes[region] += 3.0
    for _, countries in places.cities(text):
        votes[countries[0]] += 0.5


def _vote(span: Span) -> tuple[str | None, float]:
    if span.kind is FieldKind.PHONE and span.value.startswith("+"):
        try:
            number = phonenumbers.parse(span.value, None)
        except phonenumbers.NumberParseException:
            return None, 0.0
        return phonenumbers.region_code_for_country_code(number.country_code or 0), 3.0
    if span.kind in (FieldKind.EMAIL, FieldKind.WEBSITE):
        host = span.value.rpartition("@")[2].partition("/")[0]
        ending = mail.suffix(host).rpartition(".")[2]
        if ending in ("edu", "gov", "mil"):
            return "US", 2.0
        if len(ending) == 2 and ending not in _GENERIC:
            return ("GB" if ending == "uk" else ending.upper()), 2.0
    return None, 0.0
