"""What a key may be good for: one scope a route, that follows from the route's tag and method."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"}


class Scope(StrEnum):
    """An area of the API, and whether a key may only read there."""

    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    SCANS_READ = "scans:read"
    SCANS_WRITE = "scans:write"
    ALLIANCES_READ = "alliances:read"
    ALLIANCES_WRITE = "alliances:write"
    MATCHES_READ = "matches:read"
    MATCHES_WRITE = "matches:write"
    PRIVACY_READ = "privacy:read"
    PRIVACY_WRITE = "privacy:write"
    WEBHOOKS_ADMIN = "webhooks:admin"
    CRM_ADMIN = "crm:admin"
    USERS_READ = "users:read"
    USERS_ADMIN = "users:admin"


_AREAS = {
    "contacts": "contacts",
    "companies": "contacts",
    "exchanges": "contacts",
    "events": "contacts",
    "reviews": "contacts",
    "import and export": "contacts",
    "scans": "scans",
    "books": "alliances",
    "alliances": "alliances",
    "matches": "matches",
    "privacy": "privacy",
    "audit": "privacy",
    "webhooks": "webhooks",
    "crm": "crm",
    "users": "users",
}
"""By tag. What is not here no key with scopes is good for."""
_READ_BY_ANY_KEY = "/v1/me"


def scope_of(path: str, tags: Sequence[str], method: str) -> Scope | None:
    """What a key with scopes needs for a route; None where every key will do.

    Raises:
        KeyError: no area is known for the tags.
    """
    if path == _READ_BY_ANY_KEY and method in _SAFE_METHODS:
        return None
    area = _AREAS[tags[0]] if tags else "contacts"  # the address books, which no OpenAPI file names
    if area in ("webhooks", "crm"):
        return Scope(f"{area}:admin")
    if method in _SAFE_METHODS:
        return Scope(f"{area}:read")
    return Scope(f"{area}:admin" if area == "users" else f"{area}:write")
