"""Places: cities, countries, states, postal codes, and the phone region that they speak for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lexicon.folding import fold, words
from lexicon.wordlists import table, word_set

_COUNTRIES = {
    "US": "usa|u\\.?s\\.?a\\.?|united states",
    "GB": "uk|u\\.k\\.|united kingdom|england|scotland|wales|great britain",
    "DE": "germany|deutschland",
    "AT": "austria|osterreich",
    "CH": "switzerland|schweiz|suisse|svizzera",
    "FR": "france",
    "ES": "spain|espana",
    "IT": "italy|italia",
    "PT": "portugal",
    "BR": "brazil|brasil",
    "NL": "netherlands|nederland|the netherlands|holland",
    "BE": "belgium|belgie|belgique",
    "LU": "luxembourg",
    "IE": "ireland",
    "CA": "canada",
    "MX": "mexico",
    "AR": "argentina",
    "CL": "chile",
    "CO": "colombia",
    "PE": "peru",
    "VN": "vietnam|viet nam|vit nam",
    "CN": "china|p\\.?r\\.? ?china",
    "HK": "hong kong|hongkong",
    "TW": "taiwan",
    "JP": "japan",
    "KR": "korea",
    "SG": "singapore",
    "MY": "malaysia",
    "TH": "thailand",
    "ID": "indonesia",
    "PH": "philippines",
    "IN": "india",
    "PK": "pakistan",
    "AU": "australia",
    "NZ": "new zealand",
    "ZA": "south africa",
    "AE": "uae|u\\.a\\.e\\.|united arab emirates",
    "IL": "israel",
    "TR": "turkey|turkiye",
    "SE": "sweden|sverige",
    "NO": "norway|norge",
    "DK": "denmark|danmark",
    "FI": "finland|suomi",
    "PL": "poland|polska",
    "CZ": "czech republic|czechia",
    "HU": "hungary",
    "RO": "romania",
    "GR": "greece",
    "UA": "ukraine",
    "RU": "russia",
}
_INITIALS = "".join({name[0] for names in _COUNTRIES.values() for name in names.split("|")})
_ANY_COUNTRY = "|".join(f"(?P<{code}>{names})" for code, names in _COUNTRIES.items())
_COUNTRY = re.compile(rf"(?<![a-z])(?=[{_INITIALS}])(?:{_ANY_COUNTRY})(?![a-z])")

_POSTAL = (
    ("US", re.compile(rf"\b(?:{'|'.join(table('states')['US'])})[.,]?\s*\d{{5}}(?:-\d{{4}})?\b")),
    ("US", re.compile(rf"(?i)\b(?:{'|'.join(sorted(word_set('us_states')))})[.,]?\s*\d{{5}}(?:-\d{{4}})?\b")),
    ("BR", re.compile(r"(?i)\bcep[:. ]*\d{2}\.?\d{3}-?\d{3}\b|\b\d{5}-\d{3}\b")),
    ("GB", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")),
    ("CA", re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b")),
    ("NL", re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b(?=\s+[A-Z])")),
    ("DE", re.compile(r"\bD[- ]?\d{5}\b")),
    ("AT", re.compile(r"\bA-\d{4}\b")),
    ("CH", re.compile(r"\bCH-\d{4}\b")),
    ("BE", re.compile(r"\bB-\d{4}\b")),
    ("FR", re.compile(r"\bF-\d{5}\b|(?i:\bcedex\b)")),
    ("PT", re.compile(r"\b\d{4}-\d{3}\b")),
    ("VN", re.compile(r"(?i)\b(?:tp\.? ?hcm|q\.? ?\d{1,2}\b.*hcm|h[aà] n[oộ]i)")),
)
_MAYBE_POSTAL = re.compile(r"(?i)\d|cedex|hcm|n[oộ]i")
"""What any of these has in it."""
_ANY_POSTCODE = re.compile(r"(?<![\d.-])\d{4,6}(?![\d.-])")


@cache
def _states() -> re.Pattern[str]:
    codes = "|".join(sorted({code for codes in table("states").values() for code in codes}))
    return re.compile(rf"[,\-–|/ ]\s*(?:{codes})\b\.?(?=\s*(?:$|[\d,.|–-]))")


def has_state(text: str) -> bool:
    """Whether the code of a US, Brazilian or Canadian state closes a part of `text`: `Boston, MA`."""
    return bool(_states().search(text))


def has_state_name(text: str) -> bool:
    """Whether `text` spells out the name of a state of the USA."""
    return any(word in word_set("us_states") for word in words(text))


def postal_region(text: str) -> str | None:
    """The region whose postal code is in `text`, where its form alone says so: `CA 94000` is US."""
    if not _MAYBE_POSTAL.search(text):
        return None
    return next((region for region, pattern in _POSTAL if pattern.search(text)), None)


def has_postcode(text: str) -> bool:
    """Whether `text` holds something of the form of a postal code of any country."""
    return bool(_ANY_POSTCODE.search(text)) or postal_region(text) is not None


def country(text: str) -> str | None:
    """The region (ISO 3166) of the country named in `text`, if any."""
    found = _COUNTRY.search(fold(text))
    return found.lastgroup if found else None


def cities(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The cities of 20,000 people or more named in `text`, longest first at each place, with their countries."""
    known, begin, tokens, at = table("cities"), _begin_cities(), words(text), 0
    while at < len(tokens):
        lengths = range(min(4, len(tokens) - at), 0, -1) if tokens[at] in begin else ()
        length = next((n for n in lengths if " ".join(tokens[at : at + n]) in known), 0)
        if length:
            name = " ".join(tokens[at : at + length])
            yield name, known[name]
        at += length or 1


@cache
def _begin_cities() -> frozenset[str]:
    """First words of the cities' names."""
    return frozenset(name.partition(" ")[0] for name in table("cities"))
