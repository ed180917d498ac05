"""What a card says of a person's job: the same one, one more, or a new one after the old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.companies.models import Company
from app.companies.provenance import USER, Stated, fill, typed_in
from app.contacts.models import Contact, Employment
from app.kit.ids import new_id

COMPANY = "company"
JOB = "job"


def employ(contact: Contact, company: Company | None, said: Mapping[str, Stated], seen_at: datetime) -> set[str]:
    """Take over a job; returns the kinds of what changed, `job` where one began.

    Args:
        contact: loaded with employments and their companies.
        company: that the card means.
        said: `title`, `department` and, for its provenance, `company`.
        seen_at: when the card was seen. A card older than what is known ends nothing.
    """
    if company is None and not said:
        return set()
    changed: set[str] = set()
    job = _same_job(contact, company)
    if job is None:
        job = Employment(id=new_id(), contact_id=contact.id, current=False, seen_at=seen_at, provenance={})
        contact.employments.append(job)
        changed.add(JOB)
    if company is not None and job.company_id is None and not _settled(job):
        job.company_id, job.company = company.id, company
        job.provenance = job.provenance | ({COMPANY: said[COMPANY].document()} if COMPANY in said else {})
        changed.add(COMPANY)
    changed |= {column for column in ("title", "department") if column in said and fill(job, column, said[column])}
    if not job.current and _begin(contact, job, seen_at):
        changed.add(JOB)
    job.seen_at = max(job.seen_at, seen_at)
    return changed


def _same_job(contact: Contact, company: Company | None) -> Employment | None:
    """The job at this company, or the one job whose company nobody knows."""
    jobs = sorted(contact.employments, key=lambda job: (job.current, job.seen_at), reverse=True)
    if company is None:
        return next((job for job in jobs if job.current), None)
    at_company = (job for job in jobs if job.company_id == company.id or _stands_for(job, company))
    unnamed = (job for job in jobs if job.current and job.company_id is None and not _settled(job))
    return next(at_company, None) or next(unnamed, None)


def _settled(job: Employment) -> bool:
    """Whether a person said which company it is, or that it is none."""
    return bool(job.provenance.get(COMPANY, {}).get("source") == USER)


def _stands_for(job: Employment, company: Company) -> bool:
    """Whether a person said that this job's company was misread as `company`."""
    return bool(job.provenance.get(COMPANY, {}).get("instead_of") == str(company.id))


def say_company(job: Employment, company: Company | None) -> None:
    """A person says which company the job is at; cards that say otherwise are taken to mean the same."""
    said = typed_in("").document() | {"instead_of": str(job.company_id) if job.company_id else None}
    job.provenance = job.provenance | {COMPANY: said}
    job.company_id, job.company = (company.id, company) if company else (None, None)


def _begin(contact: Contact, job: Employment, seen_at: datetime) -> bool:
    """Make it the present job, unless a newer card says otherwise; the others end, but for those seen that moment."""
    others = [other for other in contact.employments if other is not job]
    if any(other.seen_at > seen_at for other in others):
        return False
    for other in others:
        if other.current and other.seen_at < seen_at:
            other.current, other.ended_on = False, seen_at.date()
    job.current, job.ended_on = True, None
    return True
