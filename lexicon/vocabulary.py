"""What single words speak for: a job, a department, a trade, a street, a slogan, plain English."""

from __future__ import annotations

import re

from lexicon.eastern import heads_eastern, is_eastern
from lexicon.folding import fold
from lexicon.wordlists import word_set


def is_job(word: str) -> bool:
    """Whether the folded `word` heads or qualifies a job title: `engineer`, `owners`, `geschaftsfuhrerin`."""
    jobs = word_set("jobs")
    plural = len(word) > 4 and word.endswith("s") and word[:-1] in jobs
    return word in jobs or plural or (is_eastern(word) and heads_eastern(word))


def is_department(word: str) -> bool:
    """Whether the folded `word` names a part of an organisation or what it deals with: `department`, `sales`."""
    return word in word_set("departments")


def is_trade(word: str) -> bool:
    """Whether the folded `word` is what companies call themselves: `bakery`, `consulting`, `verlag`."""
    return word in word_set("trades") or word in word_set("organisations")


def is_street(word: str) -> bool:
    """Whether the folded `word` belongs to postal addresses: `road`, `rua`, `suite`; German compounds included."""
    return word in word_set("streets") or (len(word) > 7 and word.endswith(_COMPOUND_STREETS))


def is_slogan(word: str) -> bool:
    """Whether the folded `word` is common in slogans, opening hours and lists of goods, and rare in the fields."""
    return word in word_set("slogans")


def is_english(word: str) -> bool:
    """Whether the folded `word` is a common English word that is not a proper name."""
    return word in word_set("english")


_BODY = re.compile(
    r"\b(?:cong ty|cty|tnhh|ngan hang|tap doan|benh vien|truong (?:dai hoc|thpt|mam non)|doanh nghiep)\b"
)


def is_body(text: str) -> bool:
    """Whether `text` says in two words what many languages say in one: that it names a company, a bank, a school."""
    return bool(_BODY.search(fold(text)))


_COMPOUND_STREETS = (
    "strasse",
    "straat",
    "gasse",
    "platz",
    "allee",
    "damm",
    "laan",
    "plein",
    "gracht",
    "kade",
    "dijk",
    "gatan",
    "weg",
)
