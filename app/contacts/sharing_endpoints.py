"""Who sees a contact or a scan, over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth.caller import CallerDep, SessionDep
from app.contacts import sharing
from app.contacts.schemas import ContactOut, contact_out
from app.contacts.service import Merged, get
from app.contacts.sharing import MetByOthers, NotTheOwner
from app.kit.errors import NotFound, Unauthorized, problems
from app.kit.etags import show_etag
from app.scans.schemas import ScanOut

router = APIRouter(prefix="/v1", responses=problems(Unauthorized))


@router.post("/contacts/{contact_id}/share", tags=["contacts"], responses=problems(NotFound, Merged, NotTheOwner))
def share_contact(contact_id: UUID, session: SessionDep, caller: CallerDep, response: Response) -> ContactOut:
    """Let everybody in your organization see a contact of yours, with its meetings, and scans that show it alone."""
    sharing.share(session, caller.user_id, contact_id)
    return _contact(session, contact_id, response)


@router.post(
    "/contacts/{contact_id}/unshare", tags=["contacts"], responses=problems(NotFound, Merged, NotTheOwner, MetByOthers)
)
def unshare_contact(contact_id: UUID, session: SessionDep, caller: CallerDep, response: Response) -> ContactOut:
    """Keep a contact of yours for yourself, with its meetings and scans. What a webhook has told stays told."""
    sharing.unshare(session, caller.user_id, contact_id)
    return _contact(session, contact_id, response)


def _contact(session: SessionDep, contact_id: UUID, response: Response) -> ContactOut:
    contact = get(session, contact_id)
    show_etag(response, contact.version)
    return contact_out(contact)


@router.post("/scans/{scan_id}/share", tags=["scans"], responses=problems(NotFound, NotTheOwner))
def share_scan(scan_id: UUID, session: SessionDep, caller: CallerDep) -> ScanOut:
    """Let everybody in your organization see a scan of yours, and the contacts on it."""
    return ScanOut.model_validate(sharing.share_scan(session, caller.user_id, scan_id))


@router.post("/scans/{scan_id}/unshare", tags=["scans"], responses=problems(NotFound, NotTheOwner))
def unshare_scan(scan_id: UUID, session: SessionDep, caller: CallerDep) -> ScanOut:
    """Keep a scan of yours for yourself: its photo and what was read from it. Its contacts stay as they are."""
    return ScanOut.model_validate(sharing.unshare_scan(session, caller.user_id, scan_id))
