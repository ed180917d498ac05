"""The page of a graph: everything in it, nothing from elsewhere, and no name can break out of its data."""

from __future__ import annotations

import json
import re
from uuid import UUID

from app.alliances.graph_schemas import EdgeOut, GraphOut, NodeOut
from app.alliances.terms import State
from app.cli.graph import draw

HOME, NEAR = UUID(int=1), UUID(int=2)
EVIL = "</script><script>alert(1)</script>&{{ title }}"


def drawn(name: str) -> tuple[str, GraphOut]:
    nodes = [
        NodeOut(id=HOME, name=name, is_home=True, industry=None, place=None),
        NodeOut(id=NEAR, name=name, is_home=False, industry="retail", place="Columbus"),
    ]
    edge = EdgeOut(
        id=UUID(int=3), source=HOME, target=NEAR, weight=50, coverage=0.5, state=State.PRODUCING, sentence=name
    )
    graph = GraphOut(around=HOME, nodes=nodes, edges=[edge], truncated=False)
    return draw(graph), graph


def test_the_data_is_in_the_page_as_it_is():
    page, graph = drawn("Füür & Söhne <Tills>")
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    assert data
    assert json.loads(data[1]) == graph.model_dump(mode="json")
    assert "<h1>Füür &amp; Söhne &lt;Tills&gt;</h1>" in page


def test_a_name_stays_a_name():
    page, _ = drawn(EVIL)
    assert "<script>alert" not in page
    assert len(re.findall(r"<script\b[^>]*>", page)) == len(re.findall(r"<script\b[^>]*>", drawn("Acme")[0])) == 3


def test_nothing_is_loaded():
    page, _ = drawn("Acme")
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|img|iframe)[^>]+\bsrc=|<link\b|@import|url\(", re.sub(r"!function.*", "", page))
    assert "Permission is hereby granted" in page


def test_every_state_has_its_colour():
    page, _ = drawn("Acme")
    assert all(re.search(rf"^  {state}: \[", page, re.M) for state in State)
