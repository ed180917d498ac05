"""Contact data of a card: what is told by its form, in lines that may hold several values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from lexicon import mail
from lexicon.blanks import split_words
from lexicon.folding import squeeze
from lexicon.labels import phone_type
from ocr.fields.email import confusable, find_emails, nearly
from ocr.fields.person import mailbox_agreement
from ocr.fields.phone import find_phones
from ocr.fields.rescue import is_broken, rescued_email, rescued_website
from ocr.fields.spans import Span, box_of, overlaps, plain
from ocr.fields.url import find_handles, find_websites
from ocr.types import FieldKind, Line

_CAPITAL_I = re.compile(r"I[a-z][\w.+-]*@")
_OPEN = re.compile(r"[\w.+-]{2,}@[\w.-]*\s*$")
"""An address whose end is missing, at the end of a line."""
_JOINED = 0.85
"""What is left of an address's certainty when it was put together of two lines, as after any repair of one."""


def find_contacts(lines: Sequence[Line]) -> list[list[Span]]:
    """E-mails, websites, profiles and phones of each line; a phone's label may stand alone to its left."""
    texts = [plain(line.text) for line in lines]
    emails = _addresses(texts, lines)
    plainly = [(text, _named(text, own)) for text, own in zip(texts, emails, strict=True)]
    whole = (span for text, spans in plainly for span in spans if _is_whole(span, text))
    hosts = dict.fromkeys(host for span in whole if (host := _host(span)))
    found = [_spans(text, own, hosts) for text, own in zip(texts, emails, strict=True)]
    found = [[_as_somebody(span, lines) for span in spans] for spans in found]
    labelled = [
        [_with_distant_label(span, line, lines) for span in spans] for line, spans in zip(lines, found, strict=True)
    ]
    return agree(labelled, squeeze(" ".join(line.text for line, spans in zip(lines, found, strict=True) if not spans)))


def _spans(text: str, emails: Sequence[Span], hosts: Collection[str]) -> list[Span]:
    """The contact data of a line whose addresses are found; `hosts` are domains that the card names."""
    spans = _named(text, emails or rescued_email(text, hosts), hosts, rescue=True)
    return spans + find_phones(text, spans)


def _named(text: str, emails: Sequence[Span], hosts: Collection[str] = (), *, rescue: bool = False) -> list[Span]:
    """The e-mail addresses of a line, its websites and its profiles."""
    likely = find_websites(text, emails, hosts)
    sites = [site for site in likely if _is_whole(site, text)]
    if rescue and not sites:
        sites = [site for site in rescued_website(text, hosts) if not overlaps(site, emails)]
    spans = [*emails, *find_handles(text, [*emails, *sites])]
    return spans + (sites or [site for site in likely if not overlaps(site, spans)])


def _is_whole(span: Span, text: str) -> bool:
    """Whether a website is one by its form, or is at least not what may be left of an address or a website."""
    anchored = span.kind is not FieldKind.WEBSITE or span.value.startswith("www.") or "/" in span.raw
    return anchored or not is_broken(text)


def _as_somebody(span: Span, lines: Sequence[Line]) -> Span:
    """An address that begins with a capital I where an l makes it somebody's who is on the card: `Icarter@`."""
    if span.kind is not FieldKind.EMAIL or not _CAPITAL_I.match(span.raw):
        return span
    local, _, host = span.value.partition("@")
    other = f"l{local[1:]}"
    texts = [line.text for line in lines if "@" not in line.text]
    fits, fits_better = (max((mailbox_agreement(text, box) for text in texts), default=0.0) for box in (local, other))
    if fits_better <= fits:
        return span
    return replace(
        span, value=f"{other}@{host}", certainty=span.certainty * 0.9, repairs=(*span.repairs, f"{local} to {other}")
    )


def _addresses(texts: Sequence[str], lines: Sequence[Line]) -> list[list[Span]]:
    """The e-mail addresses of each line; one that goes on in the line below stands in both."""
    found = [find_emails(text) for text in texts]
    for at, (text, line) in enumerate(zip(texts, lines, strict=True)):
        below = _below(line, lines) if not found[at] and "@" in text and _OPEN.search(text) else None
        if below is not None and (joined := _joined(text, texts[below])):
            span, length = joined
            found[at] = [replace(span, end=len(line.text))]
            found[below] = [replace(span, raw="", start=0, end=length), *found[below]]
    return found


