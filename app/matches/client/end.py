"""One end of a match, from the agreement to the fields: what it sends, checks and asks its person.

The order of the steps is the server's to keep; that the other end is honest about them is checked here as far as it
can be. Nothing leaves this end but blinded points, and after the person has agreed the fields of shared accounts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from app.books.terms import Relation
from app.matches.client.blinding import BlindedBook
from app.matches.client.book import FIELDS, Entry, check_count
from app.matches.client.errors import MatchError, Refused, ResultsDiffer, Tampered, TooManyAccounts
from app.matches.client.memory import Memory
from app.matches.client.sealing import Invitation, pad, unpad
from app.matches.client.server import MatchSeen, Server
from app.matches.terms import Band, Depth, Reason, State, Step, band_of, padded_size

Read = TypeVar("Read")
Word = Annotated[str, StringConstraints(max_length=100)]


class Shown(BaseModel, extra="forbid"):
    """What the partner shows of a shared account."""

    relation: Relation
    industry: Word | None = None
    product_category: Word | None = None


_FIELDS_SHOWN = TypeAdapter(dict[str, Shown])
_OFFERED = TypeAdapter(frozenset[str])


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides at this end."""

    accept: Callable[[MatchSeen], bool] = lambda match: match.on_card
    """Whether this is the right person and these are the right terms; yes accepts also somebody whose address is not
    on the card."""
    go_on: Callable[[Band, Depth, bool], bool] = lambda _band, _depth, much: not much
    """Whether to go on to the accounts or the fields; told the band, and whether more than half of the own accounts
    are shared, which a partner who guesses would bring about."""
    offer: Callable[[Entry], bool] = lambda _entry: True
    """Whether to show the fields of a shared account."""
    tell: Callable[[str], None] = lambda _text: None
    """Told what happens."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one end has learnt."""

    band: Band
    confirmed: bool
    """Whether both ends said that they found this; if not, the other end left before it could."""
    reached: Depth = Depth.BAND
    shared: tuple[Entry, ...] = ()
    """The own accounts that the partner has as well."""
    shown: dict[str, Shown] = field(default_factory=dict)
    """What the partner has shown of them, by identifier."""


