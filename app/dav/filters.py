"""Which vCards a query asks for (RFC 6352, 10.5). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET

from app.dav.xml import card

Wants = Callable[[str], bool]
"""Says of a vCard whether it is asked for."""

_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "contains": lambda value, wanted: wanted in value,
    "starts-with": lambda value, wanted: value.startswith(wanted),
    "ends-with": lambda value, wanted: value.endswith(wanted),
}
_COLLATIONS = ("i;unicode-casemap", "i;ascii-casemap", "default", "i;octet")
_LINE = re.compile(r'(?:[\w-]+\.)?([\w-]+)(?:;(?:"[^"]*"|[^":])*)?:(.*)')
"""Group, name, parameters and value of a line."""


class UnsupportedFilter(ValueError):
    """This part of a filter is not known here."""


class UnsupportedCollation(UnsupportedFilter):
    """Text cannot be compared like this here."""


def filter_of(asked: ET.Element | None) -> Wants:
    """What a `filter` element asks for; everything without one.

    Raises:
        UnsupportedFilter: it asks for parameters, or in an unknown way.
    """
    if asked is None:
        return lambda _vcard: True
    tests = [_property_test(each) for each in asked]
    return _combined(asked, tests)


def _combined(asked: ET.Element, tests: list[Wants]) -> Wants:
    together = all if asked.get("test") == "allof" else any
    return lambda vcard: not tests or together(test(vcard) for test in tests)


def _property_test(asked: ET.Element) -> Wants:
    name = asked.get("name", "").upper()
    if asked.tag != card("prop-filter") or not name:
        raise UnsupportedFilter
    conditions = list(asked)
    if [each.tag for each in conditions] == [card("is-not-defined")]:
        return lambda vcard: not any(_values(vcard, name))
    tests = [_text_test(each) for each in conditions]
    together = all if asked.get("test") == "allof" else any

    def holds(vcard: str) -> bool:
        values = list(_values(vcard, name))
        return bool(values) and (not tests or together(test(values) for test in tests))

    return holds


def _text_test(asked: ET.Element) -> Callable[[list[str]], bool]:
    match = _MATCHES.get(asked.get("match-type", "contains"))
    if asked.tag != card("text-match") or match is None:
        raise UnsupportedFilter
    collation = asked.get("collation", "i;unicode-casemap")
    if collation not in _COLLATIONS:
        raise UnsupportedCollation
    fold: Callable[[str], str] = str if collation == "i;octet" else str.casefold
    wanted, negated = fold(asked.text or ""), asked.get("negate-condition") == "yes"
    return lambda values: any(match(fold(value), wanted) for value in values) != negated


def _values(vcard: str, name: str) -> Iterable[str]:
    for line in vcard.replace("\r\n ", "").splitlines():
        found = _LINE.match(line)
        if found is not None and found[1].upper() == name:
            yield re.sub(r"\\([,;\\])", r"\1", found[2]).replace("\\n", "\n")
