"""when contacts were withdrawn from the team

Revision ID: 0151_people
Revises: 0150_scale
"""

import sqlalchemy as sa
from alembic import op

from app.kit import db

revision = "0151_people"
down_revision = "0150_scale"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contact_tombstones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", db.UtcDateTime(), nullable=True))

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")

    with op.batch_alter_table("contact_tombstones", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
