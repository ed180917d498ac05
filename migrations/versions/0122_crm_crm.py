"""CRM connections

Revision ID: 0122_crm
Revises: 0121_private
"""

import sqlalchemy as sa
from alembic import op

from app.kit import db

revision = "0122_crm"
down_revision = "0121_private"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("connector", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("settings", db.JsonDocument, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("mapping", db.JsonDocument, nullable=False),
        sa.Column("companies", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Boolean(), nullable=False),
        sa.Column("on_erasure", sa.String(length=10), nullable=False),
        sa.Column("prepared_at", db.UtcDateTime(), nullable=True),
        sa.Column("max_per_second", sa.Double(), nullable=True),
        sa.Column("closed_reason", sa.String(length=10), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(), nullable=True),
        sa.Column("failing_since", db.UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", db.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=100), nullable=True),
        sa.Column("tally", db.JsonDocument, nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_crm_connections_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_connections")),
    )
    with op.batch_alter_table("crm_connections", schema=None) as batch_op:
        batch_op.create_index("ix_crm_connections_organization_id", ["organization_id", "id"], unique=False)

    op.create_table(
        "crm_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("remote_id", sa.String(length=200), nullable=True),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", db.UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("filled", db.JsonDocument, nullable=False),
        sa.Column("memory", db.JsonDocument, nullable=False),
        sa.Column("pushed_at", db.UtcDateTime(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["crm_connections.id"],
            name=op.f("fk_crm_links_connection_id_crm_connections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_crm_links_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_links")),
        sa.UniqueConstraint(
            "connection_id", "kind", "object_id", name=op.f("uq_crm_links_connection_id_kind_object_id")
        ),
    )
    with op.batch_alter_table("crm_links", schema=None) as batch_op:
        batch_op.create_index("ix_crm_links_due", ["connection_id", "status", "kind", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_links_object_id"), ["object_id"], unique=False)
        batch_op.create_index("ix_crm_links_organization_id", ["organization_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_links_parent_id"), ["parent_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("crm_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_links_parent_id"))
        batch_op.drop_index("ix_crm_links_organization_id")
        batch_op.drop_index(batch_op.f("ix_crm_links_object_id"))
        batch_op.drop_index("ix_crm_links_due")

    op.drop_table("crm_links")
    with op.batch_alter_table("crm_connections", schema=None) as batch_op:
        batch_op.drop_index("ix_crm_connections_organization_id")

    op.drop_table("crm_connections")
