"""The commands of docs/crm.md are what the service takes: every connection can be made, every mapping set."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

DOCUMENT = (Path(__file__).parents[2] / "docs/crm.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", DOCUMENT, re.M | re.S))
CALL = re.compile(
    r"curl (-X PATCH )?[^\n]*-d '(\{.*?\})'\s*http://127\.0\.0\.1:8000/v1/crm-connections(/\$ID)?\n", re.S
)
CALLS = {title: found for title, text in SECTIONS.items() if (found := CALL.findall(text))}


def test_every_connector_has_a_documented_command(client):
    documented = {json.loads(body)["connector"] for calls in CALLS.values() for patch, body, _ in calls if not patch}
    documented |= {json.loads(text)["connector"] for text in re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)}
    assert documented == {each["name"] for each in client.get("/v1/crm-connectors").json()}


@pytest.mark.parametrize("title", CALLS)
def test_the_commands_of_a_section_are_taken(client, title):
    url = "/v1/crm-connections"
    made = {"connector": "hubspot", "name": "CRM", "credentials": {"token": "pat-1"}}
    for patch, body, _ in CALLS[title]:
        if patch:
            known = client.get(url).json()["items"] or [client.post(url, json=made).json()]
            answer = client.patch(f"{url}/{known[0]['id']}", json=json.loads(body))
        else:
            answer = client.post(url, json=json.loads(body))
        assert answer.is_success, answer.text


def test_the_templates_for_any_rest_api_are_taken(client):
    [body] = re.findall(r"```json\n(.*?)```", SECTIONS["Any REST API"], re.S)
    answer = client.post("/v1/crm-connections", json=json.loads(body))
    assert answer.is_success, answer.text
