"""Logs are JSON lines with the request or job they belong to, and hold nothing that is printed on a card."""

from __future__ import annotations

import io
import json

import pytest
import structlog

from app.kit.logs import set_up_logs
from tests.drawing import JANE, card_photo, encoded


@pytest.fixture
def lines():
    """Everything logged since the test began, parsed."""
    stream = io.StringIO()
    set_up_logs("debug", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()


def test_the_road_leaves_ids_and_counts_but_no_personal_data(client, work, lines):
    upload = client.post("/v1/scans", files={"front": encoded(card_photo())}, data={"note": "secret plans"})
    client.get("/v1/contacts", params={"q": "Whitfield"})
    client.post("/v1/users", json={"name": "Otto Secretive", "email": "otto@northwind.example"})
    work()
    logged = lines()
    text = json.dumps(logged).casefold()
    for printed in (*JANE, "Whitfield", "12065550142", "secret", "otto", "northwind"):
        assert printed.casefold() not in text
    requests = [line for line in logged if line["event"] == "request"]
    assert all(line["request_id"] and line["timestamp"] for line in requests)
    assert {line["route"] for line in requests} >= {"/v1/scans", "/v1/contacts", "/v1/users"}
    jobs = [line for line in logged if line["event"] == "job.done"]
    assert any(line["reaction"].endswith("read_scan") and line["job_id"] for line in jobs)
    assert upload.headers["x-request-id"] in {line["request_id"] for line in requests}


def test_a_crash_says_where_but_not_what(lines):
    try:
        secret = "jane@acme.example"
        raise ValueError(f"cannot store {secret}")
    except ValueError as crash:
        structlog.get_logger().error("crashed", exc_info=crash)
    [line] = lines()
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["trace"][0]
    assert "jane" not in json.dumps(line)
