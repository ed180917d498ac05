"""companies of dealings

Revision ID: 0112_allies
Revises: 0122_people
"""

import sqlalchemy as sa
from alembic import op

revision = "0112_allies"
down_revision = "0122_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_agreements_company_id"), ["company_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_agreements_company_id_companies"), "companies", ["company_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("alliances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declared_competitors", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index("ix_alliances_covered", ["organization_id", "coverage", "id"], unique=False)
        batch_op.create_index("ix_alliances_recent", ["organization_id", "last_evidence_at", "id"], unique=False)

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_evidence_company_id"), ["company_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_company_id_companies"), "companies", ["company_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_introductions_company_id"), ["company_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_introductions_company_id_companies"),
            "companies",
            ["company_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("wins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_wins_company_id"), ["company_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_wins_company_id_companies"), "companies", ["company_id"], ["id"], ondelete="SET NULL"
        )

    for table in ("agreements", "introductions", "wins"):
        op.execute(
            f"UPDATE {table} SET company_id = (SELECT CASE WHEN a.is_home THEN b.id WHEN b.is_home THEN a.id END"  # noqa: S608
            " FROM alliances AS pair JOIN companies AS a ON a.id = pair.company_a_id"
            f" JOIN companies AS b ON b.id = pair.company_b_id WHERE pair.id = {table}.alliance_id)"
        )


def downgrade() -> None:
    with op.batch_alter_table("wins", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_wins_company_id_companies"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_wins_company_id"))
        batch_op.drop_column("company_id")

    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_introductions_company_id_companies"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_introductions_company_id"))
        batch_op.drop_column("company_id")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_company_id_companies"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_evidence_company_id"))
        batch_op.drop_column("note")
        batch_op.drop_column("company_id")

    with op.batch_alter_table("alliances", schema=None) as batch_op:
        batch_op.drop_index("ix_alliances_recent")
        batch_op.drop_index("ix_alliances_covered")
        batch_op.drop_column("declared_competitors")

    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_agreements_company_id_companies"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_agreements_company_id"))
        batch_op.drop_column("company_id")