def _joined(text: str, below: str) -> tuple[Span, int] | None:
    """An address that goes on in the text below, `jane.doe@` and `acme.com`, and how much of that is its end."""
    text = text.rstrip()
    following = re.match(r"(?!(?i:www|https?)\b)[\w.-]+(?!\S*@)", below)
    if following is None or (re.search(r"@.*\w\.\w+$", text) and "." in following.group()):
        return None
    found = find_emails(text + following.group())
    if not found:
        return None
    span, repairs = found[-1], (*found[-1].repairs, "two lines joined")
    return replace(span, certainty=span.certainty * _JOINED, repairs=repairs), following.end()


def agree(found: Sequence[Sequence[Span]], printed: str = "") -> list[list[Span]]:
    """Domains of the card's addresses and websites that look alike made the same, and trusted more where they are.

    `printed` are the letters of the card's other text, which tell the one of two that the company is called by.
    """
    hosts = Counter(host for spans in found for span in spans if span.raw and (host := _host(span)))
    return [[_supported(span, hosts, printed) for span in spans] for spans in found]


def _supported(span: Span, hosts: Counter[str], printed: str) -> Span:
    host = _host(span)
    if not host:
        return span
    twin = next((other for other in hosts if _alike(host, other) and _better(other, host, hosts, printed)), "")
    if twin:
        is_mail = span.kind is FieldKind.EMAIL
        before, _, after = span.value.rpartition(host) if is_mail else span.value.partition(host)
        value = f"{before}{twin}{after}"
        return replace(span, value=value, certainty=span.certainty * 0.9, repairs=(*span.repairs, f"{host} to {twin}"))
    return replace(span, certainty=span.certainty**0.5) if hosts[host] > 1 else span


def _alike(host: str, other: str) -> bool:
    return confusable(host, other) or nearly(host, other)


def _better(other: str, host: str, times: Counter[str], printed: str) -> bool:
    """Whether of two look-alike domains `other` is believed: printed more often, or as a name, or of known words."""
    if times[other] != times[host]:
        return times[other] > times[host]
    named, rival = (squeeze(mail.core(domain)) in printed for domain in (other, host))
    if named != rival:
        return named
    return len(split_words(mail.core(other))) > 1 and len(split_words(mail.core(host))) == 1


def _host(span: Span) -> str:
    """The domain a value names, without `www.`; empty for what names none."""
    if span.kind is FieldKind.EMAIL:
        return span.value.rpartition("@")[2]
    if span.kind is FieldKind.WEBSITE:
        return span.value.partition("/")[0].removeprefix("www.")
    return ""


def _below(line: Line, lines: Sequence[Line]) -> int | None:
    """Which line is the nearest under this one that begins at about the same place."""
    left, top, _, bottom = box_of(line.polygon)
    height = bottom - top
    boxes = [(at, box_of(other.polygon)) for at, other in enumerate(lines)]
    near = [
        (box[1], at)
        for at, box in boxes
        if 0.3 * height < box[1] - top < 2.2 * height and abs(box[0] - left) < 3 * height
    ]
    return min(near)[1] if near else None


def _with_distant_label(span: Span, line: Line, lines: Sequence[Line]) -> Span:
    if span.kind is not FieldKind.PHONE or span.type or line.text[: span.start].strip(" :.|"):
        return span
    label = _left_of(line, lines)
    return replace(span, type=phone_type(label)) if label else span


def _left_of(line: Line, lines: Sequence[Line]) -> str:
    """The text of a short line that ends close to the left of `line` on the same baseline, or nothing."""
    left, top, _, bottom = box_of(line.polygon)
    height = bottom - top
    best, nearest = "", 6 * height
    for other in lines:
        _, other_top, right, other_bottom = box_of(other.polygon)
        level = abs((other_top + other_bottom) / 2 - (top + bottom) / 2) < 0.5 * height
        if other is not line and level and len(other.text) <= 14 and -height < left - right < nearest:
            if re.fullmatch(r"[\W\d]*", other.text) or not phone_type(other.text):
                continue
            best, nearest = other.text, left - right
    return best
