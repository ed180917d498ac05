"""parents and brands of companies

Revision ID: 0150_people
Revises: 0150_access
"""

import sqlalchemy as sa
from alembic import op

from app.kit import db

revision = "0150_people"
down_revision = "0150_access"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "company_brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_brands_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_company_brands_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_brands")),
        sa.UniqueConstraint("company_id", "key", name=op.f("uq_company_brands_company_id_key")),
    )
    with op.batch_alter_table("company_brands", schema=None) as batch_op:
        batch_op.create_index("ix_company_brands_organization_id", ["organization_id", "id"], unique=False)

    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_companies_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_companies_parent_id_companies"), "companies", ["parent_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("company_aliases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("brand_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_company_aliases_brand_id"), ["brand_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_company_aliases_brand_id_company_brands"),
            "company_brands",
            ["brand_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("company_domains", schema=None) as batch_op:
        batch_op.add_column(sa.Column("brand_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_company_domains_brand_id"), ["brand_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_company_domains_brand_id_company_brands"),
            "company_brands",
            ["brand_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:

    with op.batch_alter_table("company_domains", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_company_domains_brand_id_company_brands"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_company_domains_brand_id"))
        batch_op.drop_column("brand_id")

    with op.batch_alter_table("company_aliases", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_company_aliases_brand_id_company_brands"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_company_aliases_brand_id"))
        batch_op.drop_column("brand_id")

    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_companies_parent_id_companies"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_companies_parent_id"))
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("company_brands", schema=None) as batch_op:
        batch_op.drop_index("ix_company_brands_organization_id")

    op.drop_table("company_brands")
