"""Policies over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from app.auth.caller import CallerDep, SessionDep, SettingsDep
from app.auth.service import require_admin
from app.kit.errors import Forbidden, Unauthorized, problems
from app.policy import service
from app.policy.schemas import PolicyIn, PolicyOut

router = APIRouter(prefix="/v1/privacy-policy", tags=["privacy"], responses=problems(Unauthorized))


@router.get("")
def get_policy(session: SessionDep, settings: SettingsDep) -> PolicyOut:
    """What your organization holds people's data for, and how long."""
    return PolicyOut.model_validate(service.promise(session, settings))


@router.patch("", responses=problems(Forbidden))
def change_policy(said: PolicyIn, session: SessionDep, caller: CallerDep, settings: SettingsDep) -> PolicyOut:
    """Say what holds from now on (administrators only)."""
    require_admin(caller)
    service.say(session, said.model_dump(exclude_unset=True))
    return PolicyOut.model_validate(service.promise(session, settings))
