"""What keeps scores right reads no table as a whole, on either database."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import sqlalchemy as sa

from app.alliances import book_queries, meeting_queries, queries
from app.alliances.models import Alliance, Evidence, SharedAccountRow
from app.auth.service import add_user
from app.books import queries as books
from app.books.models import Account
from app.companies.models import Company
from app.contacts.models import Contact
from app.exchanges.models import Exchange
from app.kit.clock import now
from app.kit.ids import new_id
from tests.planning import plan

MANY = [new_id() for _ in range(1500)]
USER, ONE, FEW = MANY[3], MANY[7], MANY[100:140]
COMPANY = Company(id=ONE, is_home=False)
HOT = {
    "pairs that share an account": (book_queries.pairs_that_share(ONE), "ix_shared_accounts_account_id"),
    "what pairs share": (book_queries.kept_of_pairs(FEW), "pk_shared_accounts|shared_accounts USING PRIMARY KEY"),
    "signals": (
        queries.signals(FEW, 2000),
        "ix_evidence_kinds|ix_evidence_timeline|evidence_alliance_id|autoindex_evid",
    ),
    "the newest signals": (queries.newest_signals(ONE, 200), "ix_evidence_kinds"),
    "how much evidence": (queries.evidence_sizes(FEW, 301), "evidence"),
    "the only reps": (queries.only_reps(FEW, now()), "ix_evidence_kinds|ix_evidence_timeline|evidence_alliance_id"),
    "pieces of evidence": (queries.evidence_with_keys(["7"]), "ix_evidence_source_key"),
    "sellers": (book_queries.partners_selling_to(ONE), "ix_accounts_sellers|ix_accounts_company_id"),
    "how many sell": (book_queries.sellers(FEW, 101), "ix_accounts_sellers|ix_accounts_company_id"),
    "what sellers say": (
        book_queries.said_by_sellers(FEW[:3], FEW),
        "seller_id=|Scan using ix_accounts_company_id|ix_accounts_sold",
    ),
    "what users say": (
        book_queries.said_by_users(FEW),
        "ix_accounts_of_users|ix_accounts_company_id|ix_accounts_sellers",
    ),
    "buyers": (book_queries.industries_sold_to(COMPANY), "ix_accounts_buyers"),
    "an industry": (books.sold_by_users("7"), "ix_accounts_industries"),
    "who met": (meeting_queries.users_who_met(ONE), "ix_exchanges_companies|ix_exchanges_users"),
    "last met": (meeting_queries.last_met(USER, 100), "ix_exchanges_users"),
    "a pair's own": (
        queries.pairs_with(ONE, 200),
        "company_a_id.*company_b_id|company_b_id.*company_a_id|autoindex_alliances",
    ),
}


@pytest.fixture
def filled(begin):
    """Enough rows for PostgreSQL to prefer an index."""
    with begin() as session:
        organization_id = session.info["organization_id"]
        user = add_user(session, "Ann", "ann@northwind.example").id
        scope = {"organization_id": organization_id, "created_at": now()}
        shared = {"audience_id": organization_id, "updated_at": now(), "confidence": 1.0, "version": 1}
        ids = [{"id": one, **scope} for one in MANY]
        session.execute(
            sa.insert(Company), [{**row, **shared, "name": "x", "key": "x", "is_home": False} for row in ids]
        )
        session.execute(sa.insert(Contact), [{**row, **shared, "owner_id": user, "needs_review": False} for row in ids])
        met = {"user_id": user, "direction": "received", "met_at": now(), "version": 1}
        session.execute(
            sa.insert(Exchange), [{**row, **met, "contact_id": row["id"], "company_id": row["id"]} for row in ids]
        )
        said = {
            "relation": "customer",
            "confirmed_at": now(),
            "updated_at": now(),
            "never_share": False,
            "confirmed": True,
        }
        sold = [
            {**row, **said, "company_id": row["id"], "industry": str(n % 50), "user_id": None, "contact_id": None}
            | (
                {"user_id": user, "seller_id": None}
                if n % 9 == 0
                else {"contact_id": row["id"], "seller_id": MANY[n // 5]}
            )
            for n, row in enumerate(ids)
        ]
        session.execute(sa.insert(Account), sold)
        ends = [{"company_a_id": min(one, other), "company_b_id": max(one, other)} for one, other in pairwise(MANY)]
        session.execute(
            sa.insert(Alliance),
            [
                {**row, **end, "audience_id": organization_id, "model_version": "2", "scored_on": now().date()}
                for row, end in zip(ids, ends, strict=False)
            ],
        )
        pairs = [row["id"] for row in ids[: len(ends)]]
        piece = {"kind": "meeting", "at": now(), "source": "report"}
        session.execute(
            sa.insert(Evidence),
            [{"id": one, **scope, **piece, "alliance_id": one, "source_key": str(one)} for one in pairs],
        )
        kept = {"worth": 1.0, "idf": 1.0, "confirmed_at": now(), "by_both": False}
        session.execute(
            sa.insert(SharedAccountRow),
            [{"alliance_id": one, "account_id": other, **kept} for one, other in zip(pairs, MANY, strict=False)],
        )
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text("ANALYZE"))
    return begin


def test_no_table_is_read_as_a_whole(filled):
    with filled() as session:
        if session.get_bind().dialect.name == "postgresql":  # a table of a few pages would be read whole
            session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        said = {name: plan(session, query) for name, (query, _) in HOT.items()}
    assert {name: said[name] for name, (_, fits) in HOT.items() if not re.search(fits, said[name])} == {}
    scanned = re.compile(r"^SCAN (accounts|evidence|exchanges|alliances|shared_accounts)\b(?!.* USING)", re.MULTILINE)
    assert {name: plan for name, plan in said.items() if scanned.search(plan)} == {}
