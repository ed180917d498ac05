"""The rows that say how to reach somebody, and the QR code that says it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.cardgen.chance import Dice
from bench.cardgen.companies import Company
from bench.cardgen.contact import draw_address, draw_email, draw_phone, draw_social, draw_street, draw_website
from bench.cardgen.kinds import Fields, Kind, Row, Span
from bench.cardgen.people import Person
from bench.cardgen.words import Words

KEYS = {Kind.EMAIL: "emails", Kind.WEBSITE: "websites", Kind.SOCIAL: "socials", Kind.PHONE: "phones"}
ORDERS = (
    ("work", "mobile", "fax", "email", "website", "social"),
    ("mobile", "work", "fax", "email", "website", "social"),
    ("work", "fax", "mobile", "email", "website", "social"),
    ("email", "website", "work", "mobile", "fax", "social"),
    ("website", "email", "mobile", "work", "fax", "social"),
    ("work", "work2", "fax", "mobile", "email", "website", "social"),
    ("email", "mobile", "work", "fax", "website", "social"),
)


@dataclass(frozen=True, slots=True)
class _Item:
    kind: Kind
    text: str
    what: str
    """work, mobile, fax, home, email, website, social."""
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How all cards of a company write their contact rows."""

    kinds: tuple[str, ...]
    """What is given, in order: work, work2, mobile, fax, email, website, social."""
    marks: str
    """labels, none, icons, some."""
    labels: dict[str, str]
    tab: bool
    joined: str
    """What stands between two values that share a line; empty where none do."""
    phone_style: int
    bare: bool
    """Whether mail and site stand without a label."""


def draw_manner(here: Words, dice: Dice, company: Company | None, *, shop: bool) -> Manner:
    """A company's way with contact rows."""
    odds = {"work": 0.86, "work2": 0.3, "mobile": 0.3 if shop else 0.55, "fax": 0.34, "email": 0.5 if shop else 0.86,
            "website": 0.63 if company else 0.0, "social": 0.08}  # fmt: skip
    marks = dice.weigh({"labels": 56, "none": 26, "icons": 12, "some": 6})
    labels = {what: dice.pick(here["labels"][what]) for what in ("work", "mobile", "fax", "email", "website")}
    if marks in {"labels", "icons"} and dice.chance(0.5):
        labels |= _alike(here, labels, dice)
    tab = marks == "labels" and dice.chance(0.2)
    joined = dice.pick((" | ", " · ", " • ", "   ", " / ", " - ", "  ")) if not tab and dice.chance(0.2) else ""
    kinds = tuple(what for what in dice.pick(ORDERS) if dice.chance(odds[what]))
    return Manner(kinds, marks, labels, tab, joined, dice.whole(0, 50), dice.chance(0.4))


def contact_rows(
    here: Words, manner: Manner, who: Dice, parties: tuple[Person | None, Company | None], fields: Fields
) -> tuple[Row, ...]:
    """Phones, mail, web and social of a card in its company's manner; adds them to `fields`."""
    items: list[_Item] = []
    for what in manner.kinds:
        item = _item(here, what, manner.phone_style, who, parties)
        while item.kind is Kind.PHONE and any(item.text == other.text for other in items):
            item = _item(here, what, manner.phone_style, who, parties)
        items.append(item)
    rows = [_row(item, who, manner, fields) for item in items]
    return tuple(_joined(rows, who, manner.joined)) if manner.joined else tuple(rows)


def _item(here: Words, what: str, phone_style: int, who: Dice, parties: tuple[Person | None, Company | None]) -> _Item:
    person, company = parties
    if what == "email":
        return _Item(Kind.EMAIL, draw_email(here, who, person, company), what)
    if what == "website" and company:
        return _Item(Kind.WEBSITE, draw_website(Dice("site", company.domain), company), what)
    if what == "social":
        return _Item(Kind.SOCIAL, draw_social(who, person, company), what)
    kind = what.removesuffix("2")
    phone = draw_phone(here, who, kind, phone_style)
    return _Item(Kind.PHONE, phone.raw, kind, phone.extension)


def _alike(here: Words, labels: dict[str, str], dice: Dice) -> dict[str, str]:
    """Labels of one manner: all single letters, all with a colon, or all words."""
    want = dice.pick(("letter", "colon", "word"))
    found = {}
    for what, old in labels.items():
        fit = [label for label in here["labels"][what] if _manner(label) == want]
        found[what] = dice.pick(fit) if fit else old
    return found


def _manner(label: str) -> str:
    if label.endswith(":"):
        return "colon"
    return "letter" if len(label.strip(".")) == 1 else "word"


