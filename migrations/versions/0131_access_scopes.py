"""keys are good for some things, or for all

Revision ID: 0131_access
Revises: 0130_access
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0131_access"
down_revision = "0130_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("api_keys", sa.Column("scopes", column, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("api_keys") as batch_op:
        batch_op.drop_column("scopes")
