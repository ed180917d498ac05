"""One to four cards on a surface as a camera sees them, with the truth of where they are.

The camera is a pinhole above a plane, so quads have the proportions that real cards have; light, focus, noise and
compression come after. `python -m bench.locating.scenes FOLDER` draws a few for the eye.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.locating import camera, surfaces, things
from bench.locating.faces import face
from bench.locating.surfaces import Picture, Size, colour

LONGEST = 320
"""Pixels of a finished scene; it is drawn twice as large."""
RATIOS = (3 / 4, 9 / 16, 2 / 3, 1.0)
SHARES = (0.5, 0.25, 0.15, 0.1)

Quads = NDArray[np.float32]
"""N x 4 x 2 pixels, in the order of the printed card's corners."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawn photo. Landscape or square; turn it for portrait."""

    image: NDArray[np.uint8]
    """H x W x 3, BGR."""
    owner: NDArray[np.uint8]
    """H/2 x W/2: which card is on top here, counted from 1; 0 is none. What lies on a card does not hide it."""
    quads: Quads
    """Pixels of `image`."""


@dataclass(frozen=True, slots=True)
class _Layer:
    picture: Picture
    alpha: Picture
    corners: NDArray[np.float32]
    """Where the card's corners are in `picture`, which a bent card overflows."""


