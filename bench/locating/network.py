"""The network that sees cards, in torch: a small pyramid with a look at the whole picture at its top.

In: N x 3 x H x W, BGR, 0 to 1, H and W multiples of 32. Out, for a card a pixel belongs to:
    seen     N x 2 x H/4 x W/4, logits: inside a card, on a card's outline
    corners  N x 12 x H/8 x W/8: for each corner dx, dy from this pixel, in units of `REACH` input pixels (4 x 2),
             then the logarithm of the error to expect of each (4)
The corners come clockwise; with which of them a card starts is the network's own choice.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

REACH = 100.0


def _conv(inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


class Dense(nn.Module):
    """Two 3 x 3 convolutions around a short cut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = _conv(width, width), _conv(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(torch.relu(self.first(x))))


class Wide(nn.Module):
    """A 5 x 5 look at each channel, then a mix of channels, around a short cut: cheap where channels are many."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.look = _conv(width, width, 5, groups=width)
        self.widen, self.narrow = _conv(width, 2 * width, 1), _conv(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.narrow(torch.relu(self.widen(self.look(x))))


class Everywhere(nn.Module):
    """Every place of the coarsest map attends to every other."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.split, self.join = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(2).transpose(1, 2)
        query, key, value = self.split(self.norm(flat)).chunk(3, dim=2)
        share = torch.softmax(query @ key.transpose(1, 2) * query.shape[2] ** -0.5, dim=2)
        return x + self.join(share @ value).transpose(1, 2).reshape(x.shape)


class CardNet(nn.Module):
    """About 0.7 million weights, 0.45 billion multiplications for 320 x 256 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.halved = nn.Sequential(_conv(3, 16, stride=2), nn.ReLU())
        self.quarter = nn.Sequential(_conv(16, 32, stride=2), nn.ReLU(), Dense(32))
        self.eighth = nn.Sequential(_conv(32, 64, stride=2), nn.ReLU(), Dense(64), Dense(64))
        self.sixteenth = nn.Sequential(_conv(64, 96, stride=2), nn.ReLU(), Wide(96), Wide(96), Wide(96))
        self.coarsest = nn.Sequential(
            _conv(96, 128, stride=2), nn.ReLU(), Wide(128), Everywhere(128), Wide(128), Everywhere(128), Wide(128)
        )
        self.from_coarsest, self.from_sixteenth = nn.Conv2d(128, 64, 1), nn.Conv2d(96, 64, 1)
        self.from_eighth, self.from_quarter = nn.Conv2d(64, 64, 1), nn.Conv2d(32, 32, 1)
        self.mix_sixteenth, self.mix_eighth = Wide(64), Dense(64)
        self.narrow, self.mix_quarter = nn.Conv2d(64, 32, 1), Dense(32)
        self.corners = nn.Sequential(Wide(64), nn.Conv2d(64, 12, 1))
        self.seen = nn.Conv2d(32, 2, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        quarter = self.quarter(self.halved(x - 0.5))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        top = self.from_coarsest(self.coarsest(sixteenth))
        sixteenth = self.mix_sixteenth(self.from_sixteenth(sixteenth) + _twice(top))
        eighth = self.mix_eighth(self.from_eighth(eighth) + _twice(sixteenth))
        quarter = self.mix_quarter(self.from_quarter(quarter) + _twice(self.narrow(eighth)))
        return self.seen(quarter), self.corners(eighth)


def _twice(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
