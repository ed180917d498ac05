"""events are seen by whoever sees an exchange there: what was met privately made a private event

Revision ID: 0130_allies
Revises: 0118_store_imports
"""

import sqlalchemy as sa
from alembic import op

revision = "0130_allies"
down_revision = "0118_store_imports"
branch_labels = None
depends_on = None

_MET = (
    "(SELECT c.audience_id FROM exchanges AS x JOIN contacts AS c ON c.id = x.contact_id"
    " WHERE x.event_id = events.id {} ORDER BY x.id LIMIT 1)"
)


def upgrade() -> None:
    op.add_column("events", sa.Column("audience_id", sa.Uuid(), nullable=True))
    shared = _MET.format("AND c.audience_id = events.organization_id")
    op.execute(f"UPDATE events SET audience_id = COALESCE({shared}, {_MET.format('')}, organization_id)")  # noqa: S608
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("audience_id", existing_type=sa.Uuid(), nullable=False)
    op.create_index("ix_events_audience", "events", ["audience_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_events_audience", "events")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("audience_id")
