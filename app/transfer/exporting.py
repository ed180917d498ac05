"""Contacts leave as a stream: a few hundred at a time, each batch in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from app.kit.db import Begin
from app.kit.files import FileStore
from app.transfer import queries
from app.transfer.documents import as_document
from app.transfer.people import people
from app.transfer.person import Person
from app.transfer.records import Format
from app.transfer.sheets import Preset, columns, row_of, written
from app.transfer.vcard import Version, as_vcard

_BATCH = 200

MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.VCARD: "text/vcard; charset=utf-8",
    Format.JSONL: "application/x-ndjson",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How contacts are written."""

    format: Format = Format.CSV
    preset: Preset = Preset.CARDALLY
    version: Version = "4.0"
    plain: bool = False
    """Leave cells that a spreadsheet takes for formulas as they are."""


def export(
    begin: Begin, files: FileStore, wish: Wish, told: Callable[[int], None] = lambda _count: None
) -> Iterator[bytes]:
    """Every contact that the opener of transactions may see, oldest first; `told` hears how many were written.

    vCards have pictures of the newest card and its logo, from `files`.
    """
    if wish.format is Format.CSV:
        yield written(list(columns(wish.preset))).encode()
    last: UUID | None = None
    while True:
        with begin(reading=True) as session:
            ids = list(session.scalars(queries.ids_after(last, _BATCH)))
            found = people(session, ids, files if wish.format is Format.VCARD else None)
        if not ids:
            return
        last = ids[-1]
        yield b"".join(_written(person, wish) for person in found)
        told(len(found))


def _written(person: Person, wish: Wish) -> bytes:
    if wish.format is Format.VCARD:
        return as_vcard(person, wish.version).encode("utf-8", "replace")
    if wish.format is Format.JSONL:
        return as_document(person)
    return written(row_of(person, wish.preset, plain=wish.plain)).encode("utf-8", "replace")
