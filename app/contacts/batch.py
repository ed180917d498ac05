"""Many changes of contacts in one transaction; each stands or fails by itself."""

from __future__ import annotations

from functools import singledispatch
from uuid import UUID

from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.contacts import queries, removal, service
from app.contacts.batch_schemas import CreateItem, DeleteItem, Item, ItemOut, UpdateItem, UpsertItem
from app.contacts.creation import Author, create
from app.contacts.schemas import ContactChange
from app.kit.errors import AppError, NotFound, UnstorableValue, document
from app.kit.etags import etag_of
from app.kit.idempotency import fingerprint, once

_ANY = "*"


def run(session: Session, author: Author, key: str | None, items: list[Item]) -> list[ItemOut]:
    """Do all that can be done. With an idempotency `key` what was done before is not done again."""
    return [_try(session, author, f"{key}#{index}" if key else None, index, item) for index, item in enumerate(items)]


def _try(session: Session, author: Author, key: str | None, index: int, item: Item) -> ItemOut:
    status = 200

    def work() -> UUID:
        nonlocal status
        status, contact_id = _do(item, session, author)
        return contact_id

    try:
        with session.begin_nested():
            contact_id = once(session, author.user_id, key, fingerprint("batch", item.model_dump_json()), work)
            session.flush()
            if isinstance(item, DeleteItem):
                return ItemOut(index=index, status=204, id=contact_id)
            etag = etag_of(service.get(session, contact_id).version)
    except AppError as failure:
        return ItemOut(index=index, status=failure.status, id=None, problem=document(failure))
    except DataError:
        return ItemOut(index=index, status=UnstorableValue.status, id=None, problem=document(UnstorableValue()))
    return ItemOut(index=index, status=status, id=contact_id, etag=etag)


@singledispatch
def _do(item: Item, session: Session, author: Author) -> tuple[int, UUID]:
    """Status and id of the contact."""
    raise NotImplementedError(type(item))


@_do.register
def _create(item: CreateItem, session: Session, author: Author) -> tuple[int, UUID]:
    return 201, create(session, author, item.contact, allow_duplicate=item.allow_duplicate).id


@_do.register
def _update(item: UpdateItem, session: Session, author: Author) -> tuple[int, UUID]:
    contact_id = item.id or _called(session, item.external_id or "")
    if contact_id is None:
        raise NotFound
    service.correct(session, contact_id, item.if_match or _ANY, item.contact, author.region)
    return 200, contact_id


@_do.register
def _upsert(item: UpsertItem, session: Session, author: Author) -> tuple[int, UUID]:
    contact_id = _called(session, item.external_id)
    said = item.contact.model_dump(exclude_unset=True)
    external_ids = list(dict.fromkeys([item.external_id, *said.get("external_ids", [])]))
    if contact_id is None:
        new = item.contact.model_copy(update={"external_ids": external_ids})
        return 201, create(session, author, new, allow_duplicate=item.allow_duplicate).id
    said.pop("note", None)
    change = ContactChange.model_validate({name: value for name, value in said.items() if name != "external_ids"})
    service.correct(session, contact_id, _ANY, change, author.region)
    return 200, contact_id


@_do.register
def _delete(item: DeleteItem, session: Session, author: Author) -> tuple[int, UUID]:  # noqa: ARG001
    removal.delete(session, item.id)
    return 204, item.id


def _called(session: Session, external_id: str) -> UUID | None:
    found = session.execute(queries.ids_by_external([external_id])).first()
    return found[0] if found else None
