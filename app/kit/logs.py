"""Logs: one JSON object a line on stderr, with the request or job it belongs to and no personal data.

Only ids, codes, counts and times are logged; paths are the route's template, never the query string.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import structlog


def _name_the_place(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    # Where it broke, but neither its message nor its locals: both may hold what is printed on a card.
    crash = event.pop("exc_info", None)
    crash = crash[1] if isinstance(crash, tuple) else crash
    if isinstance(crash, BaseException):
        frames = traceback.extract_tb(crash.__traceback__)
        event["error"] = type(crash).__qualname__
        event["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def set_up_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers to stderr; readable on a terminal, JSON elsewhere."""
    stream = stream or sys.stderr
    pretty = stream.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_the_place,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]  # `basicConfig(force=True)` would close handlers that others still hold
    root.setLevel(logging.WARNING)
