"""Import and export over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi.responses import StreamingResponse

from app.auth.caller import BeginDep, CallerDep, FilesDep, SessionDep
from app.kit.errors import BadCursor, IdempotencyKeyReused, NotFound, TooLarge, Unauthorized, problems
from app.kit.files import digest_of
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.transfer import queries, service
from app.transfer.exporting import MEDIA_TYPES, Wish, export
from app.transfer.models import Import
from app.transfer.records import Format
from app.transfer.schemas import ImportOut
from app.transfer.service import UnreadableFile
from app.transfer.sheets import Preset
from app.transfer.vcard import Version

router = APIRouter(prefix="/v1", tags=["import and export"], responses=problems(Unauthorized))

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
        "description": "The contacts.",
    }
}
_LINES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}, "description": "A JSON object a line."}
}


@router.get("/exports/contacts", response_class=Response, responses=_STREAM)
def export_contacts(
    session: SessionDep,
    begin: BeginDep,
    files: FilesDep,
    format: Annotated[Format, Query(description="Kind of file.")] = Format.CSV,  # noqa: A002
    preset: Annotated[Preset, Query(description="Of CSV whose columns.")] = Preset.CARDALLY,
    version: Annotated[Version, Query(description="Of vCard.")] = "4.0",
    plain: Annotated[bool, Query(description="Leave cells that a spreadsheet takes for formulas as they are.")] = False,
) -> StreamingResponse:
    """Every contact that the caller may see, as one stream."""
    name = {"csv": "contacts.csv", "vcard": "contacts.vcf", "jsonl": "contacts.jsonl"}[format]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    session.info["shown"] = session.scalar(queries.leaving())
    written = export(begin, files, Wish(format, preset, version, plain))
    return StreamingResponse(written, media_type=MEDIA_TYPES[format], headers=headers)


@router.post("/imports", status_code=202, responses=problems(UnreadableFile, TooLarge, IdempotencyKeyReused))
def import_contacts(
    file: Annotated[UploadFile, File(description="CSV, vCard or JSON Lines; UTF-8 or Windows-1252.")],
    session: SessionDep,
    caller: CallerDep,
    files: FilesDep,
    response: Response,
    format: Annotated[Format, Form(description="Kind of file.")] = Format.CSV,  # noqa: A002
    preset: Annotated[Preset | None, Form(description="Of CSV whose columns; found by the headers.")] = None,
    dry_run: Annotated[bool, Form(description="Only say what would be done.")] = False,
    idempotency_key: KeyHeader = None,
) -> ImportOut:
    """Bring people in: answers 202 with `Location`, where the progress is; the report tells of each row."""
    asked = fingerprint("import", digest_of(file.file), format, preset or "", str(dry_run))
    take = partial(service.upload, session, files, caller.user_id, file.file, format, preset, dry_run)
    import_id = once(session, caller.user_id, idempotency_key, asked, take)
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return ImportOut.model_validate(service.get(session, import_id))


@router.get("/imports", responses=problems(BadCursor))
def list_imports(session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50) -> Page[ImportOut]:
    """The caller's imports, newest first."""
    return page(session, queries.imports(), Import.id, cursor, limit, ImportOut.model_validate)


@router.get("/imports/{import_id}", responses=problems(NotFound))
def get_import(import_id: UUID, session: SessionDep) -> ImportOut:
    """How an import goes."""
    return ImportOut.model_validate(service.get(session, import_id))


@router.get("/imports/{import_id}/report", response_class=Response, responses=_LINES | problems(NotFound))
def get_report(import_id: UUID, session: SessionDep, begin: BeginDep) -> StreamingResponse:
    """What became of each row so far: `{"row": 1, "status": "created", "contact_id": "…", "code": null}`."""
    service.get(session, import_id)
    return StreamingResponse(service.report(begin, import_id), media_type="application/x-ndjson")
