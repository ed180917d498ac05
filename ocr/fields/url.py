"""Websites and social profiles."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lexicon import mail
from lexicon.labels import SOCIAL_LABELS
from ocr.fields.email import repair_host
from ocr.fields.spans import Span, overlaps
from ocr.types import FieldKind

_NETWORKS = {
    "facebook": "facebook",
    "fb": "facebook",
    "linkedin": "linkedin",
    "lnkd": "linkedin",
    "twitter": "twitter",
    "x": "twitter",
    "instagram": "instagram",
    "xing": "xing",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "github": "github",
    "pinterest": "pinterest",
    "vimeo": "vimeo",
    "behance": "behance",
    "dribbble": "dribbble",
    "wa": "whatsapp",
    "t": "telegram",
}
_COMMON = (
    "com|net|org|edu|gov|info|biz|io|co|eu|ai|app|dev|tech|online|shop|store|design|agency|cloud|me|tv|name|pro|int|mil"
)
_SCHEME = r"(?i:https?\s?[:;.]?\s?/\s?/\s?|htt?ps?[:;]//?)"
_NEARLY_WWW = r"(?:w[a-z]w|ww[a-z])(?=\s?[.,]\s?[\w-]+\s?[.,]\s?[A-Za-z])"
_WWW = rf"(?:(?:[wvVW]{{2,5}}|wiww|{_NEARLY_WWW})\s?[.,]\s?|(?:www|WWW)(?=[A-Za-z0-9-]+\.[a-z]))"
_LABEL = (
    r"(?:^|(?<=[\s|/,;•(]))(?:(?i:web\s?site|web|internet|url|home-?page|blog|online|site|visit(?: us)?(?: at)?|w)"
    r"(?:\s*[:;|]\s*|\.\s+|\s+))"
)
_HOST = r"[A-Za-z0-9äöüéèñçãõ](?:[\w-]*[\w])?(?:\s?[.,]\s?[A-Za-z0-9][\w-]*)*"
_PATH = r"(?:/[\w~%&=?.#@+/-]*)?"
_URL = re.compile(rf"(?P<label>{_LABEL})?(?P<scheme>{_SCHEME})?(?P<www>{_WWW})?(?P<host>{_HOST})(?P<path>{_PATH})")
_BARE = re.compile(rf"^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:(?i:{_COMMON})|[a-z]{{2}}|(?:com?|net|org)\.[a-z]{{2}})$")
_DOT = re.compile(r"[.,]")
_HANDLE = re.compile(r"(?<![\w.])@(?P<handle>[^\W\d_][\w.]{2,30})")
_LABELLED = re.compile(
    r"(?i)\b(?P<network>skype|twitter|facebook|fb|instagram|insta|linkedin|xing|wechat|telegram|youtube|tiktok)(?:\s?(?:id|name))?\s*(?::\s*|\.\s+)(?P<handle>[@/]?[\w.@/-]{3,60})"
)


def find_websites(text: str, taken: Sequence[Span], known: Collection[str] = ()) -> list[Span]:
    """Websites and profiles on social networks in the text of a line, outside what is `taken` already.

    `known` are domains that the card names elsewhere: those are websites however they are written.
    """
    found: list[Span] = []
    for match in _URL.finditer(text):
        span = _span(text, match, known)
        if span and not overlaps(span, taken) and text[span.start - 1 : span.start] != "@":
            found.append(span)
    return found


def find_handles(text: str, taken: Sequence[Span]) -> list[Span]:
    """Names on social networks that are no URL: `@acme`, `Skype: jane.doe`."""
    found: list[Span] = []
    for match in (*_LABELLED.finditer(text), *_HANDLE.finditer(text)):
        network = SOCIAL_LABELS.get(match.groupdict().get("network", "").lower(), "other")
        handle = match["handle"].strip("./-")
        span = Span(FieldKind.SOCIAL, handle.lstrip("@"), match.group(), match.start(), match.end(), 0.85, network)
        if not overlaps(span, [*taken, *found]):
            found.append(span)
    return found


def _span(text: str, match: re.Match[str], known: Collection[str]) -> Span | None:
    anchored = bool(match["scheme"] or match["www"])
    if not anchored and not _DOT.search(match["host"]):
        return None
    host = match["host"] if anchored or match["label"] else _unspaced(match["host"])
    path = match["path"] if host == match["host"] else ""
    repairs = _blank_and_comma(match, host)
    host = re.sub(r"\s", "", host).replace(",", ".").strip(".").lower()
    if anchored or "." in host:
        host, more = repair_host(host)
        repairs += more
    if "." not in host or not mail.suffix(host) or not (mail.core(host) or match["www"]):
        return None
    if not anchored and not _believable(text, match, host, known):
        return None
    end = match.start("host") + len(match["host"]) + len(path) if path or host else match.end()
    www = "www." if match["www"] else ""
    path = path.rstrip("/.,")
    value = f"{www}{host}{path}"
    network = _NETWORKS.get(mail.core(host)) if path or mail.core(host) not in ("x", "t", "wa") else None
    kind = FieldKind.SOCIAL if network and path else FieldKind.WEBSITE
    certainty = (0.97 if anchored else 0.85) * 0.85 ** len(repairs)
    kind_type = network if kind is FieldKind.SOCIAL else None
    raw_start = (
        match.start("scheme") if match["scheme"] else match.start("www") if match["www"] else match.start("host")
    )
    return Span(kind, value, text[raw_start:end], match.start(), end, certainty, kind_type, repairs=tuple(repairs))


def _unspaced(host: str) -> str:
    first = re.match(r"\S+", host)
    return first.group() if first else host


def _blank_and_comma(match: re.Match[str], host: str) -> list[str]:
    repairs = []
    if re.search(r"\s", host):
        repairs.append("blank removed")
    if "," in host:
        repairs.append("comma to dot")
    if match["www"] and re.sub(r"\s", "", match["www"]).lower() != "www.":
        repairs.append("prefix to www.")
    return repairs


def _believable(text: str, match: re.Match[str], host: str, known: Collection[str]) -> bool:
    """Whether a host without `http` or `www` is one, and not an abbreviation such as `St.Louis` or `Inc.it`."""
    raw = _unspaced(match["host"])
    before = text[match.start("host") - 1 : match.start("host")]
    if before in ("@", ".", "-") and before:
        return False
    if any(host == other or mail.registrable(host) == other for other in known):
        return True
    if not _BARE.match(raw.replace(",", ".")) and not _BARE.match(host):
        return False
    common = re.search(rf"\.(?:{_COMMON})(?:\.[a-z]{{2}})?$", host)
    return (
        bool(common and len(mail.core(host)) >= 2)
        or (bool(match["label"]) and len(mail.core(host)) >= 3)
        or (raw.islower() and len(mail.core(host)) >= 4)
    )
