"""Rows that are taken in together become what they become one by one."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth.models import Organization
from app.auth.service import add_user
from app.companies.models import Company, CompanyAlias, CompanyBlock, CompanyDoubt
from app.contacts import queries
from app.contacts.creation import Author
from app.contacts.models import Contact, ContactDoubt, ContactNote
from app.contacts.queries import whole
from app.kit.queue import Job
from app.kit.trail import AuditEntry
from app.transfer.intake import Status, take_in
from app.transfer.person import Job as Place
from app.transfer.person import Person, Reach

START = datetime(2026, 1, 1, tzinfo=UTC)


def somebody(number, name, company=None, email=None, phone=None, **more) -> Person:
    return Person(
        name=name,
        jobs=(Place(company, "Buyer"),) if company else (),
        emails=(Reach(email),) if email else (),
        phones=(Reach(phone, "mobile"),) if phone else (),
        changed_at=START + timedelta(days=number),
        **more,
    )


PEOPLE = [
    somebody(number, *said, **more)
    for number, (said, more) in enumerate(
        [
            (("Jane Doe", "Acme Tools GmbH", "jane@acme.example"), {"tags": ("fair",), "notes": ("Likes coffee",)}),
            (("Otto Brandt", "ACME TOOLS", "otto@acme.example", "+49 171 1234567"), {}),
            (("Jane M. Doe", "Acme Tools", "jane@acme.example", "+49 170 7654321"), {"tags": ("Fair", "vip")}),
            (("Otto Brandt", "Globex AG", None, "+49 171 1234567"), {}),
            (("Eva Lind", "Acrne Tools GmbH"), {"external_id": "7"}),
            (("Ewa Lind",), {"external_id": "7", "notes": ("Speaks Swedish", "Likes tea")}),
            (("", None, None, None), {}),
            (("Jane Doe", "Nordane Energy", "jane@nordane.example"), {}),
            (("Jane Doe", "Nordane Logistics"), {}),
            (("Max Berg", "Globex", "max@globex.example"), {}),
            (("Max Berg", "Globex AG", "max@globex.example"), {"notes": ("Likes tea",)}),
        ]
    )
]


def everything(session) -> dict:
    """All that became of the rows, without ids."""
    ids = list(session.scalars(sa.select(Contact.id)))
    people = sorted(
        (
            each.name or "",
            each.search,
            each.remarks,
            each.needs_review,
            sorted(each.review),
            sorted((point.kind, point.key) for point in each.points),
            sorted((job.company.name if job.company else "", job.title or "", job.current) for job in each.employments),
            sorted(tag.key for tag in each.tags),
            sorted(name.value for name in each.external_ids),
        )
        for each in session.scalars(whole(ids))
    )
    return {
        "people": people,
        "companies": sorted(session.execute(sa.select(Company.name, Company.key, Company.confidence)).all()),
        "aliases": sorted(session.scalars(sa.select(CompanyAlias.key))),
        "blocks": session.scalar(sa.select(sa.func.count()).select_from(CompanyBlock)),
        "doubts": [sorted(session.scalars(sa.select(model.bits))) for model in (ContactDoubt, CompanyDoubt)],
        "notes": sorted(session.scalars(sa.select(ContactNote.text))),
        "recorded": set(session.scalars(sa.select(AuditEntry.object_id).where(AuditEntry.kind == "contact"))) == {*ids},
    }


@pytest.fixture
def taken(house, organization_id):
    """What becomes of the people when so many are taken in at once, and what they are told they became."""

    def run(size: int, people=PEOPLE) -> tuple[dict, list]:
        with house.sessions.begin(organization_id) as session:
            author = Author(add_user(session, "Ann Lee", f"ann{size}@northwind.example").id, "DE")
        outcomes = []
        for first in range(0, len(people), size):
            with house.sessions.begin(organization_id) as session:
                outcomes += take_in(session, house.files, author, people[first : first + size])
        with house.sessions.begin(organization_id) as session:
            found = everything(session)
            for model in (Contact, Company, Job):
                session.execute(sa.delete(model))
        return found, [(each.status, each.code) for each in outcomes]

    return run


def test_together_or_one_by_one_is_the_same(taken):
    one_by_one, told = taken(1)
    assert [status for status, _ in told].count(Status.CREATED) >= 5
    assert {Status.UPDATED, Status.FAILED} <= {status for status, _ in told}
    for size in (2, 4, len(PEOPLE)):
        together, told_together = taken(size)
        assert told_together == told
        assert together == {**one_by_one, "recorded": together["recorded"]}


def test_a_row_that_the_database_refuses_fails_alone(house, organization_id, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite takes any text")
    rows = [somebody(n, f"Person {n}", "Acme", f"p{n}@acme.example") for n in range(20)]
    rows[7] = somebody(7, "Nul\0", "Acme")
    with house.sessions.begin(organization_id) as session:
        author = Author(add_user(session, "Ann Lee", "ann@northwind.example").id, "DE")
        outcomes = take_in(session, house.files, author, rows)
    assert [each.status for each in outcomes].count(Status.CREATED) == 19
    assert (outcomes[7].status, outcomes[7].code) == (Status.FAILED, "unstorable_value")
    with house.sessions.begin(organization_id) as session:
        names = set(session.scalars(sa.select(Contact.name)))
        assert names == {f"Person {n}" for n in range(20) if n != 7}
        kept = session.scalar(sa.select(sa.func.count()).where(AuditEntry.kind == "contact"))
        assert kept == 19, "what was taken back is not recorded"


def test_five_hundred_rows_take_the_statements_of_one(house, organization_id):
    counts = []
    with house.sessions.begin(organization_id) as session:
        author = Author(add_user(session, "Ann Lee", "ann@northwind.example").id, "DE")
    for start, size in ((0, 20), (1000, 500)):
        rows = [
            somebody(n, f"Person {n} Number{n}", f"Firm {n // 20}", f"p{n}@firm{n // 20}.example")
            for n in range(start, start + size)
        ]
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sa.event.listen(house.sessions.engine, "before_cursor_execute", count)
        with house.sessions.begin(organization_id) as session:
            take_in(session, house.files, author, rows)
        sa.event.remove(house.sessions.engine, "before_cursor_execute", count)
        counts.append(counted)
    few, many = counts
    assert many < few + 24 * 2 + 20, "a select for each new name of a company, and none for each row"


def test_who_writes_beside_an_import_waits_for_a_slice_and_not_for_the_file(client, house, work):
    rows = "".join(f"Person {n} Number{n},p{n}@firm{n // 20}.example\n" for n in range(2500))
    location = client.post("/v1/imports", files={"file": f"name,email\n{rows}".encode()}).headers["Location"]
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    seen, done = [], threading.Event()

    def write() -> None:
        while not done.is_set():
            with house.sessions.begin(organization_id) as session:
                session.execute(sa.update(Organization).values(audit_days=0))
                seen.append(session.scalar(sa.select(sa.func.count()).select_from(Contact)))
            time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    work()
    done.set()
    writer.join()
    assert client.get(location).json()["created"] == 2500
    assert any(0 < count < 2500 for count in seen), "it had to wait until the file was in"


def test_what_is_held_of_namesakes_does_not_grow_with_the_rows(house, organization_id, monkeypatch):
    monkeypatch.setattr(queries, "_MOST_OF_KEYS", 4)
    with house.sessions.begin(organization_id) as session:
        owner = add_user(session, "Bob Ray", "bob@northwind.example")
        firms = ("Acme", "Globex", "Zarin", "Pollux", "Quintor", "Verdo")
        namesakes = [somebody(n, ("Jane Doe", "Otto Brandt")[n % 2], firm) for n, firm in enumerate(firms)]
        for number, person in enumerate(namesakes):
            email = (Reach(f"p{number}@firm{number}.example"),)
            take_in(session, house.files, Author(owner.id, "DE"), [replace(person, emails=email)])
        same = sa.select(Contact.name_key, Contact.id).where(Contact.name_key.in_(["doe jane", "brandt otto"]))
        oldest = [tuple(row) for row in session.execute(same.order_by(Contact.id))]
        assert len(oldest) == 6
        together = session.execute(queries.ids_by_names(["doe jane", "brandt otto"])).all()
        assert sorted(tuple(row) for row in together) == sorted(oldest[:4])
        assert len(session.execute(queries.ids_by_names(["doe jane"])).all()) == 3
