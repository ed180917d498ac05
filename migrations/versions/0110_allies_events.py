"""events

Revision ID: 0110_allies
Revises: 0115_store_indexes
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from app.exchanges.nearness import event_key
from app.kit import db
from app.kit.clock import now
from app.kit.ids import new_id

revision = "0110_allies"
down_revision = "0115_store_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmation_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_confirmation_policies_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_policies")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_confirmation_policies_organization_id")),
    )
    with op.batch_alter_table("confirmation_policies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_confirmation_policies_organization_id"), ["organization_id", "id"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("starts_at", db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_events_days")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_events_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_days", ["organization_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_organization_id"), ["organization_id", "id"], unique=False)

    op.create_table(
        "proven_domains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_proven_domains_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proven_domains")),
        sa.UniqueConstraint("domain", name=op.f("uq_proven_domains_domain")),
    )
    with op.batch_alter_table("proven_domains", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proven_domains_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "handshakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.String(length=64), nullable=False),
        sa.Column("met_at", db.UtcDateTime(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name=op.f("fk_handshakes_exchange_id_exchanges"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_handshakes_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handshakes")),
        sa.UniqueConstraint("exchange_id", "key", name=op.f("uq_handshakes_exchange_id_key")),
    )
    with op.batch_alter_table("handshakes", schema=None) as batch_op:
        batch_op.create_index("ix_handshakes_key", ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_handshakes_met_at"), ["met_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_handshakes_organization_id"), ["organization_id"], unique=False)

    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("event_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.create_index(batch_op.f("ix_exchanges_event_id"), ["event_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_exchanges_event_id_events"), "events", ["event_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("mutual", sa.Boolean(), server_default=sa.false(), nullable=False))

    _gather_known_events()


def _gather_known_events() -> None:
    """What was called by one name, without a pause of more than two days, was one event."""
    connection = op.get_bind()
    exchanges = sa.table(
        "exchanges",
        *(sa.column(name, sa.Uuid()) for name in ("id", "organization_id", "event_id")),
        sa.column("event", sa.String()),
        sa.column("place", sa.String()),
        sa.column("met_at", db.UtcDateTime()),
    )
    events = sa.table(
        "events",
        *(sa.column(name, sa.Uuid()) for name in ("id", "organization_id")),
        *(sa.column(name, sa.String()) for name in ("name", "key", "place")),
        *(sa.column(name, db.UtcDateTime()) for name in ("starts_at", "ends_at", "created_at", "updated_at")),
        sa.column("version", sa.Integer()),
    )
    named = exchanges.select().where(exchanges.c.event.is_not(None)).order_by(exchanges.c.met_at)
    open_: dict[tuple[object, str], tuple[object, object]] = {}
    for row in connection.execute(named).all():
        key = (row.organization_id, event_key(row.event))
        event_id, last = open_.get(key, (None, None))
        if not key[1]:
            continue
        if event_id is None or row.met_at - last > timedelta(hours=48):
            event_id = new_id()
            told = {"name": row.event, "key": key[1], "place": row.place, "version": 1}
            moments = {"starts_at": row.met_at, "created_at": now(), "updated_at": now()}
            made = {"id": event_id, "organization_id": row.organization_id, "ends_at": row.met_at, **told, **moments}
            connection.execute(events.insert().values(**made))
        open_[key] = (event_id, row.met_at)
        connection.execute(events.update().where(events.c.id == event_id).values(ends_at=row.met_at))
        connection.execute(exchanges.update().where(exchanges.c.id == row.id).values(event_id=event_id))


def downgrade() -> None:
    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.drop_column("mutual")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")

    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_exchanges_event_id_events"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_exchanges_event_id"))
        batch_op.drop_column("version")
        batch_op.drop_column("event_id")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")

    with op.batch_alter_table("handshakes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handshakes_organization_id"))
        batch_op.drop_index(batch_op.f("ix_handshakes_met_at"))
        batch_op.drop_index("ix_handshakes_key")

    op.drop_table("handshakes")
    with op.batch_alter_table("proven_domains", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proven_domains_organization_id"))

    op.drop_table("proven_domains")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_organization_id"))
        batch_op.drop_index("ix_events_days")

    op.drop_table("events")
    with op.batch_alter_table("confirmation_policies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_policies_organization_id"))

    op.drop_table("confirmation_policies")
