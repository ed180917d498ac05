"""What cards lie on: desks, wood, cloth, leather, stone, printed paper, drawn as square pictures of the table plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.cardgen.chance import Dice
from bench.cardgen.design import Colour
from bench.cardgen.fonts import face
from bench.cardgen.style import hsv
from bench.cardgen.words import words

Plane = NDArray[np.float32]
"""H x W x 3, red green blue, 0 to 255."""


def real(values: NDArray[Any]) -> NDArray[np.float32]:
    """Single precision, as all pictures in the making are."""
    return values.astype(np.float32, copy=False)


def clouds(dice: Dice, size: int, cells: tuple[int, int], octaves: int = 3) -> NDArray[np.float32]:
    """Smooth noise about 0 with deviation near 1, `cells` coarse bumps across and down, finer ones at half strength."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        across, down = (min(max(2, cell << octave), size) for cell in cells)
        coarse = dice.rng.standard_normal((down, across)).astype(np.float32)
        total += cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC) / 2**octave
    return total


def flat(colour: Colour, size: int) -> Plane:
    """One colour everywhere."""
    plane = np.empty((size, size, 3), np.float32)
    plane[:] = colour
    return plane


def desk(dice: Dice, size: int) -> Plane:
    """A painted or laminated top: one colour, faint clouds, fine grain."""
    colour = dice.pick(
        ((226, 224, 220), (196, 196, 198), (168, 150, 128), (120, 124, 130), (236, 232, 222), (90, 104, 120))
    )
    plane = flat(colour, size)
    plane += clouds(dice, size, (3, 3))[..., None] * 3
    return plane + clouds(dice, size, (size // 3, size // 3), 1)[..., None] * dice.between(0.5, 2.5)


def dark(dice: Dice, size: int) -> Plane:
    """A dark table, a car dashboard, black cloth."""
    value = dice.between(0.05, 0.25)
    plane = flat(hsv(dice.between(0, 1), dice.between(0, 0.3), value), size)
    return (
        plane + clouds(dice, size, (size // 4, size // 4), 1)[..., None] * 3 + clouds(dice, size, (3, 4))[..., None] * 4
    )


def wood(dice: Dice, size: int) -> Plane:
    """Boards with grain."""
    light_wood = dice.pick(
        ((205, 165, 110), (222, 190, 140), (170, 120, 75), (120, 80, 52), (88, 58, 42), (190, 150, 105))
    )
    plane = flat(light_wood, size)
    long, fine = clouds(dice, size, (3, 60), 3), clouds(dice, size, (12, size // 3), 1)
    y = np.linspace(0, dice.between(14, 40), size, dtype=np.float32)[:, None]
    rings = np.sin(2 * np.pi * (y + clouds(dice, size, (2, 5), 2) * 1.4))
    plane *= 1 + (0.05 * long + 0.03 * fine + dice.between(0.02, 0.07) * rings)[..., None]
    if dice.chance(0.5):
        for edge in np.cumsum([dice.between(0.12, 0.3) * size for _ in range(9)]):
            if edge < size - 4:
                plane[int(edge) : int(edge) + 3] *= 0.6
                plane[int(edge) + 3 :] *= dice.between(0.93, 1.07)
    return plane


def cloth(dice: Dice, size: int) -> Plane:
    """A woven table cloth, plain, striped or checked."""
    plane = flat(hsv(dice.between(0, 1), dice.between(0.05, 0.7), dice.between(0.3, 0.95)), size)
    step = dice.between(2.2, 4.5)
    line = np.arange(size, dtype=np.float32) / step
    weave = np.sin(2 * np.pi * line)[:, None] * np.sin(2 * np.pi * line)[None, :]
    if dice.chance(0.5):
        second = np.array(hsv(dice.between(0, 1), 0.5, 0.8), np.float32)
        stripe = np.sin(2 * np.pi * np.arange(size) / dice.between(60, 260)) > dice.between(-0.2, 0.6)
        plane[stripe] = plane[stripe] * 0.4 + second * 0.6
        if dice.chance(0.6):
            plane[:, stripe] = plane[:, stripe] * 0.55 + second * 0.45
    return real(plane * (1 + 0.06 * weave + 0.04 * clouds(dice, size, (4, 4)))[..., None])


def leather(dice: Dice, size: int) -> Plane:
    """Grained leather or a desk pad."""
    colour = dice.pick(((72, 34, 30), (40, 38, 38), (110, 64, 40), (28, 40, 62), (60, 20, 26)))
    grain = clouds(dice, size, (size // 9, size // 9), 2)
    return flat(colour, size) * (1 + 0.1 * np.abs(grain) - 0.05 + 0.05 * clouds(dice, size, (3, 3)))[..., None]


def stone(dice: Dice, size: int) -> Plane:
    """Marble or speckled granite."""
    plane = flat(dice.pick(((232, 230, 226), (70, 70, 74), (150, 140, 130))), size)
    if dice.chance(0.5):
        veins = np.abs(clouds(dice, size, (4, 4), 4))
        return real(plane * (1 - 0.35 * np.exp(-veins * 14))[..., None])
    specks = clouds(dice, size, (size // 4, size // 4), 2)
    return plane * (1 + 0.14 * np.clip(specks, -1.6, 1.6))[..., None]


def keys(dice: Dice, size: int) -> Plane:
    """A keyboard."""
    image = Image.new("RGB", (size, size), dice.pick(((30, 30, 32), (200, 200, 204), (58, 58, 62))))
    draw, pitch = ImageDraw.Draw(image), size // dice.whole(14, 22)
    cap = dice.pick(((48, 48, 52), (236, 236, 238), (20, 20, 22)))
    font = face("arimo-regular", max(pitch * 0.3, 8))
    for row in range(size // pitch + 1):
        for column in range(size // pitch + 1):
            x, y = column * pitch + (row % 3) * pitch // 4, row * pitch
            draw.rounded_rectangle((x + 3, y + 3, x + pitch - 3, y + pitch - 3), pitch * 0.12, fill=cap)
            ink = (220, 220, 220) if sum(cap) < 300 else (60, 60, 60)
            draw.text((x + pitch * 0.25, y + pitch * 0.2), dice.pick("QWERTYUIOPASDFGHJKLZXCVBNM"), font=font, fill=ink)
    return np.asarray(image, np.float32)


def lawn(dice: Dice, size: int) -> Plane:
    """Grass or moss: strong fine texture."""
    blades = clouds(dice, size, (size // 5, size // 12), 3)
    return np.clip(flat((70, 120, 48), size) * (1 + 0.3 * blades + 0.2 * clouds(dice, size, (5, 5)))[..., None], 0, 255)


def print_page(dice: Dice, size: int) -> Plane:
    """Printed paper: columns of text, headings, grey pictures. The hardest ground: it has lines of its own."""
    paper = dice.pick(((250, 250, 248), (240, 236, 224), (226, 222, 210), (214, 226, 232)))
    image = Image.new("RGB", (size, size), paper)
    draw, fake = ImageDraw.Draw(image), words(dice.pick(("en_US", "de_DE", "fr_FR"))).faker
    fake.seed_instance(dice.whole(0, 2**31))
    body = dice.between(16, 34)
    typeface = dice.pick(("tinos-regular", "arimo-regular", "eb-garamond-regular"))
    columns = dice.whole(2, 5)
    width = size // columns
    for column in range(columns):
        y = float(dice.whole(-40, 60))
        while y < size:
            box = (column * width + 14, y, (column + 1) * width - 14)
            y = _paragraph(draw, dice, fake.paragraph(nb_sentences=6), box, (typeface, body))
    return np.asarray(image, np.float32) + clouds(dice, size, (4, 4))[..., None] * 2


def _paragraph(
    draw: ImageDraw.ImageDraw, dice: Dice, text: str, box: tuple[float, float, float], font: tuple[str, float]
) -> float:
    """Sets a heading, a picture or a paragraph into a column; returns where the next one starts."""
    left, y, right = box
    name, size = font
    kind = dice.weigh({"text": 8, "heading": 1.5, "picture": 1})
    if kind == "picture":
        high = dice.between(120, 420)
        draw.rectangle(
            (left, y, right, y + high), fill=hsv(dice.between(0, 1), dice.between(0, 0.6), dice.between(0.2, 0.8))
        )
        return y + high + size
    if kind == "heading":
        draw.text(
            (left, y),
            text[: dice.whole(10, 24)],
            font=face("arimo-bold", size * dice.between(1.5, 3.5)),
            fill=(20, 20, 24),
        )
        return y + size * 4
    line, letters = "", max(int((right - left) / (size * 0.46)), 8)
    for word in [*text.split(), ""]:
        if len(line) + len(word) >= letters or not word:
            draw.text((left, y), line, font=face(name, size), fill=(40, 40, 44))
            y, line = y + size * 1.25, ""
        line = f"{line} {word}".strip()
    return y + size * 0.6


BACKDROPS: dict[str, Callable[[Dice, int], Plane]] = {
    "desk": desk,
    "dark": dark,
    "wood": wood,
    "cloth": cloth,
    "leather": leather,
    "stone": stone,
    "keys": keys,
    "lawn": lawn,
    "print": print_page,
}
ODDS = {
    "desk": 26.0,
    "wood": 24.0,
    "dark": 12.0,
    "print": 13.0,
    "leather": 8.0,
    "cloth": 6.0,
    "stone": 6.0,
    "keys": 3.0,
    "lawn": 2.0,
}
