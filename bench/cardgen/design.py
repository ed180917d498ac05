"""A card as a drawing in millimetres: shapes, runs of text and a QR code. Painted by `paint`, measured by `lines`."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.cardgen.kinds import Content, Point, Polygon, Row, Span

Colour = tuple[int, int, int]
"""Red, green, blue; 0 to 255."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled or outlined figure."""

    kind: str
    """polygon, ellipse (two corners), line, rounded (two corners; `width` is the radius)."""
    points: tuple[Point, ...]
    colour: Colour
    width: float = 0.0
    """Outline width in mm; 0 fills. For `rounded` the radius of the corners."""
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """Text on one baseline in one face."""

    text: str
    face: str
    size: float
    """Em, mm."""
    x: float
    y: float
    """Origin on the baseline."""
    colour: Colour
    tracking: float = 0.0
    """Extra mm after each letter."""
    angle: float = 0.0
    """Degrees clockwise about the origin."""


@dataclass(frozen=True, slots=True)
class SetRow:
    """A row where it was set: its runs and boxes."""

    row: Row
    runs: tuple[Run, ...]
    polygon: Polygon
    boxes: tuple[Polygon, ...]
    """One for each span."""
    spans: tuple[Span, ...]
    block: int
    in_logo: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """The card itself."""

    colour: Colour
    fade: Colour | None = None
    """Second colour of a gradient, or None."""
    angle: float = 0.0
    """Direction of the gradient, degrees."""
    texture: float = 0.0
    """Strength of the grain of uncoated paper, 0 to 1."""
    rounded: float = 0.0
    """Corner radius, mm."""
    clouds: float = 0.0
    """Strength of a marbled pattern in the colour `vein`, 0 to 1."""
    vein: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Design:
    """A finished card."""

    width: float
    height: float
    paper: Paper
    shapes: tuple[Shape, ...]
    """Painted in order, before the text."""
    rows: tuple[SetRow, ...]
    logos: tuple[Polygon, ...]
    logos_alt: tuple[Polygon, ...]
    content: Content
    layout: str
    qr: Box | None = None
    notes: tuple[str, ...] = field(default=())


def corners(box: Box) -> Polygon:
    """The four corners of a box, clockwise from the top left."""
    left, top, right, bottom = box
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def turned(point: Point, about: Point, turn: int) -> Point:
    """`point` turned by quarter turns clockwise on screen about `about`."""
    dx, dy = point[0] - about[0], point[1] - about[1]
    for _ in range(turn % 4):
        dx, dy = -dy, dx
    return about[0] + dx, about[1] + dy


def hull(polygons: tuple[Polygon, ...]) -> Box:
    """The upright box around all of them."""
    xs = [x for polygon in polygons for x, _ in polygon]
    ys = [y for polygon in polygons for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)
