"""Fixtures for books over HTTP."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth.models import Organization


@pytest.fixture
def organization_of_client(client, house) -> UUID:
    """The organization that `client` calls for."""
    with house.sessions.begin() as session:
        return session.scalars(sa.select(Organization.id)).one()
