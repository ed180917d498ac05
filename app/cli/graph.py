"""`cardally graph`: the alliances around a company as one page that needs no network."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from rich.console import Console

from app.alliances.graph import neighbourhood
from app.alliances.graph_schemas import GraphOut
from app.cli.transfer import As, user_of
from app.composition import open_house
from app.kit.clock import now
from app.kit.errors import NotFound
from app.kit.trail import Action, record_shown
from app.settings import Settings

console = Console(stderr=True)


def graph(
    email: As,
    out: Annotated[Path, typer.Option(dir_okay=False, help="The page to write.")] = Path("graph.html"),
    around: Annotated[UUID | None, typer.Option(help="Id of a company; the home company.")] = None,
    depth: Annotated[int, typer.Option(min=1, max=2, help="1: its own pairs; 2: its partners' as well.")] = 2,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Pairs at most; the weaker are left out.")] = 150,
) -> None:
    """Draw the alliances that a user may see: one HTML page with everything in it.

    Example: `cardally graph --as ann@northwind.example --out graph.html`
    """
    house = open_house(Settings())
    _, begin = user_of(house, email, "cardally graph")
    with begin() as session:
        record_shown(session, Action.LISTED, "graph")
    try:
        with begin(reading=True) as session:
            found = GraphOut.model_validate(neighbourhood(session, around, depth, limit))
    except NotFound as missing:
        console.print("[red]There is no such company, or this user may not see it.[/red]")
        raise typer.Exit(1) from missing
    finally:
        house.close()
    out.write_text(draw(found), encoding="utf-8")
    console.print(f"{out}: {len(found.nodes)} companies, {len(found.edges)} alliances.", markup=False)


def draw(found: GraphOut) -> str:
    """The page of a graph. What it says stands in it as JSON in which nothing can end the script or begin another."""
    folder = files("app.cli") / "graph_page"
    parts = {name: (folder / file).read_text("utf-8") for name, file in _PARTS.items()}
    data = found.model_dump_json().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    title = next(node.name for node in found.nodes if node.id == found.around)
    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(parts.pop("page"))
    trusted = {name: Markup(text) for name, text in {**parts, "data": data}.items()}  # noqa: S704  ours, or escaped
    return page.render(title=title, made_on=f"{now():%Y-%m-%d}", **trusted)


_PARTS = {"page": "page.html", "style": "page.css", "script": "page.js", "library": "cytoscape.min.js"}
