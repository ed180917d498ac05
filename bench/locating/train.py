"""Scenes to weights: `python -m bench.locating.train SCENES --out RUN`.

Needs torch 2.13 beside the project's own packages. What made the weights in `ocr/models/cards.onnx` is in
`bench/locating/README.md`.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bench.locating import store
from bench.locating.network import REACH, CardNet
from bench.locating.scenes import Scene
from ocr.locate.quads import in_order, overlap
from ocr.locate.votes import count


@dataclass(frozen=True, slots=True)
class Sample:
    """One scene as the network is taught it."""

    image: NDArray[np.uint8]
    """H x W x 3."""
    seen: NDArray[np.float32]
    """2 x H/4 x W/4: inside, outline."""
    corners: NDArray[np.float32]
    """8 x H/8 x W/8, units of `REACH`."""
    weight: NDArray[np.float32]
    """H/8 x W/8: 1 / places of the card that is here, 0 where there is none."""


def sample(rng: Generator, drawn: Scene, canvas: tuple[int, int]) -> Sample:
    """Mirror, turn, shrink and recolour a scene onto a canvas."""
    image, owner, quads = _turned(rng, drawn)
    image, owner, quads = _placed(rng, image, owner, quads, canvas)
    inside = _quartered(owner)
    edge = cv2.morphologyEx(owner, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    outline = edge.reshape(edge.shape[0] // 2, 2, edge.shape[1] // 2, 2).max(axis=(1, 3))
    corners, weight = _corner_targets(owner, quads)
    return Sample(_recoloured(rng, image), np.stack((inside, outline.astype(np.float32))), corners, weight)


def _turned(rng: Generator, drawn: Scene) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    image, owner, quads = drawn.image, drawn.owner, drawn.quads.copy()
    for axis in (0, 1):
        if rng.random() < 0.5:
            image, owner = np.flip(image, 1 - axis), np.flip(owner, 1 - axis)
            quads[..., axis] = image.shape[1 - axis] - quads[..., axis]
    return image, owner, quads


def _placed(
    rng: Generator,
    image: NDArray[np.uint8],
    owner: NDArray[np.uint8],
    quads: NDArray[np.float32],
    canvas: tuple[int, int],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    """Onto the canvas, transposed if that is upright, mostly as large as fits and at its top left."""
    if canvas[0] < canvas[1]:
        image, owner, quads = image.transpose(1, 0, 2), owner.T, quads[..., ::-1]
    height, width = image.shape[:2]
    scale = min(canvas[0] / width, canvas[1] / height, 1.0) * (rng.uniform(0.65, 1) if rng.random() < 0.4 else 1)
    shift = (
        np.zeros(2)
        if rng.random() < 0.6
        else rng.uniform(0, 1, 2) * (np.array(canvas) - (width * scale, height * scale))
    )
    matrix = np.array([(scale, 0, shift[0] + scale / 2 - 0.5), (0, scale, shift[1] + scale / 2 - 0.5)])
    fill = [0.0] * 3 if rng.random() < 0.8 else rng.uniform(0, 255, 3).tolist()
    blurred = cv2.GaussianBlur(image, (0, 0), 0.5 / scale) if scale < 0.9 else image
    shown = cv2.warpAffine(blurred, matrix, canvas, flags=cv2.INTER_LINEAR, borderValue=fill)
    halved = matrix.copy()
    halved[:, 2] = shift / 2 + scale / 2 - 0.5
    half = (canvas[0] // 2, canvas[1] // 2)
    who = cv2.warpAffine(owner, halved, half, flags=cv2.INTER_NEAREST, borderValue=0)
    return np.asarray(shown, np.uint8), np.asarray(who, np.uint8), (quads * scale + shift).astype(np.float32)


def _quartered(owner: NDArray[np.uint8]) -> NDArray[np.float32]:
    halves = (owner > 0).reshape(owner.shape[0] // 2, 2, owner.shape[1] // 2, 2)
    return np.asarray(halves.mean(axis=(1, 3)), np.float32)


def _corner_targets(
    owner: NDArray[np.uint8], quads: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    eighth = owner[2::4, 2::4]
    rows, columns = np.mgrid[: eighth.shape[0], : eighth.shape[1]]
    places = np.stack((columns, rows), axis=-1)[:, :, None] * 8.0 + 4.0
    corners = np.zeros((*eighth.shape, 8), np.float32)
    weight = np.zeros(eighth.shape, np.float32)
    for number, quad in enumerate(quads, start=1):
        here = eighth == number
        if here.sum() >= 4:
            corners[here] = ((in_order(quad) - places[here]) / REACH).reshape(-1, 8)
            weight[here] = 1 / here.sum()
    return np.ascontiguousarray(corners.transpose(2, 0, 1)), weight


def _recoloured(rng: Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Another exposure, another cast; now and then grey."""
    if rng.random() < 0.05:
        image = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    levels = np.arange(256)[:, None] / 255
    curve = levels ** rng.uniform(0.75, 1.33) * rng.uniform(0.75, 1.15) * rng.normal(1, 0.06, 3) + rng.normal(0, 0.03)
    table = np.clip(curve * 255, 0, 255).astype(np.uint8)
    return np.stack([table[image[..., channel], channel] for channel in range(3)], axis=-1)


