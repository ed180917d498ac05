"""The database: model base, engine, and sessions that see one organization only.

A session is opened by `Sessions.begin`, which is the unit of work: it commits when its block ends, and nothing else
commits. Every model of `Scoped` is filtered to the session's organization by construction: a select, update or delete
gets the condition added, a new row gets the organization set, and a session that was given none finds nothing.

A row of `Personal` has an audience: the organization, or one user alone. A session with a `View` finds only what that
view may see, and nothing that hangs on what it may not see (`seen_through`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    MetaData,
    Table,
    TypeDecorator,
    Uuid,
    and_,
    create_engine,
    event,
    exists,
    inspect,
    or_,
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

from app.kit.actor import NOBODY, Actor
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
    seen_through: ClassVar[tuple[str, ...]] = ()
    """Columns that refer to rows of other models: who may not see one of those does not see this row either."""

    @classmethod
    def seen_by(cls, organization_id: UUID, one_id: UUID, other_id: UUID) -> ColumnElement[bool]:
        """The condition that a row belongs to the organization and that one of two audiences may see it."""
        own = cls.organization_id == organization_id
        entity = inspect(cls, raiseerr=False)
        if entity is None:  # SQLAlchemy first asks this class itself, to learn which values the condition takes
            return and_(own, or_(cls.organization_id == one_id, cls.organization_id == other_id))
        model = entity.mapper.class_  # of an alias the model itself
        return and_(own, *_audience(model, lambda name: getattr(cls, name), one_id, other_id))


class Visibility(StrEnum):
    """Who sees a thing."""

    TEAM = "team"
    """Everybody in the organization."""
    PRIVATE = "private"
    """One user alone."""


class Personal(Scoped):
    """A row that everybody in the organization sees, or one user alone."""

    audience_id: Mapped[UUID] = mapped_column(sort_order=-1)
    """The organization's id, or that of the one user."""
    seen_where: ClassVar[str | None] = None
    """A column that is true of rows that everybody sees, in any view."""

    @property
    def visibility(self) -> Visibility:
        return Visibility.TEAM if self.audience_id == self.organization_id else Visibility.PRIVATE


def _audience(
    model: type[Scoped], column: Callable[[str], Any], one_id: UUID, other_id: UUID
) -> Iterator[ColumnElement[bool]]:
    """What must hold of the columns of a row of `model` so that one of two audiences may see it."""
    if issubclass(model, Personal):
        theirs = [column("audience_id") == one_id, column("audience_id") == other_id]
        yield or_(*theirs, column(model.seen_where)) if model.seen_where else or_(*theirs)
    for name in model.seen_through:
        own = inspect(model).local_table.c[name]
        [key] = own.foreign_keys
        parent = key.column.table.alias()
        visible = _audience(model_of(key.column.table), parent.c.__getitem__, one_id, other_id)
        found = exists().where(parent.c.id == column(name), *visible)
        yield or_(column(name).is_(None), found) if own.nullable else found


