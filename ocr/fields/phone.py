"""Phone numbers: where they are in a line, their type, extension and E.164 form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import phonenumbers

from lexicon.folding import fold
from lexicon.labels import OTHER_NUMBERS, PHONE_LABELS, extension, phone_type
from ocr.fields.spans import Span, overlaps
from ocr.types import FieldKind

_NUMBER = re.compile(
    r"[+(]?\s?[(\d](?:[\d\s().,·•*/–—-]|(?<=\d)[OolISBZ](?=[\d\s().-]*\d)|(?<=[\s.-])[OolISBZ](?=\d))*\d"
)
_VANITY = re.compile(
    r"(?<![\w.])(?:\+?1[\s./-]{1,2})?\(?\d{3}\)?[\s./-]{1,2}(?:[A-Z]{4,7}|\d{3}[\s./-]?[A-Z]{4})(?![A-Za-z])"
)
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_MISREAD = str.maketrans("OolI|SBZ", "00111582")
_LABEL = re.compile(r"(?:^|[\s|/,;•(\[.-])(?P<label>[^\W\d_][\w'’./& -]{0,24}?|[^\W\d_])\s*[.:;|)\]#-]*\s*[(+]*$")
_LABEL_AFTER = re.compile(r"^\s*[(\[]?\s*(?P<label>[^\W\d_]+)\s*[)\]]?(?=\s|[,;|/•)]|$)")
_TIME = re.compile(r"(?i)\d{1,2}[:.h]\d{2}\s*(?:[ap]\.?m|uhr|h\b|-|–|to\b|às|a\b)|\d\s*[ap]\.?m\b")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}\s?[-–/]\s?(?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?!\d)"
)
_POSTCODES = re.compile(r"^(?:\d{5}-\d{4}|\d{5}-\d{3}|\d{2}\.\d{3}-\d{3}|\d{4}-\d{3})$")
_HOUSE_AND_CODE = re.compile(r"[1-9]\d{0,3}(?:\s*[-–]\s+|\s+[-–]\s*|\s*[,·•|]\s*)(?:\d{5}(?!\d)|\d{4}(?=\s*[A-Z]))")
"""A house number and the postal code beside it; one of four digits only before letters, for numbers end in four."""
_OPEN = re.compile(r"(\d{1,2})\s?[-–]\s?(\d{1,2})\s*[/,;&|]\s*(\d{1,2})\s?[-–]\s?(\d{1,2})")
"""Hours before and after noon: `9-13 / 15-19`."""
_FEWEST, _ENOUGH, _MOST = 6, 7, 15
"""Digits of a number."""
_MIDNIGHT = 24
_DAYS = 4
"""Days in a row that make a calendar."""


def find_phones(text: str, taken: Sequence[Span] = ()) -> list[Span]:
    """All phone numbers in the text of a line outside what is `taken`; values are digits, after a `+` if printed."""
    found: list[Span] = []
    for match in _VANITY.finditer(text):
        found += _vanity(text, match, [*taken, *found])
    for match in _NUMBER.finditer(text):
        for start, end in _numbers(text, match.start(), match.end()):
            span = _span(text, start, end)
            if span and not overlaps(span, [*taken, *found]):
                found.append(span)
    return sorted(found, key=lambda span: span.start)


def _vanity(text: str, match: re.Match[str], taken: list[Span]) -> list[Span]:
    number = match.group()
    value = re.sub(r"\D", "", number.translate(_KEYPAD))
    label_start, kind = label_before(text, match.start())
    span = Span(FieldKind.PHONE, value, number, label_start, match.end(), 0.85, kind or "work")
    fits = len(value) in (7, 10, 11) and number not in OTHER_NUMBERS
    return [] if overlaps(span, taken) or not fits else [span]


def _numbers(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a run of digits and separators where one number ends and the next begins."""
    cuts, at = [start], start
    for match in re.finditer(r"\s*[/•·,*|–-]\s*|\s+(?=[(+])|(?<=\d)\+|\s{2,}|(?<=\d)(?=\()", text[start:end]):
        left = re.sub(r"\D", "", text[at : start + match.start()])
        right = re.sub(r"\D", "", text[start + match.end() : end])
        weak = match.group().strip() in ("–", "-")
        enough = 7 if not weak else 10
        if len(left) >= enough and len(right) >= enough:
            at = start + match.end() if not match.group().endswith("+") else start + match.end() - 1
            cuts.append(at)
    return [
        half for cut, following in zip(cuts, [*cuts[1:], end], strict=True) for half in _halves(text, cut, following)
    ]


