"""What the lines of a card mean: name, titles, company, contact data and addresses, each with its evidence.

`find_fields` is the whole of it: contact data are found by their form, everything else is decided for the card at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.codes import Code
from ocr.fields.agreement import reconcile
from ocr.fields.assign import assign
from ocr.fields.calibration import Curves, calibrated
from ocr.fields.judgement import Judgement, shipped
from ocr.fields.merge import same_value
from ocr.fields.printed_codes import outrank
from ocr.fields.review import field_reasons
from ocr.fields.scene import Scene, see
from ocr.fields.spans import Span, piece
from ocr.types import Field, FieldKind, Line, Logo

__all__ = ["field_reasons", "find_fields"]


_PERSON = (FieldKind.NAME, FieldKind.NAME_PREFIX, FieldKind.NAME_SUFFIX)
_EVIDENT, _TITLED = 0.85, 0.6
"""Chances that a name needs on a card without contact data, alone and with a title that is itself sure."""


def find_fields(
    lines: Sequence[Line],
    size: tuple[int, int],
    logos: Sequence[Logo] = (),
    codes: Sequence[Code] = (),
    region: str = "",
) -> tuple[Field, ...]:
    """What is printed on one upright card.

    Args:
        lines: text with polygons in pixels of the flattened, upright card.
        size: width and height of that card, pixels.
        logos: where its logos are, same pixels.
        codes: its QR codes, whose contents outrank what was read from print.
        region: the country (ISO 3166) that phone numbers without a country code are assumed to be of, where the card
            does not say.

    Returns:
        Fields with polygons in the same pixels: the name first, then company, titles, departments and contact data.
    """
    return understand(see(lines, size, logos, region.upper()), codes, shipped())


def understand(scene: Scene, codes: Sequence[Code], judgement: Judgement) -> tuple[Field, ...]:
    """`find_fields` with models of one's own choice."""
    source = scene.lines[0].source if scene.lines else ""
    decided, contacts = assign(scene, source, judgement), _contact_fields(scene, judgement.curves)
    if not contacts:
        decided = [field for field in decided if field.kind not in _PERSON or _is_evident(field, decided)]
    return outrank(reconcile([*decided, *contacts]), codes, scene.region, scene.assumed)


def _is_evident(field: Field, decided: Sequence[Field]) -> bool:
    """Whether a person may be named on a card that gives no way to reach anybody: if a title stands by, or all is sure.

    Backs of cards, maps and vouchers are full of words that are names elsewhere.
    """
    titled = any(other.kind is FieldKind.TITLE and other.confidence >= _EVIDENT for other in decided)
    return field.confidence >= (_TITLED if titled else _EVIDENT)


def _contact_fields(scene: Scene, curves: Curves) -> list[Field]:
    made: list[Field] = []
    for line, found in zip(scene.lines, scene.found, strict=True):
        for span in (span for span in found if span.raw):
            field = _field(line, span)
            _add(made, replace(field, confidence=calibrated(curves, field.kind, field.confidence)))
    return made


def _add(made: list[Field], field: Field) -> None:
    """Add a value once: of two readings of the same one the longer stays, `shop.acme.com` over `acme.com`."""
    at = next((index for index, other in enumerate(made) if _repeats(field, other)), None)
    if at is None:
        made.append(field)
    elif len(field.value) > len(made[at].value):
        made[at] = field


def _repeats(a: Field, b: Field) -> bool:
    if a.kind is FieldKind.WEBSITE and b.kind is FieldKind.WEBSITE:
        return _is_end(*sorted((a.value, b.value), key=lambda site: len(site.removeprefix("www."))))
    return same_value(a, b)


def _is_end(site: str, longer: str) -> bool:
    """Whether a website is another one again, or its end: its domain, or of a logo in two lines the lower one."""
    short, long = site.removeprefix("www."), longer.removeprefix("www.")
    ends = long.endswith(f".{short}" if site.startswith("www.") else short)
    return long == short or (ends and "/" not in short)


def _field(line: Line, span: Span) -> Field:
    return Field(
        span.kind,
        span.value,
        span.raw,
        span.certainty * line.confidence,
        piece(line, span.start, span.end),
        line.source,
        span.type,
        span.extension,
        span.repairs,
    )
