"""Cards without pictures: the laid-out lines with boxes and field kinds, some hundreds a second, to train on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from bench.cardgen.cards import design_card
from bench.cardgen.chance import Seed
from bench.cardgen.design import Design, SetRow
from bench.cardgen.kinds import CardLines, Polygon, PrintedLine

LONG_SIDE = 1024
"""Pixels of the longer side of the flat card in `CardLines`."""


def make_lines(seed: Seed, *, locale: str | None = None, layout: str | None = None, person: Seed = "") -> CardLines:
    """The lines of card number `seed`, in pixels of the flat upright card; the same card that `draw_card` paints."""
    return lines_of(design_card(seed, locale=locale, layout=layout, person=person))


def many_lines(seed: Seed, count: int) -> Iterator[CardLines]:
    """`count` cards of the set `seed`."""
    for index in range(count):
        yield make_lines(f"{seed}/{index}")


def lines_of(design: Design) -> CardLines:
    """A design's lines in pixels, the card's longer side being LONG_SIDE."""
    zoom = LONG_SIDE / max(design.width, design.height)

    def pixels(polygon: Polygon) -> Polygon:
        return tuple((x * zoom, y * zoom) for x, y in polygon)

    lines = tuple(_line(row, pixels) for row in design.rows if row.spans)
    content = design.content
    return CardLines(
        size=(round(design.width * zoom), round(design.height * zoom)),
        lines=lines,
        logos=tuple(pixels(logo) for logo in design.logos),
        fields=content.fields,
        lang=content.lang,
        person_card=content.person_card,
        qr=content.qr,
    )


def _line(row: SetRow, pixels: Callable[[Polygon], Polygon]) -> PrintedLine:
    run = row.runs[0]
    size = math.dist(*pixels(((run.x, run.y), (run.x + run.size, run.y))))
    return PrintedLine(
        spans=row.spans,
        polygon=pixels(row.polygon),
        role=row.row.role,
        size=size,
        bold=_bold(run.face),
        font=run.face,
        block=row.block,
        in_logo=row.in_logo,
        boxes=tuple(pixels(box) for box in row.boxes),
    )


def _bold(face: str) -> bool:
    return face.endswith(("-bold", "-semibold", "-medium"))
