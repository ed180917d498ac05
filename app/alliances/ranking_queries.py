"""The select behind the list of pairs: which are wanted, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.alliances.models import Alliance, Evidence, StateMove
from app.alliances.queries import with_companies
from app.alliances.ranking import Place, Sort, Wanted
from app.companies.models import Company
from app.exchanges.models import Exchange

Row = TypeVar("Row")


def ranking(wanted: Wanted, after: Place | None) -> Select[Alliance]:
    """Pairs with their companies in the order that is wanted, behind the one that `after` names.

    One whose evidence was all withdrawn is not among them.
    """
    column = _SORTED_BY[wanted.sort]
    merged = _either_end(Company.merged_into_id.is_not(None))
    found = select(Alliance).where(Alliance.last_evidence_at.is_not(None), ~merged, *_conditions(wanted))
    if after is not None:
        found = found.where(tuple_(column, Alliance.id) < (after.value, after.id))
    return with_companies(found.order_by(column.desc(), Alliance.id.desc()))


def happened_before(rows: Select[Row], model: type[Evidence | StateMove], last: Place | None) -> Select[Row]:
    """Of a pair's evidence or moves those behind the one that a page ended with, newest first."""
    if last is not None:
        rows = rows.where(tuple_(model.at, model.id) < (last.value, last.id))
    return rows.order_by(None).order_by(model.at.desc(), model.id.desc())


_SORTED_BY: Mapping[Sort, InstrumentedAttribute[Any]] = {
    Sort.SCORE: Alliance.score,
    Sort.COVERAGE: Alliance.coverage,
    Sort.RECENT: Alliance.last_evidence_at,
}


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.states:
        yield Alliance.state.in_(wanted.states)
    if wanted.min_score is not None:
        yield Alliance.score >= wanted.min_score
    if wanted.min_coverage is not None:
        yield Alliance.coverage >= wanted.min_coverage
    if wanted.with_home is not None:
        with_home = _either_end(Company.is_home.is_(True))
        yield with_home if wanted.with_home else ~with_home
    if wanted.industry is not None:
        yield _either_end(~Company.is_home, func.lower(Company.industry) == wanted.industry.lower())
    if wanted.place is not None:
        yield _either_end(~Company.is_home, func.lower(Company.place).contains(wanted.place.lower(), autoescape=True))
    if wanted.of_user is not None:
        yield from _met_by(wanted.of_user)


def _either_end(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    fitting = select(Company.id).where(*conditions)
    return Alliance.company_a_id.in_(fitting) | Alliance.company_b_id.in_(fitting)


def _met_by(user_id: UUID) -> Iterator[ColumnElement[bool]]:
    """Each end is the home company or one whose people the user met."""
    met = select(Exchange.company_id).where(Exchange.user_id == user_id, Exchange.company_id.is_not(None))
    home = select(Company.id).where(Company.is_home)
    for end in (Alliance.company_a_id, Alliance.company_b_id):
        yield end.in_(met) | end.in_(home)
