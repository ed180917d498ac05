"""What a card says: person, company and the ways to reach them, put into rows, with the truth about each value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.cardgen.chance import Dice
from bench.cardgen.companies import Company, draw_company, place_words
from bench.cardgen.contact import draw_address
from bench.cardgen.kinds import Content, Fields, Kind, Row, Span
from bench.cardgen.people import Person, draw_person
from bench.cardgen.reach import contact_rows, draw_manner, second_office, vcard
from bench.cardgen.words import Words, fill, words

SECOND_LANGUAGE = frozenset({"ja", "zh", "ko", "ru", "el", "vi"})
"""Where cards often say company and title in English as well."""
SEPARATORS = (" | ", " · ", " • ", " - ", " / ", ", ")


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is on the card. `person` is None on the card of a shop, `company` on that of a free lance."""

    person: Person | None
    company: Company | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller fixes; None leaves it to the dice."""

    locale: str
    parties: Parties | None = None
    titles: tuple[str, ...] | None = None
    logo: bool | None = None
    qr: bool | None = None
    kinds: tuple[str, ...] | None = None
    """Contact rows in order: work, work2, mobile, fax, email, website, social."""
    plain: bool = False
    """No second office, services, second language or shouting: the everyday card."""


def draw_content(wish: Wish, dice: Dice, who: Dice) -> Content:
    """The words of one card; `who` draws the person and their numbers, `dice` what all cards of the company share."""
    here = words(wish.locale)
    parties = wish.parties or draw_parties(here, dice.sub("parties"), who.sub("person"))
    fields, company = Fields(), parties.company
    has_logo = dice.chance(0.72) if wish.logo is None else wish.logo
    has_logo = has_logo and company is not None
    logo_text, company_rows = _company(here.lang, dice.sub("company"), company, has_logo, fields)
    manner = draw_manner(here, dice.sub("contact"), parties.company, shop=parties.person is None)
    if wish.kinds is not None:
        manner = replace(manner, kinds=wish.kinds)
    blocks = {
        "identity": _identity(here, (dice.sub("identity"), who.sub("identity")), parties, fields, wish),
        "company": company_rows,
        "contact": contact_rows(here, manner, who.sub("contact"), (parties.person, company), fields),
        "address": _address(here, dice.sub("address"), fields),
        "second": () if wish.plain else second_office(here, dice.sub("second"), fields),
        "extra": _extra(here, dice.sub("extra"), company, shop=parties.person is None, plain=wish.plain),
    }
    qr = dice.chance(0.08) if wish.qr is None else wish.qr
    return Content(
        lang=here.lang,
        blocks={name: rows for name, rows in blocks.items() if rows},
        logo_text=logo_text,
        logo=has_logo,
        fields=fields.values,
        person_card=parties.person is not None,
        qr=vcard(fields.values, parties.person, parties.company, who.sub("qr")) if qr else "",
        slogan=company.slogan if company else "",
    )


def draw_parties(here: Words, dice: Dice, who: Dice) -> Parties:
    """A person of a company; one card in eleven is a shop's, one in thirty a free lance's."""
    person = draw_person(here, who) if dice.chance(0.91) else None
    alone = person is not None and dice.chance(0.035)
    return Parties(person, None if alone else draw_company(here, dice.sub("company")))


def _identity(here: Words, streams: tuple[Dice, Dice], parties: Parties, fields: Fields, wish: Wish) -> tuple[Row, ...]:
    """Name, titles, department; the first stream draws their manner, the second what they are."""
    if parties.person is None:
        return ()
    dice, who = streams
    titles = list(wish.titles) if wish.titles is not None else _titles(here, who)
    case = dice.weigh({"as is": 70, "upper": 25, "lower": 3, "upper title": 10, "lower title": 4})
    titles = [title.upper() if "upper t" in case else title.lower() if "lower t" in case else title for title in titles]
    name_row = Row(_name_spans(parties.person, case, fields, dice), "name")
    for title in titles:
        fields.add("titles", title)
    if len(titles) == 1 and len(name_row.text + titles[0]) < 34 and dice.chance(0.09) and not wish.plain:
        joined = (
            *name_row.spans,
            Span(dice.pick((", ", " - ", "  ", " | ")), Kind.SEPARATOR),
            Span(titles[0], Kind.TITLE, 0),
        )
        rows = [replace(name_row, spans=joined)]
    else:
        rows = [name_row, *(Row((Span(title, Kind.TITLE, i),), "title") for i, title in enumerate(titles))]
    rows = _split_name(rows, parties.person, dice) if not wish.plain else rows
    if parties.person.latin:
        rows.insert(1, Row((Span(parties.person.latin, Kind.NAME, 0),), "title"))
        fields.values["name_variants"] = [parties.person.latin]
    if here.lang in SECOND_LANGUAGE and titles and dice.chance(0.35):
        english = str(who.pick(words("en_GB")["titles"]))
        rows.append(Row((Span(english, Kind.TITLE, fields.add("titles", english)),), "title"))
    return (*rows, *_department(here, who, fields, wish, upper="upper t" in case))


def _split_name(rows: list[Row], person: Person, dice: Dice) -> list[Row]:
    """Now and then given and family name stand on lines of their own."""
    spans = rows[0].spans
    if len(spans) != 1 or len(person.name.split()) != 2 or not dice.chance(0.035):
        return rows
    first, second = spans[0].text.split()
    return [replace(rows[0], spans=(Span(part, Kind.NAME, 0),)) for part in (first, second)] + rows[1:]


def _department(here: Words, dice: Dice, fields: Fields, wish: Wish, *, upper: bool) -> tuple[Row, ...]:
    if wish.plain or not dice.chance(0.18):
        return ()
    department = dice.pick(here["departments"])
    department = department.upper() if upper else department
    return (Row((Span(department, Kind.DEPARTMENT, fields.add("departments", department)),), "title"),)


def _name_spans(person: Person, case: str, fields: Fields, dice: Dice) -> tuple[Span, ...]:
    name = person.name.upper() if case == "upper" else person.name.lower() if case == "lower" else person.name
    fields.values["name"] = name
    spans = [Span(name, Kind.NAME, 0)]
    if person.prefix:
        fields.values["name_prefix"] = person.prefix
        spans = [Span(person.prefix, Kind.NAME_PREFIX, 0), Span(" ", Kind.SEPARATOR), *spans]
    if person.suffix:
        fields.values["name_suffix"] = person.suffix
        spans += [Span(dice.pick((", ", ", ", " ")), Kind.SEPARATOR), Span(person.suffix, Kind.NAME_SUFFIX, 0)]
    return tuple(spans)


def _titles(here: Words, dice: Dice) -> list[str]:
    here.faker.seed_instance(dice.whole(0, 2**31))
    count = dice.weigh({0: 10, 1: 78, 2: 12})
    return [_title(here, dice) for _ in range(count)]


def _title(here: Words, dice: Dice) -> str:
    if not here["title_patterns"] or dice.chance(0.5):
        return str(dice.pick(here["titles"]))
    areas = dice.some(here["areas"], 2)
    values = {
        "rank": dice.pick(here["ranks"]),
        "area": areas[0],
        "area2": areas[1],
        "post": dice.pick(here["posts"]),
        "city": dice.pick(here["offices"]),
    }
    return fill(dice.pick(here["title_patterns"]), dice, values)


def _company(
    lang: str, dice: Dice, company: Company | None, has_logo: bool, fields: Fields
) -> tuple[str, tuple[Row, ...]]:
    """The word in the logo and the rows that print the name in plain type; one of the two is there."""
    if company is None:
        return "", ()
    in_logo = has_logo and dice.chance(0.78)
    in_type = not in_logo or dice.chance(0.45)
    logo_text = (company.short if in_type or len(company.name) > 22 else company.name) if in_logo else ""
    printed = company.full if dice.chance(0.75) else company.name
    printed = printed.upper() if dice.chance(0.2) else printed
    rows = [Row((Span(printed, Kind.COMPANY, 0),), "company")] if in_type else []
    forms = [logo_text, printed if in_type else "", company.name, company.full]
    fields.values["company"] = printed if in_type else logo_text
    fields.values["company_variants"] = list(dict.fromkeys(form for form in forms if form))
    if lang in SECOND_LANGUAGE and dice.chance(0.35):
        english = (
            f"{company.domain.split('.')[0].capitalize()} {dice.pick(('Co., Ltd.', 'Inc.', 'Ltd.', 'Corporation'))}"
        )
        rows.append(Row((Span(english, Kind.COMPANY, 0),), "head"))
        fields.values["company_variants"].append(english)
    if dice.chance(0.22):
        rows.append(Row((Span(company.slogan, Kind.SLOGAN),), "slogan"))
    return logo_text, tuple(rows)


def _address(here: Words, dice: Dice, fields: Fields) -> tuple[Row, ...]:
    if not dice.chance(0.76):
        return ()
    lines = draw_address(here, dice)
    if dice.chance(0.09):
        lines = [line.upper() for line in lines]
    item = fields.add("addresses", ", ".join(line.strip(" ,") for line in lines))
    rows = [Row((Span(line, Kind.ADDRESS, item),), "address") for line in lines]
    if dice.chance(0.12):
        label = Span(dice.pick(here["labels"]["address"]) + " ", Kind.LABEL)
        rows[0] = replace(rows[0], spans=(label, *rows[0].spans))
    elif dice.chance(0.1):
        rows[0] = replace(rows[0], icon="address")
    return tuple(rows)


def _extra(here: Words, dice: Dice, company: Company | None, *, shop: bool, plain: bool) -> tuple[Row, ...]:
    rows: list[Row] = []
    here.faker.seed_instance(dice.whole(0, 2**31))
    if not plain and dice.chance(0.55 if shop else 0.1):
        things = dice.some(here["services"], dice.whole(2, 6))
        if dice.chance(0.6):
            rows.append(Row((Span(dice.pick(SEPARATORS).join(things), Kind.SERVICE),), "service"))
        else:
            bullet = dice.pick(("• ", "· ", "- ", ""))
            rows += [Row((Span(bullet + thing, Kind.SERVICE),), "service") for thing in things[:4]]
    if not plain and dice.chance(0.06) and company is not None:
        offices = dice.pick(SEPARATORS[:4]).join(dice.some(here["offices"], 4))
        rows.append(Row((Span(offices, Kind.NOTE),), "note"))
    if dice.chance(0.16):
        note = fill(dice.pick(here["notes"]), dice, place_words(here, dice))
        rows.append(Row((Span(note, Kind.NOTE),), "note"))
    return tuple(rows)
