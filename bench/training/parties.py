"""People and companies as varied as on real cards: names from anywhere, companies named by any words.

The generator draws both from the country of the card. In a real stack of cards a third of the people come from
elsewhere, and shops are called by words that no list of trades holds.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from faker import Faker

from bench.cardgen.chance import Dice
from bench.cardgen.companies import Company, draw_company
from bench.cardgen.content import Parties, Wish
from bench.cardgen.people import Person, draw_person
from bench.cardgen.words import Words, ascii_letters, faker_of, words
from lexicon.wordlists import table, word_set

ELSEWHERE = (
    "cs_CZ", "da_DK", "de_CH", "en_IE", "en_IN", "en_KE", "en_NG", "en_PK", "en_TH", "es_AR", "es_CL", "es_MX",
    "et_EE", "fi_FI", "fr_CA", "fr_DZ", "hr_HR", "hu_HU", "id_ID", "is_IS", "lt_LT", "lv_LV", "nl_BE", "no_NO", "pl_PL",
    "pt_PT", "ro_RO", "sk_SK", "sl_SI", "sv_SE", "tr_TR", "yo_NG", "zu_ZA", "vi_VN", "it_IT", "de_DE",
)  # fmt: skip
SYLLABLES = {
    "zh": ("wei jing li min hua xiu ying jun yan tao hui lei fang qiang yong mei ping jian guo zhi hong xin yu chen",
           "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo luo zheng xie tang deng"),
    "ko": ("min jun seo yeon ji hyun woo su jin young hee sung ho kyung eun jae hwan mi sook tae",
           "kim lee park choi jung kang cho yoon jang lim han oh seo shin kwon hwang ahn song"),
    "ja": ("hiro yuki taka nobu kazu masa shige toshi ken ichi ko mi na ka to shi ya ta ro sa e ri",
           "yama moto naka mura ta kawa no saki shi ma matsu ki hara oka sato ito mori ueda fuji wara ishi"),
}  # fmt: skip
"""Syllables of given and of family names, in Latin letters."""
LOREM = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "nl": "nl_NL", "pt": "es_ES", "vi": "vi_VN"}
NAMED = (
    "{a} {trade}", "{a} {b}", "{a} {b} {trade}", "The {a} {b}", "{a}", "{a} & {b}", "{given}'s", "{given}'s {trade}",
    "{foreign}", "{foreign} {trade}", "{foreign} {a}", "{family} {a}", "{a} of {city}", "{trade} {a}", "{a}-{b}",
    "{trade} {family}", "{given} {family} {trade}", "{city} {a}", "{city} {a} {trade}", "{city} {trade}",
    "{city} {foreign}", "{foreign} {city}", "{given} & {other}", "{city} {foreign} {trade}",
)  # fmt: skip


INSTITUTIONS = {
    "en": ("University of {city}", "{city} University", "{family} Institute of Technology", "{city} College",
           "City of {city}", "{family} Foundation", "The {a} Institute", "{city} Public Library", "{a} Research Center",
           "Institute for {a} and {b}", "{city} School of {a}", "{city} Chamber of Commerce", "Church of {a}",
           "{family} Hospital", "{city} {a} Association", "Society of {a} {b}", "Museum of {a}", "{a} Laboratory"),
    "de": ("Universität {city}", "Stadt {city}", "Institut für {a}", "Hochschule {city}", "Landratsamt {city}",
           "{family}-Stiftung", "Klinikum {city}", "Verein für {a} und {b}", "Handwerkskammer {city}"),
    "fr": ("Université de {city}", "Mairie de {city}", "Institut {family}", "École de {a}", "Fondation {family}",
           "Hôpital de {city}", "Office du {a} de {city}", "Association {a} et {b}"),
    "es": ("Universidad de {city}", "Ayuntamiento de {city}", "Instituto de {a}", "Fundación {family}",
           "Colegio {family}", "Hospital {family}", "Notaría {city}", "Asociación de {a}"),
    "it": ("Università di {city}", "Comune di {city}", "Istituto {family}", "Fondazione {family}", "Ospedale di {city}",
           "Liceo {family}", "Associazione {a}", "Studio Notarile {family}"),
    "pt": ("Universidade de {city}", "Prefeitura de {city}", "Instituto {family}", "Cartório de {city}",
           "Fundação {family}", "Hospital {family}", "Colégio {family}", "Associação de {a}"),
    "nl": ("Universiteit {city}", "Gemeente {city}", "Stichting {family}", "Hogeschool {city}", "Instituut voor {a}"),
    "vi": ("Trường Đại học {family}", "Bệnh viện {family}", "Sở Tài chính {city}", "Viện {a}",
           "Trường Trung cấp {family}", "Công ty TNHH {a} {b}", "Công ty Cổ phần {foreign}",
           "Công ty TNHH MTV {family}", "Ngân hàng {a}", "Tập đoàn {foreign}"),
}  # fmt: skip
"""Universities, towns, societies: bodies that no list of trades names."""
RINGS = (("work",), ("mobile",), ("work", "mobile"), ("mobile", "mobile"), ("work", "fax"), ("work", "email"))
"""How a trader may be reached: seldom by more than a telephone."""


def draw_wish(locale: str, dice: Dice, *, shop: bool) -> Wish:
    """What a varied card says: a shop's, a trader's who names himself and little else, or somebody's of a company."""
    here = words(locale)
    if not shop and dice.chance(TRADERS):
        return _trader(locale, dice)
    return Wish(locale, parties=draw_varied(here, dice, shop=shop))


