"""an organization's rows are found with their id in one step

Revision ID: 0115_store_indexes
Revises: 0101_people
"""

import sqlalchemy as sa
from alembic import op

revision = "0115_store_indexes"
down_revision = "0101_people"
branch_labels = None
depends_on = None

TABLES = (
    "accounts agreements alliances api_keys card_fields card_logos cards companies company_aliases company_domains"
    " company_doubts company_logos contact_doubts contact_merges contact_points contacts employments evidence exchanges"
    " introductions scans seen_requests state_moves users webhook_attempts webhook_deliveries webhook_endpoints"
    " webhook_messages webhook_secrets webhook_sequences wins"
).split()


def upgrade() -> None:
    index_by(["organization_id", "id"])
    merged = sa.text("merged_into_id IS NOT NULL")
    op.drop_index("ix_contacts_merged_into_id", "contacts")
    op.create_index("ix_contacts_merged", "contacts", ["merged_into_id"], sqlite_where=merged, postgresql_where=merged)


def downgrade() -> None:
    op.drop_index("ix_contacts_merged", "contacts")
    op.create_index("ix_contacts_merged_into_id", "contacts", ["merged_into_id"])
    index_by(["organization_id"])


def index_by(columns: list[str]) -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_organization_id", table)
        op.create_index(f"ix_{table}_organization_id", table, columns)
