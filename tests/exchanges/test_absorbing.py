"""A reading becomes companies, contacts and exchanges, once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.auth.service import add_user
from app.companies.models import Company, CompanyDoubt
from app.companies.service import set_home_company
from app.contacts.models import Contact, ContactDoubt, ContactPoint, Employment
from app.exchanges import service
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.scans.models import Card, Scan, ScanStatus
from tests.readings import jane, read_scan

THEN = now() - timedelta(days=400)


@pytest.fixture
def user_id(begin):
    with begin() as session:
        set_home_company(session, "Northwind Retail Systems", "northwind.example")
        return add_user(session, "Ann Lee", "ann@northwind.example").id


@pytest.fixture
def absorb(begin, user_id):
    """Absorbs a scan of these cards and returns its id."""

    def run(*cards, **said):
        with begin() as session:
            scan_id = read_scan(session, said.pop("user", user_id), *cards, **said)
        with begin() as session:
            service.absorb(session, scan_id)
        return scan_id

    return run


def rows(begin, model):
    with begin() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def one(begin, model):
    [row] = rows(begin, model)
    return row


def foreign(begin):
    return [company for company in rows(begin, Company) if not company.is_home]


def test_a_card_becomes_a_contact_a_company_and_an_exchange(begin, absorb, user_id):
    scan_id = absorb(jane(), event="Fair", place="Leipzig", note="likes drills", review=("glare",))
    contact, exchange, job, card = (one(begin, model) for model in (Contact, Exchange, Employment, Card))
    [company] = foreign(begin)
    assert (contact.name, contact.owner_id, contact.review, contact.needs_review) == (
        "Jane Doe",
        user_id,
        ["glare"],
        True,
    )
    assert contact.confidence == 0.9
    assert (company.name, company.key, company.place) == ("Acme Tools GmbH", "acme tools", "Leipzig")
    assert (job.company_id, job.title, job.current) == (company.id, "Head of Sales", True)
    assert (exchange.contact_id, exchange.company_id, exchange.scan_id, exchange.card_id) == (
        contact.id,
        company.id,
        scan_id,
        card.id,
    )
    assert (exchange.direction, exchange.event, exchange.place, exchange.note) == (
        Direction.RECEIVED,
        "Fair",
        "Leipzig",
        "likes drills",
    )
    assert card.contact_id == contact.id
    assert one(begin, Scan).status == ScanStatus.DONE
    points = rows(begin, ContactPoint)
    assert {(point.kind, point.key) for point in points} == {
        ("email", "jane.doe@acme.example"),
        ("phone", "4934112345678"),
        ("website", "acme.example"),
        ("address", "hauptstrasse 1 04109 leipzig"),
    }
    assert all(point.field_id and point.source == "rapidocr" for point in points)
    assert contact.provenance["name"]["field_id"]


def test_absorbing_again_changes_nothing(begin, absorb):
    scan_id = absorb(jane())
    before = one(begin, Contact).version
    with begin() as session:
        service.absorb(session, scan_id)
    assert one(begin, Contact).version == before
    assert len(rows(begin, Exchange)) == 1


def test_the_same_card_four_times_at_once_makes_one_contact(begin, user_id):
    with begin() as session:
        scan_ids = [read_scan(session, user_id, jane()) for _ in range(4)]
    barrier, failures = threading.Barrier(4), []

    def run(scan_id):
        barrier.wait()
        try:
            with begin() as session:
                service.absorb(session, scan_id)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(scan_id,)) for scan_id in scan_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    contact = one(begin, Contact)
    assert len(foreign(begin)) == 1
    assert {card.contact_id for card in rows(begin, Card)} == {contact.id}
    assert len(rows(begin, Exchange)) == 1, "four photos of one meeting"


def test_meetings_on_two_days_are_two_exchanges(begin, absorb):
    absorb(jane(), captured_at=THEN)
    absorb(jane(), captured_at=THEN + timedelta(days=1), event="Fair")
    assert [exchange.event for exchange in rows(begin, Exchange)] == [None, "Fair"]
    assert len(rows(begin, Contact)) == 1


def test_two_users_have_an_exchange_each(begin, absorb, user_id):
    with begin() as session:
        other = add_user(session, "Bob Ray", "bob@northwind.example").id
    absorb(jane())
    absorb(jane(), user=other)
    assert [exchange.user_id for exchange in rows(begin, Exchange)] == [user_id, other]
    assert one(begin, Contact).owner_id == user_id


def test_own_card_beside_it_makes_the_exchange_mutual(begin, absorb):
    own = [("name", "Ann Lee"), ("company", "Northwind Retail Systems Inc."), ("email", "ann@northwind.example")]
    absorb(own, jane())
    exchange, contact = one(begin, Exchange), one(begin, Contact)
    cards = {card.position: card for card in rows(begin, Card)}
    assert contact.name == "Jane Doe"
    assert exchange.direction == Direction.MUTUAL
    assert (exchange.own_card_id, exchange.card_id) == (cards[0].id, cards[1].id)
    assert (cards[0].contact_id, cards[1].contact_id) == (None, contact.id)


def test_own_card_photographed_later_makes_the_same_exchange_mutual(begin, absorb):
    absorb(jane())
    absorb(jane(), [("name", "Ann Lee"), ("email", "ann@northwind.example")])
    assert one(begin, Exchange).direction == Direction.MUTUAL


@pytest.mark.parametrize(
    ("said", "companies"),
    [
        ([("title", "Head of Sales"), ("company", "Acme Tools")], 1),
        ([("website", "www.acme.example")], 1),
        ([], 0),
    ],
)
def test_a_card_that_says_too_little_makes_no_contact(begin, absorb, said, companies):
    absorb(said)
    assert rows(begin, Contact) == []
    assert one(begin, Card).contact_id is None
    assert one(begin, Scan).status == ScanStatus.DONE
    assert len(foreign(begin)) == companies


def test_only_the_domain_is_known(begin, absorb):
    absorb([("name", "Jane Doe"), ("email", "jane@acme-tools.example")])
    [company] = foreign(begin)
    assert (company.name, company.confidence) == ("Acme Tools", 0.4)
    absorb(jane(email="jane@acme-tools.example", website=""))
    [company] = foreign(begin)
    assert (company.name, company.confidence) == ("Acme Tools GmbH", 0.9)


def test_free_mail_names_no_company(begin, absorb):
    absorb([("name", "Jane Doe"), ("email", "jane.doe@gmail.com"), ("website", "linkedin.com/in/jane")])
    assert foreign(begin) == []
    assert one(begin, Contact).name == "Jane Doe"


def test_same_name_at_another_domain_is_asked_and_never_linked(begin, absorb):
    absorb(jane())
    absorb(jane(name="Eva Roe", email="eva@acme-tools.example", website="", phone="", address=""))
    first, second = foreign(begin)
    doubt = one(begin, CompanyDoubt)
    assert (doubt.company_id, doubt.other_id) == (second.id, first.id)
    assert {reason["code"] for reason in doubt.reasons} == {"same_name", "different_domains"}
    assert (first.review, second.review) == ([], ["company_ambiguous"])
    eva = rows(begin, Contact)[1]
    assert eva.review == ["company_ambiguous"]


def test_two_people_of_one_name_at_one_company_are_asked(begin, absorb):
    absorb(jane())
    absorb(jane(email="jane.doe2@acme.example"))
    first, second = rows(begin, Contact)
    assert (first.review, second.review) == ([], ["possible_duplicate"])
    doubt = one(begin, ContactDoubt)
    assert (doubt.contact_id, doubt.other_id) == (second.id, first.id)
    assert {reason["code"] for reason in doubt.reasons} == {
        "same_name",
        "other_mailbox_at_the_same_domain",
        "same_phone",
        "same_company",
    }


def test_a_job_change_ends_the_old_job(begin, absorb):
    absorb(jane(phone="", mobile=""), captured_at=THEN)
    private = [("email", "jane.d@gmail.com"), ("phone", "+491711234567", 0.9, "mobile")]
    absorb([*jane(), *private], captured_at=THEN + timedelta(days=1))
    moved = jane(company="Globex AG", email="doe@globex.example", website="www.globex.example", title="CEO", phone="")
    absorb([*moved, *private], captured_at=THEN + timedelta(days=200))
    contact = one(begin, Contact)
    jobs = {job.title: job for job in rows(begin, Employment)}
    assert jobs["CEO"].current
    assert not jobs["Head of Sales"].current
    assert jobs["Head of Sales"].ended_on == (THEN + timedelta(days=200)).date()
    absorb([*jane(), *private], captured_at=THEN + timedelta(days=100))
    assert {job.title for job in rows(begin, Employment) if job.current} == {"CEO"}, "an older card ends nothing"
    assert one(begin, Contact).id == contact.id


def test_two_cards_of_one_person_in_one_photo_are_two_jobs_at_once(begin, absorb):
    private = ("phone", "+491711234567", 0.9, "mobile")
    absorb(
        [*jane(phone=""), private], [*jane(company="Globex", email="", website="", phone="", title="Owner"), private]
    )
    assert one(begin, Contact).name == "Jane Doe"
    assert {job.title for job in rows(begin, Employment) if job.current} == {"Head of Sales", "Owner"}


def test_a_surer_reading_fills_gaps_and_a_less_sure_one_changes_nothing(begin, absorb):
    absorb([("name", "Jane Doc", 0.5), ("email", "jane.doe@acme.example", 0.9)], review=("low_confidence:name",))
    absorb([("name", "Jane Doe", 0.95), ("email", "jane.doe@acme.example", 0.8), ("phone", "+4934112345678", 0.9)])
    contact = one(begin, Contact)
    assert (contact.name, contact.review, contact.confidence) == ("Jane Doe", [], 0.4)
    absorb([("name", "Jane Dae", 0.4), ("email", "jane.doe@acme.example", 0.9)], review=("low_confidence:name",))
    contact = one(begin, Contact)
    assert (contact.name, contact.review) == ("Jane Doe", [])
    with begin() as session:
        assert session.scalar(select(func.count()).select_from(ContactPoint)) == 2


def test_the_queue_absorbs_and_another_organization_sees_nothing(house, begin, user_id, work):
    from app.auth.service import found_organization

    with begin() as session:
        read_scan(session, user_id, jane())
    work()
    assert one(begin, Contact).name == "Jane Doe"
    with house.sessions.begin() as session:
        found_organization(session, "Southwind", "US")
        other_user = add_user(session, "Eve", "eve@southwind.example").id
        read_scan(session, other_user, jane())
        other = session.info["organization_id"]
    work()
    with house.sessions.begin(other) as session:
        assert session.scalars(select(Contact)).one().owner_id == other_user
    assert one(begin, Contact).owner_id == user_id


OWN = {"company": "Northwind Retail Systems", "email": "", "website": "", "phone": "", "address": ""}


def test_the_users_own_card_is_told_from_a_colleagues(begin, absorb):
    absorb(jane(), jane(name="Cleo Marsh", **OWN), jane(name="Ann Lee", **OWN))
    exchange = one(begin, Exchange)
    own = next(card for card in rows(begin, Card) if card.position == 2)
    assert (exchange.direction, exchange.own_card_id) == (Direction.MUTUAL, own.id)


def test_a_colleagues_card_makes_nothing_mutual(begin, absorb):
    absorb(jane(), jane(name="Cleo Marsh", **OWN))
    exchange = one(begin, Exchange)
    assert (exchange.direction, exchange.own_card_id) == (Direction.RECEIVED, None)
    assert one(begin, Contact).name == "Jane Doe"


def test_the_users_own_address_tells_the_card_whatever_company_it_names(begin, absorb):
    absorb(jane(), jane(name="Ann Lee", company="Misread Corp", email="ann@northwind.example", website="", phone=""))
    assert one(begin, Exchange).direction == Direction.MUTUAL
    assert one(begin, Contact).name == "Jane Doe"


def test_an_exchange_is_two_people_two_companies_and_two_logos(begin, absorb, house, api, user_id):
    from app.auth.models import User
    from app.auth.service import issue_key

    absorb(jane(), jane(name="Ann Lee", **OWN), logo="f" * 64)
    with begin() as session:
        key, _ = issue_key(session, session.get_one(User, user_id), "test")
    headers = {"Authorization": f"Bearer {key}"}
    [exchange] = api.get("/v1/exchanges", headers=headers).json()["items"]
    found = api.get(f"/v1/exchanges/{exchange['id']}", headers=headers).json()
    ours, theirs = found["ours"], found["theirs"]
    assert (ours["person"], ours["company"]) == ("Ann Lee", "Northwind Retail Systems")
    assert (theirs["person"], theirs["company"]) == ("Jane Doe", "Acme Tools GmbH")
    assert ours["logo_url"] != theirs["logo_url"]
    assert all(side["card_url"].endswith("/image") and side["logo_url"] for side in (ours, theirs))
