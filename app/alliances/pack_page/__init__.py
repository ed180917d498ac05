"""The evidence pack as one page that can be printed and needs no network. What it says is escaped."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from app.alliances.pack_schemas import EvidencePackOut


def draw(pack: EvidencePackOut) -> str:
    """The page of an evidence pack, as HTML."""
    first, second = (company.name for company in pack.companies)
    style = Markup((files(__name__) / "pack.css").read_text("utf-8"))  # noqa: S704  our own file
    return _template().render(pack=pack, first=first, second=second, style=style)


@cache
def _template() -> Template:
    surroundings = Environment(autoescape=True, undefined=StrictUndefined)
    surroundings.filters["day"] = _day
    return surroundings.from_string((files(__name__) / "pack.html").read_text("utf-8"))


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"
