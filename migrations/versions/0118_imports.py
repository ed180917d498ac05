"""files of people that are brought in

Revision ID: 0118_store_imports
Revises: 0116_store_contacts
"""

import sqlalchemy as sa
from alembic import op

from app.kit import db

revision = "0118_store_imports"
down_revision = "0116_store_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("error", sa.String(50), nullable=True),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("preset", sa.String(20), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("source_file", sa.String(120), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("headers", db.JsonDocument, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "created", "updated", "unchanged", "failed")
        ),
        sa.Column("finished_at", db.UtcDateTime(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_imports_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_imports_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_organization_id", "imports", ["organization_id", "id"])
    op.create_index("ix_imports_user_id", "imports", ["user_id"])
    op.create_table(
        "import_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_reports_import_id_imports"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_import_reports_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_reports")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_import_reports_import_id_number")),
    )
    op.create_index("ix_import_reports_organization_id", "import_reports", ["organization_id", "id"])


def downgrade() -> None:
    op.drop_table("import_reports")
    op.drop_table("imports")
