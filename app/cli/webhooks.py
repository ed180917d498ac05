"""`cardally webhooks`: look at deliveries, send again, send a test. Prints ids, codes and times, never a body."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from app.composition import House, open_house
from app.settings import Settings
from app.webhooks import queries, service
from app.webhooks.models import DeliveryStatus, public_id
from app.webhooks.service import Range

webhooks_app = typer.Typer(help="Look at webhook deliveries and send them again.", no_args_is_help=True)

console = Console(soft_wrap=True)

_LOOK_SECONDS = 0.5
_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

EndpointArgument = Annotated[UUID, typer.Argument(help="Id of the endpoint, as `cardally webhooks list` shows it.")]


@webhooks_app.command("list")
def list_endpoints() -> None:
    """Every endpoint and how it is doing."""
    house = open_house(Settings())
    with house.sessions.begin(reading=True) as session:
        for organization, endpoint, url, disabled, failures in session.execute(queries.everybodys_endpoints()):
            state = disabled or (f"{failures} failures in a row" if failures else "fine")
            console.print(f"{endpoint}  {state}  {url}  (organization {organization})", markup=False)
    house.close()


@webhooks_app.command()
def tail(
    count: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last attempts.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new ones until interrupted.")] = False,
    endpoint: Annotated[UUID | None, typer.Option(help="Only to this endpoint.")] = None,
) -> None:
    """The last attempts to deliver, one a line."""
    house = open_house(Settings())
    last = _show_attempts(house, count, endpoint, None)
    try:
        while follow:
            time.sleep(_LOOK_SECONDS)
            last = _show_attempts(house, 1000, endpoint, last)
    except KeyboardInterrupt:
        return
    finally:
        house.close()


def _show_attempts(house: House, count: int, endpoint: UUID | None, after: UUID | None) -> UUID | None:
    with house.sessions.begin(reading=True) as session:
        rows = session.execute(queries.last_attempts(count, endpoint, after)).all()
    for _, started_at, status, error, milliseconds, event_type, message_id, endpoint_id in reversed(rows):
        when = f"{started_at:%Y-%m-%d %H:%M:%S}"
        line = f"{when}  {status or error:<17}  {milliseconds:>6} ms  {event_type:<17}  {public_id(message_id)}"
        console.print(f"{line}  {endpoint_id}", markup=False, highlight=False)
    return rows[0][0] if rows else after


@webhooks_app.command()
def replay(
    endpoint: EndpointArgument,
    since: Annotated[datetime, typer.Option(formats=_DATES, help="From this moment on; UTC unless it says.")],
    until: Annotated[datetime | None, typer.Option(formats=_DATES, help="Before this moment.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was given up.")] = False,
) -> None:
    """Send an endpoint again what happened since a moment, under the same ids. A worker sends it."""
    house, aware = open_house(Settings()), _aware(since)
    statuses = (DeliveryStatus.FAILED,) if failed else ()
    wanted = Range(aware, _aware(until) if until else None, statuses)
    with house.sessions.begin(_organization_of(house, endpoint)) as session:
        service.replay_range(session, endpoint, wanted)
        typer.echo(f"{service.pending(session, endpoint)} deliveries are due.")
    house.close()


@webhooks_app.command("test")
def send_test(endpoint: EndpointArgument) -> None:
    """Send an endpoint a `webhook.test` message. A worker sends it."""
    house = open_house(Settings())
    with house.sessions.begin(_organization_of(house, endpoint)) as session:
        delivery = service.get_delivery(session, service.send_test(session, endpoint))
        typer.echo(f"{delivery.message.public_id} is due; `cardally webhooks tail` shows what becomes of it.")
    house.close()


def _organization_of(house: House, endpoint: UUID) -> UUID:
    with house.sessions.begin(reading=True) as session:
        found = session.execute(queries.organization_of(endpoint)).scalar_one_or_none()
    if found is None:
        house.close()
        console.print(f"[red]There is no endpoint {endpoint}.[/red] `cardally webhooks list` shows them.")
        raise typer.Exit(1)
    return found


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
