"""What users add to a contact: tags, notes, and what other systems call it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.contacts import queries
from app.contacts.events import ContactUpdated
from app.contacts.models import Contact, ContactNote, ContactTag, ExternalId
from app.contacts.normal import search_text
from app.kit.clock import now
from app.kit.errors import Conflict, NotFound
from app.kit.ids import new_id
from app.kit.queue import publish


class ExternalIdTaken(Conflict):
    """Another contact has this external id; `contact_id` says which."""

    code = "external_id_taken"


def tag(contact: Contact, tags: Iterable[str]) -> None:
    """Let these be the tags of a contact that was loaded with them; case tells none apart."""
    wanted = {each.casefold()[:100]: each for each in reversed(list(tags))}
    contact.tags = [known for known in contact.tags if wanted.pop(known.key, None) is not None]
    contact.tags.extend(ContactTag(contact_id=contact.id, tag=each, key=key) for key, each in sorted(wanted.items()))


def call(session: Session, contact: Contact, external_ids: Sequence[str]) -> None:
    """Let other systems call a contact, loaded with its external ids, so.

    Raises:
        ExternalIdTaken: another contact is called so.
    """
    known = {each.value for each in contact.external_ids}
    new = [each for each in dict.fromkeys(external_ids) if each not in known]
    for contact_id, _ in session.execute(queries.ids_by_external(new)) if new else ():
        if contact_id != contact.id:
            raise ExternalIdTaken(contact_id=str(contact_id))
    contact.external_ids = [each for each in contact.external_ids if each.value in external_ids]
    contact.external_ids.extend(ExternalId(contact_id=contact.id, value=each) for each in new)


def remember(session: Session, contact: Contact) -> None:
    """Let a search find a contact, loaded with its tags, by them and by its notes."""
    session.flush()
    recall(contact, [note.text for note in session.scalars(queries.notes([contact.id]))])


def recall(contact: Contact, notes: Sequence[str]) -> None:
    """The same where its notes are known, newest first."""
    contact.remarks = search_text([*(each.tag for each in contact.tags), *notes])


def write_note(session: Session, contact: Contact, user_id: UUID | None, words: str) -> ContactNote:
    """Add a note to a contact that was loaded with its tags."""
    note = ContactNote(id=new_id(), contact_id=contact.id, user_id=user_id, text=words)
    session.add(note)
    _touched(session, contact)
    return note


def get_note(session: Session, contact_id: UUID, note_id: UUID) -> ContactNote:
    """One note.

    Raises:
        NotFound: no such note, or not yours.
    """
    note = session.scalars(queries.note(contact_id, note_id)).one_or_none()
    if note is None:
        raise NotFound
    return note


def rewrite_note(session: Session, contact: Contact, note_id: UUID, words: str) -> ContactNote:
    """Say it in other words.

    Raises:
        NotFound: no such note, or not yours.
    """
    note = get_note(session, contact.id, note_id)
    note.text = words
    _touched(session, contact)
    return note


def delete_note(session: Session, contact: Contact, note_id: UUID) -> None:
    """Forget a note.

    Raises:
        NotFound: no such note, or not yours.
    """
    session.delete(get_note(session, contact.id, note_id))
    _touched(session, contact)


def _touched(session: Session, contact: Contact) -> None:
    remember(session, contact)
    contact.updated_at = now()
    session.flush()
    publish(session, ContactUpdated(contact.id))
