"""`cardally read`: photos of business cards to tables or JSON, without any server."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import orjson
import typer
from rich.console import Console, Group
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

import ocr

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})
LABELS = {
    "name": "Name",
    "title": "Title",
    "department": "Department",
    "company": "Company",
    "email": "E-mail",
    "phone": "Phone",
    "website": "Website",
    "address": "Address",
    "social": "Social",
}
REVIEW_BELOW = 0.6
SOME_FAILED = 1
NOTHING_TO_DO = 2

Photos = Annotated[
    list[Path],
    typer.Argument(metavar="PHOTO", help="Photos (JPEG, PNG, WebP, HEIC), or folders of them.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON a photo on stdout, in the order given.")]
EngineName = Annotated[str, typer.Option("--engine", metavar="NAME", help=f"Reader of text: {', '.join(ocr.ENGINES)}.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Photos read at the same time.")]
TraceFolder = Annotated[
    Path | None,
    typer.Option("--trace", metavar="DIR", help="Write the numbered picture of every stage, a folder a photo."),
]
Base = Annotated[
    Path | None, typer.Option("--base", metavar="DIR", help="Name photos relative to this folder in the JSON.")
]
ReportFolder = Annotated[
    Path | None, typer.Option("--report", metavar="DIR", help="Write a page that shows every reading on its photo.")
]
TruthFile = Annotated[
    Path | None,
    typer.Option("--truth", metavar="FILE", help="What is printed (a truth.jsonl): the report marks what is wrong."),
]
Region = Annotated[
    str,
    typer.Option(metavar="CC", help="Country of phone numbers that do not say theirs (ISO 3166, such as DE)."),
]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds after which a photo is given up.")]


def read(  # noqa: PLR0913 - each is an option of the command line
    photos: Photos,
    *,
    as_json: AsJson = False,
    engine: EngineName = ocr.DEFAULT_ENGINE,
    jobs: Jobs = 1,
    trace: TraceFolder = None,
    report: ReportFolder = None,
    truth: TruthFile = None,
    base: Base = None,
    region: Region = "",
    timeout: Timeout = 30.0,
) -> None:
    """Read business cards from photos: name, company, title, e-mail, phones and the rest.

    Prints a table a card for people, or with `--json` one line a photo for programs. No server and no network are
    needed, and nothing is stored.

    For example:

    - `cardally read card.jpg`
    - `cardally read --json --jobs 4 ~/cards > readings.jsonl`
    - `cardally read --trace ./steps card.jpg`, then look at the pictures in `./steps`
    - `cardally read --report ./report ~/cards`, then open `./report/index.html`

    Leaves with 0 when every photo was read (a photo without a card counts as read), 1 when some could not be, 2 when
    the command line is wrong.
    """
    console, errors = Console(), Console(stderr=True)
    paths = list(find_photos(photos, [made for made in (report, trace) if made]))
    if not paths:
        _leave(errors, "No pictures there.")
    options = ocr.Options(region=region, timeout=timeout)
    try:
        outcomes = ocr.read_files(paths, options, engine, jobs, trace)
    except ocr.EngineUnavailable as error:
        _leave(errors, str(error))
    page = _report(report, truth, options, errors)
    failed = 0
    try:
        for outcome in _with_progress(outcomes, len(paths), errors):
            failed += isinstance(outcome.result, ocr.Failure)
            if page:
                page.add(outcome)
            if as_json:
                sys.stdout.buffer.write(orjson.dumps(json_line(outcome, base), option=orjson.OPT_APPEND_NEWLINE))
                sys.stdout.buffer.flush()
            elif not page:
                console.print(as_table(outcome))
    finally:
        if page:
            _close(page, errors)
    if failed:
        raise typer.Exit(SOME_FAILED)


def _leave(errors: Console, why: str) -> NoReturn:
    """End as a command line that makes no sense does."""
    errors.print(Text(why, style="red"), soft_wrap=True)
    raise typer.Exit(NOTHING_TO_DO)


def _report(folder: Path | None, truth: Path | None, options: ocr.Options, errors: Console) -> ocr.Report | None:
    """The report that was asked for, if any, ready to be filled; leaves where it cannot be made."""
    if folder is None:
        if truth:
            _leave(errors, "--truth says what is wrong in a report: say where to with --report DIR.")
        return None
    try:
        truths = ocr.load_truths(truth) if truth else {}
    except (OSError, ValueError) as wrong:
        _leave(errors, f"{truth} holds no truth: {wrong}")
    page = ocr.Report(folder, truths, options)
    try:
        page.prepare()
    except OSError as wrong:
        _leave(errors, f"No report can be written there: {wrong}")
    return page


def _close(page: ocr.Report, errors: Console) -> None:
    """Write the page, also of what was read until somebody had enough of it, and say where it is."""
    written = page.write()
    if page.truths and not page.judged:
        errors.print(Text("The truth tells of none of these photos.", style="yellow"))
    errors.print(Text(f"The report: {written}"), soft_wrap=True)


def find_photos(places: Iterable[Path], made: Sequence[Path] = ()) -> Iterator[Path]:
    """Files as they are; of folders, the pictures anywhere within, by name, but not those in folders that we made."""
    ours = [folder.resolve() for folder in made]
    for place in places:
        if place.is_dir():
            yield from sorted(
                path
                for path in place.rglob("*")
                if path.suffix.lower() in PICTURES
                and path.is_file()
                and not any(path.resolve().is_relative_to(own) for own in ours)
            )
        else:
            yield place


def _with_progress(outcomes: Iterator[ocr.Outcome], total: int, console: Console) -> Iterator[ocr.Outcome]:
    """Show a bar on stderr while several photos are read and somebody is looking."""
    columns = TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=total < 2 or not console.is_terminal) as progress:
        yield from progress.track(outcomes, total=total)


def json_line(outcome: ocr.Outcome, base: Path | None) -> dict[str, Any]:
    """One photo's line; `photo` is the path as given, or relative to `base`."""
    path = outcome.path
    if base is not None and path.resolve().is_relative_to(base.resolve()):
        path = path.resolve().relative_to(base.resolve())
    if isinstance(outcome.result, ocr.Failure):
        return ocr.error_as_json(outcome.result.code, outcome.result.detail, ocr.shown_path(path))
    return ocr.as_json(outcome.result, ocr.shown_path(path))


