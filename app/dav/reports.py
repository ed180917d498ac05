"""What a client may ask of an address book in one request: PROPFIND and the reports of RFC 6352, 8 and RFC 6578, 3."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import cast
from urllib.parse import unquote, urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

from sqlalchemy.orm import Session

from app.auth.service import Caller
from app.dav import filters, resources, service
from app.dav.resources import Resource
from app.dav.tokens import SyncToken
from app.dav.xml import Found, Gone, Name, card, dav, element, multistatus
from app.kit.files import FileStore
from app.transfer.vcard import Version

_FILE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.vcf")


class Refused(Exception):
    """The request breaks a rule; the element names the rule."""

    def __init__(self, condition: Name, *children: ET.Element, status: int = 403) -> None:
        self.condition = element(condition, *children)
        self.status = status
        super().__init__(condition)


class NoSuchReport(Refused):
    """This report is not known here."""

    def __init__(self) -> None:
        super().__init__(dav("supported-report"))


def propfind(asked: ET.Element | None, shown: Sequence[Resource]) -> bytes:
    """The properties of some resources; all of them where the request says nothing."""
    kind = next(iter(asked), None) if asked is not None else None
    names = [each.tag for each in kind] if kind is not None and kind.tag == dav("prop") else None
    names_only = kind is not None and kind.tag == dav("propname")
    return multistatus(resource.tell(names, names_only=names_only) for resource in shown)


def report(session: Session, files: FileStore, caller: Caller, asked: ET.Element) -> bytes:
    """Run a report on the caller's address book.

    Raises:
        Refused: it is none that is known, or breaks a rule of it.
    """
    known: dict[Name, Callable[[Session, FileStore, Caller, ET.Element], bytes]] = {
        card("addressbook-multiget"): _multiget,
        card("addressbook-query"): _query,
        dav("sync-collection"): _sync,
    }
    run = known.get(asked.tag)
    if run is None:
        raise NoSuchReport
    return run(session, files, caller, asked)


def contact_id_of(caller: Caller, url: str) -> UUID | None:
    """The contact that a URL of the caller's address book means."""
    folder, _, file = unquote(urlsplit(url.strip()).path).rpartition("/")
    found = _FILE.fullmatch(file)
    return UUID(found[1]) if found and f"{folder}/" == resources.book_url(caller.user_id) else None


def _multiget(session: Session, files: FileStore, caller: Caller, asked: ET.Element) -> bytes:
    urls = [each.text or "" for each in asked.findall(dav("href"))]
    ids = {url: contact_id_of(caller, url) for url in urls}
    found = _found(session, files, caller, asked, [id_ for id_ in ids.values() if id_])
    answers = (found.get(id_) if id_ else None for id_ in ids.values())
    return multistatus(answer or Gone(url) for url, answer in zip(ids, answers, strict=True))


def _query(session: Session, files: FileStore, caller: Caller, asked: ET.Element) -> bytes:
    wants, version = _filter(asked), _version(asked)
    ids = [member.id for member in service.members(session)]
    matching = [id_ for id_, vcard in service.vcards(session, None, ids, version) if wants(vcard)]
    limit = asked.findtext(f"{card('limit')}/{card('nresults')}", "").strip()
    if limit.isdecimal() and len(matching) > int(limit):
        raise Refused(dav("number-of-matches-within-limits"), status=507)
    return multistatus(_found(session, files, caller, asked, matching).values())


def _sync(session: Session, files: FileStore, caller: Caller, asked: ET.Element) -> bytes:
    if asked.findtext(dav("sync-level"), "").strip() not in ("1", ""):
        raise Refused(dav("sync-traversal-supported"), status=403)
    text = asked.findtext(dav("sync-token"), "").strip()
    if not text:
        fresh = service.token(session)
        everything = [member.id for member in service.members(session)]
        return multistatus(_found(session, files, caller, asked, everything).values(), str(fresh))
    since = SyncToken.of(text)
    changes = service.changes(session, since) if since else None
    if changes is None:
        raise Refused(dav("valid-sync-token"))
    told = _found(session, files, caller, asked, [member.id for member in changes.changed])
    gone = [Gone(resources.card_url(caller.user_id, id_)) for id_ in changes.removed if id_ not in told]
    return multistatus([*told.values(), *gone], str(changes.token))


def _found(
    session: Session, files: FileStore, caller: Caller, asked: ET.Element, ids: Sequence[UUID]
) -> dict[UUID, Found]:
    """What is asked of these members, of those that are there."""
    names = [each.tag for each in asked.find(dav("prop")) or ()]
    known = service.some_members(session, ids)
    with_data = card("address-data") in names
    texts = dict(service.vcards(session, files, ids, _version(asked))) if with_data else {}
    # One that goes between the two looks is told of the next time.
    there = {id_: member for id_, member in known.items() if not with_data or id_ in texts}
    return {id_: resources.member(caller, member, texts.get(id_)).tell(names) for id_, member in there.items()}


def _version(asked: ET.Element) -> Version:
    data = asked.find(f"{dav('prop')}/{card('address-data')}")
    kind, version = ("", "") if data is None else (data.get("content-type", ""), data.get("version", ""))
    if kind not in ("", resources.MEDIA_TYPE) or version not in ("", "3.0", "4.0"):
        raise Refused(card("supported-address-data"))
    return cast("Version", version or "3.0")


def _filter(asked: ET.Element) -> filters.Wants:
    try:
        return filters.filter_of(asked.find(card("filter")))
    except filters.UnsupportedCollation as unknown:
        raise Refused(card("supported-collation")) from unknown
    except filters.UnsupportedFilter as unknown:
        raise Refused(card("supported-filter")) from unknown
