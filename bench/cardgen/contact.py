"""Phone numbers, mail addresses, web sites and street addresses, written in the many ways cards write them.

Where a country keeps numbers for fiction (555-01xx, Ofcom's and Bundesnetzagentur's drama numbers, Arcep's 01 99 00)
only those are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.cardgen.chance import Dice
from bench.cardgen.companies import Company, place_words
from bench.cardgen.people import Person
from bench.cardgen.words import Words, fill, parts

VANITY = ("CARWASH", "NEWHOME", "FLOWERS", "ROOFING", "TAXHELP", "VINTAGE", "GOSOLAR", "LAWYERS")
NETWORKS = {
    "linkedin": ("linkedin.com/in/{box}", "www.linkedin.com/in/{box}", "in/{box}"),
    "facebook": ("facebook.com/{firm}", "fb.com/{firm}", "www.facebook.com/{firm}", "/{firm}"),
    "instagram": ("@{firm}", "instagram.com/{firm}", "@{firm}.official"),
    "twitter": ("@{box}", "twitter.com/{firm}", "x.com/{box}"),
    "skype": ("skype: {box}", "Skype {box}"),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A printed number; `type` is work, mobile, fax or home, `extension` as printed: ` ext. 305`."""

    raw: str
    type: str
    extension: str = ""


def draw_phone(words: Words, dice: Dice, kind: str, style: int) -> Phone:
    """A number of the kind; the same `style` writes the numbers of one card alike."""
    table: dict[str, list[str]] = words["phone"]
    formats = table.get("mobile", table["work"]) if kind == "mobile" else table["work"]
    if kind == "work" and "vanity" in table and dice.chance(0.04):
        return Phone(dice.pick(table["vanity"]).replace("{vanity}", dice.pick(VANITY)), kind)
    pattern = formats[style % len(formats)] if dice.chance(0.85) else dice.pick(formats)
    areas = words["area_codes"]
    raw = dice.digits(pattern.replace("{area}", areas[style % len(areas)] if dice.chance(0.8) else dice.pick(areas)))
    extension = fill(dice.pick(words["labels"]["ext"]), dice, {}) if kind == "work" and dice.chance(0.08) else ""
    return Phone(raw, kind, extension)


def draw_email(words: Words, dice: Dice, person: Person | None, company: Company | None) -> str:
    """A mail address at the company's domain or at a free one, from the person's name or a general word."""
    if company and company.mailbox:
        return company.mailbox
    domain = company.domain if company and dice.chance(0.88) else dice.pick(words["freemail"])
    if person is None or dice.chance(0.08):
        own = [] if company is None else [company.domain.split(".")[0]]
        box = dice.pick(["info", "contact", "sales", "office", "hello", "mail", *own])
    else:
        manner = Dice("mailbox", company.domain) if company and dice.chance(0.9) else dice
        box = _mailbox(manner, *(part[:14] or "x" for part in person.mailbox))
    if domain in words["freemail"] and dice.chance(0.4):
        box += dice.digits(dice.pick(["##", "#", "19##", "###"]))
    address = f"{box}@{domain}"
    return address.upper() if dice.chance(0.04) else address


def _mailbox(dice: Dice, given: str, family: str) -> str:
    forms = {
        f"{given}.{family}": 3, given: 1, f"{given[0]}{family}": 2, f"{given[0]}.{family}": 1, family: 1,
        f"{given}{family}"[:18]: 1, f"{given}_{family}": 0.6, f"{family}.{given}": 0.8, f"{given[0]}{family[0]}": 0.5,
        f"{given}-{family}": 0.6, f"{given}{family[0]}": 0.8, f"{given.capitalize()}.{family.capitalize()}": 0.8,
    }  # fmt: skip
    return dice.weigh(forms)


