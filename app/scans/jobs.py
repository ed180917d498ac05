"""Reactions of scans: reading a photo."""

from __future__ import annotations

import structlog

import ocr
from app.auth.models import Organization
from app.kit.events import Work
from app.scans import service
from app.scans.events import ScanUploaded
from app.scans.models import Scan, ScanStatus
from app.scans.reader import read

log = structlog.get_logger()


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


def reading_gave_up(work: Work, event: ScanUploaded, code: str) -> None:
    """Every attempt failed: the scan ends, so that its client need not wait."""
    with work.begin() as session:
        service.fail(session, event.scan_id, "ocr_timeout" if code == "timeout" else code)
