"""How a card looks: colours, faces and sizes for each role of a row."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from bench.cardgen.chance import Dice
from bench.cardgen.design import Colour
from bench.cardgen.fonts import BODY, Family, families


@dataclass(frozen=True, slots=True)
class Type:
    """How one role is set."""

    face: str
    size: float
    """Em, mm; 7 points are 2.47."""
    colour: Colour
    tracking: float = 0.0
    """Share of the em."""


@dataclass(frozen=True, slots=True)
class Style:
    """The look of one card."""

    paper: Colour
    ink: Colour
    accent: Colour
    accent2: Colour
    dark: bool
    types: dict[str, Type]
    leading: float
    """Baseline to baseline in ems."""
    logo_family: Family


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """A colour by hue (0 to 1), saturation and value."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` of `b`."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def light(colour: Colour) -> float:
    """Brightness, 0 to 1 (Rec. 601)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def draw_style(lang: str, dice: Dice, *, dark: bool) -> Style:
    """Colours and type for a card of the language."""
    paper, ink, accent, accent2 = _colours(dice, dark=dark)
    body = _body(lang, dice)
    loud = dice.chance(0.28)
    head = dice.pick(families(lang, {"sans", "serif", "slab", "condensed", "display"} if loud else {body.look}))
    head = body if not loud else head
    logo = dice.pick(families(lang, {"sans", "serif", "slab", "condensed", "display", "script"}))
    types = _types(dice, body, head, (ink, accent, mix(ink, paper, dice.between(0.0, 0.35))), lang)
    return Style(paper, ink, accent, accent2, dark, types, dice.between(1.18, 1.55), logo)


def _body(lang: str, dice: Dice) -> Family:
    look = dice.weigh(BODY)
    return dice.pick(families(lang, {look}))


def _colours(dice: Dice, *, dark: bool) -> tuple[Colour, Colour, Colour, Colour]:
    hue = dice.between(0, 1)
    if dark:
        paper = hsv(hue, dice.pick((0.0, 0.1, 0.6, 0.85)), dice.between(0.06, 0.5))
        ink = hsv(hue, dice.between(0, 0.08), dice.between(0.88, 1))
        gold = hsv(dice.between(0.09, 0.14), 0.5, 0.85)
        accent = dice.pick((gold, ink, hsv(hue + 0.5, 0.4, 1.0), hsv(dice.between(0, 1), 0.55, 0.98)))
        return paper, ink, accent, hsv(dice.between(0, 1), 0.5, 0.9)
    tint = dice.weigh({"white": 72, "cream": 12, "tint": 10, "kraft": 3, "strong": 3})
    paper = {
        "white": hsv(0.1, 0.01, dice.between(0.95, 1)),
        "cream": hsv(0.11, dice.between(0.05, 0.14), 0.97),
        "tint": hsv(hue, dice.between(0.04, 0.2), 0.97),
        "kraft": hsv(0.09, 0.35, 0.8),
        "strong": hsv(hue, dice.between(0.3, 0.7), dice.between(0.75, 0.97)),
    }[tint]
    ink = hsv(hue, dice.pick((0.0, 0.0, 0.4, 0.8)), dice.between(0.05, 0.33))
    accent = hsv(hue + dice.pick((0.0, 0.0, 0.5, 0.33)), dice.between(0.55, 1), dice.between(0.35, 0.85))
    if light(paper) - light(accent) < 0.4:
        accent = mix(accent, (0, 0, 0), 0.55)
    return paper, ink, accent, hsv(dice.between(0, 1), dice.between(0.5, 1), dice.between(0.5, 0.95))


def _types(
    dice: Dice, body: Family, head: Family, colours: tuple[Colour, Colour, Colour], lang: str
) -> dict[str, Type]:
    ink, accent, soft = colours
    base = dice.between(2.25, 3.25) * (0.93 if body.look == "sans" else 1.0)
    weight = body.light if dice.chance(0.2) else body.regular
    plain, bold, italic = f"{body.name}-{weight}", f"{body.name}-{body.bold}", body.italic or weight
    wide = dice.pick((0.0, 0.0, 0.0, 0.0, 0.05, 0.1, 0.18))
    name_face = f"{head.name}-{head.bold if dice.chance(0.55) else head.regular}"
    if lang in {"en", "fr", "it"} and dice.chance(0.02):
        name_face = dice.pick(("caveat-bold", "great-vibes-regular"))
    name_size = base * dice.between(1.05, 2.1)
    title_face = dice.weigh({plain: 70, f"{body.name}-{italic}": 16, bold: 14})
    company_face = f"{head.name}-{head.bold}" if dice.chance(0.65) else bold
    contact = Type(plain, base, soft, dice.pick((0.0, 0.0, 0.0, 0.03)))
    return {
        "name": Type(name_face, name_size, accent if dice.chance(0.3) else ink, wide),
        "title": Type(title_face, base * dice.between(0.85, 1.2), soft, dice.pick((0.0, 0.0, 0.0, 0.06))),
        "company": Type(company_face, base * dice.between(0.95, 2.0), accent if dice.chance(0.35) else ink),
        "slogan": Type(f"{body.name}-{italic}", base * dice.between(0.8, 1.15), accent if dice.chance(0.3) else soft),
        "contact": contact,
        "address": Type(plain, base * dice.pick((1.0, 1.0, 0.92)), soft),
        "service": Type(plain, base * dice.between(0.8, 1.1), soft),
        "note": Type(plain, base * dice.between(0.68, 0.9), soft),
        "head": Type(bold, base, ink),
        "label": Type(bold if dice.chance(0.22) else plain, base, accent if dice.chance(0.25) else soft),
    }