def _row(item: _Item, dice: Dice, manner: Manner, fields: Fields) -> Row:
    marks, labels = manner.marks, manner.labels
    if item.kind is Kind.PHONE:
        index = fields.add("phones", phone_truth(item.text, item.what, item.extension))
    else:
        index = fields.add("social" if item.kind is Kind.SOCIAL else KEYS[item.kind], item.text)
    span = Span(item.text + item.extension, item.kind, index, item.what if item.kind is Kind.PHONE else "")
    wordy = marks == "labels" and not (manner.bare and item.what in {"website", "email"})
    wordy = wordy or item.what == "fax" or (marks == "some" and item.kind is Kind.PHONE)
    if item.kind is Kind.SOCIAL or not wordy or item.what not in labels:
        return Row((span,), "contact", icon=item.what if marks == "icons" else "")
    if item.what == "fax" and marks == "icons":
        return Row((span,), "contact", icon="fax")
    if dice.chance(0.02):
        return Row((span, Span(f" ({labels[item.what].strip(':. ').lower()})", Kind.LABEL)), "contact")
    label = labels[item.what]
    gap = "" if label[-1] in ":." and dice.chance(0.06) else " "
    return Row((Span(label + gap, Kind.LABEL), span), "contact", tab=manner.tab)


def phone_truth(raw: str, kind: str, extension: str) -> dict[str, str]:
    """A phone as the truth has it; the digits of an extension stand apart."""
    found = {"raw": raw, "type": kind}
    return found | {"extension": "".join(c for c in extension if c.isdigit())} if extension else found


def _joined(rows: list[Row], dice: Dice, gap: str) -> list[Row]:
    """Some neighbours share a line: `T 555 0100 | F 555 0101`."""
    out: list[Row] = []
    for row in rows:
        last = out[-1] if out else None
        if last and len(last.text + row.text) < 52 and not row.icon and not last.icon and dice.chance(0.7):
            out[-1] = Row((*last.spans, Span(gap, Kind.SEPARATOR), *row.spans), "contact")
        else:
            out.append(row)
    return out


def second_office(here: Words, dice: Dice, fields: Fields) -> tuple[Row, ...]:
    """Rarely, another address with its own phone, or the streets of all branches, a line each."""
    if not dice.chance(0.09):
        return ()
    if dice.chance(0.3):
        streets = [draw_street(here, dice) for _ in range(dice.whole(2, 4))]
        return tuple(
            Row((Span(s, Kind.ADDRESS, fields.add("addresses", s)),), "address") for s in dict.fromkeys(streets)
        )
    lines = draw_address(here, dice)
    item = fields.add("addresses", ", ".join(line.strip(" ,") for line in lines))
    rows = [Row((Span(line, Kind.ADDRESS, item),), "address") for line in lines]
    if dice.chance(0.5):
        rows.insert(0, Row((Span(dice.pick(here["offices"]), Kind.NOTE),), "head"))
    if dice.chance(0.6):
        phone = draw_phone(here, dice, "work", dice.whole(0, 50))
        index = fields.add("phones", phone_truth(phone.raw, "work", phone.extension))
        label = Span(dice.pick(here["labels"]["work"]) + " ", Kind.LABEL)
        rows.append(Row((label, Span(phone.raw + phone.extension, Kind.PHONE, index, "work")), "contact"))
    return tuple(rows)


def vcard(fields: dict[str, Any], person: Person | None, company: Company | None, dice: Dice) -> str:
    """What the card's QR code says: most often a vCard, else a MECARD or the web site."""
    site = (fields.get("websites") or [""])[0]
    if person is None or (site and dice.chance(0.2)):
        return site if site.startswith("http") or not site else f"https://{site.lower()}"
    phones = [p["raw"] for p in fields.get("phones", ()) if p["type"] != "fax"]
    firm = company.full if company else ""
    if dice.chance(0.2):
        parts = [
            f"N:{person.family},{person.given}",
            *(f"TEL:{p}" for p in phones),
            *(f"EMAIL:{e}" for e in fields.get("emails", ())),
        ]
        return "MECARD:" + ";".join(parts) + ";;"
    rows = ["BEGIN:VCARD", "VERSION:3.0", f"N:{person.family};{person.given};;;", f"FN:{person.name}"]
    rows += [f"ORG:{firm}"] if firm else []
    rows += [f"TITLE:{title}" for title in fields.get("titles", ())]
    rows += [
        f"TEL;TYPE={'CELL' if p['type'] == 'mobile' else 'WORK'}:{p['raw']}"
        for p in fields.get("phones", ())
        if p["type"] != "fax"
    ]
    rows += [f"EMAIL:{email}" for email in fields.get("emails", ())] + ([f"URL:{site}"] if site else [])
    return "\r\n".join([*rows, "END:VCARD", ""])
