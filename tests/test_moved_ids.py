"""The id of a contact or company that became part of another one leads to that one, on every route of the API.

The routes come from the OpenAPI file: a new one is asked by itself.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.leaks.asking import Operation, operations

OF = {"contact_id": "contacts", "company_id": "companies"}
ELSEWHERE = "01a20736-5a45-76ae-9964-8415f8987f3c"


def _made(client, kind: str) -> str:
    """A contact of its own, or the company of one; returns the id."""
    number = len(client.get(f"/v1/{kind}", params={"limit": 200}).json()["items"])
    names = ("Alba Quist", "Bruno Tamm", "Cleo Varga", "Dora Whyte", "Emil Xhosa", "Fay Yorke", "Gus Zander")
    name = names[number]
    said = {"name": name, "company": f"{name[::-1]} Works"}
    answer = client.post("/v1/contacts", json=said)
    assert answer.status_code == 201, answer.text
    return answer.json()["id" if kind == "contacts" else "company_id"]


@pytest.fixture
def moved(client, work) -> dict[str, tuple[str, str, str]]:
    """By kind: an id that was merged, the id of the survivor, and that of a third one."""
    ids = {}
    for kind in OF.values():
        survivor, merged, third = (_made(client, kind) for _ in range(3))
        answer = client.post(f"/v1/{kind}/{survivor}/merge", json={"other_id": merged})
        assert answer.status_code == 201, answer.text
        ids[kind] = (merged, survivor, third)
    work()
    return ids


def _asked(operation: Operation, ids: dict[str, tuple[str, str, str]]) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Path with the old id, query and body of a request that is right in all else."""
    kind = operation.path.split("/")[2]
    parts = {name: ids[OF[name]][0] if name in OF else ELSEWHERE for name in operation.parameters("path")}

    def choose(name: str) -> str:
        return ids[OF.get(name, kind)][2]

    body = operation.body(choose, "Harmless")
    headers = {"If-Match": "*"} | body.pop("headers", {})
    return operation.path.format(**parts), operation.query(choose, "harmless"), body | {"headers": headers}


def test_every_route_leads_from_an_old_id_to_the_survivor(client, moved):
    asked = [each for each in operations(client.app.openapi()) if OF.keys() & each.parameters("path").keys()]
    assert {each.path.split("/")[2] for each in asked} == set(OF.values())
    for operation in asked:
        path, query, body = _asked(operation, moved)
        answer = client.request(operation.method, path, params=query, follow_redirects=False, **body)
        assert answer.status_code == 308, f"{operation}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] == "merged"
        merged, survivor, _ = moved[path.split("/")[2]]
        assert answer.headers["Location"] == str(answer.request.url.raw_path, "ascii").replace(merged, survivor)
        assert "308" in operation.said["responses"], f"{operation} does not say so in the OpenAPI file"


def test_what_an_old_id_is_asked_for_is_answered_by_the_survivor(client, moved):
    for operation in operations(client.app.openapi()):
        if operation.method == "get" and OF.keys() & operation.parameters("path").keys():
            path, query, body = _asked(operation, moved)
            answer = client.get(path, params=query, **body)
            assert [each.status_code for each in answer.history] == [308], f"{operation}"
            assert answer.status_code == 200, f"{operation}: {answer.text}"


def test_an_id_that_was_merged_twice_leads_on(client, moved):
    for kind, (merged, survivor, third) in moved.items():
        assert client.post(f"/v1/{kind}/{third}/merge", json={"other_id": survivor}).status_code == 201
        answer = client.get(f"/v1/{kind}/{merged}")
        assert [each.status_code for each in answer.history] == [308, 308]
        assert answer.json()["id"] == third
