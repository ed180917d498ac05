"""Tell, export and erase."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.orm import Session

from app.auth.service import Caller, is_admin
from app.contacts import service as contacts
from app.contacts.events import ContactUpdated
from app.contacts.models import Contact
from app.kit.clock import now
from app.kit.errors import Forbidden, NotFound
from app.kit.files import FileStore
from app.kit.queue import publish
from app.policy.service import promise
from app.privacy import queries
from app.privacy.models import Erasure
from app.privacy.notice import Facts, Meeting
from app.privacy.person import person_of
from app.privacy.records import Records, own_scans, records_of
from app.settings import Settings

_PICTURES = {
    "contact_pictures": ("image_file",),
    "cards": ("image_file",),
    "card_logos": ("image_file",),
    "scans": ("front_file", "back_file"),
}


def facts(session: Session, settings: Settings, contact_id: UUID | None = None) -> Facts:
    """What the notice tells a contact, or people in general.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
    """
    policy = promise(session, settings)
    contact = contacts.get(session, contact_id) if contact_id else None
    met = session.execute(queries.meetings(contact.id)).all() if contact else ()
    return Facts(
        controller=policy.controller,
        contact=policy.contact,
        purpose=(contact.purpose if contact else None) or policy.purpose,
        legal_basis=policy.legal_basis,
        recipients=policy.recipients,
        source=contact.source if contact else None,
        meetings=[Meeting(at, user, event, place) for at, event, place, user in met],
        retain_until=contact.retain_until if contact else None,
        contact_days=policy.contact_days,
        photo_days=policy.photo_days,
    )


def state(session: Session, contact_id: UUID, said: Mapping[str, Any]) -> Contact:
    """Say where a contact's data came from, what for, and until when.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
    """
    contact = contacts.get(session, contact_id)
    for name, value in said.items():
        setattr(contact, name, value)
    if said:
        contact.updated_at = now()
        session.flush()
        publish(session, ContactUpdated(contact.id))
    return contact


def export(session: Session, files: FileStore, settings: Settings, contact_id: UUID) -> bytes:
    """A ZIP file of everything held of a contact: `person.json`, the notice, and pictures of them alone.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
    """
    told = facts(session, settings, contact_id)
    person = person_of(session, contact_id)
    records = records_of(session, person.ids)
    alone = {
        str(each) for each in own_scans(session, [UUID(row["id"]) for row in records.get("scans", ())], person.ids)
    }
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        pictures = _pack_pictures(archive, files, records, alone)
        about = {"id": str(contact_id), "exported_at": now().isoformat(), "purpose": told.purpose}
        document = about | {"records": records, "pictures": pictures}
        archive.writestr("person.json", json.dumps(document, ensure_ascii=False, indent=2))
    return packed.getvalue()


def _pack_pictures(archive: ZipFile, files: FileStore, records: Records, alone: set[str]) -> dict[str, list[str]]:
    """Add the pictures; returns the names of those of each row, by its id."""
    names: dict[str, list[str]] = {}
    for table, columns in _PICTURES.items():
        for row in records.get(table, ()):
            for column in columns if table != "scans" or row["id"] in alone else ():
                data = _read(files, row[column])
                if data is not None:
                    name = f"pictures/{table}-{row['id']}-{column.removesuffix('_file')}"
                    archive.writestr(name, data)
                    names.setdefault(row["id"], []).append(name)
    return names


def _read(files: FileStore, key: str | None) -> bytes | None:
    try:
        return files.get(key) if key else None
    except FileNotFoundError:
        return None


def may_erase(session: Session, caller: Caller, contact_id: UUID) -> Erasure | None:
    """The erasure of a contact that is erased already; None where the caller may erase it.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
        Forbidden: the contact is a colleague's, and the caller no administrator.
    """
    done = session.scalars(queries.erasure_of(contact_id)).one_or_none()
    if done is not None:
        return get_erasure(session, caller, done.id)
    if contacts.get(session, contact_id).owner_id != caller.user_id and not is_admin(caller):
        raise Forbidden("Who holds the card, or an administrator, may erase a person.")
    return None


def get_erasure(session: Session, caller: Caller, erasure_id: UUID) -> Erasure:
    """One erasure that the caller asked for; of an administrator any.

    Raises:
        NotFound: no such erasure, or not yours.
    """
    erasure = session.get(Erasure, erasure_id)
    if erasure is None or (erasure.user_id != caller.user_id and not is_admin(caller)):
        raise NotFound
    return erasure