def loss(seen: Tensor, corners: Tensor, samples: list[Sample]) -> tuple[Tensor, dict[str, float]]:
    """Cross entropy inside and on outlines, overlap of the inside, and the Laplace likelihood of the corners."""
    truth = torch.from_numpy(np.stack([s.seen for s in samples]))
    aim = torch.from_numpy(np.stack([s.corners for s in samples]))
    weight = torch.from_numpy(np.stack([s.weight for s in samples]))
    inside = functional.binary_cross_entropy_with_logits(seen[:, 0], truth[:, 0])
    outline = functional.binary_cross_entropy_with_logits(seen[:, 1], truth[:, 1], pos_weight=torch.tensor(4.0))
    share = torch.sigmoid(seen[:, 0])
    common = (share * truth[:, 0]).sum((1, 2))
    dice = 1 - (2 * common + 20) / (share.sum((1, 2)) + truth[:, 0].sum((1, 2)) + 20)
    log_error = corners[:, 8:].clamp(-6, 3)
    turned = torch.stack([aim.roll(2 * turn, 1) for turn in range(4)])
    distance = (corners[:, :8] - turned).abs().unflatten(2, (4, 2)).sum(3)
    unlikely = (distance / log_error.exp() + 2 * log_error).mean(2).min(0).values
    placed = (unlikely * weight).sum() / weight.sum().clamp(min=1)
    total = inside + dice.mean() + 0.5 * outline + 0.25 * placed
    parts = {"inside": inside, "dice": dice.mean(), "outline": outline, "corners": placed}
    return total, {name: float(part.detach()) for name, part in parts.items()}


def batches(
    rng: Generator, scenes: list[store.Packed], size: int, steps: int, canvas: tuple[int, int]
) -> Iterator[list[Sample]]:
    """Random batches, half of them upright, the next one made ready while this one is learnt."""
    with ThreadPoolExecutor(1) as ahead:

        def make(seed: int) -> list[Sample]:
            own = np.random.default_rng(seed)
            shape = canvas if own.random() < 0.5 else canvas[::-1]
            return [sample(own, scenes[int(n)].unpacked(), shape) for n in own.integers(0, len(scenes), size)]

        coming = ahead.submit(make, int(rng.integers(2**62)))
        for _ in range(steps):
            ready, coming = coming.result(), ahead.submit(make, int(rng.integers(2**62)))
            yield ready


def as_input(images: list[NDArray[np.uint8]]) -> Tensor:
    """N x 3 x H x W, 0 to 1."""
    stacked = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    return stacked.to(memory_format=torch.channels_last)


@torch.no_grad()
def precise(network: CardNet, scenes: list[store.Packed], canvas: tuple[int, int]) -> float:
    """Share of the cards of unseen scenes that votes alone place with an overlap of 0.9."""
    network.eval()
    hits = []
    for number, stored in enumerate(scenes):
        image, _, quads = _placed(np.random.default_rng(number), *_plain(stored), canvas)
        seen, corners = network(as_input([image]))
        inside = functional.avg_pool2d(torch.sigmoid(seen[:, :1]), 2)[0, 0]
        votes = count(inside.numpy(), corners[0].numpy())
        hits += [max((overlap(in_order(quad), v.quad) for v in votes), default=0.0) >= 0.9 for quad in quads]
    network.train()
    return float(np.mean(hits))


def _plain(stored: store.Packed) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    drawn = stored.unpacked()
    return drawn.image, drawn.owner, drawn.quads


def main() -> None:
    """Learn, print how it goes, keep the running average of the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--canvas", type=int, nargs=2, default=(320, 256), help="width and height, multiples of 32")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    options.out.mkdir(parents=True, exist_ok=True)
    shards = sorted(options.scenes.glob("*.npz"))
    unseen, scenes = store.read(shards[-1])[:200], [s for shard in shards[:-1] for s in store.read(shard)]
    network = CardNet().to(memory_format=torch.channels_last)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True))
    _learn(network, scenes, unseen, options)


def _learn(
    network: CardNet, scenes: list[store.Packed], unseen: list[store.Packed], options: argparse.Namespace
) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), options.rate, weight_decay=0.02)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, options.steps, pct_start=0.08)
    average, began = copy.deepcopy(network), time.time()
    for step, batch in enumerate(_supply(scenes, options), start=1):
        with torch.autocast("cpu", torch.bfloat16):
            seen, corners = network(as_input([s.image for s in batch]))
        total, parts = loss(seen.float(), corners.float(), batch)
        optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        plan.step()
        _follow(average, network, min(0.998, step / (step + 20)))
        if step % 50 == 0:
            _note(options.out, {"step": step, "minutes": round((time.time() - began) / 60, 1), **parts})
        if step % 1000 == 0 or step == options.steps:
            _note(options.out, {"step": step, "precise": precise(average, unseen, tuple(options.canvas))})
            torch.save(average.state_dict(), options.out / "weights.pt")


def _supply(scenes: list[store.Packed], options: argparse.Namespace) -> Iterator[list[Sample]]:
    return batches(np.random.default_rng(0), scenes, options.batch, options.steps, tuple(options.canvas))


@torch.no_grad()
def _follow(average: CardNet, network: CardNet, share: float) -> None:
    pairs = zip(average.state_dict().values(), network.state_dict().values(), strict=True)
    for mean, now in pairs:
        if mean.is_floating_point():
            mean.lerp_(now, 1 - share)
        else:
            mean.copy_(now)


def _note(folder: Path, line: dict[str, float]) -> None:
    rounded = {name: round(value, 4) for name, value in line.items()}
    with (folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(rounded) + "\n")


if __name__ == "__main__":
    main()
