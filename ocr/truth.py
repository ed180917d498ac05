"""How a reading compares with what is known to be printed on the card.

The truth of a photo is one line of a `truth.jsonl` as `bench.cardgen` writes it: `photo`, `fields` {name,
name_variants, company, company_variants, titles, emails, phones [{raw}], websites, addresses}, `quad`, `logos`. A value
is right when, after folding case, accents, punctuation and blanks,

    name                equals, honorifics and degrees left out
    company             equals one of the accepted forms, legal form left out
    emails              equals
    websites            equals without scheme, www. and last slash
    phones              has the same digits, country code or trunk zero aside
    titles, addresses   is similar by at least 0.85

A value that is not on the card counts against precision, a value not found against recall. Corners are right where the
card and the true one share 0.9 of what both cover, a logo where it and a true one, or another accepted extent of that,
share 0.5; marks that may be taken for logos (`logos_optional`) count neither way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import cv2
import numpy as np

from ocr.types import Card, Field, FieldKind, Polygon

KINDS = {
    FieldKind.NAME: "name",
    FieldKind.COMPANY: "company",
    FieldKind.TITLE: "titles",
    FieldKind.EMAIL: "emails",
    FieldKind.PHONE: "phones",
    FieldKind.WEBSITE: "websites",
    FieldKind.ADDRESS: "addresses",
}
WHOLE = (FieldKind.NAME, FieldKind.COMPANY, FieldKind.EMAIL, FieldKind.PHONE)
"""The kinds that must all be right for a card to count as wholly right."""
LEGAL_FORM = re.compile(
    r"incorporated|inc|corporation|corp|company|co|llc|llp|ltd|limited|gmbh|ag|sa|srl|spa|bv|nv|pvt|pte|plc|kk|kg|ltda|me|eireli"
)
HONORIFIC = re.compile(
    r"mr|mrs|ms|dr|prof|ing|dipl|eng|phd|md|dmd|dds|mba|msc|bsc|ba|bsba|cpa|esq|pe|jr|sr|doc|rer|nat|habil|mag"
)
SIMILAR = 0.85
LEAST_DIGITS = 6
PREFIX_DIGITS = 4
"""Longest country code with trunk digits that one of two equal numbers may lack."""
CORNERS_SHARE, LOGO_SHARE = 0.9, 0.5
"""Intersection over union from which on either is right."""
KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

Truth = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One card's values of one kind against the truth."""

    right: tuple[str, ...]
    """Values read that are printed."""
    wrong: tuple[str, ...]
    """Values read that are not."""
    missed: tuple[str, ...]
    """Values printed that were not read."""


@dataclass(frozen=True, slots=True)
class Places:
    """One card's corners and logos against the truth; polygons in fractions of the photo."""

    share: float | None
    """Intersection over union of the card and the true one; None where that is not known exactly."""
    true_corners: Polygon
    logos: tuple[bool | None, ...]
    """Of each logo that was found whether it is one; None where it may be taken for one or not."""
    missed: tuple[Polygon, ...]
    """Logos that were not found."""

    @property
    def corners(self) -> bool | None:
        """Whether the corners are right, where that is known."""
        return None if self.share is None else self.share >= CORNERS_SHARE


def judge_places(card: Card | None, truth: Truth) -> Places:
    """Compare the corners and logos of a card, or of no card at all, with the truth of its photo."""
    corners = _polygon(truth["quad"]) if truth.get("quad_exact") and truth.get("quad") else ()
    share = (overlap(card.quad, corners) if card else 0.0) if corners else None
    logos = dict(enumerate(card.logos)) if card else {}
    known = truth.get("logos") is not None
    verdicts: list[bool | None] = [False if known else None] * len(logos)
    missed = []
    for outline in truth.get("logos") or []:
        forms = [outline, *(form for form in truth.get("logos_alt") or [] if overlap(form, outline) > 0)]
        near = {at: max(overlap(logo.polygon, form) for form in forms) for at, logo in logos.items()}
        best = max(near, key=near.__getitem__, default=None)
        if best is None or near[best] < LOGO_SHARE:
            missed.append(_polygon(outline))
        else:
            verdicts[best] = True
            del logos[best]
    for at, logo in logos.items():
        if any(overlap(logo.polygon, mark) >= LOGO_SHARE for mark in truth.get("logos_optional") or []):
            verdicts[at] = None
    return Places(share, corners, tuple(verdicts), tuple(missed))


def judge_card(card: Card | None, truth: Truth) -> dict[FieldKind, Verdict]:
    """Compare the values of a card, or of no card at all, with the truth of its photo, kind by kind."""
    return judge_fields(card.fields if card else (), truth)


