"""Fresh access tokens for refresh tokens (RFC 6749, 6), as the CRMs that use OAuth hand them out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from app.crm.talk import Access, Denied, Request, Setting, Talk

CLIENT = (
    Setting("access_token", "Fetched and replaced by itself.", secret=True),
    Setting("refresh_token", "Of the OAuth app; replaced where the CRM sends a new one.", secret=True),
    Setting("client_id", "Of the OAuth app.", secret=True),
    Setting("client_secret", "Of the OAuth app.", secret=True),
)
"""What a refresh needs."""


def bearer(access: Access, *names: str, scheme: str = "Bearer") -> Mapping[str, str]:
    """The header that proves who asks, from the first of these secrets that is there."""
    token = next((access.secrets[name] for name in (*names, "access_token") if access.secrets.get(name)), None)
    return {"Authorization": f"{scheme} {token}"} if token else {}


def refresh(access: Access, url: str, *, basic: bool = False) -> Talk[dict[str, str]]:
    """Ask for a fresh access token.

    Args:
        access: with the secrets of `CLIENT`.
        url: of the token endpoint.
        basic: the client proves itself in a header (RFC 6749, 2.3.1), not in the form.

    Raises:
        Denied: there is nothing to refresh with, or it was refused.
    """
    secrets = access.secrets
    if not secrets.get("refresh_token"):
        raise Denied("unauthorized")
    form = {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
    client = {"client_id": secrets.get("client_id", ""), "client_secret": secrets.get("client_secret", "")}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if basic:
        headers["Authorization"] = f"Basic {base64.b64encode(':'.join(client.values()).encode()).decode()}"
    else:
        form |= client
    reply = yield Request("POST", url, urlencode(form), headers)
    token: Any = reply.at("access_token")
    if not token:
        raise Denied("refresh_refused", str(reply.at("error") or ""))
    fresh = {"access_token": str(token)}
    return fresh | ({"refresh_token": str(reply.at("refresh_token"))} if reply.at("refresh_token") else {})
