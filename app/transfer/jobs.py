"""Reactions of transfer: an import goes on for a while, then lets others have their turn."""

from __future__ import annotations

import time

from app.kit.events import Work
from app.kit.queue import publish
from app.transfer import queries, service
from app.transfer.events import ImportDue
from app.transfer.importing import finish, let_others_write, run_slice
from app.transfer.models import ImportState

_SECONDS = 10.0


def go_on(work: Work, event: ImportDue) -> None:
    """Bring in rows for some seconds; a worker that dies has lost the slice it was at, and the next one does it."""
    with work.begin(reading=True) as session:
        doing = session.scalars(queries.import_(event.import_id)).one_or_none()
        if doing is None or not service.is_running(doing) or doing.source_file is None:
            return
        author, view = service.author_of(session, doing.user_id)
    deadline, more = time.monotonic() + _SECONDS, True
    with work.files.open(doing.source_file) as stream:
        while more and time.monotonic() < deadline:
            with work.begin(view=view) as session:
                more = run_slice(session, work.files, event.import_id, stream, author)
            let_others_write(session)
    if more:
        with work.begin() as session:
            publish(session, event)


def gave_up(work: Work, event: ImportDue, code: str) -> None:
    """Every attempt failed: the import ends, so that its user need not wait."""
    with work.begin() as session:
        doing = session.scalars(queries.import_to_change(event.import_id)).one_or_none()
        if doing is not None and service.is_running(doing):
            finish(doing, ImportState.FAILED, code)
