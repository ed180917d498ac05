"""Moves companies of drawn cards to the town that they are called by, as shops of real towns are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from bench.cardgen.kinds import CardLines, Kind, PrintedLine
from lexicon import places
from lexicon.folding import fold

_AMERICAN = re.compile(r"(?:^|, )([^\d,]+),? [A-Z]{2} \d{5}")
AT_HOME = 0.7
"""Share of the companies called by a town whose address is there."""


def at_home(card: CardLines, rng: random.Random) -> CardLines:
    """`card` with the town of its addresses put in the place of the company's, where that is called by one."""
    called = _town(str(card.fields.get("company") or ""))
    addresses = card.fields.get("addresses") or []
    towns = [town for town in map(_last_town, addresses) if town]
    if not called or not towns or rng.random() > AT_HOME:
        return card

    def there(text: str) -> str:
        for town in towns:
            text = text.replace(town, called.title() if town.istitle() else called)
        return text

    lines = tuple(_readdressed(line, there) if line.kind is Kind.ADDRESS else line for line in card.lines)
    return replace(card, lines=lines, fields={**card.fields, "addresses": [there(one) for one in addresses]})


def _readdressed(line: PrintedLine, there: Callable[[str], str]) -> PrintedLine:
    return replace(line, spans=tuple(replace(span, text=there(span.text)) for span in line.spans))


def _town(text: str) -> str:
    """The first town that `text` begins with or holds, as printed there."""
    for town, _ in places.cities(text):
        at = fold(text).find(town)
        if at >= 0 and len(fold(text)) == len(text):
            return text[at : at + len(town)]
    return ""


def _last_town(address: str) -> str:
    """The town of an address as printed: one that is known, or what stands before a state and a code."""
    if before := _AMERICAN.search(address):
        return before[1]
    found = [town for town, _ in places.cities(address)]
    at = fold(address).rfind(found[-1]) if found else -1
    return address[at : at + len(found[-1])] if at >= 0 and len(fold(address)) == len(address) else ""
