"""The order of the stages: from the bytes of a photo to what its cards say."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cache
from itertools import compress

import numpy as np

from ocr.clean import with_contrast
from ocr.codes import read_codes
from ocr.deblur import deblurred
from ocr.engines import BoxReader, make_engine
from ocr.engines.strips import Box, weight
from ocr.errors import EngineTimeout
from ocr.fields import field_reasons, find_fields
from ocr.layout import group_lines
from ocr.load import load_photo
from ocr.locate import find_cards
from ocr.logo import find_logos
from ocr.options import DEFAULTS, Options
from ocr.orientation import find_turn
from ocr.quality import BLURRED, OUT_OF_FOCUS, Edges, edges, judge, review_reasons
from ocr.rectify import Flat, to_photo
from ocr.regions import CARD_TEXT_SIDE, FINE_TEXT_SIDE, Region, as_polygon, choose_regions
from ocr.script import is_foreign
from ocr.trace import no_trace
from ocr.types import Card, Engine, Field, Image, Line, Polygon, Reading, Trace, Word

_FINE = ("rapidocr", "ensemble")
"""Engines for which text is sought at the larger side; Tesseract makes nothing of what is found so in addition."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What every stage of one photo's reading shares."""

    photo: Image
    engine: Engine
    trace: Trace
    deadline: float
    region: str
    """Of `Options`."""

    @property
    def size(self) -> tuple[int, int]:
        return self.photo.shape[1], self.photo.shape[0]

    def watch(self, stage: str, value: object) -> None:
        """Show a stage's result, and stop when the time is up."""
        self.trace(stage, value)
        if time.monotonic() > self.deadline:
            raise EngineTimeout(f"Stopped after the stage {stage!r}.")


def read_photo(
    data: bytes, options: Options = DEFAULTS, engine: Engine | None = None, trace: Trace = no_trace
) -> Reading:
    """Read the business cards in one photo.

    Args:
        data: a JPEG, PNG, WebP or HEIC file.
        options: limits.
        engine: from `make_engine`; by default one made at the first call and kept.
        trace: receives what each stage made.

    Raises:
        ReadingError: the photo cannot be read, with the reason as its class and `code`.
    """
    started = time.monotonic()
    engine = engine or _default_engine()
    photo = with_contrast(load_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels))
    work = _Work(photo, engine, trace, started + options.timeout, options.region)
    work.watch("photo", photo)
    candidates = find_cards(photo)
    work.watch("candidates", candidates)
    text_side = FINE_TEXT_SIDE if engine.name in _FINE else CARD_TEXT_SIDE
    regions = choose_regions(photo, candidates, options.max_cards, text_side)
    cards = tuple(card for region in regions if (card := _read_card(region, work)) is not None)
    reading = Reading(*work.size, cards, engine.name, time.monotonic() - started)
    trace("reading", reading)
    return reading


@cache
def _default_engine() -> Engine:
    return make_engine()


def _read_card(region: Region, work: _Work) -> Card | None:
    """Read one part of the photo; None when nothing there looks like a card."""
    region = _upright(region, work)
    card = region.card()
    focus = edges(card.image, region.outlines_on_card)
    text = _read_text(region, work, focus)
    lines = text.lines
    codes = read_codes(card.image)
    logos = find_logos(card.image, lines, region.logos)
    work.watch("logos", logos)
    size = card.image.shape[1], card.image.shape[0]
    fields = tuple(_doubted(field, focus) for field in find_fields(lines, size, logos, codes, work.region))
    work.watch("fields", fields)
    if not fields:
        return None
    quality = judge(card, lines, focus)
    of_photo = review_reasons(quality, region.quad, work.size)
    unread = BLURRED not in of_photo and is_foreign(text.image, text.found)
    return Card(
        quad=_fractions(region.quad, work.size),
        quad_confidence=region.confidence,
        turn=region.turned,
        fields=tuple(_field_in_photo(field, card, work.size) for field in fields),
        lines=tuple(_line_in_photo(line, card, work.size) for line in lines),
        logos=tuple(replace(logo, polygon=_in_photo(logo.polygon, card, work.size)) for logo in logos),
        quality=quality,
        review=(*of_photo, *field_reasons(fields, lines, unread=unread)),
        image=card.image,
    )


def _upright(region: Region, work: _Work) -> Region:
    """Turn a region so that its text can be read."""
    work.watch("flat", region.wide)
    region = region.turn(find_turn(region.wide.image, region.text_on_card or region.text).turn)
    work.watch("card", region.card())
    work.watch("searched", region.wide)
    return region


@dataclass(frozen=True, slots=True)
class _Text:
    """What was read on a region's card, and where."""

    lines: tuple[Line, ...]
    """In pixels of the card."""
    image: Image
    found: tuple[tuple[Box, tuple[Word, ...]], ...] = ()
    """Where text stands on the card, pixels of `image`, and what; empty if the engine looks for it by itself."""


def _read_text(region: Region, work: _Work, focus: Edges | None) -> _Text:
    """Read an upright region whose edges are this wide."""
    engine, on_card = work.engine, region.text_on_card
    work.watch("boxes", [as_polygon(box) for box in on_card])
    if isinstance(engine, BoxReader):
        image, larger = region.closer(work.photo)
        boxes = tuple(box * np.float32(larger) for box in on_card)
        read = engine.read_boxes(image, boxes)
        for look in _sharper(image, focus, larger):
            work.watch("sharper", look)
            again = engine.read_boxes(look, boxes)
            read = tuple(max(pair, key=weight) for pair in zip(read, again, strict=True))
        words = tuple(_shrunk(word, larger) for some in read for word in some)
        within = map(region.is_within, on_card)
        found = tuple(compress(zip(boxes, read, strict=True), within))
    else:
        image, found = region.wide.image, ()
        words = engine(image)
    lines = region.on_card(group_lines(words, engine.name))
    work.watch("lines", lines)
    return _Text(lines, image, found)


def _sharper(image: Image, focus: Edges | None, larger: float) -> tuple[Image, ...]:
    """Of a picture out of focus, some that are less so."""
    return deblurred(image, focus.pixels * larger) if focus and focus.share > OUT_OF_FOCUS else ()


def _doubted(field: Field, focus: Edges | None) -> Field:
    """A field and its losers with the confidence that they deserve on a card whose edges are this wide.

    Codes are read or are not.
    """
    if focus is None or "qr" in field.source.split("+"):
        return field
    losers = tuple(replace(loser, confidence=round(focus.chance(loser.confidence), 4)) for loser in field.alternatives)
    return replace(field, confidence=round(focus.chance(field.confidence), 4), alternatives=losers)


def _shrunk(word: Word, times: float) -> Word:
    return replace(word, polygon=tuple((x / times, y / times) for x, y in word.polygon))


def _fractions(polygon: Polygon, size: tuple[int, int]) -> Polygon:
    return tuple((x / size[0], y / size[1]) for x, y in polygon)


def _in_photo(polygon: Polygon, flat: Flat, size: tuple[int, int]) -> Polygon:
    """Pixels of the flat card to fractions of the photo."""
    return _fractions(to_photo(flat, polygon), size)


def _field_in_photo(field: Field, flat: Flat, size: tuple[int, int]) -> Field:
    return replace(field, polygon=_in_photo(field.polygon, flat, size)) if field.polygon else field


def _line_in_photo(line: Line, flat: Flat, size: tuple[int, int]) -> Line:
    words = tuple(replace(word, polygon=_in_photo(word.polygon, flat, size)) for word in line.words)
    return replace(line, polygon=_in_photo(line.polygon, flat, size), words=words)
