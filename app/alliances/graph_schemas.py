"""What the API says of the graph."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.alliances.schemas import CompanyRef, Out
from app.alliances.terms import State


class NodeOut(CompanyRef):
    """A company of the graph."""

    industry: str | None = Field(examples=["retail"])
    place: str | None = Field(examples=["Columbus, OH"])


class EdgeOut(Out):
    """A pair of companies of the graph."""

    id: UUID = Field(description="Of the alliance.")
    source: UUID = Field(description="Your own company, where it is one of the two.")
    target: UUID
    weight: float = Field(ge=0, le=100, description="The score.", examples=[53.8])
    coverage: float = Field(ge=0, le=1, description="Share of the score that rests on evidence.", examples=[0.85])
    state: State
    sentence: str = Field(
        examples=[
            "Northwind and Acme Tills have won together. It rests most on tie and overlap; last evidence 3 May 2026."
        ]
    )


class GraphOut(Out):
    """Companies and the pairs between them."""

    around: UUID = Field(description="The company in the middle.")
    nodes: list[NodeOut]
    edges: list[EdgeOut] = Field(description="The nearer first, then the stronger.")
    truncated: bool = Field(description="Weaker pairs were left out; `limit` says how many are wanted.")
