"""Where the blocks of a card stand: lay-outs are lists of stacks, and a stack hangs from one point of the card."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from bench.cardgen.chance import Dice


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks one under another."""

    blocks: tuple[str, ...]
    x: float
    y: float
    """The point it hangs from, as shares of the card."""
    side: str = "left"
    """Which side of the stack is at x: left, centre, right."""
    edge: str = "top"
    """Which edge is at y: top, middle, bottom."""
    width: float = 0.6
    """At most, share of the card."""
    ragged: str = ""
    """How its rows are aligned; empty as `side` says."""
    turn: int = 0
    """Quarter turns clockwise of its text: 0, 1 or 3."""


@dataclass(frozen=True, slots=True)
class Template:
    """A lay-out; `decor` names what is painted behind it, if it needs something."""

    name: str
    stacks: tuple[Stack, ...]
    decor: str = ""


@cache
def templates() -> dict[str, tuple[Template, ...]]:
    """All lay-outs by shape: horizontal, vertical, creative."""
    table = tomllib.loads((files("bench.cardgen") / "templates.toml").read_text("utf-8"))
    return {shape: tuple(_template(entry) for entry in entries) for shape, entries in table.items()}


def _template(entry: dict[str, Any]) -> Template:
    stacks = tuple(Stack(**stack | {"blocks": tuple(stack["blocks"].split())}) for stack in entry["stacks"])
    return Template(entry["name"], stacks, entry.get("decor", ""))


def draw_template(dice: Dice, shape: str) -> Template:
    """A template for `shape` (horizontal, vertical, creative), its stacks nudged a little."""
    template = dice.pick(templates()[shape])
    dx, dy = dice.around(0, 0.012), dice.around(0, 0.012)
    return replace(template, stacks=tuple(_nudged(stack, dx, dy) for stack in template.stacks))


def _nudged(stack: Stack, dx: float, dy: float) -> Stack:
    x = stack.x + (dx if stack.side == "left" else -dx if stack.side == "right" else 0)
    y = stack.y + (dy if stack.edge == "top" else -dy if stack.edge == "bottom" else 0)
    return replace(stack, x=x, y=y)