class End:
    """One end of one match."""

    def __init__(
        self,
        server: Server,
        invitation: Invitation,
        match_id: UUID,
        person: Person,
        memory: Path | None = None,
    ) -> None:
        """Args:
        server: Called as this end's rep.
        invitation: The secret of the two ends.
        match_id: The match, in which the rep has a seat.
        person: Decides.
        memory: File in which the last lists are remembered; none, nothing is.
        """
        self._server = server
        self._invitation = invitation
        self._id = match_id
        self._person = person
        self._memory = memory

    def run(self, entries: tuple[Entry, ...]) -> Result:
        """Everything this end does, once both seats are taken.

        Raises:
            MatchError: it cannot go on; the match was ended.
        """
        try:
            return self._run(entries)
        except MatchError:
            with suppress(Refused, httpx.HTTPError):
                self._leave()
            raise

    def _run(self, entries: tuple[Entry, ...]) -> Result:
        check_count(entries, self._server.least_accounts())
        match = self._agree(entries)
        book = BlindedBook([entry.identifier for entry in entries])
        points = self._swap(Step.POINTS, book.points)
        book.check_points(points, match.partner.size or 0)
        blinded = self._swap(Step.BLINDED, book.answer(points, ordered=False))
        count = book.count_shared(points, blinded)
        result = self._say_band(band_of(count))
        much = count * 2 > len(entries)
        if not self._deeper(match, Depth.ACCOUNTS, result, much):
            return result
        ordered = self._swap(Step.ORDERED, book.answer(points, ordered=True))
        result = self._say_found(result, entries, book.find_shared(points, blinded, ordered))
        if not self._deeper(match, Depth.FIELDS, result, much):
            return result
        return self._show(result)

    def _agree(self, entries: tuple[Entry, ...]) -> MatchSeen:
        match = self._server.wait(self._id, lambda seen: seen.state != State.PROPOSED)
        names = [entry.identifier for entry in entries]
        partner = f"{match.partner.organization_name}/{match.partner.email}"
        memory = Memory.at(self._memory) if self._memory else Memory()
        memory.check(partner, names)
        if not self._person.accept(match):
            raise MatchError("You did not accept.")
        size = padded_size(len(names))
        self._server.say(self._id, "acceptance", size=size, unlisted=not match.on_card)
        self._person.tell(f"You agreed: {len(entries)} of your accounts take part, padded to {size}.")
        match = self._server.wait(self._id, lambda seen: seen.state not in (State.PROPOSED, State.JOINED))
        if self._memory:
            memory.keep(partner, names, self._memory)
        return match

    def _say_band(self, band: Band) -> Result:
        seen = self._say_result(lambda seen: seen.band is not None, "band", band=band)
        self._person.tell(f"Shared accounts: {band}.")
        return Result(band, seen.band is not None)

    def _say_found(self, before: Result, entries: tuple[Entry, ...], names: tuple[str, ...]) -> Result:
        if band_of(len(names)) != before.band:
            raise Tampered
        digest = self._invitation.digest(self._id, names)
        seen = self._say_result(lambda seen: seen.confirmed_at is not None, "confirmation", digest=digest)
        shared = tuple(entry for entry in entries if entry.identifier in set(names))
        self._person.tell(f"Shared accounts found: {len(shared)}.")
        return Result(before.band, seen.confirmed_at is not None, Depth.ACCOUNTS, shared)

    def _say_result(self, agreed: Callable[[MatchSeen], bool], what: str, **said: str) -> MatchSeen:
        """Say what was found, and wait until the other end has said the same or left."""
        try:
            self._server.say(self._id, what, **said)
        except Refused as refused:
            if refused.code != "match_over":
                raise
        seen = self._server.wait(self._id, lambda seen: seen.over or agreed(seen))
        if seen.reason is Reason.RESULTS_DIFFER:
            raise ResultsDiffer
        return seen

    def _show(self, result: Result) -> Result:
        """Fields, pair by pair: of an account for which both offer them each gets the other's, of others neither."""
        offered = {entry.identifier: entry for entry in result.shared if self._person.offer(entry)}
        theirs = _read(self._swap(Step.OFFERS, _packed(sorted(offered))), _OFFERED)
        both = sorted(offered.keys() & theirs)
        own = {name: {column: getattr(offered[name], column) for column in FIELDS} for name in both}
        shown = _read(self._swap(Step.FIELDS, _packed(own)), _FIELDS_SHOWN)
        if sorted(shown) != both:
            raise Tampered("The other end shows other accounts than both have offered. The match was ended.")
        self._server.say(self._id, "closing", done=True)
        self._person.tell(f"Fields shown, each for the other's: of {len(shown)} accounts.")
        return replace(result, reached=Depth.FIELDS, shown=shown)

    def _deeper(self, match: MatchSeen, depth: Depth, result: Result, much: bool) -> bool:
        if not result.confirmed or result.band is Band.NONE or match.depth.rank < depth.rank:
            return False
        if not self._person.go_on(result.band, depth, much):
            self._leave()
            return False
        try:
            self._server.say(self._id, "depth", depth=depth)
        except Refused as refused:
            if refused.code != "match_over":
                raise
        seen = self._server.wait(self._id, lambda seen: seen.over or seen.partner.goes_to.rank >= depth.rank)
        if seen.over:
            self._person.tell("The other end does not want to go on.")
        return not seen.over

    def _swap(self, step: Step, data: bytes) -> bytes:
        """Send ours, get theirs: the server hands over both or neither."""
        match = self._server.look(self._id)
        self._server.send(self._id, step, self._invitation.seal(self._id, match.own.side, step, data))
        self._server.wait(self._id, lambda seen: seen.both_sent(step))
        return self._invitation.open(self._id, match.partner.side, step, self._server.fetch(self._id, step))

    def _leave(self) -> None:
        self._server.say(self._id, "closing", done=False)


def _packed(said: Any) -> bytes:
    try:
        return pad(json.dumps(said).encode())
    except ValueError as wrong:
        raise TooManyAccounts("So many fields do not fit into one message; offer fewer accounts.") from wrong


def _read(padded: bytes, kind: TypeAdapter[Read]) -> Read:
    try:
        return kind.validate_json(unpad(padded))
    except ValidationError as wrong:
        raise Tampered from wrong
