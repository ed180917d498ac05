"""People as rows of CSV files: the columns that HubSpot, Salesforce, Zoho, Google and Outlook know. Pure.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without (OWASP, CSV
injection); plain phone numbers are left as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from app.transfer.person import Job, Person, Reach

_MOST_COLUMNS = 500
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_PHONE = re.compile(r"^\+?[\d\s()./-]+$")


class Preset(StrEnum):
    """Whose columns."""

    CARDALLY = "cardally"
    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"
    ZOHO = "zoho"
    GOOGLE = "google"
    OUTLOOK = "outlook"


_COLUMNS: dict[Preset, str] = {
    Preset.CARDALLY: (
        "id=uid|external_id=external_id|name=name|name_prefix=name_prefix|name_suffix=name_suffix|company=company"
        "|title=title|department=department|email=emails.0|email_2=emails.1|email_3=emails.2|phone=phones.0"
        "|phone_2=phones.1|phone_3=phones.2|mobile=phones.mobile|fax=phones.fax|website=websites.0|social=social.0"
        "|address=addresses.0|tags=tags|notes=notes"
    ),
    Preset.HUBSPOT: (
        "First Name=given|Last Name=family|Email=emails.0|Phone Number=phones.work|Mobile Phone Number=phones.mobile"
        "|Fax Number=phones.fax|Company Name=company|Job Title=title|Website URL=websites.0|Street Address=addresses.0"
        "|Record ID=external_id|Notes=notes"
    ),
    Preset.SALESFORCE: (
        "Salutation=name_prefix|First Name=given|Last Name=family|Suffix=name_suffix|Title=title|Department=department"
        "|Account Name=company|Email=emails.0|Phone=phones.work|Mobile=phones.mobile|Fax=phones.fax"
        "|Mailing Street=addresses.0|Contact ID=external_id|Description=notes"
    ),
    Preset.ZOHO: (
        "Salutation=name_prefix|First Name=given|Last Name=family|Account Name=company|Title=title"
        "|Department=department|Email=emails.0|Secondary Email=emails.1|Phone=phones.work|Mobile=phones.mobile"
        "|Fax=phones.fax|Mailing Street=addresses.0|Tag=tags|Record Id=external_id|Description=notes"
    ),
    Preset.GOOGLE: (
        "Name Prefix=name_prefix|First Name=given|Last Name=family|Name Suffix=name_suffix"
        "|Organization Name=company|Organization Title=title|Organization Department=department|Labels=tags"
        "|E-mail 1 - Value=emails.0|E-mail 2 - Value=emails.1|Phone 1 - Value=phones.0|Phone 2 - Value=phones.1"
        "|Phone 3 - Value=phones.2|Address 1 - Formatted=addresses.0|Website 1 - Value=websites.0|Notes=notes"
    ),
    Preset.OUTLOOK: (
        "Title=name_prefix|First Name=given|Last Name=family|Suffix=name_suffix|Company=company|Department=department"
        "|Job Title=title|E-mail Address=emails.0|E-mail 2 Address=emails.1|E-mail 3 Address=emails.2"
        "|Business Phone=phones.work|Mobile Phone=phones.mobile|Home Phone=phones.home|Business Fax=phones.fax"
        "|Business Street=addresses.0|Web Page=websites.0|Categories=tags|Notes=notes"
    ),
}
"""Header and what it holds; `phones.mobile` is the first phone of that type, `emails.1` the second address."""

_SEPARATOR = {Preset.GOOGLE: " ::: "}
_KINDS = ("emails", "phones", "websites", "social", "addresses")


class BadSheet(ValueError):
    """This is no table of people; the text is a stable code."""


def columns(preset: Preset) -> dict[str, str]:
    """What each header of a preset holds."""
    return dict(pair.split("=", 1) for pair in _COLUMNS[preset].split("|"))


def header_of(text: str) -> tuple[list[str], str]:
    """The headers of a file's first record, and what separates its cells."""
    separator = max(",;\t", key=text.count)
    headers = _cells(text, separator)
    if len(headers) > _MOST_COLUMNS:
        raise BadSheet("too_many_columns")
    return headers, separator


