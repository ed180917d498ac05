"""The login service whose tokens are believed: where its keys are, and when they are asked for again.

Keys are fetched with the first token and kept. A token signed by a key that is not among them has them fetched once
more, for that is how issuers change keys; but never more often than every few seconds, whatever strangers send.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from app.auth.tokens import Expected, Key, Login, Signature, TokenRefused, key_for, keys_in, login_of, signature_of
from app.kit.clock import now
from app.kit.errors import AppError
from app.kit.http import Allowed, Client, Unreached
from app.settings import Settings

log = structlog.get_logger()

_DISCOVERY = "/.well-known/openid-configuration"
_STALE_AT_MOST = 24
"""Times the period for which keys are fresh: so long old keys do while the issuer does not answer."""


class IssuerUnreachable(AppError):
    """The login service does not tell the keys of its tokens; try again soon, use an API key, or tell the operator."""

    status, code = 503, "issuer_unreachable"
    headers = {"Retry-After": "30"}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class _Known:
    keys: tuple[Key, ...] = ()
    fetched: float = float("-inf")
    """By the monotonic clock; never, at first."""


class Issuer:
    """Tells whom a token is about. For all threads of a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._expected = Expected(
            issuer=settings.oidc_issuer or "",
            audience=settings.oidc_audience,
            algorithms=frozenset(settings.oidc_algorithms),
            skew_seconds=settings.oidc_skew_seconds,
        )
        self._known = _Known()
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._failed = False

    def login(self, token: str) -> Login:
        """Whom `token` is about.

        Raises:
            TokenRefused: it is not what it must be.
            IssuerUnreachable: nobody can tell, for the issuer does not answer.
        """
        signature = signature_of(token, self._expected)
        return login_of(token, self._key(signature), self._expected, now())

    def _key(self, signature: Signature) -> Key:
        known = self._known
        found, age = key_for(signature, known.keys), time.monotonic() - known.fetched
        fresh = self._settings.oidc_keys_seconds
        if found is not None and age < fresh:
            return found
        usable = found is not None and age < fresh * _STALE_AT_MOST
        if not self._lock.acquire(blocking=not usable):
            assert found is not None  # somebody else asks already; what is known does meanwhile  # noqa: S101
            return found
        try:
            return self._fetched_key(signature, found if usable else None)
        finally:
            self._lock.release()

    def _fetched_key(self, signature: Signature, fallback: Key | None) -> Key:
        if time.monotonic() - self._asked >= self._settings.oidc_refetch_seconds:
            self._fetch()
        known = self._known
        fresh_enough = time.monotonic() - known.fetched < self._settings.oidc_keys_seconds * _STALE_AT_MOST
        found = key_for(signature, known.keys) if fresh_enough else fallback
        if found is not None:
            return found
        if self._failed:
            raise IssuerUnreachable
        raise TokenRefused("unknown_key")

    def _fetch(self) -> None:
        try:
            keys = keys_in(self._document(self._settings.oidc_jwks_url or self._jwks_url()))
        except (Unreached, ValueError, RecursionError) as failure:
            log.warning("issuer.unreachable", reason=getattr(failure, "code", "nonsense"))
            self._failed = True
        else:
            log.info("issuer.keys", count=len(keys))
            self._known, self._failed = _Known(keys, time.monotonic()), False
        self._asked = time.monotonic()

    def _jwks_url(self) -> str:
        """Where the issuer says that its keys are (OpenID Connect Discovery 4)."""
        issuer = self._expected.issuer
        document = self._document(issuer.rstrip("/") + _DISCOVERY)
        if not isinstance(document, dict) or document.get("issuer") != issuer:
            raise ValueError("the document is of another issuer")
        if not isinstance(document.get("jwks_uri"), str):
            raise ValueError("the document names no keys")
        url: str = document["jwks_uri"]
        return url

    def _document(self, url: str) -> Any:
        named = [each for each in (self._settings.oidc_issuer, self._settings.oidc_jwks_url) if each]
        own = Allowed.of(httpx.URL(each).host for each in named)
        with Client(own, self._settings.oidc_timeout_seconds) as client:
            answer = client.request("GET", url, {"Accept": "application/json"})
        if answer.status != 200:
            raise ValueError(f"answered {answer.status}")
        return json.loads(answer.body)


def issuer_of(settings: Settings) -> Issuer | None:
    """The issuer that the settings name, if any."""
    return Issuer(settings) if settings.oidc_issuer else None