def judge_fields(given: Iterable[Field], truth: Truth) -> dict[FieldKind, Verdict]:
    """The same for fields without their card."""
    given = tuple(given)
    return {kind: _judge_kind(kind, given, truth) for kind in KINDS}


def best_card(cards: Iterable[Card], truth: Truth) -> Card | None:
    """The card that overlaps the true one most; one that lies elsewhere in the photo is another card.

    Where the truth does not say where the card lies, any card of the photo is it.
    """
    best = max(cards, key=lambda card: overlap(card.quad, truth.get("quad")), default=None)
    return best if best is None or not truth.get("quad") or overlap(best.quad, truth["quad"]) > 0 else None


def is_whole(verdicts: Mapping[FieldKind, Verdict]) -> bool:
    """Whether name, company, e-mails and phones are all right, with none missed and none too many."""
    return not any(verdicts[kind].wrong or verdicts[kind].missed for kind in WHOLE)


def overlap(one: Polygon, other: Any) -> float:
    """Intersection over union of two convex polygons, 0 to 1."""
    if not other:
        return 0.0
    first, second = (np.array(polygon, np.float32) * 1000 for polygon in (one, other))
    shared, _ = cv2.intersectConvexConvex(cv2.convexHull(first), cv2.convexHull(second))
    both = cv2.contourArea(first) + cv2.contourArea(second) - shared
    return float(shared / both) if both > 0 else 0.0


def _polygon(points: Any) -> Polygon:
    return tuple((float(x), float(y)) for x, y in points)


def _judge_kind(kind: FieldKind, given: Iterable[Field], truth: Truth) -> Verdict:
    left = [field.value for field in given if field.kind is kind]
    fields: Truth = truth.get("fields") or {}
    if kind is FieldKind.COMPANY and not fields.get("company"):  # not printed as such: reading it is no mistake
        called = fields.get("company_variants") or ()
        left = [value for value in left if not any(same(kind, form, value) for form in called)]
    right, missed = [], []
    for forms in accepted(kind, fields):
        found = next((value for value in left if any(same(kind, form, value) for form in forms)), None)
        if found is None:
            missed.append(forms[0])
        else:
            left.remove(found)
            right.append(found)
    return Verdict(tuple(right), tuple(left), tuple(missed))


def accepted(kind: FieldKind, fields: Truth) -> list[list[str]]:
    """Each printed value as the list of its accepted forms."""
    name = KINDS[kind]
    if kind in (FieldKind.NAME, FieldKind.COMPANY):
        return [[fields[name], *(fields.get(f"{name}_variants") or ())]] if fields.get(name) else []
    return [[value["raw"] if isinstance(value, dict) else value] for value in fields.get(name) or ()]


def same(kind: FieldKind, one: str, other: str) -> bool:
    """Whether two values of a kind say the same."""
    fold = _FOLDS.get(kind, _letters)
    one, other = fold(one), fold(other)
    if not one or not other:
        return False
    if kind is FieldKind.PHONE:
        short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
        return len(short) >= LEAST_DIGITS and long.endswith(short) and len(long) - len(short) <= PREFIX_DIGITS
    if kind in (FieldKind.TITLE, FieldKind.ADDRESS):
        return SequenceMatcher(None, one, other, autojunk=False).ratio() >= SIMILAR
    return one == other


def _plain(text: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _letters(text: str) -> str:
    return "".join(character for character in _plain(text) if character.isalnum())


def _without(words: re.Pattern[str]) -> Callable[[str], str]:
    def fold(text: str) -> str:
        found = re.findall(r"\w+", _plain(text).replace(".", "").replace("'", ""))
        return "".join([word for word in found if not words.fullmatch(word)] or found)

    return fold


def _digits(text: str) -> str:
    number = re.split(r"(?i)\s*\(?\s*\b(?:x|ext|ramal)\b[\s.:]*\d+\s*\)?\s*$", text)[0].upper()
    number = re.sub(r"(\+\d{1,3}\s*)\(0\)", r"\1", number)  # a trunk zero that nobody dials from abroad
    return re.sub(r"\D", "", number.translate(KEYPAD) if re.search(r"\d[-./ ][A-Z]{4}", number) else number)


def _mailbox(text: str) -> str:
    return re.sub(r"\s", "", _plain(text))


def _site(text: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?|/$", "", _mailbox(text))


_FOLDS: dict[FieldKind, Callable[[str], str]] = {
    FieldKind.NAME: _without(HONORIFIC),
    FieldKind.COMPANY: _without(LEGAL_FORM),
    FieldKind.EMAIL: _mailbox,
    FieldKind.PHONE: _digits,
    FieldKind.WEBSITE: _site,
}
