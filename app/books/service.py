"""Keep books: add and correct accounts, one at a time or from a file, and take them out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from app.books import queries
from app.books.events import AccountChanged, BuyersChanged
from app.books.models import Account
from app.books.sheet import BadSheetError, Refused, Row, read_sheet
from app.companies import resolution
from app.companies.domains import web_domain
from app.companies.models import Company
from app.companies.provenance import Stated
from app.companies.resolution import Sighting
from app.kit.clock import now
from app.kit.db import in_room, room_of
from app.kit.errors import AppError, NotFound
from app.kit.queue import publish

MOST_ROWS = 2_000
"""In one file: the companies of an organization are resolved by one transaction at a time."""

_SURENESS = 0.9
"""Chance that a name is right that somebody keeps in a list of customers."""


class NoCompany(AppError):
    """This name has no letters or digits."""

    status, code = 422, "no_company"


class BadSheet(AppError):
    """The file cannot be used."""

    status, code = 422, "bad_sheet"


class TooManyRows(AppError):
    """The file has more than 2,000 rows; send it in several."""

    status, code = 413, "too_many_rows"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose book it is: a user's, or what a user knows of a contact's."""

    user_id: UUID | None = None
    contact_id: UUID | None = None
    confirmed: bool = True
    """Whether whoever sells there says so."""
    audience_id: UUID | None = None
    """Who sees the contact; of a user's own book that of what the session makes."""

    @property
    def id(self) -> UUID:
        found = self.user_id or self.contact_id
        assert found is not None  # noqa: S101  one of the two is given
        return found


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file."""

    added: int
    changed: int
    confirmed: int
    refused: tuple[Refused, ...]


class _SoldInto:
    """Whether the users sell into the industries that a change is about: before it, and after."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before: dict[str, bool] = {}

    def note(self, *industries: str | None) -> None:
        """Remember how it is with these, unless that was done."""
        with self._session.no_autoflush:
            for industry in filter(None, industries):
                if industry not in self._before:
                    self._before[industry] = self._is_sold_into(industry)

    def is_different(self) -> bool:
        return any(self._is_sold_into(industry) is not before for industry, before in self._before.items())

    def _is_sold_into(self, industry: str) -> bool:
        return self._session.scalar(queries.sold_by_users(industry)) is not None


def holder(session: Session, user_id: UUID, contact_id: UUID | None, confirmed: bool) -> Holder:
    """The book of the contact, where one is named, else the user's own.

    Raises:
        NotFound: no such contact, or not yours.
    """
    if contact_id is None:
        return Holder(user_id=user_id)
    audience_id = session.scalar(queries.audience_of_contact(contact_id))
    if audience_id is None:
        raise NotFound
    return Holder(contact_id=contact_id, confirmed=confirmed, audience_id=audience_id)


def save(session: Session, whose: Holder, row: Row) -> UUID:
    """Put an account into a book, or correct what is there and confirm it anew; returns its id.

    Raises:
        NoCompany: the name has no letters or digits.
    """
    resolution.wait_for_turn(session)
    sold = _SoldInto(session)
    account, _ = _put(session, whose, row, sold)
    _announce(session, whose, [account.company_id], sold)
    return account.id


def take_in_sheet(session: Session, user_id: UUID, data: bytes) -> Imported:
    """Put the rows of a CSV file into a user's book; rows that are no account are left out and told.

    Raises:
        BadSheet: the file as a whole cannot be used.
        TooManyRows: it is too long.
    """
    try:
        rows = list(islice(read_sheet(data), MOST_ROWS + 1))  # of a longer one no more is read
    except BadSheetError as wrong:
        raise BadSheet(str(wrong)) from wrong
    if len(rows) > MOST_ROWS:
        raise TooManyRows
    resolution.wait_for_turn(session)
    sold = _SoldInto(session)
    whose, counts, refused, touched = Holder(user_id=user_id), Counter[str](), [], set()
    for line, row in rows:
        if isinstance(row, Refused):
            refused.append(row)
            continue
        try:
            account, became = _put(session, whose, row, sold)
        except NoCompany as wrong:
            refused.append(Refused(line, wrong.detail))
            continue
        counts[became] += 1
        touched.add(account.company_id)
    _announce(session, whose, touched, sold)
    return Imported(counts["added"], counts["changed"], counts["confirmed"], tuple(refused))


def remove(session: Session, user_id: UUID, account_id: UUID) -> None:
    """Take an account out of the user's own book, or out of what is known of a contact's.

    Raises:
        NotFound: no such account, or not yours.
    """
    account = session.scalars(queries.account(account_id)).one_or_none()
    if account is None or account.user_id not in (None, user_id):
        raise NotFound
    sold = _SoldInto(session)
    sold.note(account.industry)
    session.delete(account)
    session.flush()
    _announce(session, Holder(account.user_id, account.contact_id), [account.company_id], sold)


def follow(session: Session, contact_id: UUID) -> None:
    """A contact who takes another job takes along what it sells into; again changes nothing."""
    resolution.wait_for_turn(session)
    seller_id = session.scalar(queries.employer(contact_id))
    for account in session.scalars(queries.sold_by_contact(contact_id)):
        if account.seller_id != seller_id:
            account.seller_id = seller_id
            publish(session, AccountChanged(account.company_id, contact_id))


def get(session: Session, account_id: UUID) -> Account:
    """An account that is known to be there, with its company."""
    return session.scalars(queries.account(account_id)).one()


def _put(session: Session, whose: Holder, row: Row, sold: _SoldInto) -> tuple[Account, str]:
    """The account, and whether it was `added`, `changed` or merely `confirmed`."""
    with in_room(session, whose.audience_id or room_of(session)):
        company = _company(session, row)
    account = session.scalars(queries.account_to_change(whose.user_id, whose.contact_id, company.id)).one_or_none()
    became = "added" if account is None else "confirmed"
    seller_id = session.scalar(queries.employer(whose.contact_id)) if whose.contact_id else None
    if account is None:
        account = Account(company_id=company.id, user_id=whose.user_id, contact_id=whose.contact_id)
        session.add(account)
    if whose.user_id is not None:
        sold.note(row.industry, account.industry)
    account.seller_id = seller_id
    account.relation, account.never_share = row.relation, row.never_share
    account.industry = row.industry or account.industry
    account.product_category = row.product_category or account.product_category
    account.confirmed = whose.confirmed or bool(account.confirmed)
    if became == "confirmed" and session.is_modified(account):
        became = "changed"
    account.confirmed_at = now()
    session.flush()
    return account, became


def _company(session: Session, row: Row) -> Company:
    domain = web_domain(row.domain) if row.domain else None
    name, domains = _said(row.company), (_said(domain),) if domain else ()
    company = resolution.resolve(session, Sighting(name, domains))
    if company is None:
        raise NoCompany
    return company


def _said(value: str) -> Stated:
    """A name or domain in a book: it tells the company, but does not rename one that a person has named."""
    return Stated(value, _SURENESS, "book")


def _announce(session: Session, whose: Holder, company_ids: set[UUID] | list[UUID], sold: _SoldInto) -> None:
    """Tell of what can bear on anything: a user's account only where some contact sells there as well."""
    if whose.contact_id is None:
        company_ids = list(session.scalars(queries.held_by_contacts(company_ids)))
    for company_id in sorted(company_ids):
        publish(session, AccountChanged(company_id, whose.id))
    if whose.user_id is not None and sold.is_different():
        publish(session, BuyersChanged(session.info["organization_id"]))
