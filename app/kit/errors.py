"""Failures that a client may meet: each a class with a status and a stable code, its docstring its message.

Rendered once, as RFC 9457 `application/problem+json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.datastructures import URL
from starlette.exceptions import HTTPException

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


class AppError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str | None = None, **members: Any) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.members = members
        super().__init__(self.detail)


class NotFound(AppError):
    """No such thing, or not yours."""

    status, code = 404, "not_found"


class Unauthorized(AppError):
    """Send your API key as `Authorization: Bearer …`; `cardally init` makes the first one."""

    status, code = 401, "unauthorized"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}


class Forbidden(AppError):
    """Your role does not allow this."""

    status, code = 403, "forbidden"


class Conflict(AppError):
    """This does not fit what is there."""

    status, code = 409, "conflict"


class Moved(AppError):
    """This is part of another one now; `Location` is the same route of that one."""

    status, code = 308, "merged"

    def __init__(self, old_id: UUID, new_id: UUID, fallback: str, **members: Any) -> None:
        self._old, self._new, self._fallback = str(old_id), str(new_id), fallback
        super().__init__(**members)

    def location(self, url: URL) -> str:
        """Where the request that went to `url` should go; `fallback` where it does not name the old id."""
        asked = url.path + (f"?{url.query}" if url.query else "")
        return asked.replace(self._old, self._new) if self._old in asked else self._fallback


class BadCursor(AppError):
    """This cursor is none of ours; start again without it."""

    status, code = 400, "bad_cursor"


class IdempotencyKeyReused(AppError):
    """This Idempotency-Key came with another request before; use a fresh one."""

    status, code = 409, "idempotency_key_reused"


class TooLarge(AppError):
    """The request is larger than allowed."""

    status, code = 413, "too_large"


class BadRequest(AppError):
    """The body of the request cannot be taken apart."""

    status, code = 400, "bad_request"


class InvalidRequest(AppError):
    """What was sent is not what is asked for; `errors` says where."""

    status, code = 422, "invalid_request"


class UnstorableValue(AppError):
    """A value is too long, out of range, or holds what is no text."""

    status, code = 422, "unstorable_value"


def problem(status: int, code: str, detail: str, **members: Any) -> JSONResponse:
    """An answer with a problem document (RFC 9457)."""
    return JSONResponse(_document(status, code, detail, members), status, media_type=MEDIA_TYPE)


def document(error: AppError) -> dict[str, Any]:
    """A failure as a problem document, for an answer that tells of several things."""
    return _document(error.status, error.code, error.detail, error.members)


def _document(status: int, code: str, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    title = code.replace("_", " ").capitalize()
    known = {"type": f"urn:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return {**known, **members}


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:problem:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; safe to compare with."},
        "detail": {"type": "string", "description": "For people."},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "Which inputs were wrong."},
    },
}

_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def problems(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that may fail in these ways."""
    described: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = described.setdefault(error.status, {"content": {MEDIA_TYPE: {"schema": _PROBLEM}}})
        line = f"`{error.code}`: {(error.__doc__ or '').strip()}"
        entry["description"] = "\n\n".join(filter(None, [entry.get("description"), line]))
    return described


EVERYWHERE = problems(BadRequest, TooLarge, InvalidRequest, UnstorableValue)
"""`responses=` of the service: how a request to any route may fail."""


def handle_errors(app: FastAPI) -> None:
    """Answer every failure with a problem document, whose form the OpenAPI file names once."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        document["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        return document

    app.openapi = openapi  # type: ignore[method-assign]

    @app.exception_handler(AppError)
    def known(_request: Request, error: AppError) -> JSONResponse:
        answer = problem(error.status, error.code, error.detail, **error.members)
        answer.headers.update(error.headers)
        return answer

    @app.exception_handler(Moved)
    def moved(request: Request, error: Moved) -> JSONResponse:
        answer = problem(error.status, error.code, error.detail, **error.members)
        answer.headers["Location"] = error.location(request.url)
        return answer

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
        where = ", ".join(sorted({".".join(map(str, e["loc"][1:])) or str(e["loc"][0]) for e in wrong}))
        return problem(InvalidRequest.status, InvalidRequest.code, f"Please correct: {where}.", errors=wrong)

    @app.exception_handler(HTTPException)
    def framework(_request: Request, error: HTTPException) -> JSONResponse:
        codes = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        code = codes.get(error.status_code, "http_error")
        answer = problem(error.status_code, code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(DataError)
    def unstorable(_request: Request, _error: DataError) -> JSONResponse:
        return problem(UnstorableValue.status, UnstorableValue.code, UnstorableValue().detail)

    @app.exception_handler(Exception)
    def unknown(_request: Request, error: Exception) -> JSONResponse:
        log.error("request.crashed", error=type(error).__qualname__, exc_info=error)
        return problem(500, "internal_error", "Something broke on our side; the request id is in X-Request-Id.")
