"""Reactions of scans: reading a photo."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import structlog

import ocr
from app.auth.models import Organization
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.events import Work
from app.scans import queries, service
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
            used = {key for found in queries.files_in_use(some) for key in session.scalars(found)}
        orphans = [key for key in some if key not in used]
        upkeep.files.delete(orphans)
        log.info("files.swept", seen=len(some), deleted=len(orphans))


def reading_gave_up(work: Work, event: ScanUploaded, code: str) -> None:
    """Every attempt failed: the scan ends, so that its client need not wait."""
    with work.begin() as session:
        service.fail(session, event.scan_id, "ocr_timeout" if code == "timeout" else code)
