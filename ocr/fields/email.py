"""E-mail addresses, with the repair of what text readers commonly do to them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import Levenshtein

from lexicon import mail
from ocr.fields.spans import Span
from ocr.types import FieldKind

_AT = r"(?:\s*[@＠]\s*|\s*[(\[{]\s*(?:at|a|ät)\s*[)\]}]\s*|\s+[©®]\s*|[©®]|\s+at\s+(?=[\w-]+\.(?:com|org|net)\b))"
_ANY_AT = re.compile(_AT)
_LOCAL = r"\w[\w.+%'’-]*(?:(?:\s[._]\s?|(?<=[._])\s(?!_))[\w+%-][\w.+%-]*)*"
_DOMAIN = r"[\w-]+(?:\s?[.,]\s?[\w-]+)*"
_ADDRESS = re.compile(rf"(?P<local>{_LOCAL})(?P<at>{_AT})(?P<domain>{_DOMAIN})", re.UNICODE)
_LABEL = re.compile(r"(?i)^(?:e-?\s?mails?|correo|courriel|mel|eml|mail)\s*(?:[.:;,|]\s*|(?=\s))|^[em][:;|]\s*")
_LABEL_BEFORE = re.compile(
    r"(?i)(?:^|(?<=[\s|/,;•(]))(?:e-?\s?mails?|correo(?: electr[oó]nico)?|courriel|eml|mail|e|m)\s*[.:;,|-]*\s*$"
)
_ABBREVIATION = re.compile(r"^\S*[A-Z]\.\s+(?=[a-z])")
"""What ends with a capital and a dot before small letters: the legal form before an address, not a part of it."""

_TAILS = (  # what a last label is read as, and what it is
    (re.compile(r"\.(?:c0m|corn|ccm|con|eom|cam|co[nr]n|c[o0]rn|com[a-z.])$"), ".com"),
    (re.compile(r"\.(?:nel|nct|ne1|rnet|ndt|nef)$"), ".net"),
    (re.compile(r"\.(?:lo|1o|i0|l0)$"), ".io"),
    (re.compile(r"\.(?:0rg|orq|org[il])$"), ".org"),
    (re.compile(r"\.(?:cle|d[ec]e)$"), ".de"),
)
_GLUED_NEXT = re.compile(r"[\w-]+(?:\.[\w-]+)*?\.(?:com|net|org|edu|gov|info|biz|[a-z]{2})(?=[A-Z][a-z])")
_EVERYBODYS = ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "googlemail.com")
"""Hosts of so many addresses that one letter beside them is a misreading, unless that is a mail provider too."""
_LONG = 6
"""Letters of a name in which one may be a misreading; shorter names differ in one by right."""
_MISSING_DOT = re.compile(r"(?<=[a-z0-9])(com|net|org|edu|gov)$")
_MISSING_COUNTRY_DOT = re.compile(r"\.(com|org|net|edu|gov|co)([a-z]{2})$")


def find_emails(text: str) -> list[Span]:
    """All e-mail addresses in the text of a line, normalised to lower case.

    Blanks, commas for dots, `(at)` and misread endings are repaired and named in `repairs`.
    """
    if not _ANY_AT.search(text):
        return []
    found = (_span(text, match) for match in _ADDRESS.finditer(text))
    return [span for span in found if span is not None]


def _span(text: str, match: re.Match[str]) -> Span | None:
    local, domain, start = match["local"], match["domain"], match.start()
    label = _LABEL.match(local)
    labelled = label is not None and label.end() < len(local)
    local = local[label.end() :] if label and labelled else _last_words(local, domain)
    value_start = match.start("at") - len(local)
    before = _LABEL_BEFORE.search(text[:value_start])
    start = before.start() if before else (start if labelled else value_start)
    repairs: list[str] = []
    if "@" not in match["at"] and "＠" not in match["at"]:
        repairs.append(f"{match['at'].strip()} to @")
    local, local_repairs = _repair_local(local)
    cut, domain, domain_repairs = _repair_domain(domain)
    repairs += local_repairs + domain_repairs
    value = f"{local}@{domain}"
    if not is_address(value):
        return None
    end = match.start("domain") + cut
    certainty = 0.98 * 0.85 ** len(repairs)
    return Span(FieldKind.EMAIL, value, text[value_start:end], start, end, certainty, repairs=tuple(repairs))


def _last_words(local: str, domain: str) -> str:
    """Of `Jane . doe` keep all, of `Mail jane.doe` only the last: blanks count as printed unless at a dot."""
    tight = re.search(r"\S+(?:(?:\s(?=[._])|(?<=[._])\s)\S+)*$", local)
    kept = _ABBREVIATION.sub("", tight.group() if tight else local)
    first = re.match(r"(?i)(?:e-?mail|mail|email)\s*[.:]\s*|e-mail(?=\w{3})", kept)
    return kept[first.end() :] if first and first.end() < len(kept) and domain else kept


def _repair_local(local: str) -> tuple[str, list[str]]:
    repairs = ["blank removed"] if re.search(r"\s", local) else []
    return re.sub(r"\s", "", local).strip(".'’").lower(), repairs


def _repair_domain(domain: str) -> tuple[int, str, list[str]]:
    """How many characters of `domain` are the host, the host repaired, and the repairs."""
    cut, host = _cut(domain)
    repairs = []
    if re.search(r"\s", host):
        repairs.append("blank removed")
    if "," in host:
        repairs.append("comma to dot")
    host = re.sub(r"\s", "", host).replace(",", ".").strip("._-").lower()
    if "_" in host:
        repairs.append("_ to -")
        host = host.replace("_", "-")
    host, more = repair_host(host)
    provider = _provider(host)
    return cut, provider or host, [*repairs, *more, *([f"{host} to {provider}"] if provider else [])]


def _provider(host: str) -> str:
    """The mail provider that `host` is one letter away from, or an empty string."""
    if mail.is_free_mail(host):
        return ""
    return next((known for known in _EVERYBODYS if Levenshtein.distance(host, known, score_cutoff=1) == 1), "")


def _cut(domain: str) -> tuple[int, str]:
    """The longest beginning of `domain` that ends in a public suffix, so that a next word is not swallowed."""
    glued = _GLUED_NEXT.match(domain)
    domain = glued.group() if glued else domain
    ends = [match.end() for match in re.finditer(r"[\w-]+", domain)]
    for end in reversed(ends):
        tight = re.sub(r"\s", "", domain[:end]).replace(",", ".").lower()
        if "." in tight and mail.suffix(tight) and not re.search(r"[.,]\s+\S*$", domain[:end]):
            return end, domain[:end]
    for end in reversed(ends):
        tight = re.sub(r"\s", "", domain[:end]).replace(",", ".").lower()
        if "." in tight and mail.suffix(tight):
            return end, domain[:end]
    first = re.match(r"\S+", domain)
    end = first.end() if first else len(domain)
    return end, domain[:end]


def repair_host(host: str) -> tuple[str, list[str]]:
    """`host` with a misread or undotted ending put right, and what was done."""
    for pattern, right in _TAILS:
        if pattern.search(host):
            return pattern.sub(right, host), [f"ending to {right}"]
    country = _MISSING_COUNTRY_DOT.search(host)
    if country and not mail.suffix(host) and mail.suffix(f"a.{country[1]}.{country[2]}"):
        return f"{host[: country.start()]}.{country[1]}.{country[2]}", ["dot added"]
    missing = _MISSING_DOT.search(host)
    if "." not in host and missing:
        return f"{host[: missing.start()]}.{missing[1]}", ["dot added"]
    return host, []


def is_address(value: str) -> bool:
    """Whether `value` is an address that could exist: syntax, and a public suffix; nobody is asked."""
    try:
        validate_email(value, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        return False
    return bool(mail.suffix(value.rpartition("@")[2]))


def confusable(a: str, b: str) -> bool:
    """Whether two hosts look alike enough that one may be a misreading of the other."""
    return a != b and skeleton(a) == skeleton(b)


def nearly(a: str, b: str) -> bool:
    """Whether two hosts of the same ending differ by one letter of a name that is long enough for that to be chance."""
    same_end = mail.suffix(a) == mail.suffix(b) and min(len(mail.core(a)), len(mail.core(b))) >= _LONG
    return a != b and same_end and Levenshtein.distance(a, b, score_cutoff=1) == 1


def skeleton(text: str) -> str:
    """`text` with the letters that text readers mix up made one, without dots and hyphens."""
    pairs: Iterable[tuple[str, str]] = (
        ("rn", "m"),
        ("vv", "w"),
        ("cl", "d"),
        ("ii", "u"),
        ("0", "o"),
        ("1", "l"),
        ("i", "l"),
        ("5", "s"),
        ("j", "l"),
        ("q", "g"),
    )
    for many, one in pairs:
        text = text.replace(many, one)
    return text.replace(".", "").replace("-", "")
