"""Writes and reads vCards: 3.0 (RFC 2426) and 4.0 (RFC 6350) both ways, 2.1 in only. Pure.

`as_vcard` is what an address book gets; `parse_vcard` reads one card of a file, `app.transfer.records` finds
where each begins. Why no library: docs/decisions/0015-vcards-without-a-library.md.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Literal

from app.transfer.person import Job, Person, Reach

Version = Literal["3.0", "4.0"]

_PRODUCT = "-//Cardally//EN"
_FOLD_AT = 75
"""Octets of a line, its end left out (RFC 6350, 3.2)."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PHONE_TYPES = {
    "work": ("work", "voice"),
    "direct": ("work", "voice", "x-direct"),
    "home": ("home", "voice"),
    "mobile": ("cell",),
    "fax": ("work", "fax"),
    "pager": ("pager",),
}


class BadCard(ValueError):
    """This is no vCard that can be read; the text is a stable code."""


def as_vcard(person: Person, version: Version = "4.0") -> str:
    """One vCard with CRLF line ends."""
    lines = ["BEGIN:VCARD", f"VERSION:{version}", f"PRODID:{_PRODUCT}", *_properties(person, version), "END:VCARD"]
    return "".join(_fold(line) for line in lines)


def _properties(person: Person, version: Version) -> Iterator[str]:
    if person.uid:
        yield f"UID:urn:uuid:{person.uid}" if version == "4.0" else f"UID:{person.uid}"
    yield f"FN:{_text(person.full_name)}"
    given, family = person.parts
    yield "N:" + ";".join(map(_text, (family, given, "", person.name_prefix or "", person.name_suffix or "")))
    for number, job in enumerate(person.jobs):
        yield from _job(job, f"job{number + 1}." if number else "")
    yield from (f"EMAIL{_types(version, _place(email))}:{_text(email.value)}" for email in person.emails)
    yield from (_phone(phone, version) for phone in person.phones)
    yield from (
        f"ADR{_types(version, _place(each) or ('work',))}:;;{_text(each.value)};;;;" for each in person.addresses
    )
    yield from (f"URL:{_uri(each.value)}" for each in person.websites)
    yield from (
        f"X-SOCIALPROFILE{f';TYPE={_name(each.type)}' if each.type else ''}:{_uri(each.value)}"
        for each in person.social
    )
    yield from (f"NOTE:{_text(note)}" for note in person.notes)
    if person.tags:
        yield "CATEGORIES:" + ",".join(map(_text, person.tags))
    yield from (
        _picture(name, data, version) for name, data in (("PHOTO", person.photo), ("LOGO", person.logo)) if data
    )
    if person.changed_at:
        yield f"REV:{person.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _job(job: Job, group: str) -> Iterator[str]:
    if job.company or job.department:
        yield f"{group}ORG:{_text(job.company or '')}" + (f";{_text(job.department)}" if job.department else "")
    if job.title:
        yield f"{group}TITLE:{_text(job.title)}"


def _phone(phone: Reach, version: Version) -> str:
    types = _PHONE_TYPES.get(phone.type or "", ("voice",))
    if version == "4.0" and re.fullmatch(r"\+\d+", phone.value):
        extension = f";ext={re.sub(r'[^0-9]', '', phone.extension)}" if phone.extension else ""
        return f"TEL;VALUE=uri{_types(version, types)}:tel:{phone.value}{extension}"
    extension = f" ext. {phone.extension}" if phone.extension else ""
    return f"TEL{_types(version, types)}:{_text(phone.value + extension)}"


def _place(reach: Reach) -> tuple[str, ...]:
    return (reach.type,) if reach.type in ("work", "home") else ()


def _types(version: Version, types: Sequence[str]) -> str:
    if not types:
        return ""
    if version == "3.0":
        return ";TYPE=" + ",".join(each.upper() for each in types)
    return f";TYPE={types[0]}" if len(types) == 1 else ';TYPE="{}"'.format(",".join(types))


def _picture(name: str, data: bytes, version: Version) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    text = base64.b64encode(data).decode()
    return (
        f"{name}:data:image/{kind};base64,{text}"
        if version == "4.0"
        else f"{name};ENCODING=b;TYPE={kind.upper()}:{text}"
    )


