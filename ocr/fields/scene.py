"""All that is known of a card before it is decided which words are what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from lexicon import mail, places
from lexicon.folding import squeeze
from ocr.fields.contact import find_contacts
from ocr.fields.level import level, level_logos, tilt_of
from ocr.fields.phone import dialled
from ocr.fields.region import certain_region, region_votes
from ocr.fields.segments import Segment, segments
from ocr.fields.spans import Box, Span, box_of, piece
from ocr.types import FieldKind, Line, Logo, Polygon

_TELLING = 4
"""Letters of a name at a mail provider that may say something."""
_LEGIBLE, _WORD = 0.97, 3
"""Confidence of the engine and letters from which a word of another script is one."""
_NEARLY_ALL = 0.75
"""Share of a card's letters."""


@dataclass(frozen=True)
class Scene:
    """Lines, the contact data found in them by their form, and the pieces that are left."""

    lines: tuple[Line, ...]
    level: tuple[Line, ...]
    """The same as they would stand on a card that lies straight, by which they are measured."""
    found: tuple[tuple[Span, ...], ...]
    """Contact data, line by line."""
    segments: tuple[Segment, ...]
    size: tuple[int, int]
    """Width and height of the card, pixels."""
    logos: tuple[Logo, ...]
    """Moved with the level lines."""
    region: str | None
    """Where numbers without a country code are dialled, if the card makes that certain."""
    assumed: str = ""
    """Where they are believed to be if they are valid there, and the card says nothing else; empty for nowhere."""

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Contact data of all lines, each once."""
        return tuple(span for found in self.found for span in found if span.raw)

    @cached_property
    def contacts(self) -> tuple[Box, ...]:
        """The boxes around the contact data on the level card."""
        return tuple(
            box_of(piece(line, s.start, s.end))
            for line, found in zip(self.level, self.found, strict=True)
            for s in found
        )

    @cached_property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """For each segment the others that are set alike in one column with it."""
        numbered = list(enumerate(self.segments))
        return tuple(tuple(at for at, b in numbered if at != here and _lines_up(a, b)) for here, a in numbered)

    @cached_property
    def printed(self) -> tuple[Polygon, ...]:
        """Where the segments are on the card as it is."""
        return tuple(piece(self.lines[s.line], s.start, s.end) for s in self.segments)

    @cached_property
    def towns(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """For each segment the towns that it names, as words."""
        return tuple(tuple(tuple(town.split()) for town, _ in places.cities(segment.text)) for segment in self.segments)

    def hosts_at(self, text: str) -> list[Polygon]:
        """Where, on the card as it is, contact data hold the letters of `text`."""
        wanted = squeeze(text)
        pairs = zip(self.lines, self.found, strict=True)
        return [piece(line, s.start, s.end) for line, found in pairs for s in found if wanted in squeeze(s.value)]

    @cached_property
    def body(self) -> float:
        """Height of the card's usual line, pixels; scraps of a few letters do not count."""
        heights = [_height(line.polygon) for line in self.level if len(line.text) >= 5]
        return max(1.0, median(heights or [_height(line.polygon) for line in self.level] or [1.0]))

    @cached_property
    def mailboxes(self) -> tuple[str, ...]:
        """Local parts of the e-mail addresses."""
        return tuple(span.value.partition("@")[0] for span in self.spans if span.kind is FieldKind.EMAIL)

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """Domains of websites and addresses."""
        hosts = [span.value.partition("/")[0] for span in self.spans if span.kind is FieldKind.WEBSITE]
        hosts += [span.value.rpartition("@")[2] for span in self.spans if span.kind is FieldKind.EMAIL]
        return tuple(dict.fromkeys(hosts))

    @cached_property
    def brands(self) -> tuple[str, ...]:
        """What the card's domains call the company; mail providers and hosts of other people's sites say nothing."""
        return tuple(dict.fromkeys(brand for host in self.hosts if (brand := mail.brand(host))))

    @cached_property
    def handles(self) -> tuple[str, ...]:
        """What the card's addresses at mail providers and its profiles are called: a person, or a small company."""
        boxes = [
            span.value.partition("@")[0]
            for span in self.spans
            if span.kind is FieldKind.EMAIL and mail.is_free_mail(span.value.rpartition("@")[2])
        ]
        boxes += [span.value.rpartition("/")[2] for span in self.spans if span.kind is FieldKind.SOCIAL]
        plain = (squeeze(box).strip("0123456789") for box in boxes)
        return tuple(dict.fromkeys(handle for handle in plain if len(handle) >= _TELLING))

    @cached_property
    def scraps(self) -> frozenset[int]:
        """The segments in another script than nearly all of the card, unless they are words beyond doubt.

        As often as not such segments are drawings.
        """
        letters = [c for segment in self.segments for c in segment.text if c.isalpha()]
        if sum(map(_is_latin, letters)) < _NEARLY_ALL * len(letters):
            return frozenset()
        return frozenset(index for index, s in enumerate(self.segments) if _is_scrap(s))

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """The same, letters and digits only."""
        return tuple(dict.fromkeys(squeeze(brand) for brand in self.brands))


def _lines_up(a: Segment, b: Segment) -> bool:
    """Whether two pieces are set alike in one column, as the goods of a list are."""
    height = min(a.height, b.height)
    if max(a.height, b.height) > 1.12 * height:
        return False
    edges = abs(a.box[0] - b.box[0]), abs(a.box[2] - b.box[2]), abs(a.box[0] + a.box[2] - b.box[0] - b.box[2]) / 2
    return min(edges) < 0.6 * height


def _is_scrap(segment: Segment) -> bool:
    if any(map(_is_latin, segment.text)):
        return False
    return segment.confidence < _LEGIBLE or sum(map(str.isalpha, segment.text)) < _WORD


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and (letter < "\u0250" or "\u1e00" <= letter <= "\u1eff")


def _height(polygon: Polygon) -> float:
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(max(xs) - min(xs), max(ys) - min(ys))


def see(lines: Sequence[Line], size: tuple[int, int], logos: Sequence[Logo] = (), assumed: str = "") -> Scene:
    """Find contact data by their form and cut the rest into pieces.

    `assumed` is the country (ISO 3166) of phone numbers on a card that does not say its own.
    """
    tilt = tilt_of(lines)
    straight = level(lines, tilt, size)
    found = find_contacts(straight)
    votes = region_votes([line.text for line in lines], [span for spans in found for span in spans])
    region = certain_region(votes)
    assumed = assumed if votes.keys() <= {assumed} else ""
    found = [[dialled(s, region, assumed) if s.kind is FieldKind.PHONE else s for s in spans] for spans in found]
    pieces = tuple(segments(straight, found))
    moved = tuple(level_logos(logos, tilt, size))
    return Scene(tuple(lines), tuple(straight), tuple(map(tuple, found)), pieces, size, moved, region, assumed)