def preset_of(headers: Iterable[str]) -> Preset:
    """Whose columns these are.

    Raises:
        BadSheet: `unknown_columns`, where no preset knows two of them.
    """
    there = {_folded(header) for header in headers}
    known = {preset: len(there & {_folded(name) for name in columns(preset)}) for preset in Preset}
    best = max(known, key=lambda preset: known[preset])
    if not known[best]:
        raise BadSheet("unknown_columns")
    return best


def person_in(text: str, headers: Sequence[str], separator: str, preset: Preset) -> Person:
    """What a record says. Of two columns of one name the first that is filled counts, of addresses and numbers both.

    Raises:
        BadSheet: `bad_row`, `nothing_said`.
    """
    holds = {_folded(name): path for name, path in columns(preset).items()}
    cells: dict[str, list[str]] = defaultdict(list)
    for header, cell in zip(headers, _cells(text, separator), strict=False):
        value = _unescaped(cell.strip())
        if value and _folded(header) in holds:
            cells[holds[_folded(header)]].append(value)
    person = _person(cells, _SEPARATOR.get(preset, ";"))
    if not person.full_name:
        raise BadSheet("nothing_said")
    return person


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error as wrong:
        raise BadSheet("bad_row") from wrong


def _folded(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.casefold())


def _person(cells: Mapping[str, Sequence[str]], separator: str) -> Person:
    def first(path: str) -> str | None:
        return next(iter(cells.get(path, ())), None)

    name = first("name") or " ".join(filter(None, (first("given"), first("family")))) or None
    job = Job(first("company"), first("title"), first("department"))
    tags = [tag.strip() for cell in cells.get("tags", ()) for tag in cell.split(separator)]
    return Person(
        name=name,
        name_prefix=first("name_prefix"),
        name_suffix=first("name_suffix"),
        given=first("given"),
        family=first("family"),
        jobs=(job,) if job != Job() else (),
        **_reached(cells),
        tags=tuple(tag for tag in tags if tag and not tag.startswith("* ")),
        notes=tuple(cells.get("notes", ())),
        external_id=first("external_id"),
    )


def _reached(cells: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {kind: _reaches(cells, kind) for kind in _KINDS}


def _reaches(cells: Mapping[str, Sequence[str]], kind: str) -> tuple[Reach, ...]:
    found: dict[str, Reach] = {}
    for path, values in cells.items():
        place, _, which = path.partition(".")
        if place == kind:
            for value in values:
                found.setdefault(value, Reach(value, None if which.isdigit() else which))
    return tuple(found.values())


def row_of(person: Person, preset: Preset, *, plain: bool = False) -> list[str]:
    """The cells of a person in the order of the preset's columns; `plain` leaves formulas as they are."""
    given, family = person.parts
    separator = _SEPARATOR.get(preset, ";")
    job = person.job
    says = {
        "uid": person.uid,
        "external_id": person.external_id,
        "name": person.name,
        "name_prefix": person.name_prefix,
        "name_suffix": person.name_suffix,
        "given": given,
        "family": family,
        "company": job.company,
        "title": job.title,
        "department": job.department,
        "tags": separator.join(person.tags),
        "notes": "\n".join(person.notes),
    }
    row = [says[path] if path in says else _reach_at(person, path) for path in columns(preset).values()]
    return [cell or "" if plain else _escaped(cell or "") for cell in row]


def _reach_at(person: Person, path: str) -> str | None:
    kind, _, which = path.partition(".")
    reaches: tuple[Reach, ...] = getattr(person, kind)
    if which.isdigit():
        return reaches[int(which)].value if int(which) < len(reaches) else None
    fitting = [
        each for each in reaches if (each.type or "work") in ((which, "direct") if which == "work" else (which,))
    ]
    return fitting[0].value if fitting else None


def _escaped(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _PHONE.match(cell) else cell


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def written(row: Sequence[str]) -> str:
    """A row as a line of a file (RFC 4180)."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow(row)
    return line.getvalue()
