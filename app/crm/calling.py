"""Carries a conversation to a CRM: proves who asks, keeps to the CRM's pace, and reads the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

import orjson

from app import __version__
from app.crm.talk import Access, Connector, Denied, Down, Missing, Rejected, Reply, Request, Talk
from app.crm.templates import MASK
from app.kit.http import Allowed, Client, Unreached
from app.settings import Settings

T = TypeVar("T")
Keep = Callable[[dict[str, str]], None]
"""Called with fresh secrets, to be stored before they are used."""

_AGENT = {"user-agent": f"Cardally/{__version__}", "accept": "application/json"}
_MOST_STEPS = 60
"""Requests of one conversation; more means that it goes round in circles."""


class Line:
    """A line to one CRM, kept open. For one thread."""

    def __init__(
        self, connector: Connector, access: Access, settings: Settings, keep: Keep, per_second: float | None = None
    ) -> None:
        self._connector = connector
        self._access = access
        self._keep = keep
        self._client = Client(Allowed.of(settings.webhook_allow), settings.webhook_timeout_seconds)
        self._pause = 1 / (per_second or connector.per_second)
        self._slot = 0.0
        self._renewed = False
        self._silence: timedelta | None = None

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.__exit__()

    @property
    def access(self) -> Access:
        """With the secrets of now."""
        return self._access

    def take_silence(self) -> timedelta | None:
        """How long the CRM wants to be left alone after its last answers; told once."""
        silence, self._silence = self._silence, None
        return silence

    def hold(self, begin: Callable[[Access], Talk[T]]) -> T:
        """Have a conversation.

        Raises:
            Trouble: what the CRM said instead, where the conversation knew no answer.
        """
        self._renewed = False
        return self._converse(begin(self._access), self._answer)

    def _converse(self, talk: Talk[T], answer: Callable[[Request], Reply]) -> T:
        try:
            request = next(talk)
            for _ in range(_MOST_STEPS):
                reply = answer(request)
                trouble = self._connector.trouble(reply)
                request = talk.send(reply) if trouble is None else talk.throw(trouble)
        except StopIteration as end:
            result: T = end.value
            return result
        raise Down("endless_conversation")

    def _answer(self, request: Request) -> Reply:
        reply = self._send(request)
        if self._connector.renew is None or self._renewed:
            return reply
        if isinstance(trouble := self._connector.trouble(reply), Denied) and trouble.code == "unauthorized":
            self._renew()
            return self._send(request)
        return reply

    def _renew(self) -> None:
        self._renewed = True
        if self._connector.renew is not None:
            try:
                fresh = self._converse(self._connector.renew(self._access), self._send)
            except (Rejected, Missing) as refused:
                # It is the credentials that are no good, not the record that happened to be on its way.
                raise Denied("refresh_refused", refused.detail) from refused
            self._keep(fresh)
            self._access = replace(self._access, secrets={**self._access.secrets, **fresh})

    def _send(self, request: Request) -> Reply:
        if (wait := self._slot - time.monotonic()) > 0:
            time.sleep(wait)
        self._slot = time.monotonic() + self._pause
        url, headers, body = dressed(self._connector, self._access, signed(self._connector, self._access, request))
        try:
            answer = self._client.request(request.method, url, headers, body)
        except Unreached as unreached:
            raise Down(unreached.code) from unreached
        reply = Reply(answer.status, answer.body, answer.headers)
        if self._connector.pause is not None and reply.is_good:
            self._silence = self._connector.pause(reply) or self._silence
        return reply


def signed(connector: Connector, access: Access, request: Request) -> Request:
    """A request with what proves who asks, where it goes into the request itself."""
    return connector.sign(access, request) if connector.sign else request


def dressed(connector: Connector, access: Access, request: Request) -> tuple[str, dict[str, str], bytes]:
    """URL, headers and body of a request as they are sent."""
    url = request.path if "://" in request.path else access.url + request.path
    headers = {**_AGENT, **connector.headers(access), **request.headers}
    if request.body is None:
        return url, headers, b""
    if isinstance(request.body, str):
        return url, headers, request.body.encode()
    return url, {"content-type": "application/json", **headers}, orjson.dumps(request.body)


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as a person may see it."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any
    reads: bool


def rehearse(connector: Connector, access: Access, begin: Callable[[Access], Talk[Any]]) -> list[Shown]:
    """Every request of a conversation in which the CRM knows nothing yet; nothing is sent, secrets are masked."""
    shown: list[Shown] = []
    masked = replace(access, secrets={name: MASK for name, value in access.secrets.items() if value})
    talk = begin(masked)
    try:
        request = next(talk)
        while len(shown) < _MOST_STEPS:
            shown.append(_shown(connector, masked, request))
            request = talk.send(Reply(200, orjson.dumps(request.supposed).decode()))
    except StopIteration:
        pass
    return shown


def _shown(connector: Connector, masked: Access, request: Request) -> Shown:
    request = signed(connector, masked, request)
    url, headers, _ = dressed(connector, masked, request)
    proofs = connector.headers(masked)
    visible: Mapping[str, str] = {name: _masked(name, value, proofs) for name, value in headers.items()}
    return Shown(request.method, url, dict(visible), request.body, request.reads)


def _masked(name: str, value: str, proofs: Mapping[str, str]) -> str:
    # What a header is made of may be encoded: the scheme is kept, the proof is not.
    if name not in proofs or MASK in value or name.lower() != "authorization":
        return value
    return f"{value.split(' ', 1)[0]} {MASK}"
