"""A page of contacts costs what it shows and not what there is: short pages, and nothing missed or told twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth.models import User
from app.companies.models import Company
from app.contacts.models import Contact, ContactTag, Employment
from app.contacts.normal import search_text, sort_key
from app.directory import queries
from app.directory.listing import find
from app.directory.queries import ALL, Wanted
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.kit.db import Visibility, view_of_user
from app.kit.ids import new_id

FIRST = "Jane Otto Eva Janet".split()
LAST = "Roe Berg Kim".split()


@pytest.fixture
def world(house, as_new_user) -> tuple:
    """Sixty contacts of two users, each with a few of everything that can be asked for."""
    as_new_user()
    with house.sessions.begin() as session:
        mine = session.execute(sa.select(User.id, User.organization_id), execution_options=EVERYWHERE).one()
    as_new_user(mine.organization_id, name="Bob Ray")
    with house.sessions.begin(mine.organization_id) as session:
        [other] = session.scalars(sa.select(User.id).where(User.id != mine.id))
        company = Company(name="Acme", key="acme", confidence=1.0)
        session.add(company)
        session.flush()
        for number in range(60):
            session.add_all(_rows(number, mine, other, company.id))
            session.flush()
    return house, mine, other, company.id


EVERYWHERE = {"all_organizations": True}


def _rows(number: int, mine, other: UUID, company_id: UUID) -> Iterator[object]:
    owner = other if number % 7 == 0 else mine.id
    audience = owner if number % 3 == 0 else mine.organization_id
    name = f"{FIRST[number % 4]} {LAST[number % 3]}"
    seen = now() - timedelta(hours=number * 37 % 60)
    contact = Contact(
        id=new_id(),
        owner_id=owner,
        audience_id=audience,
        name=name,
        sort_key=sort_key(name),
        search=search_text([name], [f"49301000{number:02}"]),
        remarks="fair" if number < 12 else "",
        confidence=1.0,
        needs_review=number % 5 == 0,
        created_at=now(),
        updated_at=seen,
    )
    yield contact
    if number % 2:
        yield ContactTag(contact_id=contact.id, tag="Fair", key="fair")
    if number % 9 == 0:
        yield Employment(contact_id=contact.id, company_id=company_id, seen_at=seen)
    if number % 11 == 0:
        met = {"user_id": owner, "direction": Direction.MUTUAL, "met_at": seen, "event": "Retail Week"}
        yield Exchange(contact_id=contact.id, **met)


def asked(mine, other: UUID, company_id: UUID, middle: Contact) -> Iterator[Wanted]:
    words = ((), ("jane",), ("ja", "roe"), ("fair",), ("4930100012",), ("otto", "jane"))
    filters = (
        {},
        {"tag": "fair"},
        {"company_id": company_id},
        {"event": "Retail Week", "needs_review": False},
        {"needs_review": True, "owner_id": mine.id},
        {"owner_id": other},
        {"created_before": middle.created_at, "tag": "FAIR"},
        {"created_since": middle.created_at, "updated_since": middle.updated_at},
    )
    for terms, rest in product(words, filters):
        yield Wanted(words=terms, **rest)


def holds(wanted: Wanted, one: Contact, tagged, employed, met) -> bool:
    """The same, told from the rows themselves."""
    text = [*one.search.split(), *one.remarks.split()]
    return (
        all(any(word.startswith(term) for word in text) for term in wanted.words)
        and (wanted.tag is None or one.id in tagged)
        and (wanted.company_id is None or one.id in employed)
        and (wanted.event is None or one.id in met)
        and (wanted.needs_review is None or one.needs_review == wanted.needs_review)
        and (wanted.owner_id is None or one.owner_id == wanted.owner_id)
        and (wanted.created_since is None or one.created_at >= wanted.created_since)
        and (wanted.created_before is None or one.created_at < wanted.created_before)
        and (wanted.updated_since is None or one.updated_at >= wanted.updated_since)
    )


KEYS = {"created": lambda one: one.id, "updated": lambda one: one.updated_at, "name": lambda one: one.sort_key}


@pytest.mark.parametrize(("near", "far"), [(3, 7), (4, 1000), (1000, 1000)])
def test_pages_give_what_is_wanted_once_and_in_order_however_little_is_looked_at(world, monkeypatch, near, far):
    house, mine, other, company_id = world
    monkeypatch.setattr(queries, "NEAR", near)
    monkeypatch.setattr(queries, "FAR", far)
    view = view_of_user(mine.organization_id, mine.id, Visibility.TEAM)
    with house.sessions.begin(mine.organization_id, reading=True, view=view) as session:
        visible = session.scalars(sa.select(Contact)).all()
        of = [set(session.scalars(sa.select(each.contact_id))) for each in (ContactTag, Employment, Exchange)]
        assert 30 < len(visible) < 60
        for wanted in asked(mine, other, company_id, sorted(visible, key=KEYS["created"])[25]):
            for sort in (None,) if wanted.words else (None, "created", "name", "-name", "-updated"):
                order = sort or "-created"
                if wanted.updated_since and sort is None and not wanted.words:
                    continue  # tells what changed
                some = [one for one in visible if holds(wanted, one, *of)]
                key = KEYS[order.lstrip("-")]
                some.sort(key=lambda one: (key(one), one.id), reverse=order.startswith("-"))
                assert everything(session, wanted, sort) == [one.id for one in some], (wanted, sort)


def everything(session, wanted: Wanted, sort) -> list[UUID]:
    """All pages of four."""
    seen, cursor = [], None
    for _ in range(100):
        page = find(session, wanted, sort, cursor, 4)
        assert len(page.rows) <= 4
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return seen
    raise AssertionError("pages without end")


def test_a_page_is_short_where_what_many_have_is_far_away(world, monkeypatch):
    house, mine, _, _ = world
    monkeypatch.setattr(queries, "NEAR", 2)
    monkeypatch.setattr(queries, "FAR", 5)
    with house.sessions.begin(mine.organization_id, reading=True) as session:
        page = find(session, Wanted(words=("fair",)), None, None, 4)
        assert (len(page.rows), page.next_cursor is None) == (0, False)
        monkeypatch.setattr(queries, "FAR", 20)
        assert len(find(session, Wanted(words=("fair",)), None, None, 4).rows) == 4


def test_what_is_asked_is_split_without_loss():
    wanted = Wanted(words=("a",), tag="x", needs_review=False, created_since=now())
    assert wanted.without(wanted.only("tag")) == wanted.only("words", "needs_review", "created_since")
    assert wanted.without(wanted) == ALL
