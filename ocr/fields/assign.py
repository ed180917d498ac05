"""Decides for a whole card at once which words are the name, the company, the titles, departments and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields import address
from ocr.fields.features import domain_agreement, of_segments
from ocr.fields.person import take_apart
from ocr.fields.rules import judge
from ocr.fields.scene import Scene
from ocr.fields.segments import Segment
from ocr.types import Alternative, Field, FieldKind, Polygon

LEAST_NAME, LEAST_COMPANY = 0.3, 0.25


@dataclass(frozen=True, slots=True)
class _Judged:
    segment: Segment
    chances: dict[str, float]

    @property
    def label(self) -> str:
        return max(self.chances, key=lambda label: self.chances[label])


def assign(scene: Scene, source: str) -> list[Field]:
    """The fields that only the card as a whole can tell apart."""
    if not scene.segments:
        return []
    judged = [_Judged(s, judge(f)) for s, f in zip(scene.segments, of_segments(scene), strict=True)]
    name = _best(judged, "name", LEAST_NAME if scene.spans else 0.8)
    rest = [one for one in judged if one is not name]
    company = _best(rest, "company", LEAST_COMPANY)
    rest = [one for one in rest if one is not company]
    fields = _name(name, judged, source) + _company(company, rest, scene, source)
    fields += [_plain(one, FieldKind.TITLE, source) for one in rest if one.label == "title"]
    fields += [_plain(one, FieldKind.DEPARTMENT, source) for one in rest if one.label == "department"]
    return fields + _addresses(rest, source)


def _best(judged: Sequence[_Judged], label: str, least: float) -> _Judged | None:
    best = max(judged, key=lambda one: one.chances[label], default=None)
    return best if best and best.chances[label] >= least else None


def _name(one: _Judged | None, judged: Sequence[_Judged], source: str) -> list[Field]:
    if one is None:
        return []
    parts = take_apart(one.segment.text)
    others = sorted((o for o in judged if o is not one and o.chances["name"] > 0.1), key=lambda o: -o.chances["name"])
    losers = tuple(Alternative(o.segment.text, o.chances["name"], source) for o in others[:3])
    confidence = one.chances["name"] * one.segment.confidence
    made = [
        Field(
            FieldKind.NAME, parts.name, one.segment.text, confidence, one.segment.polygon, source, alternatives=losers
        )
    ]
    for kind, text in ((FieldKind.NAME_PREFIX, parts.prefix), (FieldKind.NAME_SUFFIX, parts.suffix)):
        if text:
            made.append(Field(kind, text, text, confidence, one.segment.polygon, source))
    return made


def _company(one: _Judged | None, rest: Sequence[_Judged], scene: Scene, source: str) -> list[Field]:
    if one is None:
        return []
    text, polygon = one.segment.text, one.segment.polygon
    others = sorted((o for o in rest if o.chances["company"] > 0.1), key=lambda o: -o.chances["company"])
    best = domain_agreement(text, scene.cores)
    for other in others:
        pair = sorted((one.segment, other.segment), key=lambda s: s.box[1])
        joined = " ".join(s.text for s in pair)
        if address._together(*pair) and domain_agreement(joined, scene.cores) > best:
            text, best, polygon = joined, domain_agreement(joined, scene.cores), _around([s.polygon for s in pair])
    losers = tuple(Alternative(o.segment.text, o.chances["company"], source) for o in others[:3])
    return [
        Field(
            FieldKind.COMPANY,
            text,
            text,
            one.chances["company"] * one.segment.confidence,
            polygon,
            source,
            alternatives=losers,
        )
    ]


def _plain(one: _Judged, kind: FieldKind, source: str) -> Field:
    text = one.segment.text
    return Field(kind, text, text, one.chances[kind.value] * one.segment.confidence, one.segment.polygon, source)


def _addresses(rest: Sequence[_Judged], source: str) -> list[Field]:
    chances = {id(one.segment): one.chances["address"] for one in rest}
    parts = [one.segment for one in rest if one.label == "address"]
    made = []
    for group in address.groups(parts):
        confidence = min(chances[id(segment)] * segment.confidence for segment in group)
        text = address.join(group)
        made.append(Field(FieldKind.ADDRESS, text, text, confidence, _around([s.polygon for s in group]), source))
    return made


def _around(polygons: Sequence[Polygon]) -> Polygon:
    """The upright box around several polygons."""
    xs = [x for polygon in polygons for x, _ in polygon]
    ys = [y for polygon in polygons for _, y in polygon]
    return (min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))
