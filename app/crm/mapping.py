"""Which of our values fills which field of a CRM. Pure: a document of names in, a document of values out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.crm.talk import Connector, Kind

CONSTANT = "="
"""A source that begins so is the text that follows, the same for every record."""

_CONTACT = {
    "name": "Whole name without titles.",
    "first_name": "Given names.",
    "last_name": "Family name with its particles; the only word of a name that has one.",
    "prefix": "Titles before the name.",
    "suffix": "Titles after the name.",
    "email": "First e-mail address.",
    "phone": "Direct or office number, in E.164, with its extension.",
    "mobile": "Mobile number.",
    "fax": "Fax number.",
    "website": "Website on the card.",
    "linkedin": "Profile on LinkedIn.",
    "address": "Postal address in one text.",
    "title": "Title of the present job.",
    "department": "Department of the present job.",
    "company": "Name of the present company.",
    "owner_name": "Name of the user who holds the card.",
    "owner_email": "E-mail address of that user.",
    "met_at": "When the person was met last, ISO 8601 in UTC.",
    "event": "Event of the last meeting.",
    "place": "Place of the last meeting.",
    "id": "Our id.",
}
_COMPANY = {
    "name": "Name.",
    "domain": "First domain: acme.example.",
    "website": "https:// and the domain.",
    "industry": "What its customers do.",
    "category": "What it sells.",
    "place": "Town or area, as on its cards.",
    "id": "Our id.",
}
_NOTE = {
    "title": "One line: who was met, where.",
    "text": "When, where and by whom the person was met, and the note that was taken.",
    "note": "The note alone.",
    "met_at": "When, ISO 8601 in UTC.",
    "met_on": "The day, ISO 8601.",
    "event": "Event.",
    "place": "Place.",
    "direction": "mutual, received or given.",
    "user_name": "Who met the person.",
    "id": "Our id.",
}
SOURCES: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {Kind.CONTACT: _CONTACT, Kind.COMPANY: _COMPANY, Kind.NOTE: _NOTE}
)
"""What there is to fill fields with, and what it is."""


def problems(connector: Connector, mapping: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is wrong with a mapping, for people; empty when nothing is.

    Args:
        connector: of the CRM.
        mapping: by kind, from field of the CRM to one of `SOURCES`, or to `=` and a constant.
    """
    found = [f"{kind}: a mapping is for one of {_list(connector.fields)}" for kind in mapping if kind not in [*Kind]]
    for kind in (kind for kind in Kind if kind in mapping):
        found += _problems_of(connector, kind, mapping[kind])
    return found


def _problems_of(connector: Connector, kind: Kind, mapping: Mapping[str, str]) -> list[str]:
    fields, found = connector.fields[kind], []
    for name, source in mapping.items():
        if name not in fields.known and not (fields.custom and re.fullmatch(fields.custom, name)):
            also = f", or a field of your own that matches {fields.custom}" if fields.custom else ""
            found.append(f"{kind}.{name}: {connector.title} has no such field; it has {_list(fields.known)}{also}")
        if not source.startswith(CONSTANT) and source not in SOURCES[kind]:
            found.append(f"{kind}.{name}: nothing is called {source}; there is {_list(SOURCES[kind])}")
    missing = [name for name in fields.required if name not in mapping]
    return found + [f"{kind}.{name}: {connector.title} takes no {kind} without it" for name in missing]


def _list(names: Mapping[Any, object]) -> str:
    return ", ".join(str(name) for name in names)


def effective(connector: Connector, kind: Kind, own: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The organization's mapping, or the connector's where it has none."""
    return own.get(kind) or connector.fields[kind].mapping


def apply(connector: Connector, kind: Kind, mapping: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The fields that have a value, each cut to what the CRM takes."""
    known, filled = connector.fields[kind].known, {}
    for name, source in mapping.items():
        value = source[1:] if source.startswith(CONSTANT) else values.get(source)
        if value:
            filled[name] = value[: known.get(name)]
    return filled
