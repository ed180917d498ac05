"""Fixtures for alliances over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.auth import service as auth
from app.main import create_app
from tests.alliances import world


@pytest.fixture
def client(settings, begin) -> Iterator[TestClient]:
    """A client of the service, calling as Ann of the organization at hand."""
    with begin() as session:
        ann = world.make_user(session)
        key = auth.issue_key(session, ann, "test")
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {key}"}) as client:
        yield client
