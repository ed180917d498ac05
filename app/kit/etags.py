"""Nobody overwrites what they have not seen: ETag on the answer, If-Match on the change (RFC 9110, 13; RFC 6585, 3)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Response

from app.kit.errors import AppError

IfMatchHeader = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="The `ETag` of what you saw, or `*` for whatever is there."),
]


class PreconditionRequired(AppError):
    """Send the `ETag` of what you are changing as `If-Match`."""

    status, code = 428, "precondition_required"


class PreconditionFailed(AppError):
    """It was changed since you read it; read it again."""

    status, code = 412, "precondition_failed"


def etag_of(version: int) -> str:
    """The ETag of a row in this version."""
    return f'"{version}"'


def show_etag(response: Response, version: int) -> None:
    """Tell the client which version the answer shows."""
    response.headers["ETag"] = etag_of(version)


def check_etag(if_match: str | None, version: int) -> None:
    """Let the change pass only for the version that the client saw.

    Raises:
        PreconditionRequired: no `If-Match`.
        PreconditionFailed: it names another version.
    """
    if if_match is None:
        raise PreconditionRequired
    if if_match.strip() != "*" and etag_of(version) not in (tag.strip() for tag in if_match.split(",")):
        raise PreconditionFailed
