"""Invented companies: name, legal form, domain, slogan. Names come from syllables and from each locale's patterns."""

from __future__ import annotations

from dataclasses import dataclass

from bench.cardgen.chance import Dice
from bench.cardgen.people import romanise
from bench.cardgen.words import Words, ascii_letters, fill, parts


@dataclass(frozen=True, slots=True)
class Company:
    """A company; `name` is its everyday name and `form` the legal form, which may be empty."""

    name: str
    form: str
    domain: str
    slogan: str
    short: str
    """One or two words or initials, as a logo shows it."""
    mailbox: str = ""
    """The address at a mail provider that a small company is reached by, instead of one at its own domain."""

    @property
    def full(self) -> str:
        """Name with its legal form."""
        comma = ", " if self.form in {"Inc.", "Inc", "LLC", "LLP", "PLLC"} and len(self.name) % 3 == 0 else " "
        return f"{self.name}{comma}{self.form}" if self.form else self.name


def coined(dice: Dice) -> str:
    """A word that sounds like a company: `Veltora`, `Norix`, `Quantia`."""
    word = dice.pick(parts()["onsets"]) + dice.pick(parts()["nuclei"]) + dice.pick(parts()["codas"])
    if dice.chance(0.5):
        word += dice.pick(["t", "r", "v", "l", "n", "d", "m", "k", "b"]) + dice.pick(["a", "e", "i", "o"])
    word += dice.pick(["", "r", "n", "l"]) if word[-1] in "aeiou" else ""
    word += dice.pick(parts()["endings"])
    if dice.chance(0.12):
        return word.upper()
    return word.capitalize() if dice.chance(0.88) else word


def compound(dice: Dice) -> str:
    """Two words run together: `NorthBridge`, `Cloudforge`, `trade hub`."""
    first, second = dice.pick(parts()["first"]), dice.pick(parts()["second"])
    style = dice.weigh({"camel": 4.0, "one": 3.0, "two": 2.0, "lower": 1.0})
    if style == "camel":
        return first + second.capitalize()
    if style == "two":
        return f"{first} {second.capitalize()}"
    return (first + second).lower() if style == "lower" else first + second


def place_words(words: Words, dice: Dice) -> dict[str, str]:
    """What patterns of the locale may ask for, drawn from Faker and the locale's own lists."""
    fake, table = words.faker, words.table
    surnames = [fake.last_name() for _ in range(3)]
    city = dice.pick(table["cities"]) if "cities" in table else str(fake.city())
    values = {
        "surname": surnames[0],
        "surname2": surnames[1],
        "surname3": surnames[2],
        "given": str(fake.first_name()),
        "city": city.removeprefix("San ") if words.lang == "it" else city,
        "coined": coined(dice),
        "compound": compound(dice),
        "coined_ru": dice.pick(parts()["russian"]),
        "trade": dice.pick(table["trades"]),
        "initials": "".join(dice.some("ABCDEFGHKLMNPRSTVW", dice.whole(2, 3))),
        "adjective": dice.pick(table["adjectives"]),
        "noun": dice.pick(table["nouns"]),
        "country": dice.pick(table["countries"]),
    }
    for name in ("viname", "zhname", "zhcity", "zhdistrict", "zhstreet", "koname"):
        values |= {name: dice.pick(table[key])} if (key := _plural(name)) in table else {}
    return values | ({"katakana": dice.pick(table["katakana"])} if "katakana" in table else {})


def _plural(name: str) -> str:
    return name[:-1] + "ies" if name.endswith("city") else name + "s"


CORES = (
    "coined",
    "compound",
    "coined_ru",
    "viname",
    "zhname",
    "koname",
    "katakana",
    "surname",
    "initials",
    "given",
    "city",
)
"""Placeholders that carry a company's distinctive word, most distinctive first."""


def draw_company(words: Words, dice: Dice) -> Company:
    """A company of the locale."""
    words.faker.seed_instance(dice.whole(0, 2**31))
    values = place_words(words, dice)
    pattern = dice.pick(words["company_patterns"])
    name = fill(pattern, dice, values)
    core = next((values[key] for key in CORES if f"{{{key}}}" in pattern), name)
    form = dice.pick(words["forms"]) if words["forms"] and dice.chance(0.45) else ""
    slogan = fill(dice.pick(words["slogans"]), dice, values | {"trade": values["trade"].lower()})
    return Company(name, form, _domain(words, dice, name, core), slogan, _short(name, core, dice))


def _short(name: str, core: str, dice: Dice) -> str:
    parts = [p for p in name.split() if p[0].isalpha()]
    if len(parts) >= 3 and name.isascii() and dice.chance(0.4):
        return "".join(p[0] for p in parts).upper()[:4]
    return core if len(core) > 3 and dice.chance(0.45) else name


def _domain(words: Words, dice: Dice, name: str, core: str) -> str:
    latin, whole = ascii_letters(romanise(core)), ascii_letters(romanise(name))
    if words.eastern or len(whole) < 3:
        latin = ascii_letters(coined(dice))
    elif (len(whole) <= 16 and dice.chance(0.6)) or len(latin) < 4:
        latin = whole[:20]
    parts = [part for part in (ascii_letters(p) for p in name.split()) if part]
    if name.isascii() and len(parts) == 2 and len(whole) < 20 and dice.chance(0.15):
        latin = "-".join(parts)
    return f"{latin}.{dice.pick(words['tlds'])}"
