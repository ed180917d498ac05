"""Which parts of a photo are read as cards, and where text is in them.

Three measured facts decide. A wrong crop costs more than none, so a card is cut out only when its corners are sure;
else the whole frame is read. Text near the edge of a picture is missed, so a card is read with a margin around it, even
when its corners are exact; what turns out to stand in the margin belongs to something else. And searching for text
costs as much as reading several lines, so it is done once a region, and what is found weighs the corners too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.clean import with_contrast
from ocr.engines.ppocr import search
from ocr.engines.strips import Box
from ocr.locate import Candidate
from ocr.locate.quads import Quad, inside_share
from ocr.logo.inside import CardInside
from ocr.logo.likely import LogoMap, logo_map, logo_view
from ocr.rectify import CARD_SIDE, Flat, flatten, outline, to_photo, turn, whole
from ocr.types import Image, Line, Point, Polygon, Word

SURE = 0.6
"""Confidence from which a candidate's corners are trusted enough to cut the card out."""
FEW, SURER = 3, 0.8
"""With fewer pieces of text on it than this, a candidate has to be this sure."""
HELD = 1 / 3
"""Share of a whole frame's text that its card has to hold; a card that fills the frame has panels, stamps and photos on
it that look like cards."""
MARGIN = 0.06
"""Around a card, in widths and heights of it."""
INNER = 0.1
"""The same for what is surely card, in widths and heights of the card with its margin."""
OVERHANG = 0.02
"""A line belongs to the card if its middle is no further outside than this share of the card's longest side."""
GRAZED = 0.2
"""A box of text with no more than this share of it on the card belongs to the margin."""
STICKS_OUT = 0.5
"""Text that reaches further over a card's edge than this many of its heights is cut by it; boxes are a little wide."""
CARD_TEXT_SIDE = 480
"""Longest side, in pixels, at which a card with its margin is searched for text: as many phones and addresses are read
after it as after 640, which takes three quarters longer; small faint print is lost now and then."""
FINE_TEXT_SIDE = 512
"""The same for a reader that makes something of small faint print."""
FRAME_TEXT_SIDE = 960
"""The same for a whole frame, where cards are smaller."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the photo to read as one card."""

    wide: Flat
    """The card flattened, with a margin around it; or the whole frame."""
    margin: tuple[int, int]
    """Pixels of `wide` left and right of the card, and above and below it."""
    quad: Polygon
    """Where the card is, photo pixels; the best guess even when the region is the whole frame."""
    confidence: float
    """Of the quad, 0 to 1."""
    turned: int = 0
    """Degrees clockwise that `wide` has been turned by."""
    text: tuple[Box, ...] = ()
    """Where text is in `wide`, its pixels."""
    text_side: int = CARD_TEXT_SIDE
    """Longest side, in pixels, at which a card is searched for text."""
    likely: LogoMap | None = None
    """How likely logos lie where in `wide`, unless that is the whole frame."""
    guess: Region | None = None
    """Of the whole frame, the card that it probably shows."""

    def search(self) -> Region:
        """The same region with its text found, and with it where its logos may be."""
        if not any(self.margin):
            return replace(self, text=search(self.wide.image, FRAME_TEXT_SIDE).boxes)
        found = search(self.wide.image, self.text_side, logo_view().seen)
        height, width = self.wide.image.shape[:2]
        margin = self.margin[0] / width, self.margin[1] / height
        logos = None if found.view is None else logo_map(logo_view(), found.view, margin)
        return replace(self, text=found.boxes, likely=logos)

    def turn(self, degrees: int) -> Region:
        """The same region turned clockwise; its quad starts at the corner that is then the top left.

        Its text is searched for again, for the network finds it best when it lies.
        """
        steps = degrees // 90
        if not steps:
            return self
        quad = self.quad[-steps:] + self.quad[:-steps]
        margin = self.margin[::-1] if steps % 2 else self.margin
        turned = self.turned + degrees
        return replace(self, wide=turn(self.wide, degrees), margin=margin, quad=quad, turned=turned).search()

    @property
    def logos(self) -> LogoMap | CardInside | None:
        """Where `find_logos` is to look for logos on the upright `card()`."""
        inside = self.inside
        if inside is None:
            return self.likely
        card = inside.card()
        return CardInside(card.image, np.linalg.inv(card.to_photo) @ self.wide.to_photo, inside.likely)

    @property
    def inside(self) -> Region | None:
        """The guess, turned so that it stands as the frame does."""
        return self.guess and self.guess.turn(self._askew(self.guess))

    def _askew(self, other: Region) -> int:
        """Degrees clockwise to turn another region by, so that it stands as this one does."""
        height, width = self.wide.image.shape[:2]
        across = np.array([[(width * 0.5, height * 0.5), (width * 0.55, height * 0.5)]])
        start, end = cv2.perspectiveTransform(across, np.linalg.inv(other.wide.to_photo) @ self.wide.to_photo)[0]
        right, down = end - start
        return -round(math.degrees(math.atan2(down, right)) / 90) % 4 * 90

    def closer(self, photo: Image) -> tuple[Image, float]:
        """The picture that its text is read in, and how many times larger that is than `wide`.

        A whole frame is searched small, for that takes its time by the pixel; but what is found is read as large as the
        photo shows it. A flattened card is as large as readers make use of.
        """
        if any(self.margin):
            return self.wide.image, 1.0
        full = np.ascontiguousarray(np.rot90(photo, -self.turned // 90))
        return full, full.shape[1] / self.wide.image.shape[1]

    @property
    def text_on_card(self) -> tuple[Box, ...]:
        """The text that does not stand in the margin."""
        corner = np.array(self.margin, np.float32)
        return tuple(box for box in self.text if self._is_on_card(_middle(as_polygon(box - corner))))

    @property
    def outlines_on_card(self) -> tuple[Polygon, ...]:
        """Where the text of `card()` is, its pixels."""
        corner = np.array(self.margin, np.float32)
        return tuple(as_polygon(box - corner) for box in self.text_on_card)

    def is_within(self, box: Box) -> bool:
        """Whether text stands on the best guess of the card, which of a whole frame may be a part."""
        [middle] = to_photo(self.wide, [_middle(as_polygon(box))])
        return cv2.pointPolygonTest(np.array(self.quad, np.float32), middle, False) >= 0

    @property
    def share_within(self) -> float:
        """The share of the text, by its length, that stands on the best guess of the card."""
        lengths = [float(np.linalg.norm(box[1] - box[0])) for box in self.text]
        within = sum(length for box, length in zip(self.text, lengths, strict=True) if self.is_within(box))
        return within / sum(lengths)

    def card(self) -> Flat:
        """The card without its margin."""
        x, y = self.margin
        height, width = self.wide.image.shape[:2]
        shift = np.array([(1, 0, x), (0, 1, y), (0, 0, 1)], np.float64)
        return Flat(np.ascontiguousarray(self.wide.image[y : height - y, x : width - x]), self.wide.to_photo @ shift)

    def on_card(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """Lines read in `wide` as lines of `card()`, without those that stand in the margin."""
        x, y = self.margin
        moved = (_move(line, -x, -y) for line in lines)
        return tuple(line for line in moved if self._is_on_card(_middle(line.polygon)))

    @property
    def is_sure(self) -> bool:
        """Whether the card may be cut out; one with little text may be a part of a card, a panel or its logo."""
        texts = len(self.text_on_card)
        return texts > 0 and self.confidence >= (SURE if texts >= FEW else SURER)

    def spares_text(self) -> float:
        """1 when no box of text is cut by the card's outline, down to 0.4 when many are: such a side is no edge."""
        (x, y), (height, width) = self.margin, self.wide.image.shape[:2]
        card = np.array([(x, y), (width - x, y), (width - x, height - y), (x, height - y)], np.float64)
        inside = [box for box in self.text if inside_share(box.astype(np.float64), card) > GRAZED]
        broken = sum(self._is_cut(box, card) for box in inside) / max(1, len(inside))
        return 1 - min(0.6, 1.2 * broken)

    def _is_cut(self, box: Box, card: Quad) -> bool:
        """Whether text reaches over the edge of the card, or as far as can be seen, margin and all."""
        over = _overhang(box, card)
        height, width = self.wide.image.shape[:2]
        leaves = bool((box <= 1).any() or (box >= np.array((width, height)) - 2).any())
        return over > STICKS_OUT * _height(box) or (leaves and over > 0)

    def _is_on_card(self, point: Point) -> bool:
        height, width = self.wide.image.shape[:2]
        width, height = width - 2 * self.margin[0], height - 2 * self.margin[1]
        slack = OVERHANG * max(width, height)
        return bool(-slack <= point[0] <= width + slack and -slack <= point[1] <= height + slack)


def choose_regions(
    photo: Image, candidates: Sequence[Candidate], most: int, text_side: int = CARD_TEXT_SIDE
) -> tuple[Region, ...]:
    """Cut out the cards that are sure, or else take the whole frame for one card; none in a photo without text.

    What is found at a larger `text_side` can be scraps around a card that make its edges doubtful: then the usual one
    decides.
    """
    cuts = [cut_out(photo, candidate, text_side) for candidate in candidates[:most] if candidate.confidence >= SURE]
    sure = [region for region in cuts if region.is_sure]
    if sure:
        return tuple(sorted(sure, key=lambda region: -region.confidence))
    if cuts and text_side > CARD_TEXT_SIDE:
        return choose_regions(photo, candidates, most)
    frame = Region(whole(photo), (0, 0), (), 0.0).search()
    return (_guessing(frame, photo, cuts or candidates, text_side),) if frame.text else ()


def _guessing(frame: Region, photo: Image, cards: Sequence[Region | Candidate], text_side: int) -> Region:
    """A whole frame that knows of the card that it probably shows: the surest one that holds enough of its text."""
    cuts = (card if isinstance(card, Region) else cut_out(photo, card, text_side) for card in cards)
    guesses = (replace(frame, quad=cut.quad, confidence=cut.confidence, guess=cut) for cut in cuts if cut.text_on_card)
    likely = (guess for guess in guesses if guess.share_within >= HELD)
    return next(likely, replace(frame, quad=outline(frame.wide)))


def cut_out(photo: Image, card: Candidate, text_side: int = CARD_TEXT_SIDE) -> Region:
    """The card of a candidate with a margin around it, and how sure its corners are once its text is known."""
    whole_share = 1 + 2 * MARGIN
    wide = flatten(photo, _widened(card.quad), longest=round(CARD_SIDE * whole_share))
    height, width = wide.image.shape[:2]
    margin = round(width * MARGIN / whole_share), round(height * MARGIN / whole_share)
    region = Region(wide, margin, card.quad, card.confidence, text_side=text_side)
    region = replace(region, wide=replace(wide, image=with_contrast(wide.image, _inner(wide.image)))).search()
    return replace(region, confidence=round(card.confidence * region.spares_text(), 3))


def _inner(wide: Image) -> Image:
    """Of a card with its margin, the part that is surely card, even when its corners are not exact."""
    height, width = wide.shape[:2]
    x, y = round(width * INNER), round(height * INNER)
    return wide[y : height - y, x : width - x]


def _widened(quad: Polygon) -> Polygon:
    """The quad of a card and its margin, in the card's own perspective."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    wider = unit * (1 + 2 * MARGIN) - MARGIN
    homography = cv2.getPerspectiveTransform(unit, np.array(quad, np.float32))
    points = cv2.perspectiveTransform(wider.reshape(-1, 1, 2), homography)
    return tuple((float(x), float(y)) for x, y in points[:, 0])


def _overhang(box: Box, card: Quad) -> float:
    """Pixels by which the middle of either end of a line lies outside an upright rectangle."""
    ends = np.array((box[0] + box[3], box[1] + box[2])) / 2
    return float(np.maximum(card[0] - ends, ends - card[2]).max())


def _height(box: Box) -> float:
    return float(min(np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[3] - box[0])))


def as_polygon(box: Box) -> Polygon:
    """A box as plain points."""
    return tuple((float(x), float(y)) for x, y in box)


def _move(line: Line, right: float, down: float) -> Line:
    def moved(polygon: Polygon) -> Polygon:
        return tuple((x + right, y + down) for x, y in polygon)

    words = tuple(Word(word.text, word.confidence, moved(word.polygon)) for word in line.words)
    return replace(line, polygon=moved(line.polygon), words=words)


def _middle(polygon: Polygon) -> Point:
    return sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon)
