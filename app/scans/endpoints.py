"""Scans over HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import anyio
from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

from app.auth.caller import BeginDep, CallerDep, FilesDep, SessionDep, SettingsDep
from app.auth.scopes import Scope
from app.kit.db import Visibility
from app.kit.errors import BadCursor, IdempotencyKeyReused, NotFound, TooLarge, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.scans import queries, service
from app.scans.models import Scan, ScanStatus
from app.scans.photos import BadPhoto, clean_photo
from app.scans.pictures import PICTURE, picture
from app.scans.reminding import Remind, no_reminder
from app.scans.schemas import ScanOut, ScanWithCardsOut, scan_with_cards
from app.scans.service import Capture, HalfAPoint

router = APIRouter(prefix="/v1/scans", tags=["scans"], responses=problems(Unauthorized))

_POLL_SECONDS = 0.05
_FIRST_PHOTO, _LAST_PHOTO = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_WAIT = re.compile(r"\bwait=(\d{1,4})\b")

PhotoPart = Annotated[UploadFile, File(description="JPEG, PNG, WebP or HEIC.")]
Words = Annotated[str | None, Form(max_length=200)]


def get_remind(request: Request, caller: CallerDep) -> Remind:
    """What scans remind of, if the caller's key is good for that."""
    remind: Remind = request.app.state.remind
    may_know = caller.scopes is None or Scope.ALLIANCES_READ in caller.scopes
    return remind if may_know else no_reminder


RemindDep = Annotated[Remind, Depends(get_remind)]


def capture_form(
    event: Words = None,
    place: Words = None,
    note: Annotated[str | None, Form(max_length=5000)] = None,
    captured_at: Annotated[
        AwareDatetime | None, Form(ge=_FIRST_PHOTO, le=_LAST_PHOTO, description="With a time zone; now, when left out.")
    ] = None,
    client_id: Annotated[str | None, Form(max_length=200, description="The app's own id of the photo.")] = None,
    latitude: Annotated[float | None, Form(ge=-90, le=90, description="Where it was taken, WGS 84.")] = None,
    longitude: Annotated[float | None, Form(ge=-180, le=180)] = None,
    mutual: Annotated[bool, Form(description="You gave them your card as well.")] = False,
    visibility: Annotated[
        Visibility | None, Form(description="Who will see it and its contacts; as your organization has it.")
    ] = None,
) -> Capture:
    """The fields beside the photo."""
    return Capture(event, place, note, captured_at, client_id, latitude, longitude, mutual, visibility)


@router.post("", status_code=202, responses=problems(BadPhoto, HalfAPoint, TooLarge, IdempotencyKeyReused))
async def upload_scan(
    front: PhotoPart,
    capture: Annotated[Capture, Depends(capture_form)],
    response: Response,
    caller: CallerDep,
    begin: BeginDep,
    files: FilesDep,
    settings: SettingsDep,
    remind: RemindDep,
    back: Annotated[UploadFile | None, File(description="The other side of the same card.")] = None,
    idempotency_key: KeyHeader = None,
    prefer: Annotated[str | None, Header(description="`wait=N`: answer when finished, or after N seconds.")] = None,
) -> ScanWithCardsOut:
    """Upload the photo of a card, or of several cards.

    Answers 202 with `Location`; `status` becomes `done`, `no_card` or `failed`. With `Prefer: wait=N` (RFC 7240) the
    answer comes when the scan is finished.
    """
    photos = (await front.read(), await back.read() if back is not None else None)

    def store() -> UUID:
        asked = fingerprint("scan", *photos, *map(str, astuple(capture)))
        clean_front = clean_photo(photos[0], settings.max_pixels)
        clean_back = None if photos[1] is None else clean_photo(photos[1], settings.max_pixels)
        with begin() as session:
            upload = partial(service.upload, session, files, caller.user_id, clean_front, clean_back, capture)
            return once(session, caller.user_id, idempotency_key, asked, upload)

    def finished() -> bool:
        with begin(reading=True) as session:
            return service.is_finished(session, scan_id)

    def show() -> ScanWithCardsOut:
        with begin(reading=True) as session:
            return scan_with_cards(service.get(session, scan_id), remind(session, scan_id, caller.user_id))

    scan_id = await run_in_threadpool(store)
    await _wait(finished, min(_granted(prefer), settings.wait_seconds))
    response.headers["Location"] = f"/v1/scans/{scan_id}"
    return await run_in_threadpool(show)


def _granted(prefer: str | None) -> float:
    asked = _WAIT.search(prefer or "")
    return float(asked[1]) if asked else 0.0


async def _wait(finished: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not await run_in_threadpool(finished):
        await anyio.sleep(_POLL_SECONDS)


@router.get("", responses=problems(BadCursor))
def list_scans(
    session: SessionDep,
    status: Annotated[ScanStatus | None, Query(description="Only scans in this state.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ScanOut]:
    """Scans, newest first."""
    return page(session, queries.scans(status), Scan.id, cursor, limit, ScanOut.model_validate)


@router.get("/{scan_id}", responses=problems(NotFound))
def get_scan(scan_id: UUID, session: SessionDep, caller: CallerDep, remind: RemindDep) -> ScanWithCardsOut:
    """A scan with its cards, fields and logo regions; once it is `done`, with what it reminds you of."""
    return scan_with_cards(service.get(session, scan_id), remind(session, scan_id, caller.user_id))


@router.get("/{scan_id}/photo", response_class=Response, responses=PICTURE)
def get_photo(
    scan_id: UUID, session: SessionDep, files: FilesDep, side: Literal["front", "back"] = "front"
) -> Response:
    """The photo as it was uploaded, but for what its camera wrote beside the picture (place, device, …)."""
    scan = service.get(session, scan_id)
    return picture(files, scan.front_file if side == "front" else scan.back_file)


@router.get("/{scan_id}/cards/{position}/image", response_class=Response, responses=PICTURE)
def get_card_image(scan_id: UUID, position: int, session: SessionDep, files: FilesDep) -> Response:
    """A card, flattened and upright."""
    return picture(files, service.card_at(session, scan_id, position).image_file)


@router.get("/{scan_id}/cards/{position}/logos/{number}", response_class=Response, responses=PICTURE)
def get_logo_image(scan_id: UUID, position: int, number: int, session: SessionDep, files: FilesDep) -> Response:
    """The cut-out logo."""
    return picture(files, service.logo_at(session, scan_id, position, number).image_file)
