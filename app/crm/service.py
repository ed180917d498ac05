"""The verbs: make, change, try and remove connections, and say what would be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.companies.resolution import wait_for_turn
from app.contacts import service as contacts
from app.crm import facts, mapping, queries
from app.crm.calling import Line, Shown, rehearse
from app.crm.connectors import CONNECTORS
from app.crm.events import ConnectionDue
from app.crm.models import ClosedReason, Connection, Link
from app.crm.pushing import Save, contact_values, plan, record_of
from app.crm.settling import close
from app.crm.talk import Access, Connector, Kind, Trouble
from app.kit.db import Begin, Visibility, in_room
from app.kit.errors import AppError, Conflict, NotFound
from app.kit.http import Allowed, Refused, check_url
from app.kit.queue import publish
from app.kit.vault import WrongKey, vault_of
from app.settings import Settings


class UnknownConnector(AppError):
    """There is no connector of this name; `GET /v1/crm-connectors` lists them."""

    status, code = 422, "unknown_connector"


class CrmUrlRefused(AppError):
    """This address may not be called; `reason` says why."""

    status, code = 422, "crm_url_refused"


class BadConnection(AppError):
    """Settings, credentials or templates are missing, not known or fail; `errors` says which."""

    status, code = 422, "bad_crm_connection"


class CredentialsLost(AppError):
    """The credentials were encrypted with a key that is not set any more: set that key as well, or give them again."""

    status, code = 409, "credentials_lost"


class BadMapping(AppError):
    """The mapping names what is not there; `errors` says what."""

    status, code = 422, "bad_crm_mapping"


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a CRM lets us in."""

    ok: bool
    account: str | None
    code: str | None
    detail: str | None


def connector_of(connection: Connection) -> Connector:
    """The connector of a connection."""
    return CONNECTORS[connection.connector]


def make(session: Session, settings: Settings, given: Mapping[str, Any], secrets: Mapping[str, str]) -> Connection:
    """Make a connection; everything that is known later is pushed there.

    Raises:
        UnknownConnector, CrmUrlRefused, BadConnection, BadMapping.
    """
    wait_for_turn(session)  # whoever is taking people in has asked whether anything is connected
    connector = CONNECTORS.get(given["connector"])
    if connector is None:
        raise UnknownConnector
    url = (given.get("url") or connector.url or "").rstrip("/")
    connection = Connection(**{**given, "url": url}, sealed=_sealed(settings, secrets))
    _check(settings, connector, connection, secrets)
    session.add(connection)
    session.flush()
    return connection


def change(
    session: Session, settings: Settings, connection_id: UUID, changes: Mapping[str, Any], secrets: Mapping[str, str]
) -> Connection:
    """Change what is named; `secrets` replaces those credentials that it names. Enabling sends what was kept.

    Raises:
        NotFound, CrmUrlRefused, BadConnection, BadMapping.
    """
    connection = get(session, connection_id, to_change=True)
    before = _addresses(connection)
    for name, value in changes.items():
        if name != "enabled":
            setattr(connection, name, value.rstrip("/") if name == "url" else value)
    known = _known(settings, connection, secrets)
    if not secrets and not _addresses(connection) <= before:
        again = "credentials: give them again with a new address, or they would be sent there"
        raise BadConnection(errors=_documents([again]))
    if secrets and known is not None:
        known = {name: known[name] for name in known if name in _names(connector_of(connection), secret=True)}
        connection.sealed = _sealed(settings, known)
    _check(settings, connector_of(connection), connection, known)
    _open_or_close(session, connection, changes.get("enabled"), bool(secrets))
    session.flush()
    return connection


def _known(settings: Settings, connection: Connection, secrets: Mapping[str, str]) -> dict[str, str] | None:
    """The credentials with those that are given; None where they cannot be read and none are given."""
    try:
        return {**secrets_of(settings, connection), **secrets}
    except CredentialsLost:
        return dict(secrets) or None


def _addresses(connection: Connection) -> set[str]:
    return {connection.url, *(str(value) for value in connection.settings.values() if "//" in str(value))}


def _open_or_close(session: Session, connection: Connection, enabled: bool | None, has_news: bool) -> None:
    if enabled is False:
        close(connection, ClosedReason.BY_USER)
    elif enabled or has_news:
        if enabled:
            connection.closed_reason = connection.closed_at = None
        connection.failing_since = connection.paused_until = connection.last_error = None
        connection.failures = 0
        publish(session, ConnectionDue(connection.id))


def _sealed(settings: Settings, secrets: Mapping[str, str]) -> str:
    return vault_of(settings).seal(orjson.dumps(dict(secrets)).decode())


def secrets_of(settings: Settings, connection: Connection) -> dict[str, str]:
    """The credentials of a connection.

    Raises:
        CredentialsLost: no key that is set opens them.
    """
    try:
        secrets: dict[str, str] = orjson.loads(vault_of(settings).open(connection.sealed))
    except WrongKey as wrong:
        raise CredentialsLost from wrong
    return secrets


def keep_secrets(session: Session, settings: Settings, connection_id: UUID, fresh: Mapping[str, str]) -> None:
    """Store what a CRM gave in place of credentials that had expired."""
    connection = session.scalars(queries.connection_to_change(connection_id)).one_or_none()
    if connection is not None:
        connection.sealed = _sealed(settings, {**secrets_of(settings, connection), **fresh})


