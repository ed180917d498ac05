"""A login service on loopback that the service believes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from bench.issuer import Issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture
def oidc(issuer) -> dict[str, object]:
    """Settings that name it; keys may be asked for as often as anybody likes."""
    return {"oidc_issuer": issuer.url, "oidc_refetch_seconds": 0.0, "oidc_timeout_seconds": 2.0}


@pytest.fixture
def settings(settings, oidc):
    return settings.model_copy(update=oidc)


@pytest.fixture
def organization(client) -> UUID:
    """That of `client`."""
    return UUID(client.get("/v1/me").json()["organization_id"])


@pytest.fixture
def ask(api):
    """Sends a request with a token."""

    def send(token: str, path: str = "/v1/me", method: str = "GET", **request):
        return api.request(method, path, headers={"Authorization": f"Bearer {token}"}, **request)

    return send