def _trader(locale: str, dice: Dice) -> Wish:
    here = words(locale)
    person, company = _person(here, dice.sub("person")), _company(here, dice.sub("company"))
    if dice.chance(CALLED_BY) and not here.eastern:
        own = f"{dice.pick((person.given, person.family))} {dice.pick(here['trades'])}"
        company = replace(company, name=own, short=own)
    if dice.chance(0.25) and not here.eastern:
        other = _names(dice.sub("other"))[0]
        name = dice.pick(
            (
                person.given,
                f"{person.given} & {other}",
                f"{person.given} {_AND.get(here.lang, '&')} {other}",
                f"{person.given} {_AND.get(here.lang, '&')} {person.family}",
                f"{person.given} / {other}",
            )
        )
        person = replace(person, name=name)
    return Wish(locale, Parties(person, company), titles=() if dice.chance(0.7) else None, kinds=dice.pick(RINGS))


_AND = {"en": "and", "de": "und", "fr": "et", "es": "y", "it": "e", "pt": "e", "nl": "en"}
PROVIDED = 0.25
"""Share of the varied companies whose address is at a mail provider."""
CALLED_BY = 0.2
"""Share of the traders whose company is called by them."""
TRADERS = 0.16
"""Share of the varied persons' cards that are a trader's."""
INSTITUTED = 0.14
"""Share of the varied companies that are no company."""


def draw_varied(here: Words, dice: Dice, *, shop: bool) -> Parties:
    """A person and a company, each as varied as chance wants; nobody on the card of a shop."""
    person = None if shop else _person(here, dice.sub("person"))
    company = _company(here, dice.sub("company")) if dice.chance(0.6) else draw_company(here, dice.sub("company"))
    return Parties(person, company)


@cache
def _faker(locale: str) -> Faker:
    return faker_of(locale)


def _person(here: Words, dice: Dice) -> Person:
    usual = draw_person(here, dice)
    if here.eastern or dice.chance(0.3):
        return usual
    given, family = _syllables(dice) if dice.chance(0.25) else _names(dice)
    middle = f" {dice.pick('ABCDEFGHJKLMPRSTW')}." if dice.chance(0.12) else ""
    name = f"{given}{middle} {family}"
    if dice.chance(0.03):
        name = f"{given} & {_names(dice)[0]} {family}"
    return replace(
        usual, name=name, given=given, family=family, mailbox=(ascii_letters(given), ascii_letters(family) or "x")
    )


