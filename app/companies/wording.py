"""Words that many companies have in their names, and how they are shortened. Pure."""

from __future__ import annotations

_IN_FULL = {
    short: full
    for full, shorts in {
        "administration": "admin",
        "american": "amer",
        "associates": "assoc assocs",
        "association": "assn",
        "brothers": "bros",
        "center": "centre ctr cntr",
        "communications": "comm comms",
        "construction": "constr",
        "consulting": "cons",
        "department": "dept",
        "development": "dev devt",
        "distribution": "distr",
        "electric": "elec",
        "engineering": "eng engrg",
        "enterprises": "ent entpr",
        "equipment": "equip eqpt",
        "financial": "fin finl",
        "group": "grp gruppe groupe grupo gruppo",
        "holdings": "hldg hldgs holding",
        "industries": "ind inds indus",
        "insurance": "ins",
        "institute": "inst",
        "international": "intl internat int",
        "investments": "inv invs invt",
        "laboratories": "lab labs laboratory",
        "logistics": "log",
        "management": "mgmt mgt mgmnt",
        "manufacturing": "mfg manuf mfrg",
        "marketing": "mktg mkt",
        "national": "natl nat",
        "pharmaceuticals": "pharma pharm pharms pharmaceutical",
        "products": "prod prods prdcts",
        "properties": "prop props",
        "resources": "res",
        "services": "svc svcs serv service",
        "solutions": "sol sols soln solns solution",
        "systems": "sys syst system",
        "technologies": "tech techs technol technology technologie",
        "telecommunications": "telecom telecoms",
        "transportation": "transp trans transport",
        "university": "univ",
    }.items()
    for short in shorts.split()
}
"""Words of company names that are seldom written out, and other spellings of them."""


_COMMON = frozenset(_IN_FULL.values()) | frozenset(
    "acquisition advisors aerospace agency air airlines allied analytics automation automotive bancorp bank bankshares"
    " beverage bio biosciences biotech brands building business capital care cargo chemical chemicals city coal coast"
    " commercial community computer concepts consulting control controls corporate credit data dental design"
    " digital direct east eastern education electronics energy environmental equity estate europe european exchange"
    " express federal film finance first fitness food foods foundation fund funding gas general global gold growth"
    " hardware health healthcare home hospital hotel hotels house income industrial industry information innovations"
    " innovation interactive investment leasing legal life link machine marine market markets materials media medical"
    " medicine metal metals mining mobile mortgage motor motors mutual network networks new north northern office"
    " oil online optical pacific paper partners petroleum plastics power precision press printing private property"
    " public realty recovery research retail river royal sales savings school science sciences security securities"
    " silver smart software solar south southern specialty sports star state steel storage street studio studios supply"
    " textile textiles therapeutics tool tools tours trade trading travel trust united urban ventures video"
    " vision water wealth west western wireless wood works world worldwide".split()
)
"""Words that find too many companies to be worth looking under."""


def in_full(word: str) -> str:
    """A word of a key, written out where it is usually shortened."""
    return _IN_FULL.get(word, word)


def is_common(word: str) -> bool:
    """Whether so many names have this word that it finds none of them."""
    return in_full(word) in _COMMON
