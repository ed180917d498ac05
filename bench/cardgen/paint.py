"""Paints a design as the flat picture of a card."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.cardgen.backdrops import clouds
from bench.cardgen.chance import Dice
from bench.cardgen.design import Box, Design, Paper, Run, Shape
from bench.cardgen.fonts import face, length

Pixels = NDArray[np.uint8]
"""H x W x 3, red green blue."""
FINE = 2
"""Shapes are drawn this much larger and reduced, for smooth edges."""


def paint(design: Design, scale: float, dice: Dice) -> Pixels:
    """The flat card at `scale` pixels a mm; `dice` only feeds the grain of the paper."""
    size = (round(design.width * scale), round(design.height * scale))
    image = _paper(design.paper, size, dice)
    image = _shapes(image, design.shapes, scale)
    if design.qr:
        _qr(image, design.content.qr, design.qr, scale)
    for row in design.rows:
        for run in row.runs:
            _text(image, run, scale)
    return np.asarray(image)


def _paper(paper: Paper, size: tuple[int, int], dice: Dice) -> Image.Image:
    width, height = size
    ground = np.empty((height, width, 3), np.float32)
    ground[:] = paper.colour
    if paper.fade is not None:
        x, y = np.meshgrid(np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height))
        angle = math.radians(paper.angle)
        share = np.clip(0.5 + x * math.cos(angle) + y * math.sin(angle), 0, 1)[..., None]
        ground += (np.array(paper.fade, np.float32) - ground) * share.astype(np.float32)
    if paper.clouds:
        veins = clouds(dice, max(size), (4, 3), 4)[:height, :width, None]
        ground += (np.array(paper.vein, np.float32) - ground) * (0.5 * paper.clouds * np.clip(0.5 + 0.5 * veins, 0, 1))
    if paper.texture:
        grain = dice.rng.normal(0, 5 * paper.texture, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
        ground += np.repeat(np.repeat(grain, 2, 0), 2, 1)[:height, :width, None]
    return Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))


def _shapes(image: Image.Image, shapes: tuple[Shape, ...], scale: float) -> Image.Image:
    if not shapes:
        return image
    large = image.resize((image.width * FINE, image.height * FINE), Image.Resampling.NEAREST)
    for shape in shapes:
        if shape.alpha < 1:
            over = large.copy()
            _shape(ImageDraw.Draw(over), shape, scale * FINE)
            large = Image.blend(large, over, shape.alpha)
        else:
            _shape(ImageDraw.Draw(large), shape, scale * FINE)
    return large.resize(image.size, Image.Resampling.BOX)


def _shape(draw: ImageDraw.ImageDraw, shape: Shape, scale: float) -> None:
    points = [(x * scale, y * scale) for x, y in shape.points]
    width = max(round(shape.width * scale), 1)
    if shape.kind == "polygon":
        draw.polygon(points, fill=shape.colour)
    elif shape.kind == "line":
        draw.line(points, fill=shape.colour, width=width, joint="curve")
    elif shape.kind == "rounded":
        draw.rounded_rectangle([*points[0], *points[1]], shape.width * scale, fill=shape.colour)
    elif shape.width:
        draw.ellipse([*points[0], *points[1]], outline=shape.colour, width=width)
    else:
        draw.ellipse([*points[0], *points[1]], fill=shape.colour)


def _text(image: Image.Image, run: Run, scale: float) -> None:
    font = face(run.face, round(run.size * scale, 2))
    if run.angle:
        _turned_text(image, run, scale)
        return
    draw = ImageDraw.Draw(image)
    for letter, x in _set(run, scale):
        draw.text((run.x * scale + x, run.y * scale), letter, fill=run.colour, font=font, anchor="ls")


def _set(run: Run, scale: float) -> Iterator[tuple[str, float]]:
    """Each letter with its distance from the first, pixels: by unhinted widths."""
    for index, letter in enumerate(run.text):
        yield letter, (length(run.face, run.text[:index]) * run.size + index * run.tracking) * scale


def _turned_text(image: Image.Image, run: Run, scale: float) -> None:
    """Draws the run upright on a square mask about its origin, turns that and pastes the colour through it."""
    font = face(run.face, round(run.size * scale, 2))
    reach = math.ceil((length(run.face, run.text) * run.size + run.tracking * len(run.text) + run.size) * scale)
    mask = Image.new("L", (2 * reach + 1, 2 * reach + 1))
    draw = ImageDraw.Draw(mask)
    for letter, x in _set(run, scale):
        draw.text((reach + x, reach), letter, fill=255, font=font, anchor="ls")
    mask = mask.rotate(-run.angle, Image.Resampling.BICUBIC)
    corner = (round(run.x * scale) - reach, round(run.y * scale) - reach)
    image.paste(Image.new("RGB", mask.size, run.colour), corner, mask)


def _qr(image: Image.Image, text: str, box: Box, scale: float) -> None:
    left, top, right, bottom = (round(v * scale) for v in box)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    cells = Image.fromarray(np.asarray(code.to_image(scale=1, add_quiet_zones=True)))
    cells = cells.resize((right - left, bottom - top), Image.Resampling.NEAREST)
    image.paste(Image.merge("RGB", [cells] * 3), (left, top))
