"""The keys of companies and the blocks that they are found in, by the rules of the day.

Revision ID: 0120_people
Revises: 0110_access
"""

from collections import Counter
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from app.companies.finding import numbers_of_blocks
from app.companies.normal import company_key
from app.companies.queries import MOST_OF_A_BLOCK

revision = "0120_people"
down_revision = "0110_access"
branch_labels = None
depends_on = None

_AT_ONCE = 1000

companies = sa.table("companies", sa.column("id", sa.Uuid), sa.column("name"), sa.column("key"))
aliases = sa.table(
    "company_aliases",
    sa.column("id", sa.Uuid),
    sa.column("organization_id", sa.Uuid),
    sa.column("company_id", sa.Uuid),
    sa.column("name"),
    sa.column("key"),
)
blocks = sa.table("company_blocks", sa.column("block", sa.BigInteger), sa.column("alias_id", sa.Uuid))


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(blocks.delete())
    for company_id, name, _ in connection.execute(companies.select()).all():
        connection.execute(companies.update().where(companies.c.id == company_id).values(key=company_key(name)))
    there = connection.execute(aliases.select().order_by(aliases.c.organization_id, aliases.c.id)).all()
    sizes: Counter[int] = Counter()
    known: set[tuple[UUID, str]] = set()
    members, changed = [], {}
    for alias in there:
        rests = alias.key.startswith("~")  # its company is part of another one that has the name already
        key = alias.key if rests else company_key(alias.name)
        if (alias.company_id, key) in known:
            connection.execute(aliases.delete().where(aliases.c.id == alias.id))
            continue
        known.add((alias.company_id, key))
        if key != alias.key:
            changed[alias.id] = key
            connection.execute(aliases.update().where(aliases.c.id == alias.id).values(key=f"?{alias.id}"))
        for number in numbers_of_blocks(alias.organization_id, company_key(alias.name)):
            sizes[number] += 1
            if sizes[number] <= MOST_OF_A_BLOCK:
                members.append({"block": number, "alias_id": alias.id})
    for alias_id, key in changed.items():
        connection.execute(aliases.update().where(aliases.c.id == alias_id).values(key=key))
    for first in range(0, len(members), _AT_ONCE):
        connection.execute(blocks.insert(), members[first : first + _AT_ONCE])


def downgrade() -> None:
    """Older rules find less by these keys, and lose nothing."""
