"""What a domain calls a company, in words: with the blanks it cannot have, and without its town or trade."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lexicon import places
from lexicon.blanks import split_words
from lexicon.folding import fold, squeeze, words
from lexicon.vocabulary import is_trade

_PRINTED = 4
"""Letters from which a word of the card is looked for in its domains."""
_LEFT = 3
"""Letters that must be left when a town or a trade is taken off."""


def spellings(core: str, texts: Sequence[str], hosts: Sequence[str]) -> Iterator[str]:
    """The domain's name in words, without a town of the card at its end; then what is left without its trade.

    Args:
        core: the registered name, `janescafeboston` of `www.janescafeboston.com`.
        texts: the pieces of the card's text; their words are spelled as they are printed.
        hosts: websites and addresses as printed, whose capitals tell words apart.
    """
    shown = next((found for host in hosts for found in re.findall(rf"(?i){re.escape(core)}", host)), core)
    if re.search(r"[a-z][A-Z]", shown):
        parts = _flat(re.findall(r"[A-Z]+[^A-Z\W]*|[^A-Z\W]+", shown))
    else:
        parts = _cut(core, _printed(texts))
    towns = dict.fromkeys(squeeze(city) for text in texts for city, _ in places.cities(text))
    town = max((town for town in towns if len(town) > _LEFT and squeeze(core).endswith(town)), key=len, default="")
    if town and len(squeeze(core)) - len(town) >= _LEFT:
        parts = _cut(squeeze(core)[: -len(town)], _printed(texts))
    yield _joined(parts)
    if len(parts) > 1 and is_trade(fold(parts[-1])) and len("".join(parts[:-1])) >= _LEFT:
        yield _joined(parts[:-1])


def abbreviated(text: str, cores: Sequence[str]) -> float:
    """The share of the words of `text` whose beginnings, one after the other, make up one of `cores`; 0 where none is.

    `Acme Daytona Communications` is behind `acmecomm`, by two words of three. Words may be left out, letters may not.
    """
    tokens = words(text)
    return (
        max((_used(core, tokens) / len(tokens) for core in cores if len(core) > _LEFT), default=0.0) if tokens else 0.0
    )


def _used(core: str, tokens: Sequence[str]) -> int:
    """Most words whose beginnings make up `core` in their order, 0 if none do."""
    most = {0: 0}
    for token in tokens:
        reached = dict(most)
        for at, count in most.items():
            for length in range(1, len(token) + 1):
                if not core.startswith(token[:length], at):
                    break
                reached[at + length] = max(reached.get(at + length, 0), count + 1)
        most = reached
    return most.get(len(core), 0)


def _printed(texts: Sequence[str]) -> dict[str, str]:
    """Words of the card by their letters."""
    return {squeeze(word): word.strip(".,;:()") for text in texts for word in text.split()}


def _cut(core: str, printed: Mapping[str, str]) -> list[str]:
    """A name cut at the words of the card that are in it, the rest into known words."""
    for plain in sorted(printed, key=len, reverse=True):
        before, found, after = core.partition(plain) if len(plain) >= _PRINTED else (core, "", "")
        if found and len(before) != 1 and len(after) != 1:
            word = printed[plain]
            return [*_cut(before, printed), word.lower() if word.isupper() else word, *_cut(after, printed)]
    return _flat(split_words(core)) if core else []


def _flat(chunks: Sequence[str]) -> list[str]:
    return [part for chunk in chunks for part in chunk.split("-") if part]


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part[:1].upper() + part[1:] for part in parts)
