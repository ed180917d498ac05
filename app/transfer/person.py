"""A person as files say it: what vCard, CSV and JSON Lines have in common. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.contacts.models import Contact, ContactPoint, Employment, PointKind
from app.scans.thumbnails import Thumbnails

_PARTICLES = frozenset("af al bin da de del della den der di dos du el la le ten ter van vom von zu zum zur".split())
"""Words that a family name begins with, in small letters."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One address or number."""

    value: str
    type: str | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A present job."""

    company: str | None = None
    title: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that a file says of one person."""

    name: str | None = None
    name_prefix: str | None = None
    name_suffix: str | None = None
    given: str | None = None
    family: str | None = None
    """Where the file tells them apart; else see `split_name`."""
    jobs: tuple[Job, ...] = ()
    emails: tuple[Reach, ...] = ()
    phones: tuple[Reach, ...] = ()
    websites: tuple[Reach, ...] = ()
    social: tuple[Reach, ...] = ()
    addresses: tuple[Reach, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    uid: str | None = None
    external_id: str | None = None
    changed_at: datetime | None = None
    photo: bytes | None = None
    logo: bytes | None = None

    @property
    def job(self) -> Job:
        """The first job, or one that says nothing."""
        return self.jobs[0] if self.jobs else Job()

    @property
    def full_name(self) -> str:
        """What to show: the name, else the company, else the first address or number; empty when there is nothing."""
        known = [self.name, self.job.company, *(reach.value for reach in (*self.emails, *self.phones))]
        return next((text for text in known if text), "")

    @property
    def parts(self) -> tuple[str, str]:
        """Given and family names."""
        if self.given is not None or self.family is not None:
            return self.given or "", self.family or ""
        return split_name(self.name or "")


def split_name(name: str) -> tuple[str, str]:
    """Given and family names of a full name: the last word and the particles before it are the family's.

    A guess, as nobody said; `Family, Given` is taken at its word.
    """
    if "," in name:
        family, _, given = name.partition(",")
        return given.strip(), family.strip()
    words = name.split()
    start = max(len(words) - 1, 0)
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def person_of(
    contact: Contact,
    *,
    tags: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    external_id: str | None = None,
    pictures: Thumbnails = Thumbnails(),  # noqa: B008
) -> Person:
    """A contact that was loaded with points and employments."""
    return Person(
        name=contact.name,
        name_prefix=contact.name_prefix,
        name_suffix=contact.name_suffix,
        jobs=tuple(_job(job) for job in contact.employments if job.current),
        emails=_reached(contact, PointKind.EMAIL),
        phones=_reached(contact, PointKind.PHONE),
        websites=_reached(contact, PointKind.WEBSITE),
        social=_reached(contact, PointKind.SOCIAL),
        addresses=_reached(contact, PointKind.ADDRESS),
        tags=tags,
        notes=notes,
        uid=str(contact.id),
        external_id=external_id,
        changed_at=contact.updated_at,
        photo=pictures.card,
        logo=pictures.logo,
    )


def _job(job: Employment) -> Job:
    return Job(job.company.name if job.company else None, job.title, job.department)


def _reached(contact: Contact, kind: PointKind) -> tuple[Reach, ...]:
    return tuple(_reach(point) for point in contact.points if point.kind == kind and not point.removed)


def _reach(point: ContactPoint) -> Reach:
    return Reach(point.value, point.type, point.extension)
