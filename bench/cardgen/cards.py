"""Designs cards: the front, a colleague's, and the back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bench.cardgen.chance import Dice, Seed
from bench.cardgen.content import Wish, draw_content
from bench.cardgen.decor import Ground
from bench.cardgen.design import Design
from bench.cardgen.kinds import Content, Kind, Row, Span
from bench.cardgen.layout import lay_out
from bench.cardgen.style import Style, draw_style
from bench.cardgen.words import NON_LATIN, Words, words

LAYOUTS = {"horizontal": 60.0, "vertical": 20.0, "creative": 15.0, "non-latin": 5.0}
LOCALES = {
    "en_US": 34.0,
    "en_GB": 14.0,
    "de_DE": 12.0,
    "pt_BR": 8.0,
    "fr_FR": 8.0,
    "es_ES": 7.0,
    "it_IT": 7.0,
    "nl_NL": 5.0,
    "vi_VN": 5.0,
}
COMPANY_KEYS = ("company", "company_variants")
CARD_SIZES = ((88.9, 50.8), (85.0, 55.0), (85.6, 54.0), (90.0, 55.0))


@dataclass(frozen=True, slots=True)
class Brand:
    """What all cards of one company share."""

    dice: Dice
    locale: str
    shape: str
    """horizontal, vertical or creative."""
    size: tuple[float, float]
    """Width and height, mm."""
    style: Style


def draw_brand(seed: Seed, locale: str | None = None, layout: str | None = None, *, dark: bool | None = None) -> Brand:
    """The look of a company's cards; see `design_card`."""
    dice = Dice("card", seed)
    kind = layout or ("non-latin" if locale in NON_LATIN else dice.weigh(LAYOUTS))
    locale = locale or (dice.pick(NON_LATIN) if kind == "non-latin" else dice.weigh(LOCALES))
    width, height = words(locale)["card_mm"]
    if dice.chance(0.1):
        width, height = (65.0, 65.0) if kind == "creative" else dice.pick(CARD_SIZES)
    shape = dice.weigh({"horizontal": 8, "vertical": 2}) if kind == "non-latin" else kind
    size = (height, width) if shape == "vertical" else (width, height)
    night = dice.chance(0.55 if shape == "creative" else 0.07)
    style = draw_style(words(locale).lang, dice.sub("style"), dark=night if dark is None else dark)
    return Brand(dice, locale, shape, size, style)


def design_card(
    seed: Seed,
    *,
    locale: str | None = None,
    layout: str | None = None,
    person: Seed = "",
    wish: Wish | None = None,
    dark: bool | None = None,
) -> Design:
    """A card, drawn in millimetres.

    Args:
        seed: names the company, its look and, with `person`, who is on the card.
        locale: one of `words.LATIN` or `words.NON_LATIN`.
        layout: one of LAYOUTS.
        person: another name gives a colleague: the same company, look and address, another person.
        wish: fixes what the card says.
        dark: whether it is printed light on dark.
    """
    brand = draw_brand(seed, wish.locale if wish else locale, layout, dark=dark)
    content = draw_content(wish or Wish(brand.locale), brand.dice.sub("content"), brand.dice.sub("person", person))
    return lay_out(content, brand.style, brand.size, brand.shape, brand.dice.sub("layout"), brand.dice.sub("logo"))


def design_back(
    front: Design, seed: Seed, *, locale: str | None = None, layout: str | None = None, plain: bool = False
) -> Design:
    """The back of a card made by `design_card` with the same seed, locale and layout.

    It shows the company, most often a slogan or the site, now and then services (not where it is `plain`); no person.
    """
    brand = draw_brand(seed, locale, layout)
    dice = brand.dice.sub("back")
    said = _back_content(words(brand.locale), front.content, dice, plain=plain)
    style = brand.style
    if dice.chance(0.45):
        style = Ground(style.accent, swap=True).on(style)
        white = {role: replace(kind, colour=style.ink) for role, kind in style.types.items()}
        style = replace(style, types=white)
    shape = "vertical" if front.height > front.width else "horizontal"
    size = (front.width, front.height)
    return replace(lay_out(said, style, size, shape, dice.sub("layout"), brand.dice.sub("logo")), notes=("back",))


def _back_content(here: Words, front: Content, dice: Dice, *, plain: bool) -> Content:
    fields: dict[str, Any] = {key: front.fields[key] for key in COMPANY_KEYS if key in front.fields}
    extra: list[Row] = []
    if dice.chance(0.5) and front.slogan:
        extra.append(Row((Span(front.slogan, Kind.SLOGAN),), "slogan"))
    if (dice.chance(0.35) and not plain) or not (extra or front.logo or fields):
        extra += [Row((Span(f"• {thing}", Kind.SERVICE),), "service") for thing in dice.some(here["services"], 4)]
    sites = front.fields.get("websites", [])[:1]
    name = fields.get("company") if not front.logo_text else None
    blocks = {
        "company": (Row((Span(name, Kind.COMPANY, 0),), "company"),) if name else (),
        "contact": tuple(Row((Span(site, Kind.WEBSITE, 0),), "contact") for site in sites),
        "extra": tuple(extra),
    }
    if not front.logo_text and not name:
        fields.clear()
    if sites:
        fields["websites"] = sites
    said = {key: rows for key, rows in blocks.items() if rows}
    return Content(front.lang, said, front.logo_text, front.logo, fields, person_card=False)
