"""What the domain of a mailbox or website says of a company. Pure."""

from __future__ import annotations

import re

from lexicon import mail

_HOSTS_OF_MANY = frozenset(
    "linkedin facebook instagram twitter x youtube youtu tiktok pinterest xing github gitlab medium whatsapp wa"
    " telegram t snapchat threads wechat weixin line vk linktr bit tinyurl goo g calendly google wixsite wordpress"
    " blogspot weebly squarespace webflow netlify vercel herokuapp notion about vimeo behance dribbble etsy"
    " shopify".split()
)
"""Registered names of sites where anybody has a page: as a website they speak for no company."""


def mail_domain(address: str) -> str | None:
    """The registrable domain of an e-mail address; None where anybody may have one there."""
    return _registrable(address.rpartition("@")[2])


def web_domain(url: str) -> str | None:
    """The registrable domain of a website; None for a page on a site that anybody may have a page on."""
    host = re.sub(r"^\w+://", "", url.strip().casefold())
    domain = _registrable(re.split(r"[/?#:]", host, maxsplit=1)[0])
    return None if domain is None or core(domain) in _HOSTS_OF_MANY else domain


def _registrable(host: str) -> str | None:
    host = host.strip(". ").casefold()
    if mail.suffix(host) == host or not re.search(r"[^.]\.[^\W\d]{2,}$", host) or mail.is_free_mail(host):
        return None
    return mail.registrable(host) if mail.suffix(host) else ".".join(host.split(".")[-2:])


def core(domain: str) -> str:
    """The registered name of a registrable domain: `acme` of `acme.co.uk`."""
    return domain.partition(".")[0]


def name_of_domain(domain: str) -> str:
    """A name for a company of which only the domain is known: `Acme Tools` of `acme-tools.com`."""
    return " ".join(word.capitalize() for word in core(domain).split("-") if word) or domain
