"""Reads the word lists of `lexicon/data`, each once, when first asked for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def _lines(name: str) -> list[str]:
    text = (files("lexicon") / "data" / f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def word_set(name: str) -> frozenset[str]:
    """The folded words of `data/name.txt`, which separates them by blanks or lines and comments with `#`."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def groups(name: str) -> tuple[tuple[str, ...], ...]:
    """The words of each line of `data/name.txt`, in order."""
    return tuple(tuple(line.split()) for line in _lines(name))


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """The rows of `data/name.txt`: a key, a tab and words separated by blanks."""
    rows = (line.split("\t") for line in _lines(name))
    return {key: tuple(rest.split()) for key, rest in rows}
