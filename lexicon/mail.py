"""Mail providers whose domain says nothing about a company, and the registrable part of a host."""

from __future__ import annotations

from functools import cache

import tldextract

FREE_MAIL = frozenset(
    "gmail googlemail hotmail outlook live msn yahoo ymail rocketmail aol aim icloud me mac gmx web t-online freenet arcor mail email "
    "protonmail proton pm tutanota fastmail zoho yandex inbox rambler qq 163 126 sina foxmail naver daum hanmail bol uol terra ig r7 "
    "globo oi libero virgilio alice tin tiscali orange wanadoo free laposte sfr neuf bluewin hispeed telefonica ziggo planet xs4all kpnmail "
    "kpn skynet telenet comcast verizon sbcglobal att bellsouth cox charter earthlink btinternet ntlworld blueyonder virginmedia talktalk "
    "sky optonline juno rediffmail vnn sapo clix netcabo shaw rogers sympatico bigpond optusnet xtra wp onet interia o2 seznam posteo".split()
)
"""Registrable names (without the public suffix) of mail providers."""


@cache
def _extract() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def suffix(host: str) -> str:
    """The public suffix of `host` by the list that tldextract ships (`co.uk`), or an empty string."""
    return str(_extract()(host).suffix)


def registrable(host: str) -> str:
    """The part of `host` that somebody registers: `acme.co.uk` of `www.acme.co.uk`; `host` itself if none."""
    return str(_extract()(host).top_domain_under_public_suffix) or host


def core(host: str) -> str:
    """The registered name alone: `acme` of `www.acme.co.uk`."""
    return str(_extract()(host).domain)


def is_free_mail(host: str) -> bool:
    """Whether anybody may have an address at `host`, so that it speaks for no company."""
    return core(host) in FREE_MAIL