def access_of(settings: Settings, connection: Connection) -> Access:
    """How to reach the CRM of a connection."""
    connector = connector_of(connection)
    defaults = {wanted.name: wanted.default for wanted in connector.settings if not wanted.secret}
    return Access(connection.url, {**defaults, **connection.settings}, secrets_of(settings, connection))


def _names(connector: Connector, *, secret: bool) -> list[str]:
    return [wanted.name for wanted in connector.settings if wanted.secret == secret]


def _check(settings: Settings, connector: Connector, connection: Connection, secrets: Mapping[str, str] | None) -> None:
    try:
        check_url(connection.url, Allowed.of(settings.webhook_allow))
    except Refused as refused:
        raise CrmUrlRefused(reason=refused.code) from refused
    errors = []
    for group, given, secret in (("settings", connection.settings, False), ("credentials", secrets, True)):
        if given is None:
            continue
        errors += [f"{group}.{name}: not known" for name in given if name not in _names(connector, secret=secret)]
        wanted = (one for one in connector.settings if one.secret == secret and one.required)
        errors += [f"{group}.{one.name} is missing: {one.about}" for one in wanted if not given.get(one.name)]
        errors += [
            f"{group}.{one.name}: not of the form {one.pattern}" for one in connector.settings if one.breaks(given)
        ]
    errors += connector.complains(connection.settings) if connector.complains else []
    if errors:
        raise BadConnection(errors=_documents(errors))
    if wrong := mapping.problems(connector, connection.mapping):
        raise BadMapping(errors=_documents(wrong))


def _documents(complaints: Iterable[str]) -> list[dict[str, str]]:
    return [{"msg": complaint} for complaint in complaints]


def get(session: Session, connection_id: UUID, *, to_change: bool = False) -> Connection:
    """One connection.

    Raises:
        NotFound: no such connection, or not yours.
    """
    wanted = queries.connection_to_change(connection_id)
    found = session.scalars(wanted).one_or_none() if to_change else session.get(Connection, connection_id)
    if found is None:
        raise NotFound
    return found


def remove(session: Session, connection_id: UUID) -> None:
    """Remove a connection, its credentials and what is known of the CRM. The CRM keeps what it has.

    Raises:
        NotFound: no such connection, or not yours.
    """
    removed = delete(Connection).where(Connection.id == connection_id).returning(Connection.id)
    if session.execute(removed).first() is None:
        raise NotFound


def push(session: Session, connection_id: UUID, contact_id: UUID | None, since: datetime | None) -> UUID:
    """Owe a CRM one contact, those that changed since a moment, or all; returns the connection's id.

    Raises:
        NotFound: no such connection or contact, or not yours.
        Merged: the contact is part of another one.
        Conflict: the contact is private.
    """
    connection = get(session, connection_id)
    contact = contacts.get(session, contact_id) if contact_id is not None else None
    if contact is not None and contact.visibility == Visibility.PRIVATE:
        raise Conflict("A CRM is everybody's, and this contact is private: share it first.")
    with in_room(session, connection.organization_id):
        if contact is not None:
            facts.owe_one(session, connection, contact.id)
        else:
            facts.owe_everything(session, connection, since)
    return connection.id


def pending(session: Session, connection_id: UUID) -> int:
    """How many pushes a CRM is owed."""
    return session.scalars(queries.pending_count(connection_id)).one()


def test(begin: Begin, settings: Settings, connection_id: UUID) -> Trial:
    """Ask a CRM who we are, with no transaction open.

    Raises:
        NotFound: no such connection, or not yours.
        CredentialsLost.
    """
    with begin(reading=True) as session:
        connection = get(session, connection_id)
    connector = connector_of(connection)

    def keep(fresh: dict[str, str]) -> None:
        with begin() as session:
            keep_secrets(session, settings, connection_id, fresh)

    with Line(connector, access_of(settings, connection), settings, keep) as line:
        try:
            return Trial(True, line.hold(connector.check), None, None)
        except Trouble as trouble:
            return Trial(False, None, trouble.code, trouble.detail[:500] or None)


def dry_run(session: Session, settings: Settings, connection_id: UUID, contact_id: UUID) -> list[Shown]:
    """The requests that a push of a contact would send to a CRM that does not know it yet, or does; secrets masked.

    Raises:
        NotFound: no such connection or contact, or not yours.
        Merged: the contact is part of another one.
        CredentialsLost.
        BadConnection: a template of the connection fails for this contact.
    """
    connection, contact = get(session, connection_id), contacts.get(session, contact_id)
    connector, access = connector_of(connection), access_of(settings, connection)
    link = session.scalars(queries.link(connection_id, Kind.CONTACT, contact_id)).one_or_none()
    pretended = Link(
        connection_id=connection_id,
        kind=Kind.CONTACT,
        object_id=contact_id,
        remote_id=link.remote_id if link else None,
        filled=link.filled if link else [],
        memory=link.memory if link else {},
    )
    task = plan(session, connector, connection, pretended)
    if isinstance(task, Save):
        record = task.record
    else:
        values = contact_values(session, contact)
        record = record_of(connector, connection, pretended, values, email=values.get("email"))
    try:
        return rehearse(connector, access, lambda access: connector.save(access, record))
    except Trouble as trouble:
        raise BadConnection(errors=_documents([f"{trouble.code}: {trouble.detail}"])) from trouble
