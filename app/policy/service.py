"""The policy that holds: the organization's own word, else that of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.auth.models import Organization
from app.kit.clock import now
from app.kit.db import insert_if_absent
from app.kit.ids import new_id
from app.policy import queries
from app.policy.models import Policy
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds for an organization."""

    controller: str
    contact: str | None
    purpose: str
    legal_basis: str
    recipients: str
    contact_days: int
    """0: for ever."""
    photo_days: int
    """0: for ever."""


def promise(session: Session, settings: Settings) -> Promise:
    """What holds for the session's organization."""
    own = session.scalars(queries.policy()).one_or_none()
    organization = session.get_one(Organization, session.info["organization_id"])
    return Promise(
        controller=_said(own, "controller", organization.name),
        contact=_said(own, "contact", None),
        purpose=_said(own, "purpose", settings.purpose),
        legal_basis=_said(own, "legal_basis", settings.legal_basis),
        recipients=_said(own, "recipients", settings.recipients),
        contact_days=_said(own, "contact_days", settings.contact_days),
        photo_days=_said(own, "photo_days", settings.photo_days),
    )


def _said(own: Policy | None, name: str, otherwise: Any) -> Any:
    said = getattr(own, name) if own is not None else None
    return otherwise if said is None else said


def say(session: Session, said: Mapping[str, Any]) -> None:
    """Take over what the organization says; null goes back to the settings."""
    insert_if_absent(session, Policy, unique=("organization_id",), id=new_id(), created_at=now(), updated_at=now())
    own = session.scalars(queries.policy()).one()
    for name, value in said.items():
        setattr(own, name, value)
    session.flush()
