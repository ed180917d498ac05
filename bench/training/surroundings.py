"""Puts onto drawn cards what stands on and around real ones and is no field: hours, goods, maps, forms, other print."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from faker import Faker

from bench.cardgen.words import faker_of
from bench.training.parties import LOREM, SYLLABLES
from lexicon.wordlists import word_set
from ocr.types import Line, Polygon

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a block is set."""

    high: tuple[float, float] = (0.6, 1.25)
    """Height of its type, by the middle one of the card."""
    apart: float = 1.15
    """From one row to the next, in heights."""
    turned: float = 0.0
    """Chance that it runs upwards."""
    edge: bool = False
    """Whether it is cut off by the edge of the picture."""


PLAIN = _Manner()
KINDS = {
    "hours": 14, "goods": 26, "menu": 8, "quote": 5, "slogan": 16, "form": 6, "map": 7, "calendar": 2, "number": 9,
    "prose": 9, "letter": 5, "brand": 4, "screen": 3,
}  # fmt: skip
"""How often each kind of thing is added, by weight."""
BULLETS = ("• ", "· ", "- ", "* ", "•", "·", "► ", "+ ")
BULLETED = 0.45
"""Share of lists with bullets."""
LOST = 0.15
"""Share of bullets that are not read."""
TRIES = 40
"""Places tried for a block before it is left out."""
SCREEN = (
    "File Edit View",
    "Inbox",
    "Page 1 of {n}",
    "Search",
    "{t}:{m} PM",
    "Downloads",
    "esc",
    "shift",
    "F{n}",
    "{W}.txt",
)


def surroundings(lines: Sequence[Line], size: tuple[int, int], lang: str, rng: random.Random) -> list[Line]:
    """One to three blocks of print that is no field, in free places of a card whose lines are `lines`.

    Args:
        lines: the card's own lines, which stay clear.
        size: width and height of the card in the lines' pixels.
        lang: language of the card; one without words of its own gets English.
        rng: what chance is drawn from.
    """
    made: list[Line] = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        taken = [_box(line.polygon) for line in (*lines, *made)]
        made += _BLOCKS[kind](_Words(lang, rng), taken, size)
    return made


class _Words:
    """Fills phrases of one language."""

    def __init__(self, lang: str, rng: random.Random) -> None:
        self.rng = rng
        self.lang = lang
        self.table = _table().get(lang) or _table()["en"]
        self.fake = _faker(LOREM.get(lang, "en_US"))
        self.fake.seed_instance(rng.getrandbits(31))

    def phrase(self, key: str) -> str:
        """One of the language's phrases of a kind, in small letters or capitals as chance wants."""
        return self.fill(self.rng.choice(self.table[key]))

    def fill(self, phrase: str) -> str:
        """`phrase` with its blanks filled in."""
        return re.sub(r"\{(\w)\}", lambda blank: self._filled(blank[1]), phrase)

    def word(self) -> str:
        """A plain word of the language."""
        plain = self.lang not in LOREM and self.lang != "vi"
        return self.rng.choice(_plain_words()) if plain or self.rng.random() < 0.15 else str(self.fake.word())

    def _filled(self, blank: str) -> str:
        rng = self.rng
        made: dict[str, Callable[[], str]] = {
            "d": lambda: str(rng.randint(0, 9)),
            "t": lambda: str(rng.randint(1, 12)),
            "m": lambda: rng.choice(("00", "00", "30", "15", "45")),
            "n": lambda: str(rng.randint(1, 9)),
            "p": lambda: str(rng.choice((5, 10, 15, 20, 25, 50))),
            "w": self.word,
            "W": lambda: self.word().capitalize(),
            "c": lambda: str(self.fake.city()),
            "f": lambda: str(self.fake.last_name()),
            "x": lambda: rng.choice(_foreign_words()),
            "g": lambda: str(self.fake.first_name()),
        }
        return made[blank]()


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("bench.training") / "surroundings.toml").read_text("utf-8"))


@cache
def _faker(locale: str) -> Faker:
    return faker_of(locale)


@cache
def _plain_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in word_set("english") if 3 <= len(word) <= 10))