def _halves(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Two numbers side by side, with no more than a blank between, apart: together they are too long for one."""
    if len(re.sub(r"\D", "", text[start:end])) <= _MOST:
        return [(start, end)]
    for blank in re.finditer(r"\s+", text[start:end]):
        left = re.sub(r"\d", "0", text[start : start + blank.start()])
        right = re.sub(r"\d", "0", text[start + blank.end() : end])
        if left == right and left.count("0") >= _ENOUGH:
            return [(start, start + blank.start()), (start + blank.end(), end)]
    return [(start, end)]


def _span(text: str, start: int, end: int) -> Span | None:
    start, end = _trim(text, start, end)
    raw = text[start:end]
    digits = re.sub(r"\D", "", raw.translate(_MISREAD))
    label_start, kind = label_before(text, start)
    if not _plausible(text, start, end, digits, kind):
        return None
    repairs = ("letters to digits",) if re.search(r"[A-Za-z|]", raw) else ()
    after = extension(text[end:])
    number_end = end + (after[1] if after else 0)
    raw = text[start:number_end]
    if kind is None:
        kind, number_end = _type_after(text, number_end)
    certainty = (0.97 if kind else 0.9) * (0.8 if repairs else 1.0) * (0.7 if len(digits) < 7 else 1.0)
    value = ("+" if raw.lstrip("( ").startswith("+") else "") + digits
    return Span(
        FieldKind.PHONE, value, raw, label_start, number_end, certainty, kind, after[0] if after else None, repairs
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not (text[start].isdigit() or text[start] in "+("):
        start += 1
    if text[start:end].count("(") > text[start:end].count(")") and text[start] == "(" and ")" not in text[start:end]:
        start += 1
    while end > start and not text[end - 1].isdigit():
        end -= 1
    return start, end


def label_before(text: str, at: int) -> tuple[int, str | None]:
    """Where the label before position `at` begins and the phone type it announces; (`at`, None) without one."""
    before = text[:at]
    for width in (3, 2, 1):
        words = re.findall(r"[^\s|,;•]+[\s.:;|-]*", before)[-width:]
        tail = "".join(words)
        if len(words) == width and before.endswith(tail) and _all_labels(tail):
            return at - len(tail), phone_type(tail)
    glued = re.search(r"([^\W\d_]+)[.:]?\s*[(+]*$", before)
    if glued and fold(glued[1]) in PHONE_LABELS:
        return glued.start(), phone_type(glued[1])
    return at, None


def _all_labels(tail: str) -> bool:
    parts = [part for part in re.split(r"[^\w@]+", fold(tail)) if part]
    return (
        bool(parts)
        and all(part in PHONE_LABELS or part in ("number", "no", "nr", "num", "line") for part in parts)
        and parts[0] in PHONE_LABELS
    )


def _type_after(text: str, end: int) -> tuple[str | None, int]:
    """The type announced after the number, as in `555 0187 (fax)`."""
    match = _LABEL_AFTER.match(text[end:])
    word = fold(match["label"]) if match else ""
    if (
        match
        and len(word) > 2
        and word in PHONE_LABELS
        and not re.match(r"\s*[:.]?\s*[+(\d]", text[end + match.end() :])
    ):
        return PHONE_LABELS[word], end + match.end()
    return None, end


def _plausible(text: str, start: int, end: int, digits: str, kind: str | None) -> bool:
    """Whether these digits are a phone number and not a time, date, postal code or registration number."""
    raw = text[start:end]
    if not _FEWEST <= len(digits) <= _MOST or _DATE.search(raw) or (_TIME.search(text) and len(digits) < 9):
        return False
    if kind:
        return True
    if _other_number(text[:start]) or _glued(text, start, end, digits) or _is_of_a_street(text, start, end):
        return False
    if _POSTCODES.match(raw.strip()) and any(c.isalpha() for c in text):
        return False
    if "*" in raw or _is_calendar(digits) or _is_open(raw) or re.fullmatch(r"\d{1,5}(?:[,.]\d{3})+", raw):
        return False
    groups = re.findall(r"\d+", raw)
    return (
        len(digits) >= 9
        or (len(digits) >= 7 and len(groups) >= 2 and len(groups[-1]) >= 2)
        or (len(digits) >= 7 and raw == text.strip())
    )


def _is_of_a_street(text: str, start: int, end: int) -> bool:
    """Whether digits after a street's name are its house number and a postal code: `Lindenweg 35 · 54853 Passau`."""
    found = _HOUSE_AND_CODE.match(text, start)
    return bool(found and found.end() >= end and re.search(r"[^\W\d_]{3,}[.,]?\s+$", text[:start]))


def _is_open(raw: str) -> bool:
    """Whether digits are hours of a day, each later than the one before."""
    found = _OPEN.fullmatch(raw)
    hours = [int(hour) for hour in found.groups()] if found else []
    return bool(hours) and hours[-1] <= _MIDNIGHT and hours == sorted(set(hours))


def _is_calendar(digits: str) -> bool:
    """Whether digits are days in a row or a column of a calendar: `28 29 30 31`, `7 14 21 28`."""
    for first in {int(digits[:1]), int(digits[:2])}:
        for step in (1, 7):
            days = [str(day) for day in range(first, 32, step)]
            for count in range(_DAYS, len(days) + 1):
                run = "".join(days[:count])
                if digits.startswith(run) and len(digits) - len(run) <= 1:
                    return True
    return False


def _glued(text: str, start: int, end: int, digits: str) -> bool:
    """Whether letters or signs right beside the digits make them something else; a long number may follow a label."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return before in tuple("#@_〒") or (before.isalpha() and len(digits) < 9) or after.isalpha()


def _other_number(before: str) -> bool:
    """Whether the label before names another kind of number: tax, register, licence, postal code."""
    words = re.findall(r"[^\s:#,;|()]+", fold(before))[-2:]
    stripped = {word.strip(".°º") for word in words}
    return bool(stripped & OTHER_NUMBERS) or before.rstrip().endswith("#")


def dialled(span: Span, region: str | None, assumed: str = "") -> Span:
    """`normalise`, where no `region` is certain with the number that it would be in the one `assumed`.

    That is believed of valid numbers alone, and no surer than a number of unknown country is.
    """
    number = normalise(span, region)
    if region or not assumed or number.value.startswith("+"):
        return number
    there = normalise(span, assumed)
    valid = there.value.startswith("+") and phonenumbers.is_valid_number(phonenumbers.parse(there.value))
    return replace(there, certainty=number.certainty) if valid else number


def normalise(span: Span, region: str | None) -> Span:
    """`span` with its value in E.164 where the country is certain, else its digits; and a type if none was printed."""
    try:
        number = phonenumbers.parse(_dialable(span.value, span.raw), region)
    except phonenumbers.NumberParseException:
        return replace(span, value=span.value.lstrip("+"), certainty=span.certainty * 0.9, type=span.type or "work")
    kind = span.type or _guess_type(number)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE or _is_local(number, span.value, region):
        return replace(span, value=span.value.lstrip("+"), certainty=span.certainty * 0.85, type=kind)
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    certainty = span.certainty * (1.0 if phonenumbers.is_valid_number(number) else 0.97)
    return replace(span, value=value, certainty=certainty, type=kind)


def _is_local(number: phonenumbers.PhoneNumber, value: str, region: str | None) -> bool:
    """Whether a number printed without country code is too short to be dialled from another town."""
    if value.startswith("+") or region is None or phonenumbers.is_valid_number(number):
        return False
    usual = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
    return usual is not None and len(str(number.national_number)) < len(str(usual.national_number))


def _dialable(value: str, raw: str) -> str:
    """Drop the trunk zero that is printed in brackets beside a country code: `+44 (0) 20` is +44 20."""
    trunk = re.search(r"\(\s*0\s*\)", raw)
    if not value.startswith("+") or trunk is None:
        return value
    country = len(re.sub(r"\D", "", raw[: trunk.start()]))
    return value[: 1 + country] + value[2 + country :]


def _guess_type(number: phonenumbers.PhoneNumber) -> str:
    kind = phonenumbers.number_type(number)
    return "mobile" if kind == phonenumbers.PhoneNumberType.MOBILE else "work"
