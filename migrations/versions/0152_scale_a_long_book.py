"""A user's book is paged by an index of its own

Revision ID: 0152_scale
Revises: 0150_allies
"""

import sqlalchemy as sa
from alembic import op

revision = "0152_scale"
down_revision = "0150_allies"
branch_labels = None
depends_on = None

_OF_USERS = sa.text("user_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_accounts_book", "accounts", ["user_id", "id"], sqlite_where=_OF_USERS, postgresql_where=_OF_USERS
    )


def downgrade() -> None:
    op.drop_index("ix_accounts_book", "accounts")
