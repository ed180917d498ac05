"""Personal names: given names, family names, particles, honorifics and degrees."""

from __future__ import annotations

from lexicon.folding import fold
from lexicon.wordlists import word_set

PARTICLES = frozenset(
    "von van vom zu zum zur de den der des di da das do dos du del della degli dei dalla la le lo el al bin binti ben ibn abu "
    "af av ter ten te op y e mac mc st san thi".split()
)
"""Words that may stand between a given and a family name, folded."""

PREFIXES = frozenset(
    "mr mrs ms miss mx dr drs prof professor rev reverend fr father sir dame hon rabbi capt captain col colonel lt maj gen "
    "herr frau dipl ing ir mag di dott dottssa dottore avv arch geom rag sig sra sr srta srs don dona doc lic ingo mme mlle m me maitre "
    "eng engo enga adv exmo ts ths gs pgs bs ks cn bsc msc doz pd univ habil med phil rer nat jur oec pol vet dent theol hc".split()
)
"""Honorifics and academic titles before a name, folded and without dots."""

SUFFIXES = frozenset(
    "jr sr ii iii iv phd md dmd dds dvm do od dc dpm pharmd jd llm llb esq esquire cpa cfa cfp mba msc ms bsc ba bs bsba ma mph msw "
    "lcsw pe rn np pa pac facs faia aia ra leed ap pmp cissp sphr phr clu chfc rla asla mfa bfa med edd dba dphil frcs frcp mrcs obe mbe cbe "
    "qc kc sc jp ceng mieee fieee riba ret cssp ccim gri crs abr cmb cfre mca acca fca aca cima ficb cma cgma cisa cism cipp pmhnp fnp dnp arnp "
    "crna rpt pt dpt ot lmft lpc lmt atc cscs neto filho junior sobrinho dipl-ing ing bha mha".split()
)
"""Degrees, honours and generations after a name, folded and without dots."""


def is_given(word: str) -> bool:
    """Whether `word` is known as a given name, in any spelling of its accents."""
    return fold(word) in word_set("given")


def is_family(word: str) -> bool:
    """Whether `word` is known as a family name, in any spelling of its accents."""
    return fold(word) in word_set("family")


def is_prefix(word: str) -> bool:
    """Whether `word` is an honorific or academic title: `Dr.`, `Ing.`."""
    return fold(word).replace(".", "") in PREFIXES


def is_suffix(word: str) -> bool:
    """Whether `word` is a degree, honour or generation: `Ph.D.`, `Jr.`."""
    return fold(word).replace(".", "").strip(",") in SUFFIXES
