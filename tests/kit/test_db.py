"""Sessions see one organization, whatever is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.auth import service
from app.auth.models import User
from app.composition import House
from app.kit.ids import new_id


@pytest.fixture
def two(house: House):
    """Two organizations with one user each: [(organization id, user id), ...]."""
    made = []
    for name in ("one", "two"):
        with house.sessions.begin() as session:
            organization = service.found_organization(session, name, "US")
            made.append((organization.id, service.add_user(session, name, f"{name}@example.com").id))
    return made


def test_a_select_finds_only_own_rows(house, two):
    (one, user), _ = two
    with house.sessions.begin(one) as session:
        assert session.scalars(sa.select(User.id)).all() == [user]
        assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_another_organizations_row_is_not_there_by_its_id_either(house, two):
    (one, _), (_, other) = two
    with house.sessions.begin(one) as session:
        assert session.get(User, other) is None


def test_update_and_delete_reach_only_own_rows(house, two):
    (one, _), (second, other) = two
    with house.sessions.begin(one) as session:
        session.execute(sa.update(User).values(name="changed"))
        session.execute(sa.delete(User))
    with house.sessions.begin(second) as session:
        assert session.get_one(User, other).name == "two"


def test_a_session_without_an_organization_finds_nothing(house, two):
    with house.sessions.begin() as session:
        assert session.scalars(sa.select(User)).all() == []


def test_a_session_without_an_organization_spoils_no_statement_for_others(house, two):
    (one, _), _ = two
    for organization_id in (None, one):
        with house.sessions.begin(organization_id) as session:
            found = session.scalars(sa.select(User.name).order_by(User.name)).all()
            assert len(found) == bool(organization_id)


def test_a_new_row_gets_the_sessions_organization(house, two):
    (one, _), _ = two
    with house.sessions.begin(one) as session:
        user = service.add_user(session, "late", "late@example.com")
    assert user.organization_id == one


def test_a_moment_without_a_time_zone_is_refused(house, two):
    (one, user), _ = two
    with pytest.raises(sa.exc.StatementError), house.sessions.begin(one) as session:
        session.get_one(User, user).created_at = datetime(2026, 1, 1)  # noqa: DTZ001


def test_a_moment_comes_back_aware(house, two):
    (one, user), _ = two
    with house.sessions.begin(one) as session:
        assert session.get_one(User, user).created_at.tzinfo == UTC


def test_ids_sort_by_time():
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)


def test_a_failed_block_leaves_nothing(house, two):
    (one, _), _ = two
    with pytest.raises(RuntimeError), house.sessions.begin(one) as session:
        service.add_user(session, "gone", "gone@example.com")
        raise RuntimeError
    with house.sessions.begin(one) as session:
        assert len(session.scalars(sa.select(User)).all()) == 1
