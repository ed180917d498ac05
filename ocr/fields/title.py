"""Titles on two lines: whether the words of one line go on in the next, whatever size and place say."""

from __future__ import annotations

from lexicon.folding import words
from lexicon.vocabulary import is_department, is_english, is_job

_OPEN = ("&", ",", "-", "–", "/", "+")
_LINKS = frozenset(
    "of and for the to in at & und fur der des im fuer et de du des la les en pour aux y e del di della dei da do dos"
    " das em com para con van voor per sur cho va".split()
)
"""Words on which no title ends, and with which none begins."""
_QUALIFIERS = frozenset(
    "regional senior junior lead national assistant associate deputy principal chief area key international global"
    " executive corporate technical managing district territory staff".split()
)
"""Words of titles that name no job by themselves."""
_WHOLE = frozenset(
    "department dept division abteilung departamento departement service faculty fakultat school institute institut"
    " office group team unit bereich afdeling reparto divisao setor phong khoa ban".split()
)
"""Words that make what stands beside them the name of a department, complete in itself."""
_MOST = 3
"""Words of a line that may be half a title."""


def goes_on(upper: str, lower: str) -> bool:
    """Whether two lines, one under the other and set alike, can only be one title.

    `Director of` and `Sales`, `Leiterin Einkauf` and `und Logistik`: a line ends or begins with a link. `Key Account`
    and `Manager`: the upper names no job, the lower one hardly anything else.
    """
    first, second = words(upper), words(lower)
    if not first or not second or any(c.isdigit() for c in upper + lower):
        return False
    if any(is_job(word) for word in (*first, *second)) and _is_linked(upper, lower, first, second):
        return True
    headless = (
        not any(is_job(word) for word in first if word not in _QUALIFIERS)
        and is_job(second[-1])
        and len(second) <= _MOST
    )
    plain = all(is_department(word) or is_english(word) for word in first)
    return headless and plain and len(first) <= _MOST and not _WHOLE & {*first, *second}


def _is_linked(upper: str, lower: str, first: list[str], second: list[str]) -> bool:
    ends = upper.rstrip().endswith(_OPEN) or first[-1] in _LINKS
    begins = lower.lstrip().startswith("&") or (second[0] in _LINKS and len(second) > 1)
    return ends or begins
