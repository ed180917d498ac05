"""Reactions of scans: reading a photo."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import islice

import structlog

import ocr
from app.auth.models import Organization
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.events import Work
from app.policy import queries as policies
from app.policy.service import promise
from app.scans import expiry, service
from app.scans.events import ScanUploaded
from app.scans.models import Scan, ScanStatus
from app.scans.reader import read

log = structlog.get_logger()

_SPARED = timedelta(hours=1)
"""A younger file may belong to a transaction that has yet to commit."""
_BATCH = 500


def read_scan(work: Work, event: ScanUploaded) -> None:
    """Read the photo; no transaction is open meanwhile."""
    with work.begin() as session:
        scan = session.get(Scan, event.scan_id)
        if scan is None or scan.status != ScanStatus.QUEUED:
            return
        region = session.get_one(Organization, scan.organization_id).region
    front = work.files.get(scan.front_file)
    back = work.files.get(scan.back_file) if scan.back_file else None
    try:
        found = read(work.settings, region, front, back)
    except ocr.ReadingError as failure:
        log.info("scan.unreadable", code=failure.code)
        with work.begin() as session:
            service.fail(session, event.scan_id, failure.code)
        return
    with work.begin() as session:
        service.keep(session, work.files, event.scan_id, found)


def sweep_files(upkeep: Upkeep) -> None:
    """Delete files that nothing points to: what an upload left that failed, or was killed, before its commit."""
    old = upkeep.files.written_before(now() - _SPARED)
    while some := list(islice(old, _BATCH)):
        with upkeep.sessions.begin(reading=True) as session:
            deleted = expiry.delete_unused(session, upkeep.files, some)
        log.info("files.swept", seen=len(some), deleted=deleted)


def expire_photos(upkeep: Upkeep) -> None:
    """Delete photos and crops whose time is over, by the policy of each organization."""
    with upkeep.sessions.begin(reading=True) as session:
        organizations = session.scalars(policies.organizations()).all()
    for organization_id in organizations:
        begin = partial(upkeep.sessions.begin, organization_id)
        with begin(reading=True) as session:
            days = promise(session, upkeep.settings).photo_days
        while days:
            with begin() as session:
                keys = expiry.expire_photos(session, now() - timedelta(days=days), _BATCH)
            with begin(reading=True) as session:
                deleted = expiry.delete_unused(session, upkeep.files, keys)
            log.info("photos.expired", organization_id=str(organization_id), files=deleted)
            if not keys:
                break


def reading_gave_up(work: Work, event: ScanUploaded, code: str) -> None:
    """Every attempt failed: the scan ends, so that its client need not wait."""
    with work.begin() as session:
        service.fail(session, event.scan_id, "ocr_timeout" if code == "timeout" else code)
