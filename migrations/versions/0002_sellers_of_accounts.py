"""sellers_of_accounts

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seller_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_accounts_of_users",
            ["company_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_accounts_sellers", ["organization_id", "company_id", "seller_id", "user_id"], unique=False
        )
        batch_op.create_index("ix_accounts_sold", ["seller_id", "company_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_accounts_seller_id_companies"), "companies", ["seller_id"], ["id"], ondelete="SET NULL"
        )

        batch_op.drop_index("ix_accounts_industries")
        batch_op.create_index(
            "ix_accounts_industries",
            ["organization_id", "industry"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )
    op.execute(
        "UPDATE accounts SET seller_id = (SELECT e.company_id FROM employments AS e"
        " WHERE e.contact_id = accounts.contact_id AND e.current ORDER BY e.seen_at DESC LIMIT 1)"
        " WHERE contact_id IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_accounts_seller_id_companies"), type_="foreignkey")
        batch_op.drop_index("ix_accounts_industries")
        batch_op.create_index("ix_accounts_industries", ["organization_id", "industry"], unique=False)
        batch_op.drop_index("ix_accounts_sold")
        batch_op.drop_index("ix_accounts_sellers")
        batch_op.drop_index(
            "ix_accounts_of_users",
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )
        batch_op.drop_column("seller_id")
