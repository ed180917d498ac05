"""The graph of companies over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.alliances.graph import neighbourhood
from app.alliances.graph_schemas import GraphOut
from app.auth.caller import SessionDep
from app.kit.errors import NotFound, Unauthorized, problems

router = APIRouter(prefix="/v1/graph", tags=["alliances"], responses=problems(Unauthorized))


@router.get("", responses=problems(NotFound))
def get_graph(
    session: SessionDep,
    around: Annotated[UUID | None, Query(description="A company's id; your own company when left out.")] = None,
    depth: Annotated[int, Query(ge=1, le=2, description="1: its own pairs; 2: its partners' as well.")] = 1,
    limit: Annotated[int, Query(ge=1, le=500, description="Pairs at most; the weaker are left out.")] = 100,
) -> GraphOut:
    """Companies and the pairs between them, for drawing: what you may see around one company."""
    return GraphOut.model_validate(neighbourhood(session, around, depth, limit))