@cache
def _foreign_words() -> tuple[str, ...]:
    """Words of other languages with a capital, as dishes and makes have, which look like names to who knows neither."""
    made: set[str] = set()
    for locale in sorted(set(LOREM.values())):
        fake = _faker(locale)
        fake.seed_instance(1)
        made |= {str(word).capitalize() for word in fake.words(400) if len(word) > 3}
    for parts in SYLLABLES.values():
        given, family = (part.split() for part in parts)
        made |= {(one + other).capitalize() for one in given[:12] for other in family[:12]}
    return tuple(sorted(made))


def _hours(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    rng = words.rng
    rows = [words.phrase("heads")] if rng.random() < 0.5 else []
    for _ in range(rng.randint(1, 3)):
        day, time = words.phrase("days"), words.phrase("times")
        rows += [f"{day} {time}"] if rng.random() < 0.4 else [day, time] if rng.random() < 0.7 else [day]
    return _block(_cased(rows, rng), taken, size, rng)


def _goods(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    rng = words.rng
    bullet = rng.choice(BULLETS) if rng.random() < BULLETED else ""
    return _block(
        [bullet + row for row in _cased([words.phrase("goods") for _ in range(rng.randint(1, 5))], rng)],
        taken,
        size,
        rng,
    )


def _menu(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    """Dishes and other things whose names are words of any language, or people's."""
    rng = words.rng
    world = _Words("world", rng)
    bullet = rng.choice(BULLETS) if rng.random() < BULLETED else ""
    rows = [world.phrase("dishes") for _ in range(rng.randint(1, 5))]
    rows = [bullet + row for row in _cased(rows, rng)]
    kept = [row.lstrip("".join(BULLETS)) if rng.random() < LOST else row for row in rows]
    return _block(kept, taken, size, rng, _Manner((0.6, 1.5)))


def _quote(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    """What somebody said, and who it was."""
    rng = words.rng
    said = " ".join(words.word() for _ in range(rng.randint(3, 9))).capitalize()
    left, right = rng.choice(('""', '""', "“”", "‘’", "«»"))
    who = f"{words.fake.first_name()} {words.fake.last_name()}"
    dash = rng.choice(("", "", "- ", "— ", "~ "))
    return _block(
        [f"{left}{said}{rng.choice(('', '.', '!'))}{right}", dash + who], taken, size, rng, _Manner((0.7, 1.4))
    )


def _slogan(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    return _block(_cased([words.phrase("slogans")], words.rng), taken, size, words.rng, _Manner((0.7, 1.9)))


def _form(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    rng = words.rng
    return _block(
        _cased([words.phrase("forms") for _ in range(rng.randint(1, 4))], rng), taken, size, rng, _Manner(apart=2.0)
    )


def _number(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    return _block([words.phrase("numbered")], taken, size, words.rng)


def _brand(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    """Makes that a shop deals in, cards that it takes."""
    rng = words.rng
    made = [words.word().capitalize() + rng.choice(("", "", "tec", "x", "ia", "®")) for _ in range(rng.randint(1, 3))]
    found: list[Line] = []
    for row in _cased(made, rng):
        found += _block([row], [*taken, *(_box(line.polygon) for line in found)], size, rng, _Manner((0.5, 1.2)))
    return found


def _letter(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    """A drawing that is read as a letter or two."""
    text = "".join(words.rng.choice("ABCEFHJLMNOPSTVXZ&8co") for _ in range(words.rng.choice((1, 1, 2, 3))))
    return _block([text], taken, size, words.rng, _Manner((1.2, 6.0)))


def _map(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    rng = words.rng
    made: list[Line] = []
    for _ in range(rng.randint(3, 8)):
        now = [*taken, *(_box(line.polygon) for line in made)]
        made += _block(_cased([words.phrase("roads")], rng), now, size, rng, _Manner((0.45, 0.8), turned=0.3))
    return made


def _calendar(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    rng = words.rng
    first = rng.randint(1, 7)
    rows = [" ".join(str(day) for day in range(start, start + 7)) for start in range(first, 25, 7)]
    return _block([*(["20" + str(rng.randint(10, 29))] if rng.random() < 0.5 else []), *rows], taken, size, rng)


def _screen(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    """Scraps of what the card lies on: a screen, a keyboard."""
    rng = words.rng
    return _block(
        [words.fill(rng.choice(SCREEN)) for _ in range(rng.randint(1, 3))], taken, size, rng, _Manner(apart=1.5)
    )


def _prose(words: _Words, taken: Sequence[Box], size: tuple[int, int]) -> list[Line]:
    """Lines of a page under the card, cut off at its edge, often standing on their heads or ends."""
    rng = words.rng
    turned = float(rng.random() < 0.6)
    page = _Words("en" if rng.random() < 0.6 else words.lang, rng)
    made: list[Line] = []
    for _ in range(rng.randint(2, 9)):
        text = " ".join(page.word() for _ in range(rng.randint(1, 5)))
        now = [*taken, *(_box(line.polygon) for line in made)]
        made += _block(
            [text[rng.choice((0, 0, 1, 2)) :]], now, size, rng, _Manner((0.5, 1.0), turned=turned, edge=True)
        )
    return made


_Block = Callable[[_Words, Sequence[Box], tuple[int, int]], list[Line]]
_BLOCKS: dict[str, _Block] = {
    "hours": _hours, "goods": _goods, "menu": _menu, "quote": _quote, "slogan": _slogan, "form": _form, "map": _map,
    "calendar": _calendar, "number": _number, "prose": _prose, "letter": _letter, "brand": _brand, "screen": _screen,
}  # fmt: skip


def _cased(rows: list[str], rng: random.Random) -> list[str]:
    case = rng.random()
    return [row.upper() if case < 0.35 else row.lower() if case < 0.42 else row for row in rows]


def _block(
    rows: Sequence[str],
    taken: Sequence[Box],
    size: tuple[int, int],
    rng: random.Random,
    manner: _Manner = PLAIN,
) -> list[Line]:
    """Rows one under another in a place that is free, or nothing where none is found."""
    heights = sorted(min(bottom - top, right - left) for left, top, right, bottom in taken) or [40.0]
    height = heights[len(heights) // 2] * rng.uniform(*manner.high)
    widths = [max(0.6, 0.5 * len(row)) * height * rng.uniform(0.9, 1.15) for row in rows]
    upright = rng.random() >= manner.turned
    deep = height * manner.apart * (len(rows) - 1) + height
    across, down = (max(widths), deep) if upright else (deep, max(widths))
    for _ in range(TRIES):
        left, top = _corner(across, down, size, rng, edge=manner.edge)
        place = (left - 4, top - 4, left + across + 4, top + down + 4)
        if across < size[0] and down < size[1] and not any(_overlap(place, other) for other in taken):
            break
    else:
        return []
    align = rng.choice((0.0, 0.5, 1.0))
    made = []
    for number, (row, width) in enumerate(zip(rows, widths, strict=True)):
        x, y = align * (max(widths) - width), number * height * manner.apart
        box = (x, y, x + width, y + height) if upright else (y, x, y + height, x + width)
        made.append(_line(row, (box[0] + left, box[1] + top, box[2] + left, box[3] + top), rng))
    return made


def _corner(
    across: float, down: float, size: tuple[int, int], rng: random.Random, *, edge: bool
) -> tuple[float, float]:
    left, top = rng.uniform(0, max(1.0, size[0] - across)), rng.uniform(0, max(1.0, size[1] - down))
    if not edge:
        return left, top
    side = rng.choice("lrtb")
    x = {"l": -0.02 * size[0], "r": size[0] * 1.02 - across}.get(side, left)
    y = {"t": -0.02 * size[1], "b": size[1] * 1.02 - down}.get(side, top)
    return x, y


def _line(text: str, box: Box, rng: random.Random) -> Line:
    left, top, right, bottom = box
    polygon: Polygon = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Line(text, min(1.0, max(0.3, rng.gauss(0.98, 0.03))), polygon, (), "drawn")


def _box(polygon: Polygon) -> Box:
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
