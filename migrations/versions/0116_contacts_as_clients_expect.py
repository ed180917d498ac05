"""tags, notes, external ids and tombstones of contacts; what lists are sorted by and searches look into

Revision ID: 0116_store_contacts
Revises: 0122_crm
"""

import sqlalchemy as sa
from alembic import op

from app.contacts.normal import search_text, sort_key
from app.kit import db

revision = "0116_store_contacts"
down_revision = "0122_crm"
branch_labels = None
depends_on = None

BATCH = 1000
TO_REVIEW = sa.text("needs_review")


def upgrade() -> None:
    make_tables()
    op.add_column("contacts", sa.Column("sort_key", sa.String(300), server_default="", nullable=False))
    op.add_column("contacts", sa.Column("remarks", sa.Text(), server_default="", nullable=False))
    fill()
    op.drop_index("ix_contacts_changed", "contacts")
    op.create_index("ix_contacts_changed", "contacts", ["organization_id", "updated_at", "id"])
    op.create_index("ix_contacts_sorted", "contacts", ["organization_id", "sort_key", "id"])
    op.create_index("ix_contacts_owned", "contacts", ["organization_id", "owner_id", "id"])
    op.create_index(
        "ix_contacts_to_review",
        "contacts",
        ["organization_id", "id"],
        sqlite_where=TO_REVIEW,
        postgresql_where=TO_REVIEW,
    )
    op.create_index("ix_exchanges_event", "exchanges", ["organization_id", "event", "contact_id"])
    if op.get_bind().dialect.name == "postgresql":  # SQLite's index is made by app.contacts.indexing
        words = "array_to_tsvector(array_remove(string_to_array(search || ' ' || remarks, ' '), ''))"
        op.execute(f"ALTER TABLE contacts ADD COLUMN words tsvector GENERATED ALWAYS AS ({words}) STORED")
        op.execute("CREATE INDEX ix_contacts_words ON contacts USING gin (words) WITH (fastupdate = off)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE contacts DROP COLUMN words")
    else:
        for trigger in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS contact_words_{trigger}")
        op.execute("DROP TABLE IF EXISTS contact_words")
        op.execute("DROP TABLE IF EXISTS contact_numbers")
    op.drop_index("ix_exchanges_event", "exchanges")
    for name in ("to_review", "owned", "sorted", "changed"):
        op.drop_index(f"ix_contacts_{name}", "contacts")
    op.create_index("ix_contacts_changed", "contacts", ["organization_id", "updated_at"])
    with op.batch_alter_table("contacts") as contacts:
        contacts.drop_column("remarks")
        contacts.drop_column("sort_key")
    for table in ("contact_tombstones", "contact_external_ids", "contact_notes", "contact_tags"):
        op.drop_table(table)


def fill() -> None:
    """Sort keys, and words to search for, of the contacts that are there."""
    bind = op.get_bind()
    contacts = sa.table("contacts", *(sa.column(name) for name in ("id", "name", "search", "sort_key")))
    points = sa.table("contact_points", *(sa.column(name) for name in ("contact_id", "kind", "value", "key")))
    jobs = sa.table("employments", *(sa.column(name) for name in ("contact_id", "company_id", "title", "department")))
    companies = sa.table("companies", sa.column("id"), sa.column("name"))
    work = sa.select(jobs.c.contact_id, companies.c.name, jobs.c.title, jobs.c.department).select_from(
        jobs.outerjoin(companies, companies.c.id == jobs.c.company_id)
    )
    last = None
    while True:
        some = sa.select(contacts.c.id, contacts.c.name).order_by(contacts.c.id).limit(BATCH)
        rows = bind.execute(some if last is None else some.where(contacts.c.id > last)).all()
        if not rows:
            return
        last, ids = rows[-1].id, [row.id for row in rows]
        texts = {row.id: [row.name] for row in rows}
        numbers: dict[object, list[str]] = {row.id: [] for row in rows}
        for row in bind.execute(work.where(jobs.c.contact_id.in_(ids))):
            texts[row.contact_id] += row[1:]
        for row in bind.execute(sa.select(points).where(points.c.contact_id.in_(ids))):
            (numbers if row.kind == "phone" else texts)[row.contact_id].append(
                row.key if row.kind == "phone" else row.value
            )
        for row in rows:
            search = search_text(filter(None, texts[row.id]), numbers[row.id])
            values = {"search": search, "sort_key": sort_key(row.name)}
            bind.execute(sa.update(contacts).where(contacts.c.id == row.id).values(values))


def owned_by_contact(name: str, *columns: sa.Column, **options: object) -> None:
    """A table of parts of contacts."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f(f"fk_{name}_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f(f"fk_{name}_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        *options.pop("constraints", ()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_organization_id", name, ["organization_id", "id"])


def make_tables() -> None:
    owned_by_contact(
        "contact_tags",
        sa.Column("tag", sa.String(100), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        constraints=[sa.UniqueConstraint("contact_id", "key", name=op.f("uq_contact_tags_contact_id_key"))],
    )
    op.create_index("ix_contact_tags_key", "contact_tags", ["organization_id", "key", "contact_id"])
    owned_by_contact(
        "contact_notes",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        constraints=[
            sa.ForeignKeyConstraint(
                ["user_id"], ["users.id"], name=op.f("fk_contact_notes_user_id_users"), ondelete="SET NULL"
            )
        ],
    )
    op.create_index("ix_contact_notes_contact_id", "contact_notes", ["contact_id"])
    owned_by_contact("contact_external_ids", sa.Column("value", sa.String(200), nullable=False))
    op.create_index("ix_contact_external_ids_contact_id", "contact_external_ids", ["contact_id"])
    op.create_index("ix_contact_external_ids_value", "contact_external_ids", ["organization_id", "value"])
    op.create_table(
        "contact_tombstones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_contact_tombstones_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_tombstones")),
    )
    op.create_index("ix_contact_tombstones_organization_id", "contact_tombstones", ["organization_id", "id"])
    op.create_index("ix_contact_tombstones_at", "contact_tombstones", ["organization_id", "created_at", "contact_id"])
