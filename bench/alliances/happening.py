"""Lets one card, one account or one win happen to the service, and runs what follows from it until scores are right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.alliances import book_queries, dealings, queries, scoring
from app.alliances.assessment import beginning_of
from app.alliances.dealings import Between
from app.alliances.grounds import case_of
from app.alliances.models import Alliance
from app.books import service as books
from app.books.service import Holder
from app.books.sheet import Row
from app.books.terms import Relation
from app.composition import House
from app.contacts.models import Contact, Employment
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.queue import publish
from bench.alliances.drawing import Drawn
from bench.alliances.filling import ALLIANCE, COMPANY, CONTACT, USER, an_id, name_of

_SCORING = sa.text(
    "SELECT count(*) FROM jobs WHERE reaction LIKE 'app.alliances.%' AND reaction NOT LIKE '%.find_%' AND error IS NULL"
)
_FINDING = sa.text("SELECT count(*) FROM jobs WHERE reaction LIKE 'app.alliances.%' AND error IS NULL")
_FAILED = sa.text("SELECT count(*) FROM jobs WHERE error IS NOT NULL")
_MOST_CHECKED = 12


@dataclass(slots=True)
class Measured:
    """Of many happenings of one kind: seconds on the clock and of this process's processor, and jobs; and of pairs that
    were compared with a recompute from all rows how many, and the greatest difference.
    """

    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    finding: list[float] = field(default_factory=list)
    """Seconds on the clock from there until new candidates are found and scored as well."""
    jobs: int = 0
    compared: int = 0
    apart: float = 0.0


class World:
    """A filled database, and what can happen there."""

    def __init__(self, house: House, drawn: Drawn, whose: tuple[UUID, UUID], seed: int = 1) -> None:
        self.house, self.drawn, self.random = house, drawn, Random(seed)
        self.organization_id, self.home_id = whose
        self.runner = house.runner("quick")
        self.companies = list(range(drawn.companies))
        counts = [0] * drawn.companies
        for company in drawn.works_at.tolist():
            counts[company] += 1
        self.largest = sorted(self.companies, key=counts.__getitem__, reverse=True)[:10]

    def company(self) -> int:
        """Half the time that of a contact, so mostly a large one; one in ten is one of the ten largest; else any."""
        dice = self.random.random()
        if dice < 0.5:
            return int(self.drawn.works_at[self.random.randrange(len(self.drawn.works_at))])
        return self.random.choice(self.largest if dice < 0.6 else self.companies)

    def customer(self) -> int:
        """Half the time that of a link, so mostly a popular one; else any."""
        if self.random.random() < 0.5:
            return int(self.drawn.customer[self.random.randrange(len(self.drawn.customer))])
        return self.random.choice(self.companies)

    def person(self, company: int) -> int:
        """A contact of a company: one of the first that were drawn."""
        found = (self.drawn.works_at[company:] == company).nonzero()[0][:50]
        return company + int(self.random.choice(found.tolist()))

    def card(self) -> tuple[int, int | None]:
        """A user gets the card of somebody new at a company that is known; what a scan leaves behind is written."""
        company, user = self.company(), an_id(USER, self.random.randrange(self.drawn.users))
        with self.house.sessions.begin(self.organization_id) as session:
            contact = Contact(id=new_id(), owner_id=user, confidence=1.0, employments=[], points=[])
            session.add(contact)
            session.flush()
            session.add(Employment(contact_id=contact.id, company_id=an_id(COMPANY, company), seen_at=now()))
            met = {"user_id": user, "contact_id": contact.id, "company_id": an_id(COMPANY, company)}
            exchange = Exchange(**met, direction=Direction.MUTUAL, met_at=now() - timedelta(minutes=1))
            session.add(exchange)
            session.flush()
            publish(session, ExchangeRecorded(exchange.id))
        return company, None

    def account(self) -> tuple[int, int | None]:
        """A user writes down what a contact sells into, or the user's own customer in one case of five."""
        company, customer = self.company(), self.customer()
        user, contact = self.random.randrange(self.drawn.users), an_id(CONTACT, self.person(company))
        own = self.random.random() < 0.2
        with self.house.sessions.begin(self.organization_id) as session:
            theirs = Holder(contact_id=contact, confirmed=False, audience_id=self.organization_id)
            holder = Holder(user_id=an_id(USER, user)) if own else theirs
            known = int(self.drawn.industry[customer])
            industry = f"industry {known}" if known >= 0 else None
            books.save(session, holder, Row(name_of(customer), self.random.choice(list(Relation)), industry=industry))
        return company, customer

    def win(self) -> tuple[int, int | None]:
        """A user and a contact win a deal together."""
        company = self.company()
        user, contact = an_id(USER, self.random.randrange(self.drawn.users)), an_id(CONTACT, self.person(company))
        giver = self.random.choice((self.home_id, an_id(COMPANY, company)))
        with self.house.sessions.begin(self.organization_id) as session:
            dealings.win(session, an_id(ALLIANCE, company), Between(user, contact, giver), None)
        return company, None

    def measure(self, kind: str, count: int, compare_every: int) -> Measured:
        """Let so many of a kind happen one after the other, each until nothing waits that bears on a score."""
        found, happen = Measured(), {"card": self.card, "account": self.account, "win": self.win}[kind]
        for number in range(-2, count):
            started, busy = time.perf_counter(), time.process_time()
            company, customer = happen()
            lost, jobs = self._settle(_SCORING)
            right, busy = time.perf_counter() - started - lost, time.process_time() - busy
            started = time.perf_counter()
            lost, more = self._settle(_FINDING)
            if number >= 0:
                found.seconds.append(right)
                found.busy.append(busy)
                found.finding.append(time.perf_counter() - started - lost)
                found.jobs += jobs + more
                if number % compare_every == 0:
                    self._compare(found, company, customer)
            while self.runner.run_one():
                pass  # what is to be told to others
        with self.house.sessions.begin(reading=True) as session:
            if failed := session.scalar(_FAILED):
                raise RuntimeError(f"{failed} jobs failed")
        return found

    def _settle(self, count: sa.TextClause) -> tuple[float, int]:
        """Run jobs until none of those that are counted waits; the seconds spent on looking, and how many ran."""
        lost = 0.0
        for jobs in range(100_000):
            started = time.perf_counter()
            with self.house.sessions.begin(reading=True) as session:
                waiting = session.scalar(count)
            lost += time.perf_counter() - started
            if not waiting:
                return lost, jobs
            self.runner.run_one()
        raise RuntimeError("still work after 100,000 jobs")

    def _compare(self, found: Measured, company: int, customer: int | None) -> None:
        """Score pairs of the neighbourhood from all rows there are."""
        with self.house.sessions.begin(self.organization_id, reading=True) as session:
            for pair in self._neighbourhood(session, company, customer):
                kept = session.scalars(queries.evidence(pair.id)).all()
                fresh = scoring.score(case_of(session, pair, kept), beginning_of(pair.scored_on))
                apart = max(abs(fresh.total - pair.score), abs(fresh.coverage - pair.coverage))
                found.compared, found.apart = found.compared + 1, max(found.apart, apart)

    def _neighbourhood(self, session: Session, company: int, customer: int | None) -> Iterator[Alliance]:
        ids = set(session.scalars(queries.pairs_with(an_id(COMPANY, company), _MOST_CHECKED)))
        ids.add(an_id(ALLIANCE, company))
        if customer is not None:
            sellers = session.scalars(book_queries.partners_selling_to(an_id(COMPANY, customer)).limit(60)).all()
            some = [seller for seller in sellers if seller]
            some = self.random.sample(some, min(len(some), _MOST_CHECKED))
            ids |= set(session.scalars(book_queries.pairs_between([self.home_id], some)))
        yield from session.scalars(queries.alliances_to_change(sorted(ids)))
