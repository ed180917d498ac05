"""Books over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query

from app.auth.caller import CallerDep, SessionDep
from app.books import queries, service
from app.books.models import Account
from app.books.schemas import AccountIn, AccountOut, ImportOut, account_out
from app.books.service import BadSheet, NoCompany, TooManyRows
from app.books.sheet import Row
from app.books.terms import Relation
from app.kit.errors import BadCursor, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/accounts", tags=["books"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor))
def list_accounts(
    session: SessionDep,
    caller: CallerDep,
    contact_id: Annotated[UUID | None, Query(description="This contact's, instead of your own.")] = None,
    relation: Annotated[Relation | None, Query(description="Only these.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[AccountOut]:
    """The accounts of your own book, or what is known of a contact's; newest first. Nobody sees a colleague's book."""
    found = queries.book(caller.user_id, contact_id, relation)
    return page(session, found, Account.id, cursor, limit, account_out)


@router.post("", responses=problems(NotFound, NoCompany, IdempotencyKeyReused))
def save_account(
    account: AccountIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> AccountOut:
    """Put an account into your book, or into what is known of a contact's; one that is there is corrected.

    Either way it is confirmed as of now.
    """
    whose = service.holder(session, caller.user_id, account.contact_id, account.confirmed)
    row = Row(**account.model_dump(exclude={"contact_id", "confirmed"}))
    put = partial(service.save, session, whose, row)
    saved = once(session, caller.user_id, idempotency_key, fingerprint("account", account.model_dump_json()), put)
    return account_out(service.get(session, saved))


@router.post("/import", responses=problems(BadSheet, TooManyRows))
def import_accounts(
    file: Annotated[
        bytes,
        File(
            description="CSV in UTF-8 with the columns company and relation, and if you like domain, industry, "
            "product_category, never_share; at most 2,000 rows."
        ),
    ],
    session: SessionDep,
    caller: CallerDep,
) -> ImportOut:
    """Put the rows of a CSV file into your book. Sending it again adds nothing and confirms every row anew."""
    return ImportOut.model_validate(service.take_in_sheet(session, caller.user_id, file))


@router.delete("/{account_id}", status_code=204, responses=problems(NotFound))
def remove_account(account_id: UUID, session: SessionDep, caller: CallerDep) -> None:
    """Take an account out of your book, or out of what is known of a contact's."""
    service.remove(session, caller.user_id, account_id)
