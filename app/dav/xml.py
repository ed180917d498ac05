"""The XML of WebDAV (RFC 4918, 14): what a client asks is read without entities and DTDs, answers are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from xml.etree import ElementTree as ET

from defusedxml import ElementTree as Defused
from defusedxml.common import DefusedXmlException

DAV = "DAV:"
CARD = "urn:ietf:params:xml:ns:carddav"
SERVER = "http://calendarserver.org/ns/"

for _prefix, _space in (("D", DAV), ("C", CARD), ("S", SERVER)):
    ET.register_namespace(_prefix, _space)

Name = str
"""A name with its namespace, as `{DAV:}href`."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""XML 1.0 has no way to say these."""
_MOST_NESTED = 50


class BadXml(ValueError):
    """This is no XML that can be read."""


def dav(name: str) -> Name:
    """A name of WebDAV."""
    return f"{{{DAV}}}{name}"


def card(name: str) -> Name:
    """A name of CardDAV."""
    return f"{{{CARD}}}{name}"


def parse(body: bytes) -> ET.Element:
    """The outermost element of what a client asks.

    Raises:
        BadXml: it is none, or holds a DTD, entities, or references to elsewhere.
    """
    try:
        root: ET.Element = Defused.fromstring(body, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as wrong:
        raise BadXml from wrong
    if _depth(root) > _MOST_NESTED:
        raise BadXml
    return root


def _depth(root: ET.Element) -> int:
    level, depth = [root], 0
    while level and depth <= _MOST_NESTED:
        level, depth = [child for element in level for child in element], depth + 1
    return depth


def element(name: Name, *children: ET.Element, text: str | None = None, **attributes: str) -> ET.Element:
    """One element."""
    made = ET.Element(name, {key.replace("_", "-"): value for key, value in attributes.items()})
    made.text = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text) if text is not None else None
    made.extend(children)
    return made


def href(url: str) -> ET.Element:
    """A reference."""
    return element(dav("href"), text=url)


@dataclass(frozen=True, slots=True)
class Found:
    """What is told of one resource: properties it has, names of those it has not."""

    url: str
    properties: Sequence[ET.Element]
    missing: Sequence[Name] = ()

    def response(self) -> ET.Element:
        groups = [_propstat(HTTPStatus.OK, self.properties)] if self.properties or not self.missing else []
        if self.missing:
            groups.append(_propstat(HTTPStatus.NOT_FOUND, [ET.Element(name) for name in self.missing]))
        return element(dav("response"), href(self.url), *groups)


@dataclass(frozen=True, slots=True)
class Gone:
    """A resource that is not there, or no more."""

    url: str

    def response(self) -> ET.Element:
        return element(dav("response"), href(self.url), _status(HTTPStatus.NOT_FOUND))


def multistatus(answers: Iterable[Found | Gone], sync_token: str | None = None) -> bytes:
    """The body of a 207."""
    root = element(dav("multistatus"), *(answer.response() for answer in answers))
    if sync_token is not None:
        root.append(element(dav("sync-token"), text=sync_token))
    return written(root)


def error(*conditions: ET.Element) -> bytes:
    """The body of a refusal, which names the conditions that do not hold (RFC 4918, 16)."""
    return written(element(dav("error"), *conditions))


def written(root: ET.Element) -> bytes:
    """A document."""
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _propstat(status: HTTPStatus, properties: Sequence[ET.Element]) -> ET.Element:
    return element(dav("propstat"), element(dav("prop"), *properties), _status(status))


def _status(status: HTTPStatus) -> ET.Element:
    return element(dav("status"), text=f"HTTP/1.1 {status.value} {status.phrase}")
