"""The words of a country's cards: `words/<locale>.toml`, read once. Invented for this generator; names of people,
streets and towns come from Faker (MIT).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from faker import Faker

from bench.cardgen.chance import Dice

LATIN = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "vi_VN")
NON_LATIN = ("ja_JP", "zh_CN", "ko_KR", "ru_RU", "el_GR")


@dataclass(frozen=True, slots=True)
class Words:
    """One locale."""

    locale: str
    table: dict[str, Any]
    faker: Faker

    def __getitem__(self, key: str) -> Any:
        return self.table[key]

    @property
    def lang(self) -> str:
        """Two letters, ISO 639-1."""
        return str(self.table["lang"])

    @property
    def eastern(self) -> bool:
        """Written without spaces, or in syllable blocks: Japanese, Chinese, Korean."""
        return self.lang in {"ja", "zh", "ko"}


@cache
def words(locale: str) -> Words:
    """The words of `locale`, such as `de_DE`."""
    table = tomllib.loads((files("bench.cardgen") / "words" / f"{locale}.toml").read_text("utf-8"))
    return Words(locale, table, faker_of(table["faker"]))


def faker_of(locale: str) -> Faker:
    """Faker for a locale, that draws the same in every process: it has its Italian towns in the order of a set."""
    faker = Faker(locale)
    for provider in faker.get_providers() if locale == "it_IT" else ():
        if hasattr(provider, "cities"):
            provider.cities = sorted(provider.cities)
    return faker


@cache
def parts() -> dict[str, list[str]]:
    """Syllables and words that company names of all countries are made of."""
    return tomllib.loads((files("bench.cardgen") / "words" / "names.toml").read_text("utf-8"))


def fill(pattern: str, dice: Dice, values: dict[str, str]) -> str:
    """`pattern` with {name} from `values` and {d3} as three digits, the first of which is not 0."""

    def one(match: re.Match[str]) -> str:
        key = match[1]
        if re.fullmatch(r"d\d+", key):
            return dice.pick("123456789") + dice.digits("#" * (int(key[1:]) - 1))
        return values[key]

    return re.sub(r"\{(\w+)\}", one, pattern)


def ascii_letters(text: str) -> str:
    """Lower-case letters a to z and digits of `text`, as they stand in a mail address: `Müller-Lüdenscheidt` gives
    `muellerluedenscheidt`, `Đỗ Phú` gives `dophu`.
    """
    german = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "đ": "d", "ø": "o", "ł": "l", "æ": "ae"})
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text.casefold()).translate(german))
    return "".join(c for c in flat if c.isascii() and c.isalnum())
