"""Puts a mark and a word together into a logo."""

from __future__ import annotations

import math
from dataclasses import replace

from bench.cardgen.chance import Dice
from bench.cardgen.design import Colour, Run, Shape
from bench.cardgen.fonts import ink, length
from bench.cardgen.logo import Logo, disc, draw_mark
from bench.cardgen.style import Style, light, mix

GAP = 0.22
"""Between mark and word, of the mark's size."""


def draw_logo(text: str, style: Style, dice: Dice, limit: float, *, word: bool) -> Logo:
    """The logo of the company `text`, at most `limit` mm wide; without `word` a mark alone."""
    initials = "".join(part[0] for part in text.split() if part[0].isalpha())
    if not word:
        size = min(dice.between(8, 17), limit)
        shapes, runs = draw_mark(size, style, dice, initials[:1] if dice.chance(0.3) else "")
        return Logo(size, size, shapes, runs, (), (0, 0, size, size))
    lines = _lines(_cased(text, dice), dice)
    kind = dice.weigh({"beside": 44, "above": 19, "word": 24, "boxed": 8, "emblem": 5})
    size = min(dice.between(7, 13), limit)
    if kind == "word":
        return _word(lines, style, dice, limit)
    if kind == "boxed":
        return _boxed(lines, style, dice, limit)
    if kind == "emblem" and len(text) < 24 and style.logo_family.look != "script":
        return _emblem(text.upper(), style, dice, min(dice.between(15, 22), limit))
    mark = _mark(size, style, dice, initials if dice.chance(0.5) else "")
    beside = kind == "beside" and limit > 2.6 * size
    written = _word(lines, style, dice, limit - (size * (1 + GAP) if beside else 0), high=size * 0.62)
    return _beside(mark, written) if beside else _above(mark, written)


def _mark(size: float, style: Style, dice: Dice, letters: str) -> Logo:
    shapes, runs = draw_mark(size, style, dice, letters)
    return Logo(size, size, shapes, runs, (), (0, 0, size, size))


def _joined(mark: Logo, word: Logo) -> Logo:
    width, height = max(mark.mark[2] if mark.mark else 0, word.width), max(mark.height, word.height)
    return Logo(width, height, mark.shapes + word.shapes, mark.runs, word.words, mark.mark)


def _beside(mark: Logo, word: Logo) -> Logo:
    size = mark.width
    both = _joined(
        placed(mark, 0, max((word.height - size) / 2, 0)),
        placed(word, size * (1 + GAP), max((size - word.height) / 2, 0)),
    )
    return replace(both, width=size * (1 + GAP) + word.width, height=max(size, word.height))


def _above(mark: Logo, word: Logo) -> Logo:
    size, width = mark.width, max(mark.width, word.width)
    both = _joined(placed(mark, (width - size) / 2, 0), placed(word, (width - word.width) / 2, size + 1.2))
    return replace(both, width=width, height=size + 1.2 + word.height)


def _emblem(text: str, style: Style, dice: Dice, size: float) -> Logo:
    """A mark in a ring, the word on an arch along the ring."""
    face = f"{style.logo_family.name}-{style.logo_family.bold}"
    inner = _mark(size * 0.42, style, dice, "")
    inner = placed(inner, size * 0.29, size * 0.31)
    radius, spread = size * 0.37, math.radians(dice.between(190, 260))
    natural = length(face, text)
    em = min(spread * radius / (natural * 1.12), size * 0.17)
    angle = -em * natural * 1.12 / radius / 2
    runs = []
    for letter in text:
        half = em * length(face, letter) * 1.12 / radius / 2
        angle += half
        x, y = size / 2 + radius * math.sin(angle - half), size / 2 - radius * math.cos(angle - half)
        runs.append(Run(letter, face, em, x, y, style.accent, angle=math.degrees(angle)))
        angle += half
    ring = disc((size / 2, size / 2), size / 2, style.accent, dice.between(0.25, 0.5))
    runs = [run for run in runs if run.text.strip()]
    return Logo(size, size, (ring, *inner.shapes), (), ((text, tuple(runs)),), None)


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
    words = tuple((line, (run,)) for line, run in zip(lines, runs, strict=True))
    return Logo(width, y, shapes, (), words, None)


def _boxed(lines: list[str], style: Style, dice: Dice, limit: float) -> Logo:
    """Light letters in a coloured box."""
    pad = dice.between(1.2, 2.4)
    word = _word(lines, style, dice, limit - 2 * pad, high=5.5)
    white: Colour = (255, 255, 255) if light(style.accent) < 0.6 else (25, 25, 25)
    width, height = word.width + 2 * pad, word.height + 2 * pad
    ground = Shape("rounded", ((0, 0), (width, height)), style.accent, dice.pick((0.01, 0.8, height / 2.2)))
    inside = placed(word, pad, pad)
    words = tuple((text, tuple(replace(run, colour=white) for run in runs)) for text, runs in inside.words)
    return Logo(width, height, (ground,), (), words, None)


def placed(logo: Logo, dx: float, dy: float) -> Logo:
    """The logo moved by dx, dy."""
    shapes = tuple(replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points)) for shape in logo.shapes)
    words = tuple((text, _shifted(runs, dx, dy)) for text, runs in logo.words)
    mark = logo.mark and (logo.mark[0] + dx, logo.mark[1] + dy, logo.mark[2] + dx, logo.mark[3] + dy)
    return replace(logo, shapes=shapes, runs=_shifted(logo.runs, dx, dy), words=words, mark=mark)


def _shifted(runs: tuple[Run, ...], dx: float, dy: float) -> tuple[Run, ...]:
    return tuple(replace(run, x=run.x + dx, y=run.y + dy) for run in runs)
