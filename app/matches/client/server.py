"""The server as one end of a match calls it: `/v1/matches` over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from pydantic import BaseModel

from app.books.terms import Relation
from app.matches.client.errors import PartnerLeft, Refused
from app.matches.client.sealing import Invitation
from app.matches.states import OVER
from app.matches.terms import Band, Depth, Reason, Side, State, Step

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 2.0


class SideSeen(BaseModel):
    """One of the two reps."""

    side: Side
    name: str | None
    email: str | None
    organization_name: str | None
    relations: list[Relation]
    size: int | None
    goes_to: Depth
    sent: list[Step]


class MatchSeen(BaseModel):
    """A match as the server shows it to one end."""

    id: UUID
    state: State
    depth: Depth
    own: SideSeen
    partner: SideSeen
    on_card: bool
    band: Band | None
    contact_id: UUID | None
    confirmed_at: datetime | None
    reason: Reason | None

    @property
    def over(self) -> bool:
        return self.state in OVER

    def both_sent(self, step: Step) -> bool:
        return step in self.own.sent and step in self.partner.sent


class Server:
    """Calls as one rep."""

    def __init__(self, http: httpx.Client, patience: float) -> None:
        """Args:
        http: With the server's address and the rep's key.
        patience: Seconds to wait for the other end in each step.
        """
        self._http = http
        self._patience = patience

    def propose(
        self, contact_id: UUID, own: list[Relation], partner: list[Relation], depth: Depth, invitation: Invitation
    ) -> MatchSeen:
        body = {"contact_id": str(contact_id), "own": own, "partner": partner, "depth": depth}
        return self._match("POST", "/v1/matches", body | {"token_digest": invitation.token_digest})

    def join(self, invitation: Invitation, contact_id: UUID) -> MatchSeen:
        return self._match("POST", "/v1/matches/join", {"token": invitation.token, "contact_id": str(contact_id)})

    def look(self, match_id: UUID) -> MatchSeen:
        return self._match("GET", f"/v1/matches/{match_id}", None)

    def say(self, match_id: UUID, what: str, **body: Any) -> MatchSeen:
        """`acceptance`, `band`, `depth`, `confirmation` or `closing`."""
        return self._match("PUT", f"/v1/matches/{match_id}/{what}", body)

    def send(self, match_id: UUID, step: Step, body: bytes) -> None:
        headers = {"Content-Type": "application/octet-stream"}
        self._call("PUT", f"/v1/matches/{match_id}/messages/{step}", content=body, headers=headers)

    def fetch(self, match_id: UUID, step: Step) -> bytes:
        return self._call("GET", f"/v1/matches/{match_id}/messages/{step}").content

    def least_accounts(self) -> int:
        """What the rep's and the organization's policy ask for."""
        least: int = self._call("GET", "/v1/match-policy").json()["effective"]["least_accounts"]
        return least

    def accounts(self, match_id: UUID) -> Iterator[dict[str, Any]]:
        """The accounts of the rep's own book that take part."""
        cursor: str | None = None
        while True:
            params = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            found = self._call("GET", f"/v1/matches/{match_id}/accounts", params=params).json()
            yield from found["items"]
            cursor = found["next_cursor"]
            if cursor is None:
                return

    def contact_of(self, email: str) -> UUID | None:
        """The contact with this address."""
        found = self._call("GET", "/v1/contacts", params={"q": email}).json()["items"]
        return UUID(found[0]["id"]) if found else None

    def my_email(self) -> str:
        email: str = self._call("GET", "/v1/me").json()["email"]
        return email

    def record(self, account: dict[str, Any]) -> None:
        """Put what a contact sells into, as both have confirmed it, into the organization's records."""
        self._call("POST", "/v1/accounts", json=account)

    def wait(self, match_id: UUID, ready: Callable[[MatchSeen], bool]) -> MatchSeen:
        """Look until it is so.

        Raises:
            PartnerLeft: the match is over and it is not so, or patience is.
        """
        deadline, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while not ready(seen := self.look(match_id)):
            if seen.over:
                raise PartnerLeft(f"The match is {seen.state}: the other end has left, or time ran out.")
            if time.monotonic() > deadline:
                raise PartnerLeft(f"The other end did nothing for {self._patience:.0f} s.")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return seen

    def _match(self, method: str, path: str, body: dict[str, Any] | None) -> MatchSeen:
        return MatchSeen.model_validate_json(self._call(method, path, json=body).content)

    def _call(self, method: str, path: str, **given: Any) -> httpx.Response:
        answer = self._http.request(method, path, **given)
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        raise Refused(problem.get("code", f"http_{answer.status_code}"), problem.get("detail", answer.reason_phrase))
