"""Cards without pictures: the laid-out lines with boxes and field kinds, some hundreds a second, to train on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from bench.cardgen.chance import Dice, Seed
from bench.cardgen.content import Wish, draw_content
from bench.cardgen.design import Design, SetRow
from bench.cardgen.kinds import CardLines, Polygon, PrintedLine
from bench.cardgen.layout import lay_out
from bench.cardgen.style import draw_style
from bench.cardgen.words import NON_LATIN, words

LAYOUTS = {"horizontal": 60.0, "vertical": 20.0, "creative": 15.0, "non-latin": 5.0}
LOCALES = {
    "en_US": 34.0,
    "en_GB": 14.0,
    "de_DE": 12.0,
    "fr_FR": 8.0,
    "es_ES": 7.0,
    "it_IT": 7.0,
    "pt_BR": 8.0,
    "nl_NL": 5.0,
    "vi_VN": 5.0,
}
LONG_SIDE = 1024
"""Pixels of the longer side of the flat card in `CardLines`."""


def design_card(
    seed: Seed, *, locale: str | None = None, layout: str | None = None, wish: Wish | None = None
) -> Design:
    """A card, drawn in mm. `layout` is one of LAYOUTS, `locale` one of `words.LATIN` or `words.NON_LATIN`."""
    dice = Dice("card", seed)
    kind = layout or ("non-latin" if locale in NON_LATIN else dice.weigh(LAYOUTS))
    locale = (
        (wish.locale if wish else None)
        or locale
        or (dice.pick(NON_LATIN) if kind == "non-latin" else dice.weigh(LOCALES))
    )
    content = draw_content(wish or Wish(locale), dice.sub("content"))
    width, height = words(locale)["card_mm"]
    if dice.chance(0.1):
        width, height = dice.pick(
            (
                (88.9, 50.8),
                (85.0, 55.0),
                (85.6, 54.0),
                (90.0, 55.0),
                (65.0, 65.0) if kind == "creative" else (85.0, 55.0),
            )
        )
    shape = dice.weigh({"horizontal": 8, "vertical": 2}) if kind == "non-latin" else kind
    if shape == "vertical":
        width, height = height, width
    dark = dice.chance(0.55 if shape == "creative" else 0.07)
    style = draw_style(content.lang, dice.sub("style"), dark=dark)
    return lay_out(content, style, (width, height), shape, dice.sub("layout"))


def make_lines(seed: Seed, *, locale: str | None = None, layout: str | None = None) -> CardLines:
    """The lines of card number `seed`, in pixels of the flat upright card; the same card that `draw_card` paints."""
    return lines_of(design_card(seed, locale=locale, layout=layout))


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