def _names(dice: Dice) -> tuple[str, str]:
    fake = _faker(dice.pick(ELSEWHERE))
    fake.seed_instance(dice.whole(0, 2**31))
    family = fake.last_name()
    if dice.chance(0.06):
        family = f"{dice.pick(('D', 'O', 'L', 'M'))}'{family}"
    if dice.chance(0.08):
        family = f"{family} {fake.last_name()}"
    return _printable(fake.first_name()), _printable(family)


def _printable(name: str) -> str:
    """`name` in the letters that all fonts here have, as it is printed far from home."""
    return "".join(c if c.encode("latin-1", "ignore") or not c.isalpha() else _bare(c) for c in name)


def _bare(letter: str) -> str:
    bare = ascii_letters(letter)
    return bare.upper() if letter.isupper() else bare


def _syllables(dice: Dice) -> tuple[str, str]:
    given, family = (parts.split() for parts in SYLLABLES[dice.pick(sorted(SYLLABLES))])
    count = 2 if len(family) > 20 and dice.chance(0.5) else 1
    first = "".join(dice.some(given, 2))
    first = "-".join(dice.some(given, 2)) if dice.chance(0.2) else first
    return first.title(), "".join(dice.some(family, count if len(family[0]) > 2 else 2)).capitalize()


@cache
def _plain_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in word_set("english") if 3 <= len(word) <= 9))


def _company(here: Words, dice: Dice) -> Company:
    usual = draw_company(here, dice)
    fake = _faker(LOREM.get(here.lang, "en_US"))
    fake.seed_instance(dice.whole(0, 2**31))

    def plain() -> str:
        own = dice.pick(_plain_words()) if here.lang == "en" or dice.chance(0.2) else _printable(str(fake.word()))
        return own[:1].upper() + own[1:]

    given, family = _syllables(dice) if dice.chance(0.3) else _names(dice)
    values = {
        "a": plain(), "b": plain(), "trade": dice.pick(here["trades"]), "given": given, "family": family,
        "foreign": _names(dice)[1] if dice.chance(0.5) else "".join(_syllables(dice)).capitalize(),
        "city": _town(here, dice), "other": _names(dice)[0],
    }  # fmt: skip
    patterns = INSTITUTIONS.get(here.lang, ()) if dice.chance(INSTITUTED if here.lang != "vi" else 0.4) else NAMED
    name = dice.pick(patterns or NAMED).format(**values)
    name = name.upper() if dice.chance(0.15) else name
    domain = _called(name, dice.sub("called"))[:22] or "acme"
    ending = usual.domain.partition(".")[2]
    slogan = f"{plain()} {plain().lower()} {plain().lower()}" if dice.chance(0.3) else usual.slogan
    return Company(name, usual.form, f"{domain}.{ending}", slogan, name, _mailbox(domain, here, dice.sub("mailbox")))


@cache
def _towns(country: str) -> tuple[str, ...]:
    known = table("cities")
    return tuple(sorted(name for name, countries in known.items() if countries[0] == country and name.isascii()))


def _town(here: Words, dice: Dice) -> str:
    """A town of the country, without accents where that is how the list has it."""
    return dice.pick(_towns(here.locale[-2:]) or _towns("US")).title()


def _called(name: str, dice: Dice) -> str:
    """What a company's domain makes of its name: all of it, its first word, beginnings of its words, or initials."""
    parts = [part for part in map(ascii_letters, name.split()) if part]
    manner = dice.weigh({"whole": 60, "first": 10, "beginnings": 16, "middle": 8, "initials": 6})
    if len(parts) < 2 or manner == "whole":
        return "".join(parts)
    made = {
        "first": parts[0],
        "beginnings": "".join(part[: dice.whole(min(3, len(part)), len(part))] for part in parts),
        "middle": parts[0] + "".join(part[0] for part in parts[1:-1]) + parts[-1],
        "initials": "".join(part[0] for part in parts),
    }[manner]
    return made if len(made) > 2 else "".join(parts)


def _mailbox(domain: str, here: Words, dice: Dice) -> str:
    """Of one small company in four an address at a mail provider, called by the company."""
    if not dice.chance(PROVIDED):
        return ""
    more = dice.digits(dice.pick(("", "", "", "#", "##")))
    return f"{domain}{more}@{dice.pick(here['freemail'])}"
