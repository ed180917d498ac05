"""Fixtures for alliances over HTTP."""

from __future__ import annotations

from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from app.auth import service as auth
from tests.alliances import world


@pytest.fixture
def client(api: TestClient, begin, organization_id: UUID) -> TestClient:
    """A client of the service, calling as Ann of the organization at hand."""
    with begin() as session:
        key, _ = auth.issue_key(session, world.make_user(session), "test")
    api.headers.update({"Authorization": f"Bearer {key}"})
    return api
