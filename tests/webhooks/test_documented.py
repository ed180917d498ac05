"""The Python receiver in docs/webhooks.md verifies what is really sent, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from bench.receiver import Receiver

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


def test_the_documented_receiver_verifies_what_is_sent(client, work):
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[1], names)
    receive = names["receive"]
    with Receiver() as receiver:
        endpoint = client.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        assert client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test").status_code == 202
        work()
        [message] = receiver.wait(1)
    said = receive(endpoint["secret"], message.body, message.headers)
    assert said["type"] == "webhook.test"
    assert receive(endpoint["secret"], message.body + b" ", message.headers) is None


def test_every_documented_field_is_sent(client, work):
    with Receiver() as receiver:
        endpoint = client.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test")
        work()
        [message] = receiver.wait(1)
    example = re.search(r'\{"type": "contact.created".*', DOCUMENT)[0]
    assert set(message.content) == set(re.findall(r'"(\w+)":', example))
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= set(message.headers)