def draw_website(dice: Dice, company: Company) -> str:
    """The company's site, most often with www."""
    domain = company.domain
    form = dice.weigh(
        {"www.{}": 60, "{}": 22, "http://www.{}": 6, "https://{}": 3, "www.{}/": 1, "shop.{}": 2, "path": 4}
    )
    site = (
        form.format(domain)
        if form != "path"
        else f"www.{domain}/{dice.pick(['de', 'en', 'shop', 'team', 'about', 'contact'])}"
    )
    style = dice.weigh({"as is": 86, "upper": 7, "camel": 7})
    if style == "upper":
        return site.upper()
    return site.replace(domain, domain[0].upper() + domain[1:]) if style == "camel" else site


def draw_social(dice: Dice, person: Person | None, company: Company | None) -> str:
    """A handle or profile of the person or the company."""
    box = ".".join(person.mailbox) if person else "hello"
    firm = company.domain.split(".")[0] if company else box.replace(".", "")
    return dice.pick(NETWORKS[dice.pick(sorted(NETWORKS))]).format(
        box=box.replace(".", dice.pick([".", "", "-"])), firm=firm
    )


def draw_address(words: Words, dice: Dice) -> list[str]:
    """The lines of one postal address."""
    words.faker.seed_instance(dice.whole(0, 2**31))
    values = place_words(words, dice) | _street(words, dice)
    pattern: list[str] = dice.pick(words["address"]["lines"])
    return [fill(line, dice, values) for line in pattern]


def draw_street(words: Words, dice: Dice) -> str:
    """The line of a postal address that names the street, or all of it where there is none."""
    words.faker.seed_instance(dice.whole(0, 2**31))
    values = place_words(words, dice) | _street(words, dice)
    pattern: list[str] = dice.pick(words["address"]["lines"])
    named = [line for line in pattern if "{street}" in line] or [", ".join(pattern)]
    return fill(named[0], dice, values).strip(" ,")


def _street(words: Words, dice: Dice) -> dict[str, str]:
    table: dict[str, Any] = words["address"]
    fake: Any = words.faker
    values = place_words(words, dice)
    units, buildings = table["units"] or ["{d3}"], table["buildings"] or ["{d3}"]
    zip_code = str(fake.postcode()) if words.lang not in {"vi"} else dice.digits("7####")
    found = {
        "number": str(dice.whole(1, 240) if words.locale != "en_US" else dice.whole(1, 9900)),
        "zip": f"{zip_code[:4]} {zip_code[-2:]}" if words.lang == "nl" and len(zip_code) == 6 else zip_code,
        "unit": fill(dice.pick(units), dice, values),
        "building": fill(dice.pick(buildings), dice, values),
        "state": dice.pick(parts()["states"]) if words.locale == "en_US" else "",
        "district": str(dice.whole(1, 12)),
        "ward": dice.pick(["Bến Nghé", "Tân Phú", "Đa Kao", "Tân Định", "Cầu Ông Lãnh", str(dice.whole(1, 15))]),
        "province": dice.pick(["MI", "TO", "BO", "RM", "FI", "VR", "PD", "NA", "GE", "MO", "VI", "BS"]),
        "street": _street_name(words, dice),
    }
    if words.lang == "pt":
        found |= {"district": str(fake.bairro()), "state": str(fake.estado_sigla())}
    if words.lang == "ja":
        found |= {"town": str(fake.town())}
    return found | ({"address": str(fake.road_address())} if words.lang == "ko" else {})


def _street_name(words: Words, dice: Dice) -> str:
    if "streets" in words.table:
        return str(dice.pick(words["streets"]))
    if words.eastern:
        return ""
    name = str(words.faker.street_name())
    if words.locale == "en_US" and dice.chance(0.5):
        ending = dice.pick(
            ["St.", "Ave", "Ave.", "Blvd.", "Dr.", "Street", "Road", "Rd.", "Way", "Pkwy", "Lane", "Court"]
        )
        way = dice.pick(["N. ", "S. ", "W. ", "East ", "", "", "", "", ""])
        return f"{way}{name.rsplit(' ', 1)[0]} {ending}"
    if words.lang in {"es", "it"}:
        return name.split(" ", 1)[-1].removeprefix("de ")
    return name
