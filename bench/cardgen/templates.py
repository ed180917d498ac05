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


SCATTERED = "scattered"
"""The shape of a card whose blocks stand in any order, for learning without believing in places."""
BLOCKS = ("logo", "identity", "company", "contact", "address", "second", "extra")


def scattered(dice: Dice) -> Template:
    """Blocks in any order in one to four narrow stacks, each in a corner, at a side or in the middle."""
    count = dice.weigh({1: 1.0, 2: 4.0, 3: 4.0, 4: 2.0})
    places = dice.some([(side, edge) for side in X for edge in Y], count)
    order = dice.some(BLOCKS, len(BLOCKS))
    cuts = sorted(dice.whole(0, len(order)) for _ in range(count - 1))
    spans = [order[a:b] for a, b in zip((0, *cuts), (*cuts, len(order)), strict=True)]
    stacks = tuple(
        Stack(tuple(blocks), X[side], Y[edge], side, edge, dice.between(0.26, 0.62 if count > 1 else 0.9))
        for blocks, (side, edge) in zip(spans, places, strict=True)
        if blocks
    )
    return Template(SCATTERED, stacks)


X = {"left": 0.06, "centre": 0.5, "right": 0.94}
Y = {"top": 0.08, "middle": 0.5, "bottom": 0.92}


def draw_template(dice: Dice, shape: str) -> Template:
    """A template for `shape` (horizontal, vertical, creative, scattered), its stacks nudged a little."""
    template = scattered(dice) if shape == SCATTERED else dice.pick(templates()[shape])
    dx, dy = dice.around(0, 0.012), dice.around(0, 0.012)
    return replace(template, stacks=tuple(_nudged(stack, dx, dy) for stack in template.stacks))


def _nudged(stack: Stack, dx: float, dy: float) -> Stack:
    x = stack.x + (dx if stack.side == "left" else -dx if stack.side == "right" else 0)
    y = stack.y + (dy if stack.edge == "top" else -dy if stack.edge == "bottom" else 0)
    return replace(stack, x=x, y=y)
