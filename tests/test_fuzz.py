"""Every route of the OpenAPI file, with whatever its schema allows and much that it does not: no 5xx, and every answer
is one that the file describes. A new route is in it by itself.

The cases are the same in each run. `CARDALLY_FUZZ_EXAMPLES=500 pytest tests/test_fuzz.py` looks longer, elsewhere each
time.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limited
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select, text

from app.auth.models import User
from app.settings import Settings
from tests.drawing import card_photo, encoded
from tests.readings import jane, read_scan
from tests.test_road import CRM

ASKED = os.environ.get("CARDALLY_FUZZ_EXAMPLES")
EXAMPLES = int(ASKED or 12)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_path(Path(__file__).parent.parent / "docs" / "openapi.json")
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}
PHOTO = encoded(card_photo())
"""A photo that can be read: no generator finds one."""
OTHER = [
    ("name", "Otto Brandt"),
    ("company", "Quill & Sons"),
    ("email", "otto@quillandsons.example"),
    ("phone", "+12065550199", 0.4, "mobile"),
]
IDA = [("name", "Ida Fox"), ("email", "ida@fox.example")]

Known = dict[str, list[str]]
"""Ids that exist, by the name under which the API asks for them."""


@pytest.fixture
def world(client, house, work) -> Known:
    """Something of everything, in the organization of the caller."""
    me = client.get("/v1/me").json()
    for url in ("http://127.0.0.1:9/one", "http://127.0.0.1:9/two"):
        client.post("/v1/webhook-endpoints", json={"url": url})
    for cards in ([jane(), OTHER], [jane(email="jane@acme.example", phone="")], [IDA]):
        with house.sessions.begin(UUID(me["organization_id"])) as session:
            read_scan(session, session.scalars(select(User.id)).first(), *cards, event="Fair", review=("glare",))
        work()
    [ida] = client.get("/v1/contacts", params={"q": "Ida Fox"}).json()["items"]
    client.post(f"/v1/contacts/{ida['id']}/erasure")
    client.post("/v1/users", json={"name": "Ben Ortiz", "email": "ben@northwind.example"})
    client.post("/v1/api-keys", json={"name": "another"})
    client.post("/v1/invitations", json={"email": "cleo@northwind.example"})
    client.post("/v1/accounts", json={"company": "Corner Grocers", "relation": "customer"})
    client.post("/v1/scans", files={"front": PHOTO})
    client.post("/v1/imports", files={"file": b"name,email\nOle Berg,ole@berg.example\n"})
    client.post("/v1/crm-connections", json=CRM | {"url": "http://127.0.0.1:9/"})
    propose_match(client, house)
    known = known_ids(client)
    contact = client.get("/v1/exchanges").json()["items"][0]["contact_id"]
    alliance = client.get("/v1/alliances").json()["items"][0]["id"]
    known["note_id"].append(client.post(f"/v1/contacts/{contact}/notes", json={"text": "call in June"}).json()["id"])
    met = {"kind": "meeting", "contact_id": contact}
    reported = client.post(f"/v1/alliances/{alliance}/evidence", json=met)
    known["evidence_id"].extend([reported.json()["id"]] if reported.is_success else [])
    return known


def propose_match(client, house) -> None:
    """To the contact that was met last."""
    with house.sessions.begin() as session:
        session.execute(text("UPDATE exchanges SET direction = 'mutual'"))
    contact = client.get("/v1/exchanges").json()["items"][0]["contact_id"]
    terms = {"contact_id": contact, "own": ["customer"], "partner": ["customer"]}
    assert client.post("/v1/matches", json=terms | {"token_digest": "0" * 64}).status_code == 201


def known_ids(client) -> Known:
    """What the lists of the API tell: the ids of their rows, and whatever ids those name."""
    known: Known = defaultdict(list)
    for path in (each.path for each in OPERATIONS.values() if each.method == "get" and "{" not in each.path):
        answer = client.get(path)
        if answer.headers["content-type"] != "application/json":
            continue
        for row in rows_of(answer.json()):
            for name, value in row.items():
                if isinstance(value, str) and (name == "id" or name.endswith("_id")):
                    known[one_of(path) if name == "id" else name].append(value)
    known["key_id"] = known["key_id"][:1]  # the newest: the caller's own key is an older one
    known["other_id"] = known["contact_id"][:1]
    known["user_id"] = [each for each in known["user_id"] if each != client.get("/v1/me").json()["id"]]
    return known


def rows_of(answer: Any) -> list[dict[str, Any]]:
    return answer["items"] if isinstance(answer, dict) and "items" in answer else []


def one_of(path: str) -> str:
    """`/v1/webhook-endpoints` lists what is asked for as `endpoint_id`."""
    word = re.split(r"[/-]", path)[-1]
    for ending, one in (("ies", "y"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending):
            return f"{word.removesuffix(ending)}{one}_id"
    return f"{word}_id"


def with_known(known: Known, name: str, value: Any) -> Any:
    """Every other id that was made up becomes one that exists; the choice follows from the value, so runs are alike."""
    if isinstance(value, dict):
        return {key: with_known(known, key, each) for key, each in value.items()}
    if not isinstance(value, str) or not known.get(name):
        return value
    number = crc32(value.encode("utf-8", "replace"))
    return known[name][number // 4 % len(known[name])] if number % 4 else value


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """`Prefer: wait=…` is granted for a moment only."""
    return settings.model_copy(update={"wait_seconds": 0.01})


ORDER = ("get", "patch", "put", "post", "delete")
"""What changes the world most comes last."""


def by_tag() -> dict[str, list[str]]:
    """The routes of each part of the API."""
    parts: dict[str, list[str]] = defaultdict(list)
    for label, operation in sorted(OPERATIONS.items(), key=lambda each: ORDER.index(each[1].method)):
        parts[(operation.tags or ["untagged"])[0]].append(label)
    return parts


@pytest.mark.parametrize(("tag", "labels"), by_tag().items(), ids=by_tag())
def test_every_answer_is_documented(tag, labels, client, world, subtests):
    for label in labels:
        with subtests.test(label):
            fuzz(OPERATIONS[label], client, world)


def fuzz(operation, client, world: Known) -> None:
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    headers = {"Authorization": client.headers["Authorization"]}
    session = asgi.get_client(client.app)

    @limited(
        max_examples=EXAMPLES,
        derandomize=ASKED is None,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case):
        case.path_parameters = with_known(world, "", case.path_parameters)
        case.query = with_known(world, "", case.query)
        case.body = with_known(world, "", case.body)
        if isinstance(case.body, dict) and len(str(case.body.get("front", ""))) % 2:
            case.body["front"] = PHOTO
        if len(case.headers.get("If-Match", "")) % 2:
            case.headers["If-Match"] = "*"
        answer = case.call(app=client.app, session=session, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    send()


def test_the_world_is_real(world):
    """The ids that the routes ask for are known, so that they have something to work on."""
    asked = {name for operation in OPERATIONS.values() for name in re.findall(r"{(\w+_id)}", operation.path)}
    assert asked - set(world) <= {"merge_id", "introduction_id", "duplicate_id", "brand_id"}, (
        "these have no list of their own"
    )
    assert len(asked & set(world)) > 5
