"""Fixtures for all tests: both databases, an organization, a client, and the work that is due.

Everything is real: the schema comes from the migrations, commits are commits, PostgreSQL is a PostgreSQL. Deleting the
organizations after a test deletes every row there is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import settings

from app.composition import House, migrate, open_house
from app.main import create_app
from app.settings import Settings
from tools.postgres import empty_postgres

settings.register_profile("cardally", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("cardally")
# No example fails for being slow on a busy machine; what lands does not depend on dice, what a developer runs does.


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this test process's own."""
    with empty_postgres() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database with the newest schema; every test that needs one runs on both kinds."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'cardally.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    migrate(Settings(database_url=url, _env_file=None))
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a service that reaches loopback only and starts no processes."""
    return Settings(
        database_url=database_url,
        files_url=str(tmp_path / "files"),
        workers=0,
        webhook_allow=("127.0.0.0/8",),
        poll_seconds=0.01,
        secret_file=tmp_path / "secret.key",
        _env_file=None,
    )


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """The service's parts on an empty database."""
    house = open_house(settings)
    yield house
    with house.sessions.begin() as session:
        session.execute(sa.text("DELETE FROM organizations"))
    house.close()


@pytest.fixture
def work(house: House):
    """Runs every due job, in this thread, as a worker would; returns how many ran."""
    runner = house.runner()

    def run(limit: int = 1000) -> int:
        for count in range(limit):
            if not runner.run_one():
                return count
        raise AssertionError(f"still work after {limit} jobs")

    return run


@pytest.fixture
def organization_id(house: House) -> UUID:
    """An organization in the US."""
    from app.auth import service

    with house.sessions.begin() as session:
        return service.found_organization(session, "Northwind Retail Systems", "US").id


@pytest.fixture
def api(house: House) -> Iterator[TestClient]:
    """The service over HTTP, without a caller."""
    with TestClient(create_app(house.settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def as_new_user(house: House, api: TestClient):
    """Makes a user, in a new organization unless one is named, and gives the headers that they send."""

    def make(organization_id: UUID | None = None, *, name: str = "Ann Lee", admin: bool = True) -> dict[str, str]:
        from app.auth import service
        from app.auth.models import Role
        from app.companies.service import set_home_company
        from app.kit.ids import new_id

        with house.sessions.begin(organization_id) as session:
            if organization_id is None:
                service.found_organization(session, "Northwind Retail Systems", "US")
                set_home_company(session, "Northwind Retail Systems", "northwind.example")
            role = Role.ADMIN if admin else Role.MEMBER
            user = service.add_user(session, name, f"{new_id().hex}@northwind.example", role)
            key, _ = service.issue_key(session, user, "test")
        return {"Authorization": f"Bearer {key}"}

    return make


@pytest.fixture
def client(api: TestClient, as_new_user) -> TestClient:
    """The service over HTTP, called by an administrator of a new organization."""
    api.headers.update(as_new_user())
    return api


@pytest.fixture
def begin(house: House, organization_id: UUID):
    """Opens a transaction in `organization_id`."""
    return lambda: house.sessions.begin(organization_id)
