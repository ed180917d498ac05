"""People as JSON Lines: one object a line, with the words of the API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.transfer.person import Job, Person, Reach

_POINTS = {"email": "emails", "phone": "phones", "website": "websites", "social": "social", "address": "addresses"}


class BadDocument(ValueError):
    """This line is no person; the text is a stable code."""


def as_document(person: Person) -> bytes:
    """A person as one line."""
    points = [
        {"kind": kind, "value": reach.value, "type": reach.type, "extension": reach.extension}
        for kind, name in _POINTS.items()
        for reach in getattr(person, name)
    ]
    said = {
        "id": person.uid,
        "external_id": person.external_id,
        "name": person.name,
        "name_prefix": person.name_prefix,
        "name_suffix": person.name_suffix,
        "company": person.job.company,
        "title": person.job.title,
        "department": person.job.department,
        "points": points,
        "tags": person.tags,
        "notes": person.notes,
        "updated_at": person.changed_at,
    }
    return orjson.dumps(said, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def person_in(line: str) -> Person:
    """What a line says.

    Raises:
        BadDocument: `no_json`, `no_object`, `bad_value` or `nothing_said`.
    """
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError as wrong:
        raise BadDocument("no_json") from wrong
    if not isinstance(said, dict):
        raise BadDocument("no_object")
    job = Job(_text(said, "company"), _text(said, "title"), _text(said, "department"))
    person = Person(
        name=_text(said, "name"),
        name_prefix=_text(said, "name_prefix"),
        name_suffix=_text(said, "name_suffix"),
        jobs=(job,) if job != Job() else (),
        tags=_texts(said, "tags"),
        notes=_texts(said, "notes"),
        external_id=_text(said, "external_id"),
        **_reached(said),
    )
    if not person.full_name:
        raise BadDocument("nothing_said")
    return person


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise BadDocument("bad_value")
    return value.strip() or None if value else None


def _texts(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = said.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadDocument("bad_value")
    return tuple(value.strip() for value in values if value.strip())


def _reached(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _reaches(said, kind) for kind, name in _POINTS.items()}


def _reaches(said: Mapping[str, Any], kind: str) -> tuple[Reach, ...]:
    points = said.get("points") or []
    if not isinstance(points, list) or not all(isinstance(point, dict) for point in points):
        raise BadDocument("bad_value")
    mine = (point for point in points if point.get("kind") == kind)
    reaches = (Reach(_text(p, "value") or "", _text(p, "type"), _text(p, "extension")) for p in mine)
    return tuple(reach for reach in reaches if reach.value)
