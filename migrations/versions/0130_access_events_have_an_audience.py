"""events have an audience; those that were there belong to the whole organization

Revision ID: 0130_access
Revises: 0118_store_imports
"""

import sqlalchemy as sa
from alembic import op

revision = "0130_access"
down_revision = "0118_store_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("audience_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE events SET audience_id = organization_id")
    with op.batch_alter_table("events") as batch_op:
        batch_op.alter_column("audience_id", existing_type=sa.Uuid(), nullable=False)
    op.create_index("ix_events_audience", "events", ["audience_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_events_audience", "events")
    with op.batch_alter_table("events") as batch_op:
        batch_op.drop_column("audience_id")
