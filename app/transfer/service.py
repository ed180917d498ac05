"""Take a file of people, look at how it goes, tell what became of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth.models import Organization
from app.contacts.creation import Author
from app.kit.db import Begin, View, view_of_user
from app.kit.errors import AppError, NotFound
from app.kit.files import FileStore
from app.kit.ids import new_id
from app.kit.queue import publish
from app.transfer import queries
from app.transfer.events import ImportDue
from app.transfer.models import Import, ImportState
from app.transfer.records import Format
from app.transfer.sheets import Preset

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFile(AppError):
    """This is no text in UTF-8 or Windows-1252; save the file as UTF-8."""

    status, code = 422, "unreadable_file"


def begin_import(
    session: Session, user_id: UUID, kind: Format, preset: Preset | None, size: int, *, dry_run: bool
) -> Import:
    """Note that a file of `size` octets is to be brought in, for its user alone to see."""
    doing = Import(
        id=new_id(),
        audience_id=user_id,
        user_id=user_id,
        format=kind,
        preset=preset,
        dry_run=dry_run,
        size=size,
        source_file=None,
        headers=[],
    )
    session.add(doing)
    session.flush()
    return doing


def upload(
    session: Session,
    files: FileStore,
    user_id: UUID,
    file: BinaryIO,
    kind: Format,
    preset: Preset | None,
    dry_run: bool,
) -> UUID:
    """Keep a file and let its people be brought in; returns the import's id.

    Raises:
        UnreadableFile: it is in an encoding that is not read.
    """
    file.seek(0)
    if file.read(2) in _UTF16:
        raise UnreadableFile
    doing = begin_import(session, user_id, kind, preset, file.seek(0, SEEK_END), dry_run=dry_run)
    doing.source_file = files.put_file(session.info["organization_id"], file)
    session.flush()
    publish(session, ImportDue(doing.id))
    return doing.id


def get(session: Session, import_id: UUID) -> Import:
    """An import.

    Raises:
        NotFound: no such import, or not yours.
    """
    doing = session.scalars(queries.import_(import_id)).one_or_none()
    if doing is None:
        raise NotFound
    return doing


def author_of(session: Session, user_id: UUID) -> tuple[Author, View]:
    """Who brings people in, and what they see."""
    organization: Organization = session.execute(queries.author(user_id)).one()[1]
    view = view_of_user(organization.id, user_id, organization.default_visibility)
    return Author(user_id, organization.region), view


def report(begin: Begin, import_id: UUID) -> Iterator[bytes]:
    """What became of each row so far, a JSON object a line."""
    number = -1
    while True:
        with begin(reading=True) as session:
            part = session.scalars(queries.report_after(import_id, number)).one_or_none()
        if part is None:
            return
        number = part.number
        yield part.lines.encode()


def is_running(doing: Import) -> bool:
    """Whether there are rows left."""
    return doing.state == ImportState.RUNNING
