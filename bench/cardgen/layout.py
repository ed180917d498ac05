"""Lays a card out: hangs the blocks of a template, sets type smaller until nothing collides, adds logo and QR."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from bench.cardgen.chance import Dice
from bench.cardgen.decor import Ground, draw_decor, grounds
from bench.cardgen.design import Box, Design, Paper, Run, SetRow, Shape, corners, hull
from bench.cardgen.fonts import ink
from bench.cardgen.icons import draw_icon
from bench.cardgen.kinds import Content, Kind, Point, Polygon, Row, Span
from bench.cardgen.lockup import draw_logo, placed
from bench.cardgen.logo import Logo
from bench.cardgen.style import Style, mix
from bench.cardgen.templates import Stack, Template, draw_template
from bench.cardgen.typeset import ICON, Piece, fit, span_boxes, tab_width

MARGIN = 0.025
"""Nothing is printed nearer to the edge, share of the card's width."""
ONE_LIST = Template(
    "list",
    (
        Stack(
            ("logo", "identity", "company", "contact", "address", "second", "extra"),
            0.06,
            0.5,
            edge="middle",
            width=0.88,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _Hung:
    """A stack with its pieces; y from the stack's top, x from its left."""

    stack: Stack
    box: Box
    pieces: tuple[tuple[float, float, Piece, int], ...]
    logo: tuple[float, float, Logo] | None
    inside: tuple[float, float]
    """Width and height before turning."""


def lay_out(
    content: Content, style: Style, size: tuple[float, float], shape: str, dice: Dice, logo_dice: Dice
) -> Design:
    """The card as a drawing; `shape` is horizontal, vertical or creative, `size` in mm.

    The same `logo_dice` and style give the same logo.
    """
    for attempt in range(5):
        template = draw_template(dice.sub("template", attempt), shape) if attempt < 4 else ONE_LIST
        ground = grounds(template, style)
        logo_style = ground["logo"].on(style)
        logo = None
        if content.logo:
            room = min(stack.width for stack in template.stacks if "logo" in stack.blocks) * size[0]
            name = content.logo_text or content.fields.get("company", "")
            here = Dice(*logo_dice.names)
            logo = draw_logo(name, logo_style, here, min(room, 0.6 * size[0]), word=bool(content.logo_text))
        for step in range(6 if attempt < 3 else 9 if attempt < 4 else 30):
            hung = _hang_all(content, style, template, size, logo, 0.93**step)
            if _clear(hung, size):
                return _finish(content, style, template, size, hung, ground, dice)
        if attempt == 1:
            content = replace(content, blocks={k: v for k, v in content.blocks.items() if k != "extra"})
    raise AssertionError("one list always fits")


def _hang_all(
    content: Content, style: Style, template: Template, size: tuple[float, float], logo: Logo | None, scale: float
) -> list[_Hung]:
    hung = [
        _hang(content, style, stack, size, logo if "logo" in stack.blocks else None, scale) for stack in template.stacks
    ]
    return [one for one in hung if one is not None]


def _hang(
    content: Content, style: Style, stack: Stack, size: tuple[float, float], logo: Logo | None, scale: float
) -> _Hung | None:
    limit = stack.width * (size[1] if stack.turn % 2 else size[0])
    gap = 0.75 * style.types["contact"].size * scale
    items: list[tuple[float, Piece | Logo, float, int]] = []
    y = 0.0
    for number, name in enumerate(stack.blocks):
        rows = content.blocks.get(name, ())
        if name == "logo" and logo is not None:
            items.append((y, logo, logo.width, number))
            y += logo.height + gap * 1.3
        if not rows:
            continue
        tab = tab_width(rows, style, scale)
        for piece in (piece for row in rows for piece in fit(row, style, scale, limit, tab)):
            items.append((y, piece, piece.width, number))
            y += piece.height
        y += gap
    if not items:
        return None
    width, height = max(item[2] for item in items), y - gap
    align = {"left": 0.0, "centre": 0.5, "right": 1.0}[stack.ragged or stack.side]
    placed_items = [(align * (width - w), at, item, number) for at, item, w, number in items]
    pieces = tuple((x, at, item, number) for x, at, item, number in placed_items if isinstance(item, Piece))
    sign = next(((x, at, item) for x, at, item, _ in placed_items if isinstance(item, Logo)), None)
    return _Hung(stack, _place(stack, size, width, height), pieces, sign, (width, height))


def _place(stack: Stack, size: tuple[float, float], width: float, height: float) -> Box:
    if stack.turn % 2:
        width, height = height, width
    left = stack.x * size[0] - width * {"left": 0.0, "centre": 0.5, "right": 1.0}[stack.side]
    top = stack.y * size[1] - height * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[stack.edge]
    return left, top, left + width, top + height


def _clear(hung: list[_Hung], size: tuple[float, float]) -> bool:
    """Whether all stacks are on the card and none touches another."""
    edge, air = MARGIN * size[0], 0.012 * size[0]
    for i, one in enumerate(hung):
        left, top, right, bottom = one.box
        if left < edge or top < edge or right > size[0] - edge or bottom > size[1] - edge:
            return False
        for other in hung[i + 1 :]:
            if overlap(one.box, other.box, air):
                return False
    return True


def overlap(a: Box, b: Box, air: float) -> bool:
    """Whether two boxes come nearer than `air`."""
    return a[0] < b[2] + air and b[0] < a[2] + air and a[1] < b[3] + air and b[1] < a[3] + air


def _finish(
    content: Content,
    style: Style,
    template: Template,
    size: tuple[float, float],
    hung: list[_Hung],
    ground: dict[str, Ground],
    dice: Dice,
) -> Design:
    hung = sorted(hung, key=lambda one: (round(one.box[1] / 3), one.box[0]))
    shapes = list(draw_decor(template, style, size, dice.sub("decor"), [one.box for one in hung]))
    rows: list[SetRow] = []
    logos: list[Polygon] = []
    marks: list[Polygon] = []
    for number, one in enumerate(hung):
        if one.logo is not None:
            x, y, logo = one.logo
            here = placed(logo, one.box[0] + x, one.box[1] + y)
            shapes += here.shapes
            logos.append(
                corners((one.box[0] + x, one.box[1] + y, one.box[0] + x + logo.width, one.box[1] + y + logo.height))
            )
            marks += [corners(here.mark)] if here.mark and here.words else []
            rows += _logo_rows(here, number * 10 + 9)
        for x, y, piece, block in one.pieces:
            name = one.stack.blocks[block]
            row, icon = _set(one, x, y, piece, number * 10 + block, ground[name])
            rows.append(row)
            shapes += icon
    qr = _qr_place(size, [one.box for one in hung], dice.sub("qr")) if content.qr else None
    content = replace(content, qr=content.qr if qr else "", fields=_with_logo_forms(content.fields, rows))
    paper = _paper(style, ground["paper"], dice.sub("paper"))
    return Design(
        size[0], size[1], paper, tuple(shapes), tuple(rows), tuple(logos), tuple(marks), content, template.name, qr
    )


def _with_logo_forms(fields: dict[str, Any], rows: list[SetRow]) -> dict[str, Any]:
    """The first line of a logo in two lines is an accepted form of the company's name."""
    words = [row.row.text for row in rows if row.in_logo and row.spans]
    if len(words) < 2 or len(words[0]) < 4 or "company_variants" not in fields:
        return fields
    return fields | {"company_variants": list(dict.fromkeys((*fields["company_variants"], words[0])))}


def _paper(style: Style, ground: Ground, dice: Dice) -> Paper:
    return Paper(
        style.paper,
        fade=ground.colour if ground.colour != style.paper else None,
        angle=dice.between(0, 360),
        texture=dice.pick((0.0, 0.0, 0.0, 0.3, 0.8)),
        rounded=dice.between(1.5, 4) if dice.chance(0.08) else 0.0,
        clouds=dice.between(0.2, 0.9) if dice.chance(0.06) else 0.0,
        vein=mix(style.paper, style.accent, 0.35),
    )


def _logo_rows(logo: Logo, block: int) -> list[SetRow]:
    """The words of a logo as rows; a monogram's letters are a picture: a row without spans."""
    found = [SetRow(Row((), "logo"), logo.runs, (), (), (), block, in_logo=True)] if logo.runs else []
    for text, runs in logo.words:
        span = Span(text, Kind.COMPANY, 0)
        polygon = corners(_around(tuple(_run_box(run) for run in runs)))
        found.append(SetRow(Row((span,), "logo"), runs, polygon, (polygon,), (span,), block, in_logo=True))
    return found


def _run_box(run: Run) -> Box:
    """The upright box around a run's ink, mm."""
    left, top, right, bottom = (v * run.size for v in ink(run.face, run.text))
    right += run.tracking * (len(run.text) - 1)
    c, s = math.cos(math.radians(run.angle)), math.sin(math.radians(run.angle))
    points = tuple((run.x + c * x - s * y, run.y + s * x + c * y) for x, y in corners((left, top, right, bottom)))
    return hull((points,))


def _set(one: _Hung, x: float, y: float, piece: Piece, block: int, ground: Ground) -> tuple[SetRow, list[Shape]]:
    def put(px: float, py: float) -> Point:
        left, top, _, _ = one.box
        width, height = one.inside
        if one.stack.turn == 1:
            return left + height - (y + py), top + x + px
        if one.stack.turn == 3:
            return left + y + py, top + width - (x + px)
        return left + x + px, top + y + py

    runs = []
    for run in piece.runs:
        at = put(run.x, run.y)
        runs.append(replace(run, x=at[0], y=at[1], angle=90.0 * one.stack.turn, colour=ground.ink(run.colour)))
    boxes = tuple(tuple(put(*point) for point in corners(box)) for box in span_boxes(piece))
    whole = _around(span_boxes(piece))
    polygon = tuple(put(*point) for point in corners(whole))
    icon = []
    if piece.row.icon and one.stack.turn == 0:
        icon = draw_icon(piece.row.icon, put(0, 0), piece.size * ICON * 0.72, runs[0].colour)
    return SetRow(piece.row, tuple(runs), polygon, boxes, piece.row.spans, block), icon


def _around(boxes: tuple[Box, ...]) -> Box:
    return hull(tuple(corners(box) for box in boxes))


def _qr_place(size: tuple[float, float], taken: list[Box], dice: Dice) -> Box | None:
    """A free square for the code, or None."""
    edge = 0.05 * size[0]
    for side in (0.36, 0.32, 0.28, 0.24):
        length = side * min(size) * 1.15
        places = [
            (x, y, x + length, y + length)
            for x in (size[0] - edge - length, edge, (size[0] - length) / 2)
            for y in (size[1] - edge - length, edge, (size[1] - length) / 2)
        ]
        for box in dice.some(places, len(places)):
            if not any(overlap(box, other, 0.5) for other in taken):
                return box
    return None
