"""An import goes on: some rows in one transaction, with the place to go on from: nothing is done twice or lost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from app.companies.resolution import wait_for_turn
from app.contacts.creation import Author
from app.kit.clock import now
from app.kit.files import FileStore
from app.transfer import documents, queries, sheets
from app.transfer.documents import BadDocument
from app.transfer.intake import Outcome, Status, take_in
from app.transfer.models import Import, ImportReport, ImportState
from app.transfer.person import Person
from app.transfer.records import Format, Record, records
from app.transfer.sheets import BadSheet, Preset
from app.transfer.vcard import BadCard, parse_vcard

SLICE = 500
"""Rows of one transaction."""
_BREATH_SECONDS = 0.11
"""A little more than between two looks of SQLite's busy handler: who waits gets in after each slice."""


def run_slice(session: Session, files: FileStore, import_id: UUID, stream: BinaryIO, author: Author) -> bool:
    """Bring the next rows in, report them and remember the place; True while there are more.

    A dry run does the same and takes back what it did to the contacts: two rows of one person, too far apart to be in
    one slice, are then both `created`.
    """
    wait_for_turn(session)
    doing = session.scalars(queries.import_to_change(import_id)).one_or_none()
    if doing is None or doing.state != ImportState.RUNNING:
        return False
    found = records(stream, doing.position, Format(doing.format))
    if doing.format == Format.CSV and not doing.headers and not _read_headers(doing, found):
        return False
    number = session.scalar(queries.reports(import_id)) or 0
    with session.begin_nested() as trial:
        rows = list(islice(found, SLICE))
        lines = [_line(doing, outcome) for outcome in _outcomes(session, files, author, doing, rows)]
        doing.position = rows[-1].end if rows else doing.position
        facts = {name: getattr(doing, name) for name in _PROGRESS}
        if doing.dry_run:
            session.expunge(doing)
            trial.rollback()
    if doing.dry_run:
        doing = session.scalars(queries.import_to_change(import_id)).one()
        for name, value in facts.items():
            setattr(doing, name, value)
    if lines:
        session.add(ImportReport(import_id=doing.id, number=number, lines="".join(lines)))
    if len(lines) < SLICE:
        finish(doing, ImportState.DONE)
    return len(lines) == SLICE


def let_others_write(session: Session) -> None:
    """Wait a moment between two slices, where there is one writer."""
    if session.get_bind().dialect.name == "sqlite":
        time.sleep(_BREATH_SECONDS)


_PROGRESS = ("position", "rows", "created", "updated", "unchanged", "failed", "headers", "preset")


def finish(doing: Import, state: ImportState, error: str | None = None) -> None:
    """It ends; its file is forgotten."""
    doing.state, doing.error, doing.finished_at, doing.source_file = state, error, now(), None


def _read_headers(doing: Import, found: Iterator[Record]) -> bool:
    first = next(found, None)
    if first is None:
        finish(doing, ImportState.FAILED, "empty_file")
        return False
    try:
        headers, separator = sheets.header_of(first.text)
        doing.preset = doing.preset or sheets.preset_of(headers)
    except BadSheet as wrong:
        finish(doing, ImportState.FAILED, first.problem or str(wrong))
        return False
    doing.headers, doing.position = [separator, *headers], first.end
    return True


def _outcomes(
    session: Session, files: FileStore, author: Author, doing: Import, rows: Sequence[Record]
) -> list[Outcome]:
    """What becomes of each row."""
    read = [_read(doing, row) for row in rows]
    people = [each for each in read if isinstance(each, Person)]
    taken = iter(take_in(session, files, author, people) if people else ())
    return [next(taken) if isinstance(each, Person) else each for each in read]


def _read(doing: Import, row: Record) -> Person | Outcome:
    if row.problem:
        return Outcome(Status.FAILED, None, row.problem)
    try:
        return _person(doing, row.text)
    except (BadSheet, BadCard, BadDocument) as wrong:
        return Outcome(Status.FAILED, None, str(wrong))


def _person(doing: Import, text: str) -> Person:
    if doing.format == Format.VCARD:
        return parse_vcard(text)
    if doing.format == Format.JSONL:
        return documents.person_in(text)
    separator, *headers = doing.headers
    preset = Preset(doing.preset or Preset.CARDALLY)
    return sheets.person_in(text, headers, separator, preset)


def _line(doing: Import, outcome: Outcome) -> str:
    doing.rows += 1
    setattr(doing, outcome.status, getattr(doing, outcome.status) + 1)
    contact_id = None if doing.dry_run and outcome.status is Status.CREATED else outcome.contact_id
    said = {"row": doing.rows, "status": outcome.status, "contact_id": contact_id, "code": outcome.code}
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE).decode()
