"""The database: model base, engine, and sessions that see one organization only.

A session is opened by `Sessions.begin`, which is the unit of work: it commits when its block ends, and nothing else
commits. Every model of `Scoped` is filtered to the session's organization by construction: a select, update or delete
gets the condition added, a new row gets the organization set, and a session that was given none finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    MetaData,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)

from app.kit.clock import now
from app.kit.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite, which knows no time zones, keeps it as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


JsonDocument = JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Names, moments and documents are decided here, once."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JsonDocument,
        list[Any]: JsonDocument,
        list[str]: JsonDocument,
        UUID: Uuid(),
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if issubclass(cls, Scoped):
            # By the id as well: so a page of an organization is read in order, and an id is found, in one step.
            columns = cls.__table__.c
            Index(f"ix_{cls.__tablename__}_organization_id", columns.organization_id, columns.id)


class Identified:
    """A row with a UUIDv7 of its own and the moment it was made."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=90)


class Scoped(Identified):
    """A row that belongs to one organization and is never seen from another."""

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), sort_order=-1)


class OrganizationSession(Session):
    """A session bound to the organization in `info["organization_id"]`."""


def bind_organization(session: Session, organization_id: UUID) -> None:
    """From here on the session sees and writes rows of this organization only."""
    session.info["organization_id"] = organization_id


@event.listens_for(OrganizationSession, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load or state.execution_options.get("all_organizations"):
        return
    organization_id = state.session.info.get("organization_id")
    state.statement = state.statement.options(
        with_loader_criteria(Scoped, lambda cls: cls.organization_id == organization_id, include_aliases=True)
    )


@event.listens_for(OrganizationSession, "before_flush")
def _own_new_rows(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, Scoped) and not row.organization_id:
            row.organization_id = session.info["organization_id"]


# The connection that was used last is the one whose server knows the tables and statements best.
_POOL: dict[str, Any] = {"pool_size": 20, "max_overflow": 20, "pool_use_lifo": True, "hide_parameters": True}


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys on) or PostgreSQL."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, **_POOL, pool_pre_ping=True)
    engine = create_engine(url, **_POOL, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself, `_begin_sqlite` does
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a lock taken in the middle of a transaction can fail without waiting.
    mode = "DEFERRED" if connection.get_execution_options().get("reading") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


class Begin(Protocol):
    """Opens one transaction in the organization at hand."""

    def __call__(self, *, reading: bool = False) -> AbstractContextManager[Session]: ...


class Sessions:
    """Opens sessions. `info` is handed to each of them (the flow of events, the file store)."""

    def __init__(self, engine: Engine, info: Mapping[str, Any]) -> None:
        self.engine = engine
        self._writing = sessionmaker(engine, class_=OrganizationSession, expire_on_commit=False, info=dict(info))
        reading = engine.execution_options(reading=True)
        self._reading = sessionmaker(reading, class_=OrganizationSession, expire_on_commit=False, info=dict(info))

    @contextmanager
    def begin(self, organization_id: UUID | None = None, *, reading: bool = False) -> Iterator[Session]:
        """One transaction, committed when the block ends. `reading` takes no write lock on SQLite."""
        with (self._reading if reading else self._writing).begin() as session:
            if organization_id is not None:
                bind_organization(session, organization_id)
            yield session


def insert_for(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """The insert of the session's database, which knows `ON CONFLICT`."""
    return postgresql.insert(model) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(model)


def insert_if_absent(session: Session, model: type[Base], *, unique: tuple[str, ...], **values: Any) -> bool:
    """Insert one row unless one with the same `unique` columns exists; True when it was inserted.

    Of two transactions that try at once the second waits for the first, then finds the row there.
    """
    if issubclass(model, Scoped):
        values.setdefault("organization_id", session.info["organization_id"])
    statement = insert_for(session, model).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    key = inspect(model).primary_key[0]
    return session.execute(statement.returning(key)).first() is not None
