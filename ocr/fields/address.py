"""Postal addresses: whether lines that stand together are one, or a list of several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lexicon import labels
from lexicon.folding import fold, words
from lexicon.legal_forms import legal_form
from lexicon.places import cities, has_postcode, has_state, postal_region
from lexicon.vocabulary import is_body, is_street

_UNITS = frozenset(
    "suite ste room rm floor fl flr unit apt apartment building bldg tower level house hall wing block box po pobox"
    " dept mailstop stock etage og eg haus postfach bp bat batiment residence zone planta piso puerta local edificio"
    " edif apartado km interno scala piano conj conjunto cj sala sl andar bloco loja lote quadra galpao verdieping"
    " postbus tang toa nha lau phong".split()
)
"""Words that go with numbers inside one address: floors, rooms, boxes."""
_LONGEST = 4
"""Digits of a house number, where no other number tells that a longer one is no postal code."""
_HOUSE = re.compile(
    r"^\D{0,12}?\d{1,5}[a-z]?(?:\s*[-/]\s*\d+)?[\s,]+(?:[nsew]\.\s*)?[^\W\d]{2,}|[^\W\d]{3,}[\s.,]+(?:n[o.º°]*\s*)?\d{1,5}\b"
)
"""A house number before the street's name or after it."""
_NUMBER_FIRST = re.compile(r"\d{1,5}(?: [NSEW]\.)?(?: [A-Z][\w'’]+){2,}(?:,|$)")
"""A street that says so by its number in front, whatever it is called: `90 Harbor Mill`."""
_BOX = re.compile(r"(?i)\bp\.?\s?o\.?\s?box\b|\bpostfach\b|\bpostbus\b|\bbp\b")
_LEADING = re.compile(r"(?:[A-Z]{1,2}[- ])?(\d{4,6})\b")
_ANY_CODE = re.compile(r"(?<![\d.-])\d{4,6}(?![\d.-])")
_CODE_AND_TOWN = re.compile(r"(?<![\d.-])\d{5,6}(?![\d.-])|(?<=\d)[^\W\d]?\s*[,|·-]\s*\d{4}\s+[^\W\d]{2,}")
"""A postal code of which the length tells, or a shorter one between a house number and the town."""
_REGISTERS = labels.OTHER_NUMBERS - frozenset("cep zip plz no nr id ie rg cf c.f. cr bar sn tax reg mst".split())
"""Labels of numbers; those that may as well stand in an address are left out."""
_NOTE = re.compile(
    r"(?<!cep)(?<!cep[ :.])(?<!cep[:.] )(?<!〒)(?<!〒 )(?<!\d)(?<!\d[-.])\d{7,}"
    r"|\b(?:since|est|established|founded|seit|gegrundet|depuis|fondee?|desde|fundad[ao]|dal|fondat[ao]|sinds)\b\D*(?:1[5-9]|20)\d\d\b"
    r"|[€$£]\s?\d|\biso\s?\d{4}|\bamtsgericht\b"
    r"|\d\s*(?:uhr|h|[ap]\.?m\.?)?\s*(?:-|–|to|bis|a)\s*\d{1,2}(?:[.:]\d{2})?\s*(?:uhr|h|[ap]\.?m)\b"
)
"""Numbers of more digits than a house or a town has, but for postal codes; the year of a foundation; a sum, a norm, a
court of registers; hours."""
_CARD = 256
"""Lines about which it is remembered what they are: each is asked about in many candidates."""
_TOWNS = 3
"""From so many towns on a line of them is a list."""
_TOWN_LAST = ("US", "GB", "CA")
"""Where an address cannot begin with its town."""


def is_list(lines: Sequence[str]) -> bool:
    """Whether two of the lines are each an address by itself, as where a shop says all its branches.

    A line is one by itself when it has street, house number and postal code. Where no line has a code, two streets with
    their house numbers are two addresses. So are lines of which one begins anew after the town's of the one before.
    """
    if len(lines) < 2:
        return False
    if _begins_anew(lines):
        return True
    whole = [line for line in lines if _has_house(line) and _has_code_too(line)]
    streets = [line for line in lines if line not in whole and _has_house(line) and _names_street(line)]
    if len(whole) > 1 or not streets:
        return len(whole) > 1
    return len(streets) > 1 and not whole and not any(has_postcode(line) for line in lines if line not in streets)


