"""Decides for a whole card at once which words are the name, the company, the titles, departments and addresses.

Every candidate has a chance of being right. The set is chosen whose chances, each above what its kind must reach, sum
to the most, with no word in two values, one name and one company at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from ocr.fields.calibration import Curves, calibrated
from ocr.fields.groups import Group
from ocr.fields.judgement import Candidate, Judgement, judge
from ocr.fields.person import take_apart
from ocr.fields.scene import Scene
from ocr.types import Alternative, Field, FieldKind, Polygon

LEAST = {"name": 0.5, "company": 0.35, "title": 0.4, "department": 0.5, "address": 0.45}
"""Chance from which a value is rather given than left out: about half the F1 reached, where F1 is greatest, and for
names a little more, for a person invented costs more than one left out."""
_MANY = ("address", "title", "department")
_TRIED = 6
"""Names and companies that are tried together."""
_TOLD = 3
"""Losers kept with a winner."""
_WORTH_TELLING = 0.05
"""Least chance of a loser worth keeping."""
_DOUBT = 0.9
"""What a repair leaves of the confidence of a name or a title."""

Choice = dict[str, list[Candidate]]


@dataclass(frozen=True, slots=True)
class _Chosen:
    worth: float
    values: Choice


def assign(scene: Scene, source: str, judgement: Judgement) -> list[Field]:
    """The fields that only the card as a whole can tell apart, name first."""
    candidates = judge(scene, judgement)
    chosen = _choose(candidates)
    fields: list[Field] = []
    for label in ("name", "company", "title", "department", "address"):
        for candidate in sorted(chosen.values[label], key=lambda c: c.group.members):
            losers = _losers(candidate, candidates[label], chosen.values[label])
            fields += _fields(candidate, losers, scene, source)
    return [_doubted(_calibrated(field, judgement.curves)) for field in fields]


def _doubted(field: Field) -> Field:
    """What was repaired is believed a little less; of companies the model says so."""
    changed = field.repairs and field.kind is not FieldKind.COMPANY
    return replace(field, confidence=field.confidence * _DOUBT) if changed else field


def _calibrated(field: Field, curves: Curves) -> Field:
    """The models' scores made measured chances, of the losers too."""
    kind = "name" if field.kind in (FieldKind.NAME_PREFIX, FieldKind.NAME_SUFFIX) else field.kind
    losers = tuple(
        replace(loser, confidence=calibrated(curves, kind, loser.confidence)) for loser in field.alternatives
    )
    return replace(field, confidence=calibrated(curves, kind, field.confidence), alternatives=losers)


def _choose(candidates: Mapping[str, Sequence[Candidate]]) -> _Chosen:
    names = [None, *candidates["name"][:_TRIED]]
    companies = [None, *candidates["company"][:_TRIED]]
    return max((_complete(pair, candidates) for pair in product(names, companies)), key=lambda chosen: chosen.worth)


def _complete(
    pair: tuple[Candidate | None, Candidate | None], candidates: Mapping[str, Sequence[Candidate]]
) -> _Chosen:
    """The best set around one choice of name and company."""
    values: Choice = {"name": [], "company": [], **{label: [] for label in _MANY}}
    taken: set[int] = set()
    worth = 0.0
    for candidate in pair:
        if candidate is None:
            continue
        if taken & set(candidate.group.members):
            return _Chosen(-1.0, values)
        taken |= set(candidate.group.members)
        values[candidate.group.label].append(candidate)
        worth += candidate.chance - LEAST[candidate.group.label]
    rest = [candidate for label in _MANY for candidate in candidates[label]]
    for candidate in sorted(rest, key=lambda c: LEAST[c.group.label] - c.chance):
        gain = candidate.chance - LEAST[candidate.group.label]
        if gain > 0 and not taken & set(candidate.group.members):
            taken |= set(candidate.group.members)
            values[candidate.group.label].append(candidate)
            worth += gain
    return _Chosen(worth, values)


def _losers(winner: Candidate, rivals: Sequence[Candidate], winners: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """What the value might have been instead; values that were chosen too are no rivals."""
    chosen = {candidate.group.text for candidate in winners}
    single = winner.group.label in ("name", "company")
    found: dict[str, Candidate] = {}
    for rival in rivals:
        near = single or set(rival.group.members) & set(winner.group.members)
        if near and rival.group.text not in chosen and rival.chance > _WORTH_TELLING:
            found.setdefault(rival.group.text, rival)
    return tuple(found.values())[:_TOLD]


def _fields(winner: Candidate, losers: Sequence[Candidate], scene: Scene, source: str) -> list[Field]:
    group = winner.group
    raw = " ".join(scene.segments[index].text for index in group.members) or group.text
    field = Field(
        FieldKind(group.label),
        group.text,
        raw,
        winner.chance,
        _polygon(group, scene),
        source,
        repairs=group.repairs,
        alternatives=tuple(Alternative(loser.group.text, loser.chance, source) for loser in losers),
    )
    if field.kind is not FieldKind.NAME:
        return [field]
    parts = take_apart(raw)
    beside = ((FieldKind.NAME_PREFIX, parts.prefix), (FieldKind.NAME_SUFFIX, parts.suffix))
    more = [
        replace(field, kind=kind, value=text, raw=text, alternatives=(), repairs=()) for kind, text in beside if text
    ]
    return [field, *more]


def _polygon(group: Group, scene: Scene) -> Polygon:
    """Around the pieces, or where the domain is printed that the text was taken from."""
    polygons = [scene.printed[index] for index in group.members] or scene.hosts_at(group.text)
    return polygons[0] if len(polygons) == 1 else around(polygons)


def around(polygons: Sequence[Polygon]) -> Polygon:
    """The upright box around several polygons."""
    xs = [x for polygon in polygons for x, _ in polygon]
    ys = [y for polygon in polygons for _, y in polygon]
    return (min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))
