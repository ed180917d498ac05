"""`cardally truth` brings what people corrected, with the photos, as a set to measure the reader with."""

from __future__ import annotations

import json

import pytest
from PIL import ImageFilter
from typer.testing import CliRunner

from app.cli.commands import app
from tests.drawing import card_photo, encoded


@pytest.fixture
def resolved(client, work):
    photo = {"front": ("card.jpg", encoded(card_photo().filter(ImageFilter.GaussianBlur(4))), "image/jpeg")}
    location = client.post("/v1/scans", files=photo).headers["Location"]
    work()
    for review in client.get("/v1/reviews").json()["items"]:
        client.post(f"/v1/reviews/{review['id']}/resolve", json={"name": "Zoë Brandt"})
    return location


def test_a_folder_has_truth_and_photos(client, settings, resolved, tmp_path, monkeypatch):
    for name in ("database_url", "files_url", "secret_file"):
        monkeypatch.setenv(f"CARDALLY_{name.upper()}", str(getattr(settings, name)))
    email = client.get("/v1/me").json()["email"]
    done = CliRunner().invoke(app, ["truth", str(tmp_path / "set"), "--as", email])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in (tmp_path / "set" / "truth.jsonl").read_text().splitlines()]
    expected = client.get("/v1/reviews/truth").text.splitlines()
    assert lines == [json.loads(line) for line in expected]
    for line in lines:
        assert line["fields"]["name"] == "Zoë Brandt"
        assert (tmp_path / "set" / line["photo"]).read_bytes() == client.get(f"{resolved}/photo").content
    assert lines
