"""What a deactivated user kept private goes to a colleague, over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.auth.caller import CallerDep, SessionDep
from app.auth.service import UserInactive, require_admin
from app.contacts import handover
from app.contacts.handover import UserActive
from app.kit.errors import Forbidden, NotFound, Unauthorized, problems

router = APIRouter(prefix="/v1/users", tags=["users"], responses=problems(Unauthorized))


class Handover(BaseModel):
    """Who gets it."""

    to_user_id: UUID = Field(description="A colleague who is active; it is private to them from then on.")


@router.post("/{user_id}/handover", status_code=202, responses=problems(NotFound, Forbidden, UserActive, UserInactive))
def hand_over(user_id: UUID, asked: Handover, session: SessionDep, caller: CallerDep) -> Handover:
    """Give the private contacts and scans of a deactivated user to somebody else (administrators only).

    It happens within moments. What was shared stays as it is, and so does who met whom.
    """
    require_admin(caller)
    handover.ask(session, user_id, asked.to_user_id)
    return asked
