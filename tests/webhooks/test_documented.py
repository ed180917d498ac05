"""docs/webhooks.md: its receivers take what is signed and refuse what is not, and what it says of messages is so."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.kit.clock import now
from app.settings import Settings
from app.webhooks import signing
from app.webhooks.catalogue import EVENT_TYPES
from bench.receiver import Receiver

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
BODY = '{"type": "contact.created", "data": {"id": "42", "name": "Zoë 名刺"}}'


def snippet(language: str) -> str:
    [text] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return text


@contextmanager
def running(command: Sequence[str], folder: Path, secret: str):
    """The receiver as a process; gives its URL and the process, which listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    env = os.environ | {"PORT": str(port), "WEBHOOK_SECRET": secret}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    process = subprocess.Popen(command, cwd=folder, env=env, **pipes)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/hooks", process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def check(command: Sequence[str], folder: Path) -> None:
    old, new = signing.make_secret(), signing.make_secret()
    with running(command, folder, old) as (url, process):

        def post(secrets: list[str], message_id: str, body: str) -> int:
            headers = signing.headers(secrets, message_id, now(), BODY)
            return httpx.post(url, content=body.encode(), headers=headers).status_code

        assert post([old], "msg_1", BODY) == 204
        assert post([old], "msg_1", BODY) == 204, "the same again is fine"
        assert post([new, old], "msg_2", BODY) == 204, "while a secret is rotated"
        assert post([new], "msg_3", BODY) == 401
        assert post([old], "msg_4", BODY + " ") == 401
        process.kill()
        printed = process.stdout.read()
    assert printed.splitlines() == ["contact.created 42"] * 2, "each message is handled once"


def test_the_python_receiver(tmp_path):
    (tmp_path / "receiver.py").write_text(snippet("python"))
    check([sys.executable, "receiver.py"], tmp_path)


@pytest.mark.skipif(shutil.which("npm") is None, reason="no Node here")
def test_the_node_receiver(tmp_path):
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--fetch-retries=0", "standardwebhooks@1"]
    if subprocess.run(install, check=False, cwd=tmp_path, capture_output=True, timeout=120).returncode:
        pytest.skip("the npm package standardwebhooks cannot be had here")
    (tmp_path / "receiver.js").write_text(snippet("javascript"))
    check(["node", "receiver.js"], tmp_path)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "verified"),
        ({"WEBHOOK_ID": "msg_2"}, ""),
        ({"WEBHOOK_SIGNATURE": "v1,AAAA"}, ""),
        ({"WEBHOOK_TIMESTAMP": "1700000000"}, ""),
    ],
)
def test_the_shell_receiver(tmp_path, change, said):
    old, new = signing.make_secret(), signing.make_secret()
    headers = signing.headers([new, old], "msg_1", now(), BODY)
    (tmp_path / "body.json").write_text(BODY)
    env = {name.upper().replace("-", "_"): value for name, value in headers.items()}
    env |= {"WEBHOOK_SECRET": old, "PATH": os.environ["PATH"]} | change
    command = ["sh", "-c", snippet("sh")]
    done = subprocess.run(command, check=False, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == said


def test_every_documented_field_is_sent(client, work):
    with Receiver() as receiver:
        endpoint = client.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test")
        work()
        [message] = receiver.wait(1)
    example = re.search(r'\{"type": "contact.created".*', PAGE)[0]
    assert set(message.content) == set(re.findall(r'"(\w+)":', example))
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= set(message.headers)


def test_the_page_names_the_settings_as_they_are():
    pauses = Settings.model_fields["webhook_schedule_seconds"].default
    assert "at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h" in PAGE
    assert pauses == (0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
    assert f"within {Settings.model_fields['webhook_timeout_seconds'].default:.0f} seconds" in PAGE
    assert f"`CARDALLY_WEBHOOK_KEEP_DAYS` ({Settings.model_fields['webhook_keep_days'].default:.0f})" in PAGE


def test_every_type_that_is_named_exists():
    named = set(re.findall(r"`((?:contact|alliance|scan|endpoint|webhook)\.[a-z]+)`", PAGE))
    assert named
    assert named <= set(EVENT_TYPES)
