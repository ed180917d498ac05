"""`cardally import` and `cardally export`: files of people, with a progress bar, in constant memory."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from app.composition import House, open_house
from app.contacts.creation import Author
from app.kit.actor import Actor
from app.kit.db import Begin
from app.kit.processes import keep_what_is_loaded
from app.kit.trail import Action, record_shown
from app.settings import Settings
from app.transfer import queries, service
from app.transfer.exporting import Wish, export
from app.transfer.importing import let_others_write, run_slice
from app.transfer.models import Import
from app.transfer.records import Format
from app.transfer.sheets import Preset

console = Console(stderr=True)

_KINDS = {".csv": Format.CSV, ".vcf": Format.VCARD, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL}
As = Annotated[str, typer.Option("--as", help="E-mail address of the user whose contacts these are.")]


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .csv, .vcf or .jsonl file.")],
    email: As,
    preset: Annotated[Preset | None, typer.Option(help="Of CSV whose columns; found by the headers.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    resume: Annotated[UUID | None, typer.Option(help="Go on with this import of the same file.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write what became of each row to this file.")] = None,
) -> None:
    """Bring people in. Interrupted, it goes on with --resume where it stopped."""
    house = open_house(Settings())
    author, begin = user_of(house, email, "cardally import")
    keep_what_is_loaded()
    with begin() as session:
        size, kind = file.stat().st_size, _KINDS.get(file.suffix.lower(), Format.CSV)
        doing = service.get(session, resume) if resume else None
        doing = doing or service.begin_import(session, author.user_id, kind, preset, size, dry_run=dry_run)
    console.print(f"Import {doing.id}")
    with file.open("rb") as stream, Progress(console=console) as progress:
        task, more = progress.add_task("rows", total=size, completed=doing.position), True
        while more:
            with begin() as session:
                more = run_slice(session, house.files, doing.id, stream, author)
                doing = service.get(session, doing.id)
            let_others_write(session)
            progress.update(task, completed=doing.position, description=f"{doing.rows:,} rows")
    _say(doing)
    if report is not None:
        with report.open("wb") as target:
            target.writelines(service.report(begin, doing.id))
    house.close()
    if doing.error:
        raise typer.Exit(1)


def export_file(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A .csv, .vcf or .jsonl file to write.")],
    email: As,
    preset: Annotated[Preset, typer.Option(help="Of CSV whose columns.")] = Preset.CARDALLY,
    version: Annotated[str, typer.Option(help="Of vCard: 3.0 or 4.0.")] = "4.0",
) -> None:
    """Write every contact that a user may see; the audit says so."""
    house = open_house(Settings())
    _, begin = user_of(house, email, "cardally export")
    with begin() as session:
        record_shown(session, Action.EXPORTED, "contact", count=session.scalar(queries.leaving()))
    kind = _KINDS.get(file.suffix.lower(), Format.CSV)
    wish = Wish(kind, preset, "3.0" if version == "3.0" else "4.0")
    with file.open("wb") as target, Progress(console=console) as progress:
        task = progress.add_task("contacts", total=None)
        target.writelines(export(begin, house.files, wish, lambda count: progress.advance(task, count)))
    house.close()


def user_of(house: House, email: str, program: str) -> tuple[Author, Begin]:
    """Who that is, and what opens transactions that see what they see; the audit names them and the program."""
    with house.sessions.begin(reading=True) as session:
        found = session.execute(queries.users_by_email(email)).all()
    if len(found) != 1:
        console.print(f"[red]{'No user has' if not found else 'Several users have'} the address {email}.[/red]")
        raise typer.Exit(1)
    user_id, organization_id = found[0]
    with house.sessions.begin(organization_id, reading=True) as session:
        author, view = service.author_of(session, user_id)
    return author, partial(house.sessions.begin, organization_id, view=view, actor=Actor(user_id, program=program))


def _say(doing: Import) -> None:
    counts = f"{doing.created:,} created, {doing.updated:,} updated, {doing.unchanged:,} unchanged"
    console.print(f"{doing.rows:,} rows: {counts}, {doing.failed:,} failed{f' ({doing.error})' if doing.error else ''}")
