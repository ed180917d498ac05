"""`cardally match`: one end of a private match. The book stays on this machine, or comes from the rep's own account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import httpx
import typer
from rich.console import Console
from rich.prompt import Confirm, Prompt

from app.books.sheet import BadSheetError
from app.books.terms import Relation
from app.matches.client.book import Entry, check_count, entries_of_sheet
from app.matches.client.end import End, Person, Result
from app.matches.client.errors import MatchError
from app.matches.client.pair import accounts_to_record, book_of, describe
from app.matches.client.sealing import Invitation
from app.matches.client.server import MatchSeen, Server
from app.matches.terms import Band, Depth

match_app = typer.Typer(help="Find what your book shares with another rep's, without showing it.", no_args_is_help=True)
console = Console(soft_wrap=True)

Contact = Annotated[UUID, typer.Argument(help="The other rep, as your contacts have them.")]
Book = Annotated[
    Path | None,
    typer.Option(
        help="CSV with the columns company, domain, relation, never_share; it stays here. Default: your book there.",
        exists=True,
        dir_okay=False,
    ),
]
Url = Annotated[str, typer.Option(envvar="CARDALLY_URL", help="The server.")]
Key = Annotated[str, typer.Option(envvar="CARDALLY_API_KEY", help="Your API key.", prompt=True, hide_input=True)]
Yes = Annotated[bool, typer.Option("--yes", help="Agree to everything that needs no second look.")]
Record = Annotated[
    bool, typer.Option("--record", help="Keep what was confirmed as the contact's accounts: alliances learn from it.")
]
Patience = Annotated[float, typer.Option(min=1, help="Seconds to wait for the other end in each step.")]


@dataclass(frozen=True, slots=True)
class Way:
    """How this end is run."""

    book: Path | None
    yes: bool
    record: bool


@match_app.command()
def propose(
    contact: Contact,
    key: Key,
    own: Annotated[list[Relation] | None, typer.Option(help="Which of your accounts take part; all.")] = None,
    partner: Annotated[list[Relation] | None, typer.Option(help="Which of the other's; all.")] = None,
    depth: Annotated[Depth, typer.Option(help="How far to go at most.")] = Depth.ACCOUNTS,
    book: Book = None,
    url: Url = "http://127.0.0.1:8000",
    yes: Yes = False,
    record: Record = False,
    patience: Patience = 7 * 86400,
) -> None:
    """Propose a match, hand the invitation that is printed to the other rep, and run this end of it."""
    with _caller(url, key, patience) as server:
        if book is not None:
            check_count(entries_of_sheet(book.read_bytes(), own or list(Relation)))
        invitation = Invitation()
        match = server.propose(contact, own or list(Relation), partner or list(Relation), depth, invitation)
        console.print("Give this to the other rep, and to nobody else; it works once, for seven days:")
        typer.echo(invitation.text)
        _run(server, invitation, match.id, Way(book, yes, record))


@match_app.command()
def join(
    contact: Contact,
    key: Key,
    invitation: Annotated[str | None, typer.Option(help="Asked for when left out: it is a secret.")] = None,
    book: Book = None,
    url: Url = "http://127.0.0.1:8000",
    yes: Yes = False,
    record: Record = False,
    patience: Patience = 3600,
) -> None:
    """Join a match that CONTACT has invited you to, and run this end of it."""
    with _caller(url, key, patience) as server:
        given = Invitation.read(invitation or Prompt.ask("Invitation", password=True))
        match = server.join(given, contact)
        _run(server, given, match.id, Way(book, yes, record))


@contextmanager
def _caller(url: str, key: str, patience: float) -> Iterator[Server]:
    headers = {"Authorization": f"Bearer {key}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
            yield Server(http, patience)
    except (MatchError, BadSheetError) as wrong:
        console.print(f"[red]{wrong}[/red]")
        raise typer.Exit(1) from wrong
    except httpx.HTTPError as lost:
        console.print(f"[red]The server at {url} does not answer: {type(lost).__name__}.[/red]")
        raise typer.Exit(1) from lost


def _run(server: Server, invitation: Invitation, match_id: UUID, way: Way) -> None:
    relations = server.look(match_id).own.relations
    entries = book_of(server, match_id, way.book.read_bytes() if way.book else None, relations)
    console.print(f"{len(entries)} of your accounts take part. Waiting for the other rep …")
    end = End(server, invitation, match_id, _person(way.yes), _memory())
    result = end.run(entries)
    for line in describe(result):
        console.print(line, markup=False, highlight=False)
    if way.record:
        _record(server, match_id, result)


def _record(server: Server, match_id: UUID, result: Result) -> None:
    match = server.look(match_id)
    accounts = accounts_to_record(result, match)
    for account in accounts:
        server.record(account)
    console.print(f"{len(accounts)} accounts are kept as your contact's.")


def _person(yes: bool) -> Person:
    def accept(match: MatchSeen) -> bool:
        other = match.partner
        console.print(f"{other.name} <{other.email}> of {other.organization_name} takes part.", markup=False)
        console.print(
            f"Yours: {_words(match.own.relations)}. Theirs: {_words(other.relations)}. As far as: {match.depth}."
        )
        if match.on_card:
            return yes or Confirm.ask("Match with them?", default=True)
        console.print("[yellow]This address is not on the card you have of them. Ask them first.[/yellow]")
        return Confirm.ask("Match with them all the same?", default=False)

    def go_on(band: Band, depth: Depth, much: bool) -> bool:
        if much:
            console.print("[yellow]More than half of your accounts are shared: the other may be guessing.[/yellow]")
            return Confirm.ask(f"Go on to {depth}?", default=False)
        return yes or Confirm.ask(f"You share {band} accounts. Go on to {depth}?", default=False)

    def offer(entry: Entry) -> bool:
        return yes or Confirm.ask(f"Show what you sell to {entry.name}, for the same from them?", default=False)

    return Person(accept, go_on, offer, lambda text: console.print(text, markup=False))


def _words(relations: list[Relation]) -> str:
    return ", ".join(relation.replace("_", " ") for relation in relations)


def _memory() -> Path:
    """Where the digests of the last lists are: the state folder of the XDG base directories."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "cardally" / "matches.json"
