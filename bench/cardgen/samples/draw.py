"""Draws the sample photos: each a table, a camera and the cards that the story puts there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.cardgen.camera import look
from bench.cardgen.cards import design_back, design_card
from bench.cardgen.chance import Dice
from bench.cardgen.companies import Company
from bench.cardgen.content import Parties, Wish
from bench.cardgen.design import Design
from bench.cardgen.kinds import Point
from bench.cardgen.people import Person
from bench.cardgen.photo import Lens, Photo, Shot, take
from bench.cardgen.scene import Lying
from bench.cardgen.words import ascii_letters

FOLDER = Path(__file__).parent
LANDSCAPE, PORTRAIT = (1600, 1200), (1200, 1600)


CLEAR = Lens("phone", blur=0.6, noise=1.6, quality=84)
SHINY = Lens("phone", blur=0.6, noise=1.6, quality=84, glare=0.12)
WARM = Lens("compact", blur=0.8, noise=2.4, quality=80, warmth=0.4)
DIM = Lens("old phone", blur=3.2, shake=9, noise=8, quality=70, warmth=0.5, exposure=0.72, light=1.0)


@dataclass(frozen=True, slots=True)
class Scene:
    """How one sample is photographed. Lengths in mm, angles in degrees."""

    photo: str
    people: tuple[str, ...]
    ground: str
    reach: float
    tilt: tuple[float, float] = (10, 2)
    turn: float = 0.0
    size: tuple[int, int] = LANDSCAPE
    lens: Lens = CLEAR
    at: tuple[Point, ...] = ((0, 0),)
    askew: tuple[float, ...] = (0,)
    bend: float = 0.0
    things: tuple[tuple[str, Point], ...] = ()
    centre: Point = (0, 0)
    orientation: int = 1
    back: bool = False


SCENES = (
    Scene("01-maria.jpg", ("maria",), "desk", 78, (14, 3), -4),
    Scene("02-sam.jpg", ("sam",), "stone", 68, (8, -3), 3, PORTRAIT),
    Scene("03-grace.jpg", ("grace",), "leather", 80, (9, 2), 91, PORTRAIT, orientation=6),
    Scene("04-iris.jpg", ("iris",), "dark", 92, (18, 6), -8, lens=DIM),
    Scene(
        "05-coffee-shop.jpg", ("tom", "ann"), "wood", 138, (13, -2), 2, at=((-14, -36), (10, 32)), askew=(-5, 7),
        things=(("cup", (104, -58)), ("pen", (-92, 62))),
    ),
    Scene("06-priya.jpg", ("priya",), "cloth", 74, (10, -4), 5),
    Scene("07-maria-again.jpg", ("maria",), "wood", 86, (24, -9), 13, lens=WARM),
    Scene("08-elena.jpg", ("elena",), "desk", 76, (11, 2), 4, lens=SHINY),
    Scene("09-juergen.jpg", ("juergen",), "stone", 76, (12, 3), -3, bend=1.2),
    Scene("10-juergen-back.jpg", ("juergen",), "stone", 78, (12, 2), 2, back=True),
    Scene("11-daniel.jpg", ("daniel",), "leather", 70, (9, -2), -2),
    Scene("12-louise.jpg", ("louise",), "print", 88, (12, 3), 7),
)  # fmt: skip


@cache
def story() -> dict[str, Any]:
    """Home company, reps and scans of the sample photos; paths are relative to FOLDER."""
    found: dict[str, Any] = json.loads((FOLDER / "story.json").read_text("utf-8"))
    return found


def card_of(name: str, *, back: bool = False) -> Design:
    """The card of one of the cast."""
    cast = json.loads((FOLDER / "cast.json").read_text("utf-8"))
    who = cast["people"][name]
    firm = cast["firms"][who["firm"]]
    company = Company(firm["name"], firm["form"], firm["domain"], firm["slogan"], firm["short"])
    given, family = who["given"], who["family"]
    box = (ascii_letters(given), ascii_letters(family))
    person = Person(f"{given} {family}", given, family, who.get("prefix", ""), who.get("suffix", ""), mailbox=box)
    wish = Wish(
        firm["locale"],
        Parties(person, company),
        (who["title"],),
        logo=firm.get("logo", True),
        qr=name == "daniel",
        kinds=tuple(firm["kinds"]),
        plain=True,
    )
    front = design_card(firm["seed"], layout=firm["layout"], person=name, wish=wish, dark=firm.get("dark", False))
    return design_back(front, firm["seed"], locale=firm["locale"], layout=firm["layout"], plain=True) if back else front


def draw_samples() -> Iterator[Photo]:
    """The sample photos in order."""
    for scene in SCENES:
        cards = tuple(
            Lying(card_of(name, back=scene.back), at, askew, scene.bend)
            for name, at, askew in zip(scene.people, scene.at, scene.askew, strict=True)
        )
        view = look(scene.size, scene.reach, scene.tilt, scene.turn, scene.centre)
        shot = Shot(scene.size, view, cards, scene.ground, scene.lens, scene.things, orientation=scene.orientation)
        side = "/back" if scene.back else ""
        about = {"photo": scene.photo, "face": f"samples/{scene.people[0]}{side}", "set": "samples"}
        yield take(shot, Dice("sample", scene.photo), about)
