"""The person on a card, in the forms a card prints: degrees, initials, order of the names, honorifics."""

from __future__ import annotations

from dataclasses import dataclass

from bench.cardgen.chance import Dice
from bench.cardgen.words import Words, ascii_letters

RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
RUSSIAN_LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ"
GREEK_LATIN = "a v g d e z i th i k l m n x o p r s t y f ch ps o s a e i i o y o i y"
LETTERS = {
    ord(letter): latin.strip("-")
    for letter, latin in zip(RUSSIAN + GREEK, f"{RUSSIAN_LATIN} {GREEK_LATIN}".split(), strict=True)
}
FORMS = {"vi": (1.0, 0.0, 0.0), "ru": (0.5, 0.0, 0.0), "pt": (0.0, 0.35, 0.0), "es": (0.0, 0.5, 0.0),
         "fr": (0.0, 0.0, 0.15), "it": (0.0, 0.0, 0.15), "de": (0.0, 0.0, 0.15)}  # fmt: skip
"""Chance of the family name first, of a second one, of the family name in capitals."""
NICKNAMES = ("Bud", "Kit", "Max", "Sandy", "Skip", "Ace")


@dataclass(frozen=True, slots=True)
class Person:
    """A person as printed."""

    name: str
    """As printed, without prefix and suffix."""
    given: str
    family: str
    prefix: str = ""
    suffix: str = ""
    latin: str = ""
    """Romanised name of a non-Latin card, printed as well where not empty."""
    mailbox: tuple[str, str] = ("", "")
    """Given and family name in a to z."""


def romanise(text: str) -> str:
    """Russian and Greek letters to a to z, plainly; anything else is left to `ascii_letters`."""
    return text.casefold().translate(LETTERS)


def draw_person(words: Words, dice: Dice) -> Person:
    """A person of the locale."""
    words.faker.seed_instance(dice.whole(0, 2**31))
    if words.eastern:
        return _eastern(words, dice)
    given, family = _names(words, dice)
    return Person(
        name=_printed(words, dice, given, family),
        given=given,
        family=family,
        prefix=dice.pick(words["prefixes"]) if words["prefixes"] and dice.chance(0.1) else "",
        suffix=dice.pick(words["suffixes"]) if words["suffixes"] and dice.chance(0.12) else "",
        mailbox=(ascii_letters(romanise(given)), ascii_letters(romanise(family))),
    )


def _names(words: Words, dice: Dice) -> tuple[str, str]:
    fake, man = words.faker, dice.chance(0.55)
    if words.lang == "vi":
        middle = dice.pick(("Văn", "Minh", "Quốc", "Hữu", "Đức") if man else ("Thị", "Ngọc", "Thu", "Thanh", "Kim"))
        given = fake.first_name_male() if man else fake.first_name_female()
        return f"{middle} {given}" if dice.chance(0.8) else given, fake.last_name()
    given = fake.first_name_male() if man else fake.first_name_female()
    family = fake.last_name_male() if man else fake.last_name_female()
    if dice.chance(0.03):
        family = f"{family}-{fake.last_name()}"
    return given, family


def _printed(words: Words, dice: Dice, given: str, family: str) -> str:
    surname_first, second_surname, shouted = FORMS.get(words.lang, (0.0, 0.0, 0.0))
    if dice.chance(second_surname):
        family = f"{family} {words.faker.last_name()}"
    if dice.chance(shouted):
        family = family.upper()
        surname_first += 0.3
    if words.lang == "en" and dice.chance(0.2):
        given = f"{given} {dice.pick('ABCDEFGHJKLMPRSTW')}."
    elif words.lang == "en" and dice.chance(0.04):
        given = f"{given} “{dice.pick(NICKNAMES)}”"
    elif words.lang not in {"vi", "ru"} and dice.chance(0.04):
        given = f"{given[0]}."
    return f"{family} {given}" if dice.chance(surname_first) else f"{given} {family}"


def _eastern(words: Words, dice: Dice) -> Person:
    fake = words.faker
    if words.lang == "ja":
        pair, latin = fake.last_name(), fake.last_romanized_name()
        given, given_latin = fake.first_name(), fake.first_romanized_name()
        name = f"{pair} {given}" if dice.chance(0.6) else pair + given
        roman = f"{given_latin} {latin}"
        box = (given_latin, latin)
        return _person_east(name, given, pair, roman, box, dice)
    pair, given = fake.last_name(), fake.first_name()
    spoken = (
        dice.pick(("Wei", "Min", "Jun", "Li", "Hui", "Jing", "Tao"))
        if words.lang == "zh"
        else dice.pick(("Minho", "Jiwon", "Soyeon", "Hyunwoo", "Yuna", "Jaehyun", "Sumin"))
    )
    surname = dice.pick(
        ("Chen", "Wang", "Zhang", "Liu", "Zhao") if words.lang == "zh" else ("Kim", "Lee", "Park", "Choi")
    )
    return _person_east(pair + given, given, pair, f"{spoken} {surname}", (spoken, surname), dice)


def _person_east(name: str, given: str, family: str, roman: str, box: tuple[str, str], dice: Dice) -> Person:
    latin = roman if dice.chance(0.5) else ""
    return Person(
        name,
        given,
        family,
        latin=latin,
        mailbox=(ascii_letters(box[0]), ascii_letters(box[1])),
    )
