"""Every query that is asked often finds its rows by an index that fits, on both databases."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.auth.service import add_user
from app.contacts import queries as contacts
from app.contacts.models import Contact, ContactPoint, Employment, PointKind
from app.exchanges import queries as exchanges
from app.exchanges.models import Exchange
from app.kit.clock import now
from app.kit.ids import new_id
from app.scans import queries as scans
from app.scans.models import Card, Scan, ScanStatus
from tests.planning import plan

MANY = [new_id() for _ in range(3000)]
ONE, FEW = MANY[7], MANY[100:150]
HOT = {
    "a contact": (sa.select(Contact).where(Contact.id == ONE), "pk_contacts|autoindex_contacts|_organization_id"),
    "contacts of a page": (contacts.with_ids(FEW), "pk_contacts|autoindex_contacts|_organization_id .*id=?"),
    "points": (
        sa.select(ContactPoint).where(ContactPoint.contact_id.in_(FEW)),
        "autoindex_contact_points|uq_contact_points_contact_id",
    ),
    "jobs": (sa.select(Employment).where(Employment.contact_id.in_(FEW)), "ix_employments_contact_id"),
    "who has an address": (contacts.ids_by_points(PointKind.EMAIL, ["7@acme.example"]), "ix_contact_points_key"),
    "who has a name": (contacts.ids_by_names({"7 doe"}), "ix_contacts_name_key"),
    "meetings": (exchanges.of_contact(ONE), "ix_exchanges_contact_id"),
    "cards of a scan": (scans.cards_of_scan(ONE), "autoindex_cards|uq_cards_scan_id"),
    "a page": (sa.select(Contact).order_by(Contact.id.desc()).limit(50), "ix_contacts_organization_id|pk_contacts"),
}


@pytest.fixture
def filled(begin):
    """Enough rows for PostgreSQL to prefer an index."""
    row = {"created_at": now(), "updated_at": now()}
    with begin() as session:
        scope = {"organization_id": session.info["organization_id"], "created_at": now()}
        owner = add_user(session, "Ann", "ann@northwind.example").id
        values = {
            "audience_id": scope["organization_id"],
            "owner_id": owner,
            "confidence": 1.0,
            "version": 1,
            "needs_review": False,
        }
        people = [{"id": one, "name_key": f"{n} doe", **scope, **row, **values} for n, one in enumerate(MANY)]
        session.execute(sa.insert(Contact), people)
        points = [
            {"contact_id": one, "kind": "email", "value": "x", "key": f"{n}@acme.example", **scope}
            | {"id": new_id(), "confidence": 1.0, "source": "user"}
            for n, one in enumerate(MANY)
        ]
        session.execute(sa.insert(ContactPoint), points)
        session.execute(
            sa.insert(Employment), [{"id": new_id(), "contact_id": one, "seen_at": now(), **scope} for one in MANY]
        )
        photo = {"user_id": owner, "status": ScanStatus.DONE, "front_file": "a.jpg", "captured_at": now()}
        shared = {"audience_id": scope["organization_id"], "mutual": False}
        session.execute(sa.insert(Scan), [{"id": one, **photo, **shared, **scope} for one in MANY])
        card = {"position": 0, "quad": [], "quad_confidence": 1.0, "turn": 0, "image_file": "a.jpg"}
        read = {"lines": [], "quality": {}, "review": []}
        session.execute(
            sa.insert(Card),
            [{"id": new_id(), "scan_id": one, "contact_id": one, **card, **read, **scope} for one in MANY],
        )
        met = {"user_id": owner, "direction": "received", "met_at": now(), **scope}
        session.execute(sa.insert(Exchange), [{"id": new_id(), "contact_id": one, **met} for one in MANY])
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text("ANALYZE"))
    return begin


def test_what_is_asked_often_is_found_by_an_index_that_fits(filled):
    with filled() as session:
        if session.get_bind().dialect.name == "postgresql":  # tables without rows would be read whole
            session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        said = {name: plan(session, query) for name, (query, _) in HOT.items()}
    wrong = {name: said[name] for name, (_, fits) in HOT.items() if not re.search(fits, said[name])}
    assert wrong == {}


def test_a_page_is_read_in_order_not_sorted(filled):
    with filled() as session:
        said = plan(session, HOT["a page"][0])
    assert "Sort" not in said
    assert "TEMP B-TREE" not in said


def test_each_index_is_described_to_sqlite_once(house):
    if house.sessions.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL measures its tables")
    with house.sessions.begin(reading=True) as session:
        shapes = dict(session.execute(sa.text("SELECT idx, stat FROM sqlite_stat1")).all())
    assert shapes["ix_contacts_organization_id"] == "1000000 1000000 1"
    assert shapes["ix_employments_contact_id"] == "1000000 10"
