"""Contacts as files say them: with their notes, tags and, where these are wanted, pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.contacts import queries as contacts
from app.contacts.models import PictureKind
from app.kit.files import FileStore
from app.scans.thumbnails import Thumbnails, thumbnails
from app.transfer import queries
from app.transfer.person import Person, person_of


def people(session: Session, ids: Collection[UUID], files: FileStore | None = None) -> list[Person]:
    """Those of these contacts that are in use, in the order in which they were made; with pictures from `files`."""
    notes: dict[UUID, list[str]] = defaultdict(list)
    for note in session.scalars(queries.notes_of(ids)):
        notes[note.contact_id].append(note.text)
    pictures = _pictures(session, files, ids) if files is not None else {}
    return [
        person_of(
            contact,
            tags=tuple(tag.tag for tag in contact.tags),
            notes=tuple(notes[contact.id]),
            external_id=next((named.value for named in contact.external_ids), None),
            pictures=pictures.get(contact.id, Thumbnails()),
        )
        for contact in session.scalars(contacts.with_ids(ids))
    ]


def _pictures(session: Session, files: FileStore, ids: Collection[UUID]) -> dict[UUID, Thumbnails]:
    """What came with a contact from another address book goes before what is on its card."""
    pictures = thumbnails(session, files, ids)
    for brought in session.scalars(contacts.brought_pictures(ids)):
        field = "card" if brought.kind == PictureKind.PHOTO else "logo"
        with suppress(FileNotFoundError):  # it was erased since the session began
            shown = {field: files.get(brought.image_file)}
            pictures[brought.contact_id] = replace(pictures.get(brought.contact_id, Thumbnails()), **shown)
    return pictures
