"""audiences: what was there belongs to the whole organization

Revision ID: 0110_access
Revises: 0117_privacy
"""

import sqlalchemy as sa
from alembic import op

revision = "0110_access"
down_revision = "0117_privacy"
branch_labels = None
depends_on = None

INDEXED = {"alliances": ["score", "id"], "companies": ["id"], "contacts": ["id"], "scans": ["id"]}
TABLES = (*INDEXED, "company_aliases", "company_domains")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("audience_id", sa.Uuid(), nullable=True))
        op.execute(f"UPDATE {table} SET audience_id = organization_id")  # noqa: S608  names from above
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("audience_id", existing_type=sa.Uuid(), nullable=False)
    for table, columns in INDEXED.items():
        op.create_index(f"ix_{table}_audience", table, ["audience_id", *columns])
    with op.batch_alter_table("company_domains") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_company_domains_organization_id_domain"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_company_domains_audience_id_domain"), ["audience_id", "domain"]
        )
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_evidence_organization_id_source_key"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_evidence_alliance_id_source_key"), ["alliance_id", "source_key"]
        )
    with op.batch_alter_table("organizations") as batch_op:
        batch_op.add_column(
            sa.Column("default_visibility", sa.String(length=10), nullable=False, server_default="team")
        )
    with op.batch_alter_table("organizations") as batch_op:
        batch_op.alter_column("default_visibility", existing_type=sa.String(length=10), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("organizations") as batch_op:
        batch_op.drop_column("default_visibility")
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_evidence_alliance_id_source_key"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_evidence_organization_id_source_key"), ["organization_id", "source_key"]
        )
    with op.batch_alter_table("company_domains") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_company_domains_audience_id_domain"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_company_domains_organization_id_domain"), ["organization_id", "domain"]
        )
    for table in INDEXED:
        op.drop_index(f"ix_{table}_audience", table)
    for table in TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("audience_id")
