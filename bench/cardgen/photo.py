"""A photo of one to four cards with complete truth, from a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.cardgen.backdrops import ODDS, Plane
from bench.cardgen.camera import View, defocus, develop, encode, glare, light, look, shake
from bench.cardgen.cards import design_card
from bench.cardgen.chance import Dice, Seed
from bench.cardgen.design import Design
from bench.cardgen.kinds import Point, Polygon
from bench.cardgen.paint import paint
from bench.cardgen.scene import Lying, draw_scene, outline, to_photo
from bench.cardgen.things import THINGS, finger
from bench.cardgen.truth import card_truth

SIZES = ((1600, 1200), (1200, 1600), (2048, 1536), (1536, 2048), (1280, 960), (1920, 1080), (1080, 1920))


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera spoils a picture; pixels are of a photo 1,600 pixels wide."""

    name: str
    blur: float = 0.4
    """Deviation of its softness, pixels."""
    shake: float = 0.0
    """Length of motion blur, pixels."""
    noise: float = 2.0
    """Deviation of the sensor's noise, grey levels."""
    quality: int = 88
    """JPEG."""
    warmth: float = 0.0
    exposure: float = 1.0
    glare: float = 0.0
    """Size of a reflection, share of the card's length; 0 for none."""
    light: float = 0.5
    """Unevenness of the light, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Shot:
    """Everything about a photo but the pixels. What is left None or at its default is drawn by `draw_shot`."""

    size: tuple[int, int]
    view: View
    cards: tuple[Lying, ...]
    ground: str
    lens: Lens
    things: tuple[tuple[str, Point], ...] = ()
    finger: bool = False
    orientation: int = 1
    """EXIF orientation under which the file stores it."""
    scan: bool = False
    """No table: the picture is the card."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """A finished photo."""

    jpeg: bytes
    size: tuple[int, int]
    """Width and height, upright."""
    truth: tuple[dict[str, Any], ...] = field(default=())
    """One record a card."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """H x W x 3, BGR, upright."""
        found = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        if found is None:
            raise ValueError("not a picture")
        return np.asarray(found, np.uint8)


def make_photo(seed: Seed, **options: Any) -> Photo:
    """A photo from a seed.

    Args:
        seed: names the photo; the same seed gives the same truth always and the same pixels on the same libraries.
        **options: `cards` (1 to 4), `locale`, `layout`, `ground` (a key of `backdrops.ODDS`), `hardness` (0 easy,
            1 hard), `scan` (True for a tight crop), `designs` (cards drawn elsewhere), `photo`, `face`, `set`.
    """
    dice = Dice("photo", seed)
    faces = options.get("face", str(seed))
    designs = options.get("designs") or _designs(seed, options, dice.sub("cards"))
    shot = draw_shot(designs, dice.sub("shot"), options)
    about = {"photo": options.get("photo", f"{seed}.jpg"), "face": faces, "set": options.get("set", "cardgen")}
    return take(shot, dice.sub("take"), about)


def _designs(seed: Seed, options: dict[str, Any], dice: Dice) -> tuple[Design, ...]:
    count = options.get("cards") or dice.weigh({1: 88, 2: 8, 3: 2.5, 4: 1.5})
    locale, layout = options.get("locale"), options.get("layout")
    return tuple(design_card(seed if n == 0 else f"{seed}#{n}", locale=locale, layout=layout) for n in range(count))


def draw_lens(dice: Dice, hardness: float) -> Lens:
    """A camera and its moment; `hardness` 0 to 1 scales blur, noise and reflections."""
    name = dice.weigh({"phone": 55, "old phone": 20, "compact": 15, "scanner": 10})
    soft = {"phone": 0.35, "old phone": 0.9, "compact": 0.5, "scanner": 0.45}[name]
    return Lens(
        name=name,
        blur=soft * dice.between(0.6, 1.3) + hardness * dice.between(0, 1.7),
        shake=dice.between(2, 3 + 9 * hardness) if dice.chance(0.05 + 0.3 * hardness) else 0.0,
        noise=dice.between(0.6, 2.5) + 7 * hardness * dice.between(0, 1) + (1.5 if name == "old phone" else 0),
        quality=dice.whole(86 - round(30 * hardness), 95),
        warmth=dice.around(0.1, 0.28),
        exposure=dice.around(0.97 - 0.1 * hardness, 0.1),
        glare=dice.between(0.12, 0.2 + 0.3 * hardness) if dice.chance(0.06 + 0.25 * hardness) else 0.0,
        light=dice.between(0.2, 0.6) + 0.4 * hardness,
    )


def draw_shot(designs: tuple[Design, ...], dice: Dice, options: dict[str, Any]) -> Shot:
    """Where the cards lie, on what, and how they are photographed."""
    hardness = options.get("hardness")
    if hardness is None:
        hardness = dice.weigh({0.0: 38, 0.3: 38, 0.6: 16, 1.0: 8})
    lens = draw_lens(dice.sub("lens"), hardness)
    scan = options.get("scan", len(designs) == 1 and dice.chance(0.06))
    if scan:
        return _scan(designs[0], lens, dice)
    size = dice.pick(SIZES)
    cards = _lay_out(designs, dice.sub("lie"), hardness)
    tilt = (dice.around(12 + 8 * hardness, 8 + 4 * hardness), dice.around(0, 4 + 5 * hardness))
    turn = dice.weigh({0: 80, 90: 7, 180: 5, 270: 8}) + dice.around(0, 4)
    view, notes = _framed(cards, size, tilt, turn, dice.sub("frame"))
    things = _things(cards, dice.sub("things")) if dice.chance(0.3) else ()
    orientation = dice.weigh({1: 88, 6: 6, 3: 3, 8: 3})
    ground = options.get("ground") or dice.weigh(ODDS)
    held = len(cards) == 1 and dice.chance(0.05)
    return Shot(size, view, cards, ground, lens, things, held, orientation, notes=notes)


def _scan(design: Design, lens: Lens, dice: Dice) -> Shot:
    zoom = dice.between(9, 18)
    size = (round(design.width * zoom), round(design.height * zoom))
    view = View(*size, np.array([[zoom, 0, size[0] / 2], [0, zoom, size[1] / 2], [0, 0, 1.0]]))
    lens = replace(lens, name="scanner", shake=0.0, glare=0.0, light=0.15)
    return Shot(size, view, (Lying(design, (0, 0), 0),), "desk", lens, scan=True, notes=("tight crop",))


def _lay_out(designs: tuple[Design, ...], dice: Dice, hardness: float) -> tuple[Lying, ...]:
    """The cards beside or under one another, each a little askew, sometimes one upside down."""
    many, found = len(designs), []
    gap = dice.between(5, 18)
    step = (max(d.width for d in designs) + gap, max(d.height for d in designs) + gap)
    columns = 1 if many == 2 and step[1] < step[0] else 2
    for number, design in enumerate(designs):
        askew = dice.around(0, 3 + 4 * hardness)
        turn = askew + (180 if many > 1 and dice.chance(0.12) else 0)
        bend = dice.between(0.4, 1 + 3 * hardness) * dice.pick((-1, 1)) if dice.chance(0.15 + 0.3 * hardness) else 0.0
        at = (number % columns * step[0] + dice.around(0, 1.5), number // columns * step[1] + dice.around(0, 1.5))
        found.append(Lying(design, at, turn, bend))
    return tuple(found)


ROOM = {"near": (1.06, 1.26), "usual": (1.26, 1.65), "far": (1.65, 2.5), "cut": (0.96, 1.04)}
"""Photo by cards: how much more the photo shows than the box around the cards."""


def _framed(
    cards: tuple[Lying, ...], size: tuple[int, int], tilt: tuple[float, float], turn: float, dice: Dice
) -> tuple[View, tuple[str, ...]]:
    """A camera that has all cards in view, near or far; now and then the frame cuts an edge off."""
    kind = dice.weigh({"near": 52, "usual": 34, "far": 7, "cut": 7})
    room = dice.between(*ROOM[kind])
    view = close_up(cards, size, tilt, turn, room)
    loose = max(room - 1.1, 0) * 0.3 / room
    aim = (size[0] * (0.5 + loose * dice.between(-1, 1)), size[1] * (0.5 + loose * dice.between(-1, 1)))
    shift = np.array([[1, 0, aim[0] - size[0] / 2], [0, 1, aim[1] - size[1] / 2], [0, 0, 1.0]])
    notes = ("cut by the frame or nearly",) if kind == "cut" else ()
    return replace(view, matrix=shift @ view.matrix), notes


def close_up(
    cards: tuple[Lying, ...], size: tuple[int, int], tilt: tuple[float, float], turn: float, room: float
) -> View:
    """A camera whose photo is `room` times the box around the cards, which stands in its middle."""
    corners = [card.to_table(corner) for card in cards for corner in outline(card.design)]
    centre: Point = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    reach = 250.0
    for _ in range(4):
        view = look(size, reach, tilt, turn, centre)
        seen = np.array([view.sees(corner) for corner in corners])
        low, high = seen.min(0), seen.max(0)
        x, y, w = np.linalg.inv(view.matrix) @ (*((low + high) / 2), 1.0)
        centre = (float(x / w), float(y / w))
        reach *= room * float(((high - low) / size).max())
    return look(size, reach, tilt, turn, centre)


def _things(cards: tuple[Lying, ...], dice: Dice) -> tuple[tuple[str, Point], ...]:
    """Up to three things at least 100 mm from the middle of every card."""
    found = []
    for _ in range(dice.whole(1, 3)):
        at = (dice.between(-170, 170), dice.between(-170, 170))
        if all(math.dist(at, card.at) > 105 for card in cards):
            found.append((dice.pick(sorted(THINGS)), at))
    return tuple(found)


def take(shot: Shot, dice: Dice, about: dict[str, Any]) -> Photo:
    """Takes the photo and writes down the truth."""
    if shot.scan:
        picture = paint(shot.cards[0].design, shot.size[0] / shot.cards[0].design.width, dice.sub("paper"))
        plane: Plane = cv2.resize(picture, shot.size, interpolation=cv2.INTER_AREA).astype(np.float32)
    else:
        plane = draw_scene(shot.view, list(shot.cards), shot.ground, list(shot.things), dice.sub("scene"))
        if shot.finger:
            _hold(plane, shot, dice.sub("finger"))
    pixels = encode(_spoil(plane, shot, dice), shot.lens.quality, shot.orientation)
    width, height = shot.size
    records = []
    for number, lying in enumerate(shot.cards):

        def place(polygon: Polygon, lying: Lying = lying) -> Polygon:
            return tuple((x / width, y / height) for x, y in to_photo(shot.view, lying, polygon))

        face = about["face"] if number == 0 else f"{about['face']}#{number}"
        hard = shot.lens.blur > 1.8 or shot.lens.shake > 7
        use = (
            "nonlatin" if lying.design.content.lang in {"ja", "zh", "ko", "ru", "el"} else "stress" if hard else "core"
        )
        own = about | {"face": face, "camera": shot.lens.name, "use": use, "notes": (f"on {shot.ground}", *shot.notes)}
        records.append(card_truth(lying.design, place, own))
    return Photo(pixels, shot.size, tuple(records))


def _spoil(plane: Plane, shot: Shot, dice: Dice) -> NDArray[np.uint8]:
    lens, unit = shot.lens, max(shot.size) / 1600
    plane = light(plane, dice.sub("light"), lens.light)
    if lens.glare:
        card = dice.pick(shot.cards)
        at = (card.design.width * dice.between(0.1, 0.9), card.design.height * dice.between(0.1, 0.9))
        spot = to_photo(shot.view, card, (at, (at[0] + card.design.width, at[1])))
        plane = glare(plane, dice.sub("glare"), spot[0], lens.glare * math.dist(*spot))
    plane = shake(defocus(plane, lens.blur * unit), lens.shake * unit, dice.between(0, 180))
    return develop(plane, dice.sub("develop"), lens.noise, lens.warmth, lens.exposure)


def _hold(plane: Plane, shot: Shot, dice: Dice) -> None:
    """A thumb on the lower or a side edge of the card, at most 3 mm over it."""
    card = shot.cards[0]
    design = card.design
    left = dice.chance(0.5)
    on = (
        (2.2, design.height * dice.between(0.3, 0.8))
        if left
        else (design.width - 2.2, design.height * dice.between(0.3, 0.8))
    )
    off = (on[0] + (-10 if left else 10), on[1] + dice.between(-3, 6))
    tip, back = to_photo(shot.view, card, (on, off))
    angle = math.atan2(tip[1] - back[1], tip[0] - back[0])
    width = 17 * math.dist(tip, back) / 10.5
    finger(plane, tip, angle, width, dice)