def as_table(outcome: ocr.Outcome) -> Group:
    """One photo for people."""
    result = outcome.result
    head = Text(ocr.shown_path(outcome.path), style="bold")
    if isinstance(result, ocr.Failure):
        return Group(head, Padding(Text(f"{result.code}: {result.detail}", style="red"), (0, 2)))
    head.append(f"  {result.engine}, {result.seconds:.1f} s", style="dim not bold")
    if not result.cards:
        return Group(head, Padding(Text("No card found.", style="yellow"), (0, 2)))
    return Group(head, *(Padding(_card_table(card), (0, 2)) for card in result.cards))


def _card_table(card: ocr.Card) -> Group:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", min_width=10)
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    for kind, label in LABELS.items():
        for field in (field for field in card.fields if field.kind == kind):
            sure = Text(f"{field.confidence:.0%}", style="green" if field.confidence >= REVIEW_BELOW else "yellow")
            table.add_row(label, _value(field), sure)
    if not card.review:
        return Group(table)
    return Group(table, Text(f"needs review: {', '.join(card.review)}", style="yellow"))


def _value(field: ocr.Field) -> Text:
    text = Text(field.value)
    notes = [field.type or "", f"ext. {field.extension}" if field.extension else "", *field.repairs]
    if said := ", ".join(filter(None, notes)):
        text.append(f"  {said}", style="dim")
    return text


def run() -> None:
    """Run `cardally read` without loading the other commands and the service behind them."""
    alone = typer.Typer(
        name="cardally", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
    )
    alone.callback()(lambda: None)
    alone.command()(read)
    alone()
