"""Mail providers whose domain says nothing about a company, and the registrable part of a host."""

from __future__ import annotations

from functools import cache

import tldextract

from lexicon.wordlists import word_set

FREE_MAIL = word_set("free_mail")
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


def brand(host: str) -> str:
    """What `host` calls its owner: `acme` of `acme.co.uk` and of `acme.blogspot.com`; empty where it says nothing."""
    found = _extract()(host)
    name = str(found.domain)
    if name in word_set("hosts"):
        name = str(found.subdomain).rpartition(".")[2]
        return "" if name in ("www", "m", "shop", "blog") else name
    return "" if is_free_mail(host) else name


def is_free_mail(host: str) -> bool:
    """Whether anybody may have an address at `host`, so that it speaks for no company."""
    return core(host) in FREE_MAIL