def _begins_anew(lines: Sequence[str]) -> bool:
    """Whether a street with its house number stands below the town that closes an address, or between two such towns.

    In some countries the town is written first, but not where its line ends with a state or a code of letters.
    """
    begun = closed = between = False
    for line in lines:
        closes = _is_closing(line)
        begins = (_has_house(line) and not _is_town(line)) or (closed and closes and bool(_BOX.search(line)))
        if closed and begins and begun:
            return True
        between |= closed and begins
        if between and closes:
            return True
        begun = begun or begins or (closes and (postal_region(line) in _TOWN_LAST or has_state(line)))
        closed = closed or closes
    return False


@lru_cache(maxsize=_CARD)
def _is_town(line: str) -> bool:
    """Whether a line begins with a postal code and not with the number of a house."""
    found = _LEADING.match(line)
    if found is None or _has_street(line):
        return False
    return len(found[1]) > _LONGEST or postal_region(line) is not None or any(cities(line))


@lru_cache(maxsize=_CARD)
def _is_closing(line: str) -> bool:
    """Whether a line names a town as the last lines of addresses do: with its postal code or its state."""
    sure = postal_region(line) is not None or has_state(line)
    return sure or any(code.start() or not _has_street(line) for code in _CODE_AND_TOWN.finditer(line))


def is_note(line: str) -> bool:
    """Whether a line says what stands near addresses and is no part of one.

    That is a number in a register or bank, a year of foundation, a sum, hours, a norm, or a list of towns.
    """
    plain = fold(line)
    tokens = re.findall(r"[^\s:#,;|()]+", plain)
    registers = any(
        token.strip(".°º") in _REGISTERS and any(c.isdigit() for c in "".join(tokens[at + 1 : at + 4]))
        for at, token in enumerate(tokens)
    )
    return registers or bool(_NOTE.search(plain)) or _is_list_of_towns(line)


def _is_list_of_towns(line: str) -> bool:
    """Whether a line names three towns and more and little else, as where a company says its branches."""
    parts = [part for part in re.split(r"\s*[-–·•|/,]\s*", line) if part]
    known = sum(any(" ".join(words(part)) == town for town, _ in cities(part)) for part in parts)
    return known >= _TOWNS and 3 * known >= 2 * len(parts) and not any(c.isdigit() for c in line)


def is_company(line: str) -> bool:
    """Whether a line says by its legal form that it is a company, which stands above its address and is no part of it.

    A short form beside a number may be anything else: `CO 80202`, `Av. S.A. 12`.
    """
    return not any(c.isdigit() for c in line) and (legal_form(line) is not None or is_body(line))


@lru_cache(maxsize=_CARD)
def _has_house(line: str) -> bool:
    parts = [part for part in line.split(",") if not any(word in _UNITS for word in words(part))]
    line = ",".join(parts)
    numbers = re.findall(r"\d{5}-\d{3,4}|\d+", line)
    only_code = len(numbers) == 1 and len(numbers[0]) > _LONGEST
    return bool(_HOUSE.search(fold(line))) and not only_code


def _names_street(line: str) -> bool:
    return _has_street(line) or bool(_NUMBER_FIRST.match(line) and postal_region(line) is None and not _is_town(line))


def _has_street(line: str) -> bool:
    return any(is_street(word) for word in words(line))


def _has_code_too(line: str) -> bool:
    """Whether a postal code stands beside the house number, which may itself have the form of one."""
    sure = postal_region(line) is not None
    likely = any(code.start() or len(code.group()) > _LONGEST for code in _ANY_CODE.finditer(line))
    return (sure or (likely and _has_street(line))) and len(re.findall(r"\d+", line)) > 1
