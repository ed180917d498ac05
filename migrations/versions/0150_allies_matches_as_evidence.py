"""A private match of two books is evidence: how many accounts at least, and by which relations.

Revision ID: 0150_allies
Revises: 0151_access
"""

import sqlalchemy as sa
from alembic import op

from app.kit import db

revision = "0150_allies"
down_revision = "0151_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("accounts", sa.Integer(), nullable=True))
    op.add_column("evidence", sa.Column("relations", db.JsonDocument, nullable=True))
    op.add_column("alliances", sa.Column("matched_worth", sa.Double(), server_default="0", nullable=False))


def downgrade() -> None:
    for table, column in (("alliances", "matched_worth"), ("evidence", "relations"), ("evidence", "accounts")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
