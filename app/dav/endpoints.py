"""CardDAV over HTTP. None of it is in the OpenAPI file, which has no words for PROPFIND and REPORT."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Annotated
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials
from sqlalchemy.orm import Session

from app.auth.caller import FilesDep, get_caller, get_session
from app.auth.service import Caller
from app.dav import reports, resources, service
from app.dav.reports import Refused
from app.dav.xml import BadXml, dav, element, error, href, parse
from app.kit.errors import AppError, NotFound, TooLarge, Unauthorized
from app.transfer.vcard import Version

router = APIRouter(include_in_schema=False)

_CAPABLE = {"DAV": "1, 3, addressbook", "Allow": "OPTIONS, GET, HEAD, PROPFIND, REPORT"}
_WRITES = [
    "PUT",
    "DELETE",
    "POST",
    "PATCH",
    "PROPPATCH",
    "MKCOL",
    "MKADDRESSBOOK",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "ACL",
]
_MOST_XML = 5_000_000
"""Bytes: a multiget of 30,000 contacts."""
_HOME = resources.ROOT + "addressbooks/{user_id}/"
_BOOK = _HOME + resources.BOOK_NAME + "/"
_CARD = _BOOK + "{file}"


class NeedsPassword(Unauthorized):
    """Send an API key as the password; the user name is not looked at."""

    headers = {"WWW-Authenticate": 'Basic realm="Cardally", charset="UTF-8"'}  # noqa: RUF012


class BadBody(AppError):
    """The body is no XML that can be read."""

    status, code = 400, "bad_xml"


def get_dav_caller(request: Request) -> Caller:
    """Who calls: the password is an API key.

    Raises:
        NeedsPassword: none that is valid.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        key = given.strip() if scheme.lower() == "bearer" else _password(scheme, given)
        return get_caller(request, HTTPAuthorizationCredentials(scheme="Bearer", credentials=key))
    except Unauthorized as refused:
        raise NeedsPassword(refused.detail) from refused


def _password(scheme: str, given: str) -> str:
    try:
        user, colon, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NeedsPassword from None
    if scheme.lower() != "basic" or not colon or not password.isascii():
        raise NeedsPassword
    return password or user


DavCaller = Annotated[Caller, Depends(get_dav_caller)]


def get_dav_session(request: Request, caller: DavCaller) -> Iterator[Session]:
    """One transaction that reads what the caller may see."""
    yield from get_session(request, caller)


DavSession = Annotated[Session, Depends(get_dav_session, scope="function")]


async def get_body(request: Request) -> ET.Element | None:
    """The XML of the request; None where it has no body.

    Raises:
        BadBody: it is no XML, or no XML that is safe to read.
        TooLarge: there is too much of it.
    """
    body = await request.body()
    if len(body) > _MOST_XML:
        raise TooLarge
    try:
        return parse(body) if body.strip() else None
    except BadXml as wrong:
        raise BadBody from wrong


Asked = Annotated[ET.Element | None, Depends(get_body)]
Depth = Annotated[str, Header()]


def _xml(body: bytes, status: int = 207) -> Response:
    return Response(body, status, {**_CAPABLE, "Cache-Control": "private, no-cache"}, "application/xml; charset=utf-8")


def _refusal(refused: Refused) -> Response:
    return _xml(error(refused.condition), refused.status)


def _own(caller: Caller, user_id: str) -> None:
    if user_id != str(caller.user_id):
        raise NotFound


@router.api_route("/.well-known/carddav", methods=["GET", "HEAD", "OPTIONS", "PROPFIND"])
def find_service() -> Response:
    """Where the address books are (RFC 6764, 5)."""
    return RedirectResponse(resources.ROOT, 301)


@router.api_route("/", methods=["OPTIONS"])
@router.api_route(resources.ROOT + "{path:path}", methods=["OPTIONS"])
def tell_capabilities() -> Response:
    """What can be done here; nobody has to say who asks."""
    return Response(headers=_CAPABLE)


@router.api_route("/", methods=["PROPFIND"])
@router.api_route(resources.ROOT, methods=["PROPFIND"])
def find_root(caller: DavCaller, asked: Asked) -> Response:
    """Who asks, and so where to go on."""
    return _xml(reports.propfind(asked, [resources.root(caller)]))


