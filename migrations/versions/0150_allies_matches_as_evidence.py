"""A private match of two books is evidence: how many accounts at least, and by which relations.

Revision ID: 0150_allies
Revises: 0140_reviews
"""

import sqlalchemy as sa
from alembic import op

from app.kit import db

revision = "0150_allies"
down_revision = "0140_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accounts", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("relations", db.JsonDocument, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_column("relations")
        batch_op.drop_column("accounts")
