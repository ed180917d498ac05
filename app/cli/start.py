"""Commands that make and run the service: init, serve, worker, migrate, openapi, jobs."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import UUID

import typer
import uvicorn
from rich.console import Console

from app import main as service
from app.auth import service as auth
from app.auth.models import Role
from app.companies import service as companies
from app.composition import migrate, open_house, worker_commands
from app.kit import queue
from app.kit.logs import set_up_logs
from app.kit.processes import Supervisor, wait_for_signal
from app.settings import Settings

OPENAPI = Path("docs/openapi.json")

console = Console()


def init(
    name: Annotated[str, typer.Option(help="Name of the home company.")],
    email: Annotated[str, typer.Option(help="E-mail address of the first user, an administrator.")],
    user: Annotated[str, typer.Option(help="Name of the first user.")],
    domain: Annotated[str | None, typer.Option(help="Web domain of the home company.")] = None,
    region: Annotated[str, typer.Option(help="Country (ISO 3166) of phone numbers without one.")] = "US",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the API key alone.")] = False,
) -> None:
    """Make the database, the first organization, its first user and that user's API key.

    Example: `cardally init --name Northwind --domain northwind.example --user "Ann Lee" --email ann@northwind.example`
    """
    settings = Settings()
    migrate(settings)
    with open_house(settings).sessions.begin() as session:
        organization = auth.found_organization(session, name, region)
        companies.set_home_company(session, name, domain)
        person = auth.add_user(session, user, email, Role.ADMIN)
        key, _ = auth.issue_key(session, person, "first key")
    if quiet:
        typer.echo(key)
        return
    console.print(f"[bold]{name}[/bold] is organization {organization.id}.")
    console.print(f"API key of {user}, shown only now:\n\n  {key}\n")
    console.print("Next: `make run`, then upload a photo:")
    console.print(f'  curl -H "Authorization: Bearer {key}" -H "Prefer: wait=30" \\', soft_wrap=True)
    console.print(f"       -F front=@card.jpg http://{settings.host}:{settings.port}/v1/scans", soft_wrap=True)


def add_user(
    organization: Annotated[UUID, typer.Option(help="Id of the organization, as `init` printed it.")],
    name: Annotated[str, typer.Option(help="The user's name.")],
    email: Annotated[str, typer.Option(help="The user's e-mail address.")],
    admin: Annotated[bool, typer.Option("--admin", help="May change webhooks and users.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the API key alone.")] = False,
) -> None:
    """Add a rep to an organization and print an API key for them."""
    settings = Settings()
    with open_house(settings).sessions.begin(organization) as session:
        person = auth.add_user(session, name, email, Role.ADMIN if admin else Role.MEMBER)
        key, _ = auth.issue_key(session, person, "first key")
    typer.echo(key if quiet else f"API key of {name}, shown only now:\n\n  {key}\n")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [CARDALLY_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one [CARDALLY_PORT].")] = None,
) -> None:
    """Bring the database up to date and serve the API, with its workers beside it."""
    settings = Settings()
    set_up_logs(settings.log_level)
    migrate(settings)
    listener = socket.socket(socket.AF_INET6 if ":" in (host or settings.host) else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host or settings.host, settings.port if port is None else port))
    except OSError as taken:
        console.print(f"[red]Cannot listen there ({taken.strerror}).[/red] Name another: `cardally serve --port 8001`.")
        raise typer.Exit(1) from taken
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    typer.echo(f"Cardally listens on {address} (API: {address}/docs)")
    config = uvicorn.Config(
        service.create_app(settings), access_log=False, log_config=None, timeout_graceful_shutdown=10
    )
    uvicorn.Server(config).run(sockets=[listener])


def worker(
    processes: Annotated[int | None, typer.Option(help="Reading processes [CARDALLY_WORKERS].")] = None,
) -> None:
    """Run jobs apart from the API: N processes that read photos, and one for everything else."""
    settings = Settings()
    set_up_logs(settings.log_level)
    with Supervisor(worker_commands(max(1, settings.workers if processes is None else processes))):
        wait_for_signal()


def upgrade() -> None:
    """Bring the database up to date."""
    migrate(Settings())


def openapi(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is up to date.")] = False,
) -> None:
    """Write what the API promises to docs/openapi.json."""
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/none.db", files_url=folder, workers=0)
        promised = service.create_app(settings).openapi()
    text = json.dumps(promised, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if not check:
        OPENAPI.write_text(text)
    elif not OPENAPI.exists() or OPENAPI.read_text() != text:
        console.print("[red]The API differs from docs/openapi.json.[/red] If that is meant: `make openapi`.")
        raise typer.Exit(1)


def jobs(
    retry: Annotated[bool, typer.Option("--retry", help="Let every parked job run again.")] = False,
) -> None:
    """Say what waits in the queue and what was given up."""
    with open_house(Settings()).sessions.begin() as session:
        if retry:
            typer.echo(f"{queue.retry_parked(session)} jobs run again.")
        for lane, parked, count, oldest in queue.backlog(session):
            typer.echo(
                f"{lane:6} {'parked' if parked else 'due'}: {count}, the oldest from {oldest:%Y-%m-%d %H:%M:%S} UTC"
            )