@cache
def model_of(table: Table) -> type[Scoped]:
    """The model whose rows are in `table`."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)


@dataclass(frozen=True, slots=True)
class View:
    """What a session sees of personal rows: those of two audiences; and the audience of what it makes."""

    one_id: UUID
    other_id: UUID
    new_id: UUID


def view_of_user(organization_id: UUID, user_id: UUID, visibility: Visibility) -> View:
    """What a user sees: what the team shares and what is their own; `visibility` is that of what they make."""
    return View(organization_id, user_id, organization_id if visibility == Visibility.TEAM else user_id)


def view_of(audience_id: UUID) -> View:
    """What belongs to one audience: the organization's id for what the team shares, or a user's for what is theirs."""
    return View(audience_id, audience_id, audience_id)


class OrganizationSession(Session):
    """A session bound to the organization in `info["organization_id"]`, and to the view in `info["view"]` if any."""


def bind_organization(session: Session, organization_id: UUID) -> None:
    """From here on the session sees and writes rows of this organization only."""
    session.info["organization_id"] = organization_id


@contextmanager
def viewing(session: Session, view: View) -> Iterator[None]:
    """Until the block ends the session has this view."""
    before = session.info.get("view")
    if view == before:
        yield
        return
    session.flush()
    session.info["view"] = view
    try:
        yield
        session.flush()
    finally:
        session.info["view"] = before


def in_room(session: Session, audience_id: UUID) -> AbstractContextManager[None]:
    """Until the block ends the session sees only what belongs to this audience, and what it makes belongs there.

    Whatever compares things with each other does so in a room: what is private is neither matched with what others
    have, nor counted with it.
    """
    return viewing(session, view_of(audience_id))


def as_seen_by(session: Session, audience_id: UUID) -> AbstractContextManager[None]:
    """Until the block ends the session sees what all of this audience see: what is theirs may name nothing else."""
    return viewing(session, View(session.info["organization_id"], audience_id, audience_id))


def room_of(session: Session) -> UUID:
    """The audience of what the session makes; without a view the organization."""
    view: View | None = session.info.get("view")
    organization_id: UUID = session.info["organization_id"]
    return view.new_id if view else organization_id


Given = ParamSpec("Given")
Result = TypeVar("Result")


def within_one_room(
    function: Callable[Concatenate[Session, Given], Result],
) -> Callable[Concatenate[Session, Given], Result]:
    """Let a function of a session see only what belongs to the audience of what it makes."""

    @wraps(function)
    def inside(session: Session, /, *given: Given.args, **named: Given.kwargs) -> Result:
        with in_room(session, room_of(session)):
            return function(session, *given, **named)

    return inside


_NOBODYS = UUID(int=0)
"""The organization of a session that is bound to none: a condition that is first compiled with None keeps its type."""


@event.listens_for(OrganizationSession, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load or state.execution_options.get("all_organizations"):
        return
    organization_id = state.session.info.get("organization_id", _NOBODYS)
    view: View | None = state.session.info.get("view")
    if view is None:
        only = with_loader_criteria(Scoped, lambda cls: cls.organization_id == organization_id, include_aliases=True)
    else:
        one, other = view.one_id, view.other_id
        only = with_loader_criteria(Scoped, lambda cls: cls.seen_by(organization_id, one, other), include_aliases=True)
    state.statement = state.statement.options(only)


@event.listens_for(OrganizationSession, "before_flush")
def _own_new_rows(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, Scoped) and not row.organization_id:
            row.organization_id = session.info["organization_id"]
        if isinstance(row, Personal) and not row.audience_id:
            row.audience_id = room_of(session)


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
    # secure_delete: what is deleted is overwritten, or an erased person could still be read from the file.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a lock taken in the middle of a transaction can fail without waiting.
    mode = "DEFERRED" if connection.get_execution_options().get("reading") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


class Begin(Protocol):
    """Opens one transaction in the organization at hand; without a `view` as the opener has it."""

    def __call__(self, *, reading: bool = False, view: View | None = None) -> AbstractContextManager[Session]: ...


class Sessions:
    """Opens sessions. `info` is handed to each of them (the flow of events, the file store)."""

    def __init__(self, engine: Engine, info: Mapping[str, Any]) -> None:
        self.engine = engine
        self._writing = sessionmaker(engine, class_=OrganizationSession, expire_on_commit=False, info=dict(info))
        reading = engine.execution_options(reading=True)
        self._actor = NOBODY
        self._reading = sessionmaker(reading, class_=OrganizationSession, expire_on_commit=False, info=dict(info))

    def acting(self, actor: Actor) -> Sessions:
        """The same, for what `actor` does."""
        theirs = copy(self)
        theirs._actor = actor
        return theirs

    @contextmanager
    def begin(
        self,
        organization_id: UUID | None = None,
        *,
        reading: bool = False,
        view: View | None = None,
        actor: Actor | None = None,
    ) -> Iterator[Session]:
        """One transaction, committed when the block ends. `reading` takes no write lock on SQLite.

        Without a `view` it sees everything in the organization. What it does is recorded as done by `actor`.
        """
        with (self._reading if reading else self._writing).begin() as session:
            session.info["view"] = view
            session.info["actor"] = actor or self._actor
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
    if issubclass(model, Personal):
        values.setdefault("audience_id", room_of(session))
    statement = insert_for(session, model).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    key = inspect(model).primary_key[0]
    return session.execute(statement.returning(key)).first() is not None
