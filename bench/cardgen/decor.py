"""What is painted behind the words: bands, rules, frames, blobs, pictures; and which colours read on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.cardgen.chance import Dice
from bench.cardgen.design import Box, Colour, Shape, corners
from bench.cardgen.style import Style, light, mix
from bench.cardgen.templates import Template

BLOCKS = ("logo", "identity", "company", "contact", "address", "second", "extra")
ON_BAND = {
    "band left": {"logo"},
    "band right": {"logo"},
    "band top": {"logo"},
    "band bottom": {"contact", "address", "second", "extra"},
}


@dataclass(frozen=True, slots=True)
class Ground:
    """The colour under a block."""

    colour: Colour
    swap: bool = False
    """Whether the block's own colours would not read on it."""

    def ink(self, colour: Colour) -> Colour:
        """`colour`, or black or white where it would not read."""
        if abs(light(colour) - light(self.colour)) > 0.3 and not self.swap:
            return colour
        return (255, 255, 255) if light(self.colour) < 0.58 else (22, 22, 26)

    def on(self, style: Style) -> Style:
        """The style for a logo on this ground."""
        if not self.swap:
            return style
        white = self.ink(self.colour)
        return replace(style, paper=self.colour, ink=white, accent=white, accent2=mix(white, self.colour, 0.35))


def grounds(template: Template, style: Style) -> dict[str, Ground]:
    """For each block, and for the `paper`, the colour under it."""
    band = ON_BAND.get(template.decor, set())
    found = {name: Ground(style.accent, swap=True) if name in band else Ground(style.paper) for name in BLOCKS}
    fades = template.decor in {"diagonal", "blobs", "frame"}
    return found | {"paper": Ground(mix(style.paper, style.accent, 0.16) if fades else style.paper)}


def draw_decor(
    template: Template, style: Style, size: tuple[float, float], dice: Dice, taken: list[Box]
) -> tuple[Shape, ...]:
    """The shapes of a template's decor; `taken` are the boxes of its stacks."""
    width, height = size
    if template.decor.startswith("band"):
        return (Shape("polygon", corners(_band(template, size, taken)), style.accent),)
    if template.decor == "rule":
        x = 0.475 * width
        return (Shape("line", ((x, 0.14 * height), (x, 0.86 * height)), style.accent, dice.between(0.15, 0.5)),)
    if template.decor == "line":
        y = max((box[3] for box in taken if box[3] < 0.7 * height), default=0.6 * height) + 1.0
        return (Shape("line", ((0.08 * width, y), (0.92 * width, y)), style.accent2, dice.between(0.12, 0.4)),)
    if template.decor == "frame":
        return _frame(style, size, dice)
    if template.decor in {"diagonal", "blobs", "picture"}:
        return _picture(template.decor, style, size, dice, taken)
    return _trim(style, size, dice, taken)


def _band(template: Template, size: tuple[float, float], taken: list[Box]) -> Box:
    width, height = size
    if template.decor == "band left":
        return 0, 0, 0.32 * width, height
    if template.decor == "band right":
        return 0.68 * width, 0, width, height
    if template.decor == "band top":
        return 0, 0, width, max((box[3] for box in taken if box[1] < 0.2 * height), default=0.26 * height) + 1.2
    return 0, min((box[1] for box in taken if box[3] > 0.9 * height), default=0.75 * height) - 1.4, width, height


def _frame(style: Style, size: tuple[float, float], dice: Dice) -> tuple[Shape, ...]:
    edge, thick = dice.between(0.02, 0.045) * size[0], dice.between(0.15, 0.7)
    box = corners((edge * 0.5, edge * 0.5, size[0] - edge * 0.5, size[1] - edge * 0.5))
    return (Shape("line", (*box, box[0]), style.accent, thick),)


def _picture(kind: str, style: Style, size: tuple[float, float], dice: Dice, taken: list[Box]) -> tuple[Shape, ...]:
    width, height = size
    faint = mix(style.accent, style.paper, 0.75)
    if kind == "diagonal":
        x = dice.between(0.55, 0.8) * width
        return (
            Shape(
                "polygon",
                ((x, 0), (width, 0), (width, height), (x - 0.22 * width, height)),
                mix(style.accent, style.paper, 0.86),
            ),
        )
    found = []
    for _ in range(dice.whole(4, 14)):
        radius = dice.between(0.04, 0.3) * height
        x = dice.between(0.6, 1.05) * width if kind == "picture" else dice.between(-0.05, 1.05) * width
        y = dice.between(-0.05, 1.05) * height
        near = any(box[0] - radius < x < box[2] + radius and box[1] - radius < y < box[3] + radius for box in taken)
        colour = faint if near else mix(dice.pick((style.accent, style.accent2)), style.paper, dice.between(0, 0.5))
        alpha = 0.35 if near else 1.0
        found.append(Shape("ellipse", ((x - radius, y - radius), (x + radius, y + radius)), colour, alpha=alpha))
    return tuple(found)


def _trim(style: Style, size: tuple[float, float], dice: Dice, taken: list[Box]) -> tuple[Shape, ...]:
    """A strip along an edge, or nothing, on plain cards."""
    width, height = size
    kind = dice.weigh({"nothing": 74, "strip": 14, "corner": 8, "hairline": 4})
    free = min((min(box[1], height - box[3]) for box in taken), default=0)
    if kind == "strip" and free > 1.5:
        thick, top = min(free - 0.7, dice.between(0.8, 3.5)), dice.chance(0.4)
        return (
            Shape(
                "polygon", corners((0, 0, width, thick) if top else (0, height - thick, width, height)), style.accent
            ),
        )
    if kind == "corner":
        size_mm = dice.between(0.05, 0.11) * width
        return (Shape("polygon", ((width - size_mm, 0), (width, 0), (width, size_mm)), style.accent),)
    if kind == "hairline":
        y = dice.between(0.4, 0.6) * height
        clear = not any(box[1] - 0.6 < y < box[3] + 0.6 for box in taken)
        return (Shape("line", ((0, y), (width, y)), mix(style.accent, style.paper, 0.3), 0.25),) if clear else ()
    return ()
