"""The tree that clients walk, and the properties of each thing in it (RFC 4918, 3744, 6352, 6578)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from uuid import UUID
from xml.etree import ElementTree as ET

from sqlalchemy.orm import Session

from app.auth.service import Caller
from app.dav import service
from app.dav.service import Member
from app.dav.xml import SERVER, Found, Name, card, dav, element, href

ROOT = "/dav/"
MEDIA_TYPE = "text/vcard"
BOOK_NAME = "contacts"
TITLE = "Cardally"
DESCRIPTION = "The people whose cards you and your team hold. Read only."
_VERSIONS = ("3.0", "4.0")
_REPORTS = (card("addressbook-multiget"), card("addressbook-query"), dav("sync-collection"))

Property = Callable[[], ET.Element]


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing with a URL."""

    url: str
    properties: Mapping[Name, Property]
    costly: frozenset[Name] = frozenset()
    """Told only when they are asked for by name."""

    def tell(self, wanted: Sequence[Name] | None, *, names_only: bool = False) -> Found:
        """What is asked for, in that order; everything when `wanted` is None."""
        if names_only:
            return Found(self.url, [ET.Element(name) for name in self.properties])
        if wanted is None:
            return Found(self.url, [make() for name, make in self.properties.items() if name not in self.costly])
        known = [self.properties[name]() for name in wanted if name in self.properties]
        return Found(self.url, known, [name for name in wanted if name not in self.properties])


def principal_url(user_id: UUID) -> str:
    """Of a user."""
    return f"{ROOT}principals/{user_id}/"


def home_url(user_id: UUID) -> str:
    """Of the folder with a user's address books."""
    return f"{ROOT}addressbooks/{user_id}/"


def book_url(user_id: UUID) -> str:
    """Of a user's address book."""
    return f"{home_url(user_id)}{BOOK_NAME}/"


def card_url(user_id: UUID, contact_id: UUID) -> str:
    """Of a member of it."""
    return f"{book_url(user_id)}{contact_id}.vcf"


def root(caller: Caller) -> Resource:
    """Where discovery begins."""
    return Resource(ROOT, _common(caller, "Cardally", dav("collection")))


def principal(caller: Caller) -> Resource:
    """The user who asks."""
    own = {
        dav("principal-URL"): lambda: element(dav("principal-URL"), href(principal_url(caller.user_id))),
        card("addressbook-home-set"): lambda: element(card("addressbook-home-set"), href(home_url(caller.user_id))),
    }
    kinds = (dav("collection"), dav("principal"))
    return Resource(principal_url(caller.user_id), _common(caller, TITLE, *kinds) | own)


def home(caller: Caller) -> Resource:
    """The folder with the user's address books: one."""
    return Resource(home_url(caller.user_id), _common(caller, TITLE, dav("collection")))


def book(session: Session, caller: Caller) -> Resource:
    """The user's address book."""

    def token() -> str:
        return str(service.token(session))

    own = {
        card("addressbook-description"): lambda: element(card("addressbook-description"), text=DESCRIPTION),
        card("supported-address-data"): _supported_data,
        dav("supported-report-set"): _supported_reports,
        dav("sync-token"): lambda: element(dav("sync-token"), text=token()),
        f"{{{SERVER}}}getctag": lambda: element(f"{{{SERVER}}}getctag", text=token()),
    }
    kinds = (dav("collection"), card("addressbook"))
    costly = frozenset((dav("sync-token"), f"{{{SERVER}}}getctag"))
    return Resource(book_url(caller.user_id), _common(caller, TITLE, *kinds) | own, costly)


def member(caller: Caller, found: Member, vcard: str | None = None) -> Resource:
    """A contact, with its vCard where that was loaded."""
    own: dict[Name, Property] = {
        dav("getetag"): lambda: element(dav("getetag"), text=found.etag),
        dav("getcontenttype"): lambda: element(dav("getcontenttype"), text=f"{MEDIA_TYPE}; charset=utf-8"),
        dav("getlastmodified"): lambda: element(
            dav("getlastmodified"), text=format_datetime(found.changed_at, usegmt=True)
        ),
    }
    if vcard is not None:
        own[card("address-data")] = lambda: element(card("address-data"), text=vcard)
    return Resource(card_url(caller.user_id, found.id), _common(caller, None) | own)


def _common(caller: Caller, name: str | None, *kinds: Name) -> dict[Name, Property]:
    common: dict[Name, Property] = {
        dav("resourcetype"): lambda: element(dav("resourcetype"), *map(ET.Element, kinds)),
        dav("current-user-principal"): lambda: element(
            dav("current-user-principal"), href(principal_url(caller.user_id))
        ),
        dav("owner"): lambda: element(dav("owner"), href(principal_url(caller.user_id))),
        dav("current-user-privilege-set"): _may_read,
    }
    return common | ({dav("displayname"): lambda: element(dav("displayname"), text=name)} if name else {})


def _may_read() -> ET.Element:
    privileges = (dav("read"), dav("read-current-user-privilege-set"))
    granted = (element(dav("privilege"), ET.Element(name)) for name in privileges)
    return element(dav("current-user-privilege-set"), *granted)


def _supported_data() -> ET.Element:
    kinds = (element(card("address-data-type"), content_type=MEDIA_TYPE, version=version) for version in _VERSIONS)
    return element(card("supported-address-data"), *kinds)


def _supported_reports() -> ET.Element:
    reports = (element(dav("supported-report"), element(dav("report"), ET.Element(name))) for name in _REPORTS)
    return element(dav("supported-report-set"), *reports)
