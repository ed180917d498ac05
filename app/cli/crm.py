"""`cardally crm`: look at connections to CRMs, try them, push, see what would be sent. Secrets are never printed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console

from app.composition import House, open_house
from app.crm import queries, service
from app.settings import Settings

crm_app = typer.Typer(help="Look at connections to CRMs, try them, and push contacts.", no_args_is_help=True)

console = Console(soft_wrap=True)

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

ConnectionArgument = Annotated[UUID, typer.Argument(help="Id of the connection, as `cardally crm list` shows it.")]


@crm_app.command("list")
def list_connections() -> None:
    """Every connection and how it is doing."""
    house = open_house(Settings())
    with house.sessions.begin(reading=True) as session:
        for row in session.execute(queries.everybodys_connections()):
            organization, connection, connector, name, url, closed, failures, error = row
            state = closed or (f"{failures} failures in a row, last {error}" if failures else "fine")
            console.print(
                f"{connection}  {connector}  {state}  {name}  {url}  (organization {organization})", markup=False
            )
    house.close()


@crm_app.command("test")
def try_connection(connection: ConnectionArgument) -> None:
    """Ask the CRM who we are; ends with 1 when it does not let us in."""
    house = open_house(Settings())
    begin = partial(house.sessions.begin, _organization_of(house, connection))
    tried = service.test(begin, house.settings, connection)
    house.close()
    if not tried.ok:
        console.print(f"{tried.code}: {tried.detail or 'no more is known'}", markup=False)
        raise typer.Exit(1)
    console.print(f"It works: {tried.account}.", markup=False)


@crm_app.command()
def push(
    connection: ConnectionArgument,
    contact: Annotated[UUID | None, typer.Option(help="This one, whether it changed or not.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DATES, help="Contacts that changed since.")] = None,
) -> None:
    """Push one contact, those that changed since a moment, or all. A worker sends them."""
    house = open_house(Settings())
    moment = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
    with house.sessions.begin(_organization_of(house, connection)) as session:
        service.push(session, connection, contact, moment)
        typer.echo(f"{service.pending(session, connection)} pushes are due.")
    house.close()


@crm_app.command("dry-run")
def dry_run(
    connection: ConnectionArgument, contact: Annotated[UUID, typer.Argument(help="Id of the contact.")]
) -> None:
    """Print the requests that pushing a contact would send, were the CRM to find nobody. Nothing is sent."""
    house = open_house(Settings())
    with house.sessions.begin(_organization_of(house, connection), reading=True) as session:
        for shown in service.dry_run(session, house.settings, connection, contact):
            typer.echo(f"{shown.method} {shown.url}")
            typer.echo("".join(f"{name}: {value}\n" for name, value in shown.headers.items()))
            if shown.body is not None:
                text = shown.body if isinstance(shown.body, str) else orjson.dumps(shown.body, option=_INDENT).decode()
                typer.echo(f"{text}\n")
    house.close()


_INDENT = orjson.OPT_INDENT_2


def _organization_of(house: House, connection: UUID) -> UUID:
    with house.sessions.begin(reading=True) as session:
        found = session.execute(queries.organization_of(connection)).scalar_one_or_none()
    if found is None:
        house.close()
        console.print(f"[red]There is no connection {connection}.[/red] `cardally crm list` shows them.")
        raise typer.Exit(1)
    return found
