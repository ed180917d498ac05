"""Companies as the API shows them, with their relatives where these are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from app.companies import queries
from app.companies.models import Company
from app.companies.schemas import CompanyDetailOut, Include, RelativeOut, company_out

_MOST_SUBSIDIARIES = 200
"""Shown with a company; `?parent_id=` lists them all."""


def detailed(session: Session, companies: Sequence[Company], include: Collection[Include]) -> list[CompanyDetailOut]:
    """Companies that were loaded whole, with what `include` names."""
    shown = [CompanyDetailOut.model_validate(company_out(company).model_dump()) for company in companies]
    asked = {one.id for one in shown} if Include.SUBSIDIARIES in include else set()
    parents = {one.parent_id for one in shown if one.parent_id} if Include.PARENT in include else set()
    if not asked and not parents:
        return shown
    relatives = session.scalars(queries.relatives(asked, parents)).all()
    known = {each.id: RelativeOut.model_validate(each) for each in relatives}
    for one in shown:
        if one.parent_id in parents:
            one.parent = known.get(one.parent_id)
        if one.id in asked:
            mine = [known[each.id] for each in relatives if each.parent_id == one.id]
            one.subsidiaries = mine[:_MOST_SUBSIDIARIES]
    return shown
