"""What every request passes on its way in: an id, a size limit, a log line and a measurement."""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.errors import TooLarge, problem
from app.kit.ids import new_id

log = structlog.get_logger()

REQUESTS = Counter("cardally_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("cardally_http_request_seconds", "Time to answer.", ["method", "route"])


class RequestContext:
    """Gives each request an id (X-Request-Id), binds it to the logs, and logs and counts the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, started, status = str(new_id()), time.perf_counter(), 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, tell)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unmatched")
            method = scope["method"] if route != "unmatched" else "other"
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(method, route).observe(seconds)
            log.info("request", method=method, route=route, status=status, seconds=round(seconds, 4))


class BodyLimit:
    """Answers 413 as soon as a body is known to be larger than `limit` bytes, whatever its Content-Length claims.

    Some paths have limits of their own.
    """

    def __init__(self, app: ASGIApp, limit: int, limits: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._limit)
        too_large = f"The request is larger than {limit:,} bytes."
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if not claimed.isdigit() or int(claimed) > limit:
            await problem(TooLarge.status, TooLarge.code, too_large)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(TooLarge.status, too_large)  # the one kind that the framework lets through
            return message

        await self._app(scope, counted, send)