@router.api_route(resources.ROOT + "principals/{user_id}/", methods=["PROPFIND"])
def find_principal(user_id: str, caller: DavCaller, asked: Asked) -> Response:
    """The user, and where the user's address books are."""
    _own(caller, user_id)
    return _xml(reports.propfind(asked, [resources.principal(caller)]))


@router.api_route(_HOME, methods=["PROPFIND"])
def find_home(user_id: str, caller: DavCaller, session: DavSession, asked: Asked, depth: Depth = "1") -> Response:
    """The user's address books."""
    _own(caller, user_id)
    inside = [] if depth == "0" else [resources.book(session, caller)]
    return _finite(depth) or _xml(reports.propfind(asked, [resources.home(caller), *inside]))


@router.api_route(_BOOK, methods=["PROPFIND"])
def find_book(user_id: str, caller: DavCaller, session: DavSession, asked: Asked, depth: Depth = "1") -> Response:
    """The address book and, one level down, its members."""
    _own(caller, user_id)
    inside = [] if depth == "0" else [resources.member(caller, each) for each in service.members(session)]
    return _finite(depth) or _xml(reports.propfind(asked, [resources.book(session, caller), *inside]))


def _finite(depth: str) -> Response | None:
    return _refusal(Refused(dav("propfind-finite-depth"))) if depth.lower() == "infinity" else None


@router.api_route(_CARD, methods=["PROPFIND"])
def find_card(user_id: str, file: str, caller: DavCaller, session: DavSession, asked: Asked) -> Response:
    """One member."""
    member = _member(session, caller, user_id, file)
    return _xml(reports.propfind(asked, [resources.member(caller, member)]))


def _member(session: Session, caller: Caller, user_id: str, file: str) -> service.Member:
    _own(caller, user_id)
    contact_id = reports.contact_id_of(caller, resources.book_url(caller.user_id) + file)
    found = service.some_members(session, [contact_id]) if contact_id else {}
    if contact_id not in found:
        raise NotFound
    return found[contact_id]


@router.api_route(_BOOK, methods=["REPORT"])
def report(user_id: str, caller: DavCaller, session: DavSession, files: FilesDep, asked: Asked) -> Response:
    """Members by URL, by what they say, or those that changed."""
    _own(caller, user_id)
    if asked is None:
        raise BadBody
    try:
        return _xml(reports.report(session, files, caller, asked))
    except Refused as refused:
        return _refusal(refused)


@router.api_route(_CARD, methods=["GET", "HEAD"])
def get_card(
    user_id: str,
    file: str,
    caller: DavCaller,
    session: DavSession,
    files: FilesDep,
    accept: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """A vCard: 3.0, or 4.0 where the client asks for that."""
    member = _member(session, caller, user_id, file)
    headers = {"ETag": member.etag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
    if member.etag in (tag.strip() for tag in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    version: Version = "4.0" if "version=4.0" in accept.replace('"', "").replace(" ", "") else "3.0"
    [(_, text)] = service.vcards(session, files, [member.id], version)
    media_type = f'{resources.MEDIA_TYPE}; charset=utf-8; version="{version}"'
    return Response(text.encode(), headers=headers, media_type=media_type)


@router.api_route(resources.ROOT, methods=["GET", "HEAD"])
@router.api_route(_HOME, methods=["GET", "HEAD"])
@router.api_route(_BOOK, methods=["GET", "HEAD"])
def explain(caller: DavCaller) -> Response:  # noqa: ARG001
    """For people who open it in a browser."""
    return Response(
        "An address book for CardDAV clients; docs/api.md says how to connect one.\n", media_type="text/plain"
    )


@router.api_route(resources.ROOT + "{path:path}", methods=_WRITES)
def refuse(path: str, caller: DavCaller) -> Response:  # noqa: ARG001
    """Nothing is written here."""
    lacking = element(dav("resource"), href(resources.ROOT + path), element(dav("privilege"), element(dav("write"))))
    return _refusal(Refused(dav("need-privileges"), lacking))


@router.api_route(resources.ROOT + "{path:path}", methods=["PROPFIND", "REPORT", "GET", "HEAD"])
def find_nothing(path: str, caller: DavCaller) -> Response:  # noqa: ARG001
    """There is no such thing."""
    raise NotFound
