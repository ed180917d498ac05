"""Two photos, the fronts and the backs of cards: which belong together, and what they say as one card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields import field_reasons
from ocr.fields.merge import Side, Sided, merge_sides, same_value
from ocr.fields.review import UNSUPPORTED_SCRIPT
from ocr.quality import PHOTO_REASONS
from ocr.types import Card, FieldKind

_NAMES = frozenset({FieldKind.NAME, FieldKind.COMPANY})


@dataclass(frozen=True, slots=True)
class TwoSided:
    """What the two sides of one card say together."""

    fields: tuple[Sided, ...]
    review: tuple[str, ...]


Sides = dict[Side, Card]
"""A front and its back, or one of them."""


def pair_sides(fronts: Sequence[Card], backs: Sequence[Card]) -> tuple[Sides, ...]:
    """Fronts with their backs, by the values that both print, in the order of the fronts; then backs left over.

    One front and one back belong together whatever they say, for so they were sent.
    """
    if len(fronts) == 1 and len(backs) == 1:
        return ({"front": fronts[0], "back": backs[0]},)
    ranked = sorted(
        (-shared, i, j)
        for i, front in enumerate(fronts)
        for j, back in enumerate(backs)
        if (shared := _shared(front, back))
    )
    partner: dict[int, int] = {}
    for _, i, j in ranked:
        if i not in partner and j not in partner.values():
            partner[i] = j
    pairs: list[Sides] = [{"front": front} for front in fronts]
    for i, j in partner.items():
        pairs[i]["back"] = backs[j]
    pairs += [{"back": back} for j, back in enumerate(backs) if j not in partner.values()]
    return tuple(pairs)


def _shared(front: Card, back: Card) -> int:
    return sum(any(same_value(one, other) for other in back.fields) for one in front.fields)


def join_sides(front: Card, back: Card) -> TwoSided:
    """What both sides say together, and why a person should look.

    What is wrong with a photo counts if anything was kept from it. What is missing or unsure is asked of the fields of
    both sides. A script that cannot be read is no matter on one side when the other, which can be, gives a name.
    """
    fields = merge_sides(front.fields, back.fields)
    kept = [card for card, side in ((front, "front"), (back, "back")) if any(one.side == side for one in fields)]
    of_photos = [reason for card in kept for reason in card.review if reason in PHOTO_REASONS]
    of_fields = [*_unread(front, back), *field_reasons([one.field for one in fields], ())]
    return TwoSided(fields, tuple(dict.fromkeys([*of_photos, *of_fields])))


def _unread(front: Card, back: Card) -> tuple[str, ...]:
    unread = [UNSUPPORTED_SCRIPT in card.review for card in (front, back)]
    named = [any(field.kind in _NAMES for field in card.fields) for card in (front, back)]
    told = any(name and not foreign for name, foreign in zip(named, unread, strict=True))
    return (UNSUPPORTED_SCRIPT,) if any(unread) and not told else ()
