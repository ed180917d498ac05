"""Both ends of a match in one process, each with its own key and book: for demonstrations and tests.

    ours, theirs = match_books(url, Rep(ann_key, ann_csv), Rep(ben_key, ben_csv))
    for line in describe(ours): ...

Each of the two needs a mutual exchange with a contact that has the other's e-mail address.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from app.books.terms import Relation
from app.matches.client.book import Entry, entries_of_rows, entries_of_sheet
from app.matches.client.end import End, Person, Result
from app.matches.client.errors import MatchError, PartnerLeft, Refused
from app.matches.client.sealing import Invitation
from app.matches.client.server import MatchSeen, Server
from app.matches.terms import Depth

_ALL = tuple(Relation)


@dataclass(frozen=True, slots=True)
class Rep:
    """One of the two."""

    key: str = field(repr=False)
    """API key."""
    book: bytes | None = field(default=None, repr=False)
    """CSV with the columns of `POST /v1/accounts/import`; none, the rep's book on the server."""
    person: Person = field(default_factory=Person)
    relations: Collection[Relation] = _ALL
    """Which accounts take part."""


def match_books(
    url: str, proposer: Rep, partner: Rep, depth: Depth = Depth.FIELDS, patience: float = 60
) -> tuple[Result, Result]:
    """Match the books of two reps of one server; what the proposer and the partner have learnt.

    Args:
        url: The server's address.
        proposer: Invites.
        partner: Is invited.
        depth: How far to go at most.
        patience: Seconds that an end waits for the other in each step.

    Raises:
        MatchError: one of the two has no contact with the other's address, or the match could not go on.
    """
    with _client(url, proposer) as one, _client(url, partner) as other:
        inviting, invited = Server(one, patience), Server(other, patience)
        invitation = Invitation()
        match = inviting.propose(
            _contact(inviting, invited), list(proposer.relations), list(partner.relations), depth, invitation
        )
        invited.join(Invitation.read(invitation.text), _contact(invited, inviting))
        with ThreadPoolExecutor(2) as pool:
            ends = [
                pool.submit(run_end, server, invitation, match.id, rep)
                for server, rep in ((inviting, proposer), (invited, partner))
            ]
            failed = [error for end in ends if isinstance(error := end.exception(), Exception)]
            # The one that left because the other did says less than the other.
            for error in sorted(failed, key=lambda error: isinstance(error, PartnerLeft | Refused)):
                raise error
            return ends[0].result(), ends[1].result()


def run_end(server: Server, invitation: Invitation, match_id: UUID, rep: Rep) -> Result:
    """Run one rep's end of a match whose seats are taken; see `End.run`."""
    return End(server, invitation, match_id, rep.person).run(book_of(server, match_id, rep.book, rep.relations))


def book_of(server: Server, match_id: UUID, sheet: bytes | None, relations: Collection[Relation]) -> tuple[Entry, ...]:
    """The accounts that take part: from a CSV file that stays here, or from the rep's book on the server."""
    return entries_of_rows(server.accounts(match_id)) if sheet is None else entries_of_sheet(sheet, relations)


def describe(result: Result) -> list[str]:
    """What was learnt, in lines for people."""
    lines = [f"shared accounts: {result.band}"]
    for entry in result.shared:
        shown = result.shown.get(entry.identifier)
        theirs = f", theirs: {shown.relation.replace('_', ' ')}" if shown else ""
        lines.append(f"  {entry.name} (ours: {entry.relation.replace('_', ' ')}{theirs})")
    return lines


def accounts_to_record(result: Result, match: MatchSeen) -> list[dict[str, Any]]:
    """What `POST /v1/accounts` keeps as the contact's accounts: of those that both confirmed, where it is known how the
    partner sells there. It is, once fields were shown or where only one relation took part.
    """
    only = match.partner.relations[0] if len(match.partner.relations) == 1 else None
    made = []
    for entry in result.shared if result.confirmed else ():
        shown = result.shown.get(entry.identifier)
        relation = shown.relation if shown else only
        if relation is not None:
            made.append(
                {
                    "company": entry.name,
                    "domain": entry.domain,
                    "relation": relation,
                    "industry": shown.industry if shown else None,
                    "product_category": shown.product_category if shown else None,
                    "contact_id": str(match.contact_id),
                    "confirmed": True,
                }
            )
    return made


def _client(url: str, rep: Rep) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {rep.key}"}, timeout=30)


def _contact(of: Server, whom: Server) -> UUID:
    found = of.contact_of(whom.my_email())
    if found is None:
        raise MatchError("One of the two has no contact with the other's e-mail address.")
    return found
