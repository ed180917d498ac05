"""The neighbourhood of a company: who is tied to whom, and how strongly. Bounded, for drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import graph_queries, queries
from app.alliances.explaining import in_short
from app.alliances.models import Alliance
from app.companies.models import Company
from app.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair between two of the graph's companies."""

    id: UUID
    source: UUID
    target: UUID
    weight: float
    """The score, 0..100."""
    coverage: float
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Companies and the pairs between them."""

    around: UUID
    nodes: Sequence[Company]
    edges: Sequence[Edge]
    truncated: bool
    """Whether weaker pairs were left out."""


def neighbourhood(session: Session, company_id: UUID | None, depth: int, limit: int) -> Graph:
    """The best pairs around a company (None: the home company), as far as the session may see them.

    `depth` 1 gives the company's own pairs, 2 those of its partners as well; at most `limit` pairs, the nearer first,
    so at most one company more than that.

    Raises:
        NotFound: no such company, or not yours.
    """
    centre = _centre(session, company_id)
    pairs: list[Alliance] = []
    reached, rim, truncated = {centre.id}, {centre.id}, False
    for _ in range(depth):
        room = limit - len(pairs)
        found = session.scalars(graph_queries.pairs_around(rim, [pair.id for pair in pairs], room + 1)).all()
        truncated = truncated or len(found) > room
        pairs += found[:room]
        rim = {end for pair in found[:room] for end in (pair.company_a_id, pair.company_b_id)} - reached
        reached |= rim
    nodes = {company.id: company for company in session.scalars(graph_queries.companies(reached))}
    shown = [pair for pair in pairs if pair.company_a_id in nodes and pair.company_b_id in nodes]
    return Graph(centre.id, list(nodes.values()), [_edge(pair, nodes) for pair in shown], truncated)


def _centre(session: Session, company_id: UUID | None) -> Company:
    wanted = queries.home_company() if company_id is None else graph_queries.companies([company_id])
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def _edge(pair: Alliance, nodes: dict[UUID, Company]) -> Edge:
    ends = sorted((nodes[pair.company_a_id], nodes[pair.company_b_id]), key=lambda company: not company.is_home)
    known = {part["name"]: part["points"] for part in pair.parts if part["known"]}
    one, other = ends
    sentence = in_short((one.name, other.name), pair.state, known, pair.conflicts, pair.last_evidence_at)
    return Edge(pair.id, one.id, other.id, pair.score, pair.coverage, pair.state, sentence)