def _text(value: str) -> str:
    plain = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _uri(value: str) -> str:
    return re.sub(r"\s", "", _CONTROLS.sub("", value))


def _name(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", value) or "other"


def _fold(line: str) -> str:
    """Lines of at most 75 octets, never parting a character."""
    parts, start, width = [], 0, 0
    for position, letter in enumerate(line):
        size = len(letter.encode("utf-8", "replace"))
        if width + size > _FOLD_AT:
            parts.append(line[start:position])
            start, width = position, 1
        width += size
    return "\r\n ".join([*parts, line[start:]]) + "\r\n"


@dataclass(slots=True)
class _Line:
    """One property, unfolded."""

    name: str
    value: str
    group: str = ""
    types: set[str] = field(default_factory=set)
    parameters: dict[str, str] = field(default_factory=dict)


_HEAD = re.compile(r"(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)")
_PARAMETER = re.compile(r';(?P<name>[\w-]+)(?:=(?P<value>(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*))?')


def parse_vcard(text: str) -> Person:
    """What one vCard says.

    Raises:
        BadCard: `no_vcard`, or `nothing_said` where it has neither name, company, address nor number.
    """
    lines = list(_lines(text))
    if len(lines) < 2 or (lines[0].name, lines[0].value.upper()) != ("BEGIN", "VCARD"):
        raise BadCard("no_vcard")
    by_name: dict[str, list[_Line]] = {}
    for line in lines:
        by_name.setdefault(line.name, []).append(line)
    person = _person(by_name)
    if not person.full_name:
        raise BadCard("nothing_said")
    return person


def _person(said: dict[str, list[_Line]]) -> Person:
    family, given, middle, prefix, suffix = _components(_first(said, "N"), 5)
    name = _plain(_first(said, "FN")) or " ".join(filter(None, (given, middle, family)))
    company = _components(_first(said, "ORG"), 1)[0]
    if name == company and not (given or family):
        name = ""  # a company's own card shows it as its name
    return Person(
        name=_without(name, prefix, suffix) or None,
        name_prefix=prefix or None,
        name_suffix=suffix or None,
        given=" ".join(filter(None, (given, middle))) or None,
        family=family or None,
        jobs=tuple(_jobs(said)),
        emails=_reaches(said, "EMAIL"),
        phones=tuple(_read_phone(line) for line in said.get("TEL", ()) if _plain(line)),
        websites=_reaches(said, "URL"),
        social=tuple(
            Reach(_plain(line), next(iter(sorted(line.types)), None))
            for name in ("X-SOCIALPROFILE", "SOCIALPROFILE")
            for line in said.get(name, ())
            if _plain(line)
        ),
        addresses=tuple(_addresses(said)),
        tags=tuple(tag for line in said.get("CATEGORIES", ()) for tag in map(str.strip, _split(line, ",")) if tag),
        notes=tuple(note for note in map(_plain, said.get("NOTE", ())) if note),
        uid=_plain(_first(said, "UID")).removeprefix("urn:uuid:") or None,
        photo=_read_picture(_first(said, "PHOTO")),
        logo=_read_picture(_first(said, "LOGO")),
    )


def _without(name: str, prefix: str, suffix: str) -> str:
    """FN often carries titles that N has apart."""
    bare = name.removeprefix(f"{prefix} ") if prefix else name
    return (re.sub(rf",? {re.escape(suffix)}$", "", bare) if suffix else bare).strip()


def _jobs(said: dict[str, list[_Line]]) -> Iterator[Job]:
    lines = {name: said.get(name, []) for name in ("ORG", "TITLE")}
    groups = dict.fromkeys(line.group if line.group.startswith("job") else "" for name in lines for line in lines[name])
    for group in groups:
        mine = {
            name: next((line for line in found if (line.group if line.group.startswith("job") else "") == group), None)
            for name, found in lines.items()
        }
        company, department = _components(mine["ORG"], 2)
        job = Job(company or None, _plain(mine["TITLE"]) or None, department or None)
        if job != Job():
            yield job


def _reaches(said: dict[str, list[_Line]], name: str) -> tuple[Reach, ...]:
    return tuple(
        Reach(_plain(line).removeprefix("mailto:"), _home(line)) for line in said.get(name, ()) if _plain(line)
    )


def _home(line: _Line) -> str | None:
    return next((place for place in ("work", "home") if place in line.types), None)


def _read_phone(line: _Line) -> Reach:
    number, _, rest = _plain(line).removeprefix("tel:").partition(";ext=")
    written = re.fullmatch(r"(.*?)\s*(?:ext\.?|x)\s*(\d{1,10})", number, re.IGNORECASE)
    extension = rest.partition(";")[0] or (written[2] if written else None)
    return Reach(written[1] if written else number, _phone_type(line.types), extension or None)


def _phone_type(types: set[str]) -> str | None:
    order = (("x-direct", "direct"), ("fax", "fax"), ("cell", "mobile"), ("pager", "pager"), ("work", "work"))
    return next((ours for theirs, ours in order if theirs in types), "home" if "home" in types else None)


def _addresses(said: dict[str, list[_Line]]) -> Iterator[Reach]:
    for line in said.get("ADR", ()):
        box, extended, street, town, region, code, country = _components(line, 7)
        written = ", ".join(filter(None, (box, extended, street, f"{code} {town}".strip(), region, country)))
        if written:
            yield Reach(" ".join(written.split()), _home(line))


def _read_picture(line: _Line | None) -> bytes | None:
    """The bytes of a picture that the card carries; one that it only links to is not fetched."""
    if line is None:
        return None
    data = line.value.partition(";base64,")[2] if line.value.startswith("data:") else line.value
    if not line.value.startswith("data:") and "ENCODING" not in line.parameters:
        return None
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error:
        return None


def _first(said: dict[str, list[_Line]], name: str) -> _Line | None:
    return next(iter(said.get(name, ())), None)


def _lines(text: str) -> Iterator[_Line]:
    unfolded = re.sub(r"=\r?\n", "=\n", text) if "QUOTED-PRINTABLE" in text.upper() else text
    unfolded = re.sub(r"\r?\n[ \t]", "", unfolded)
    pending = ""
    for raw in unfolded.splitlines():
        pending += raw
        if raw.endswith("=") and "QUOTED-PRINTABLE" in pending.upper():
            pending = pending[:-1]  # a soft line break of quoted-printable (vCard 2.1)
            continue
        line = _line(pending)
        pending = ""
        if line is not None:
            yield line


def _line(raw: str) -> _Line | None:
    head = _HEAD.match(raw)
    if head is None:
        return None
    line, position = _Line(head["name"].upper(), "", head["group"] or ""), head.end()
    while parameter := _PARAMETER.match(raw, position):
        position = parameter.end()
        name, value = parameter["name"].upper(), parameter["value"]
        if value is None:  # vCard 2.1 has bare types
            name, value = ("ENCODING", name) if name in ("QUOTED-PRINTABLE", "BASE64") else ("TYPE", name)
        if name == "TYPE":
            line.types |= {each.strip().lower() for each in value.replace('"', "").split(",")}
        else:
            line.parameters[name] = value.strip('"')
    if raw[position : position + 1] != ":":
        return None
    line.value = raw[position + 1 :]
    if line.parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        line.value = _quoted(line)
    return line


def _quoted(line: _Line) -> str:
    data = quopri.decodestring(line.value.encode("utf-8", "replace"))
    try:
        return data.decode(line.parameters.get("CHARSET", "utf-8"), "replace").replace("\n", "\\n")
    except LookupError:
        return data.decode("utf-8", "replace").replace("\n", "\\n")


def _split(line: _Line | None, separator: str) -> list[str]:
    if line is None:
        return []
    return [_unescape(part) for part in re.findall(rf"((?:\\.|[^\\{separator}])*)(?:{separator}|$)", line.value)]


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value, flags=re.DOTALL)


def _plain(line: _Line | None) -> str:
    return _CONTROLS.sub("", _unescape(line.value)).strip() if line else ""


def _components(line: _Line | None, count: int) -> list[str]:
    """The first `count` parts of a structured value, empty where they are missing."""
    parts = [_CONTROLS.sub("", part).strip() for part in _split(line, ";")]
    return [*parts, *[""] * count][:count]
