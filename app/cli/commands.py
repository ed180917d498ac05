"""All commands of `cardally` together: one module a command."""

import sys

import typer
from pydantic import ValidationError

from app.cli import start, transfer
from app.cli.crm import crm_app
from app.cli.domains import prove_domain
from app.cli.graph import graph
from app.cli.match import match_app
from app.cli.read import read
from app.cli.truth import truth_folder
from app.cli.webhooks import webhooks_app

app = typer.Typer(
    name="cardally",
    help="Business card photos become contacts, and contacts become allies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


@app.callback()
def cardally() -> None:
    """Business card photos become contacts, and contacts become allies."""


app.command()(read)
app.command()(start.init)
app.command()(start.add_user)
app.command()(prove_domain)
app.command()(start.serve)
app.command()(start.worker)
app.command("migrate")(start.upgrade)
app.command()(start.jobs)
app.command()(start.openapi)
app.command("import")(transfer.import_file)
app.command("export")(transfer.export_file)
app.command("truth")(truth_folder)
app.command()(graph)
app.add_typer(webhooks_app, name="webhooks")
app.add_typer(match_app, name="match")
app.add_typer(crm_app, name="crm")


def run() -> None:
    """Run the command line, and say in words which setting is wrong."""
    try:
        app()
    except ValidationError as wrong:
        for error in wrong.errors():
            name = "_".join(str(part) for part in error["loc"][:1]).upper()
            typer.echo(f"CARDALLY_{name}: {error['msg']}. docs/operations.md lists the settings.", err=True)
        sys.exit(2)