def scene(rng: Generator, longest: int = LONGEST) -> Scene:
    """Draw one scene, `longest` pixels wide."""
    layers = [_layer(rng) for _ in range(int(rng.choice([0, 1, 2, 3, 4], p=[0.03, 0.8, 0.08, 0.04, 0.05])))]
    tight = len(layers) == 1 and rng.random() < 0.12
    ratio = float(rng.choice(RATIOS, p=SHARES))
    if tight:
        height, width = layers[0].picture.shape[:2]
        ratio = min(1.0, height / width * float(rng.uniform(0.9, 1.1)))
    size = (2 * longest, 2 * round(longest * ratio))
    quads = _tight_quad(rng, size) if tight else _poses(rng, size, [_aspect(layer) for layer in layers])
    ground = _ground(rng, size, layers)
    things.scatter(rng, ground)
    picture, owner = _laid(rng, ground, layers, quads)
    things.lay_over(rng, picture, quads)
    image = camera.seen(rng, picture)
    half = cv2.resize(owner, (size[0] // 4, size[1] // 4), interpolation=cv2.INTER_NEAREST)
    return Scene(image, np.asarray(half, np.uint8), np.asarray(quads / 2, np.float32))


def _layer(rng: Generator) -> _Layer:
    picture, alpha = face(rng)
    height, width = alpha.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    if rng.random() > 0.16:
        return _Layer(picture, alpha, corners)
    rise = float(rng.normal(0, 0.06)) * height
    pad = int(abs(rise)) + 1
    y, x = np.mgrid[: height + 2 * pad, :width].astype(np.float32)
    u = x / width
    bow = 4 * u * (1 - u) if rng.random() < 0.6 else np.maximum(0, u - 0.5) ** 2 * 4 - u * 1.0
    from_y = y - pad - rise * bow.astype(np.float32)
    bent = cv2.remap(picture, x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shape = cv2.remap(alpha, x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return _Layer(np.asarray(bent, np.float32), np.asarray(shape, np.float32), corners + np.array([0, pad], np.float32))


def _aspect(layer: _Layer) -> float:
    across, down = layer.corners[2] - layer.corners[0]
    return float(across / down)


def _ground(rng: Generator, size: Size, layers: list[_Layer]) -> Picture:
    """A surface; now and then of the very colour of the card."""
    if layers and rng.random() < 0.08:
        near = layers[0].picture[:20].mean(axis=(0, 1)) + rng.normal(0, 12, 3)
        grain = surfaces.noise(rng, size, float(rng.uniform(2, 200)), 2)[..., None] * rng.uniform(2, 25)
        return np.asarray(near + grain, np.float32)
    return surfaces.surface(rng, size)


def _tight_quad(rng: Generator, size: Size) -> Quads:
    """The card is the photo, give or take a sliver."""
    frame = np.array([(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])], np.float32)
    inward = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32)
    sliver = rng.normal(0.012, 0.02) + rng.normal(0, rng.choice([0.0, 0.008, 0.025]), (4, 2))
    return np.asarray(frame + inward * sliver * size[0], np.float32)[None]


def _poses(rng: Generator, size: Size, aspects: list[float]) -> Quads:
    """Corners of cards that lie on one plane, most of each inside the frame."""
    for _ in range(200):
        plane = _on_plane(rng, aspects)
        quads = _projected(rng, size, plane, fill=float(rng.beta(2.4, 2.0) * 1.0 + 0.18))
        if _fits(quads, size):
            return quads
    return np.zeros((0, 4, 2), np.float32)


def _on_plane(rng: Generator, aspects: list[float]) -> NDArray[np.float64]:
    """N x 4 x 2: cards of width 1, side by side or scattered, the group centred."""
    common = float(rng.choice([0, 90, 180, 270])) + rng.normal(0, 9) if rng.random() < 0.75 else rng.uniform(0, 360)
    columns = int(rng.integers(1, 3)) if len(aspects) != 4 else 2
    gap, scatter = float(rng.choice([0.0, 0.03, 0.15, 0.3])), float(rng.choice([0.0, 2.0, 12.0, 60.0]))
    cards = []
    for number, aspect in enumerate(aspects):
        half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (0.5, 0.5 / aspect)
        own = np.radians(common + rng.normal(0, scatter) * (len(aspects) > 1) + 180 * (rng.random() < 0.2))
        turn = np.array([(np.cos(own), -np.sin(own)), (np.sin(own), np.cos(own))])
        cell = np.array([(number % columns) * (1 + gap), (number // columns) * (0.62 + gap)])
        group = np.radians(common)
        cell = np.array([(np.cos(group), -np.sin(group)), (np.sin(group), np.cos(group))]) @ cell
        cards.append(half @ turn.T + cell)
    placed = np.array(cards).reshape(-1, 4, 2)
    return placed - placed.mean(axis=(0, 1)) if len(placed) else placed


def _projected(rng: Generator, size: Size, plane: NDArray[np.float64], fill: float) -> Quads:
    """Through a pinhole of ordinary focal length, the group `fill` of the frame wide."""
    if not len(plane):
        return np.zeros((0, 4, 2), np.float32)
    tilt = np.radians(min(62.0, abs(rng.normal(0, 24))))
    axis = rng.uniform(0, 2 * np.pi)
    rotation, _ = cv2.Rodrigues(np.array([np.cos(axis), np.sin(axis), 0]) * tilt)
    flat = plane.reshape(-1, 2)
    extent = float(np.ptp(flat, axis=0).max())
    focal = float(rng.uniform(0.7, 1.3)) * size[0]
    depth = focal * extent / (fill * size[0])
    centre = (rng.normal(0, 0.1, 2)) * size / focal * depth
    points = np.column_stack((flat, np.zeros(len(flat)))) @ rotation.T + (*centre, depth)
    if points[:, 2].min() < 0.1:
        return np.full((1, 4, 2), np.inf, np.float32)
    seen = points[:, :2] / points[:, 2:] * focal + np.array(size) / 2
    return np.asarray(seen.reshape(-1, 4, 2), np.float32)


def _fits(quads: Quads, size: Size) -> bool:
    """Cards may be cut by the frame a little, may not be tiny, may not hide one another."""
    if not np.isfinite(quads).all():
        return False
    share = quads / np.array(size, np.float32)
    areas = [cv2.contourArea(quad) / (size[0] * size[1]) for quad in quads]
    if (share < -0.13).any() or (share > 1.13).any() or min(areas, default=1.0) < 0.025:
        return False
    hidden = (
        cv2.intersectConvexConvex(one, other)[0] / cv2.contourArea(one)
        for number, one in enumerate(quads)
        for other in quads[:number]
    )
    return max(hidden, default=0.0) < 0.04


def _laid(rng: Generator, ground: Picture, layers: list[_Layer], quads: Quads) -> tuple[Picture, NDArray[np.uint8]]:
    """Cards on the ground with their shadows, and which card is where."""
    size = surfaces.size_of(ground)
    owner = np.zeros(ground.shape[:2], np.uint8)
    towards, soft = rng.normal(0, 5, 2), float(rng.uniform(0.8, 9))
    depth = float(rng.uniform(0, 0.6)) if rng.random() < 0.8 else 0.0
    for number, (layer, quad) in enumerate(zip(layers, quads, strict=False), start=1):
        picture, alpha = _warped(layer, quad, size)
        shift = np.array([(1, 0, towards[0]), (0, 1, towards[1])])
        cast = cv2.GaussianBlur(cv2.warpAffine(alpha, shift, size), (0, 0), soft)
        ground = ground * (1 - np.float32(depth) * cast * (1 - alpha))[..., None]
        exposed = picture * np.float32(rng.uniform(0.82, 1.12))
        if rng.random() < 0.3:
            exposed = exposed + _rim(rng, alpha)
        ground = ground * (1 - alpha[..., None]) + exposed * alpha[..., None]
        owner[alpha > 0.5] = number
    return np.asarray(ground, np.float32), owner


def _rim(rng: Generator, alpha: Picture) -> Picture:
    """The cut edge of thick stock: a line of light or shade along two sides."""
    shift = np.array([(1, 0, rng.choice([-1.5, 1.5])), (0, 1, rng.choice([-1.5, 1.5]))])
    inner = cv2.warpAffine(alpha, shift, surfaces.size_of(alpha))
    return np.asarray((alpha - np.minimum(alpha, inner))[..., None] * np.float32(rng.uniform(-110, 60)), np.float32)


def _warped(layer: _Layer, quad: NDArray[np.float32], size: Size) -> tuple[Picture, Picture]:
    """The layer as the camera sees it, shrunk first so that fine print does not alias."""
    longest = float(np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1).max())
    scale = min(1.0, 1.1 * longest / max(layer.alpha.shape))
    picture, alpha = layer.picture, layer.alpha
    if scale < 0.8:
        picture, alpha = (
            np.asarray(cv2.resize(p, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32)
            for p in (picture, alpha)
        )
    shrunk = np.array(surfaces.size_of(alpha)) / surfaces.size_of(layer.alpha)
    matrix = cv2.getPerspectiveTransform((layer.corners * shrunk - 0.5).astype(np.float32), quad - np.float32(0.5))
    seen = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shape = cv2.warpPerspective(alpha, matrix, size, flags=cv2.INTER_LINEAR)
    return np.asarray(seen, np.float32), np.asarray(shape, np.float32)


def main() -> None:
    """Draw a sheet of scenes with their truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in range(options.count):
        drawn = scene(np.random.default_rng((options.seed, number)))
        shown = drawn.image.copy()
        for quad in drawn.quads:
            cv2.polylines(shown, [quad.round().astype(np.int32)], True, colour(np.random.default_rng(1)).tolist(), 1)
        cv2.imwrite(str(options.folder / f"{number:03d}.png"), shown)


if __name__ == "__main__":
    main()
