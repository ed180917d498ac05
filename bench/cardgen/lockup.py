"""Puts a mark and a word together into a logo."""

from __future__ import annotations

from dataclasses import replace

from bench.cardgen.chance import Dice
from bench.cardgen.design import Box, Colour, Run, Shape
from bench.cardgen.fonts import ink, length
from bench.cardgen.logo import Logo, draw_mark
from bench.cardgen.style import Style, light, mix

GAP = 0.22
"""Between mark and word, of the mark's size."""


def draw_logo(text: str, style: Style, dice: Dice, limit: float) -> Logo:
    """A logo that shows `text` (or no word where it is empty), at most `limit` mm wide."""
    initials = "".join(word[0] for word in text.split() if word[0].isalpha())
    if not text:
        size = min(dice.between(8, 17), limit)
        shapes, runs = draw_mark(size, style, dice, dice.pick("ABDEHKMNRST") if dice.chance(0.25) else "")
        return Logo(size, size, shapes, runs, (0, 0, size, size), plain=False)
    lines = _lines(_cased(text, dice), dice)
    kind = dice.weigh({"beside": 46, "above": 20, "word": 26, "boxed": 8})
    if kind == "word":
        return _word(lines, style, dice, limit)
    if kind == "boxed":
        return _boxed(lines, style, dice, limit)
    size = dice.between(7, 13) if kind == "beside" else dice.between(7, 11)
    shapes, letters = draw_mark(size, style, dice, initials if dice.chance(0.5) else "")
    word = _word(lines, style, dice, limit - (size * (1 + GAP) if kind == "beside" else 0), high=size * 0.62)
    if kind == "beside":
        logo = _moved(word, size * (1 + GAP), max((size - word.height) / 2, 0))
        drop = max((word.height - size) / 2, 0)
        mark = tuple(_shift_shape(shape, 0, drop) for shape in shapes)
        signs = tuple(replace(run, y=run.y + drop) for run in letters)
        box: Box = (0, drop, size, drop + size)
        width, height = size * (1 + GAP) + word.width, max(size, word.height)
    else:
        width, height = max(size, word.width), size + 1.2 + word.height
        left = (width - size) / 2
        logo = _moved(word, (width - word.width) / 2, size + 1.2)
        mark = tuple(_shift_shape(shape, left, 0) for shape in shapes)
        signs = tuple(replace(run, x=run.x + left) for run in letters)
        box = (left, 0, left + size, size)
    return Logo(width, height, mark + logo.shapes, signs + logo.runs, box, plain=False)


def _cased(text: str, dice: Dice) -> str:
    case = dice.weigh({"as is": 55, "upper": 33, "lower": 12})
    return text.upper() if case == "upper" else text.lower() if case == "lower" else text


def _lines(text: str, dice: Dice) -> list[str]:
    words = text.split()
    if len(words) < 2 or (len(text) < 18 and dice.chance(0.55)):
        return [text]
    cut = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(text) / 2))
    return [" ".join(words[:cut]), " ".join(words[cut:])]


def _word(lines: list[str], style: Style, dice: Dice, limit: float, high: float = 6.0) -> Logo:
    """The word alone: one or two lines, tracked, two-coloured, or over a rule."""
    family = style.logo_family
    face = f"{family.name}-{family.bold if dice.chance(0.7) else family.regular}"
    tracking = dice.pick((0.0, 0.0, 0.0, 0.06, 0.15)) if family.look != "script" else 0.0
    first = style.accent if dice.chance(0.6) else style.ink
    manner = dice.weigh({"plain": 5, "two": 3, "rule": 1.5, "small second": 3})
    size = min(dice.between(0.6, 1.0) * high * (1.0 if len(lines) == 1 else 0.66), 7.5)
    sizes = [size, size * (0.55 if manner == "small second" else 1.0)][: len(lines)]
    widths = [(length(face, line) + tracking * len(line)) * em for line, em in zip(lines, sizes, strict=True)]
    shrink = min(1.0, limit / max(widths))
    runs: list[Run] = []
    y = 0.0
    for i, (line, em) in enumerate(zip(lines, sizes, strict=True)):
        left, top, _, bottom = ink(face, line)
        y -= top * em * shrink
        colour = (mix(style.ink, style.paper, 0.1) if manner == "two" else first) if i else first
        runs.append(Run(line, face, em * shrink, -left * em * shrink, y, colour, tracking * em * shrink))
        y += (bottom + 0.22) * em * shrink
    y -= 0.22 * sizes[-1] * shrink
    width = max(widths) * shrink
    shapes: tuple[Shape, ...] = ()
    if manner == "rule":
        shapes, y = (Shape("line", ((0, y + 0.6), (width, y + 0.6)), style.accent2, 0.35),), y + 0.9
    return Logo(width, y, shapes, tuple(runs), None, plain=manner == "plain" and len(lines) == 1)


def _boxed(lines: list[str], style: Style, dice: Dice, limit: float) -> Logo:
    """Light letters in a coloured box."""
    pad = dice.between(1.2, 2.4)
    word = _word(lines, style, dice, limit - 2 * pad, high=5.5)
    white: Colour = (255, 255, 255) if light(style.accent) < 0.6 else (25, 25, 25)
    width, height = word.width + 2 * pad, word.height + 2 * pad
    ground = Shape("rounded", ((0, 0), (width, height)), style.accent, dice.pick((0.01, 0.8, height / 2.2)))
    inside = _moved(word, pad, pad)
    return Logo(width, height, (ground,), tuple(replace(run, colour=white) for run in inside.runs), None, plain=False)


def _moved(logo: Logo, dx: float, dy: float) -> Logo:
    shapes = tuple(_shift_shape(shape, dx, dy) for shape in logo.shapes)
    runs = tuple(replace(run, x=run.x + dx, y=run.y + dy) for run in logo.runs)
    return replace(logo, shapes=shapes, runs=runs)


def _shift_shape(shape: Shape, dx: float, dy: float) -> Shape:
    return replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points))


def placed(logo: Logo, x: float, y: float) -> Logo:
    """The logo with its top left at x, y."""
    moved = _moved(logo, x, y)
    mark = logo.mark
    return replace(moved, mark=None if mark is None else (mark[0] + x, mark[1] + y, mark[2] + x, mark[3] + y))
