"""Whatever is sent: a documented answer, and nothing left behind."""

from __future__ import annotations

import os
import stat
import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from app.kit.chores import Upkeep
from app.scans.jobs import sweep_files
from tests.drawing import card_photo, encoded

pytestmark = pytest.mark.usefixtures("no_file_left")


@pytest.fixture
def no_file_left(tmp_path, monkeypatch):
    """The folder for temporary files is empty again afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int = 10_000, height: int = 10_000) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def animation() -> bytes:
    frames = [card_photo(("one",)), card_photo(("two",))]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


BAD = {
    "text": (b"this is no picture", "not_an_image"),
    "nothing": (b"", "not_an_image"),
    "one pixel": (encoded(Image.new("RGB", (1, 1))), "image_too_small"),
    "a bomb": (bomb(), "image_too_large"),
    "an animation": (animation(), "unsupported_image"),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "unsupported_image"),
}


def upload(client, data, **headers):
    return client.post("/v1/scans", files={"front": ("card", data, "image/jpeg")}, headers=headers)


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_photo_is_refused_at_once(client, data, reason):
    answer = upload(client, data)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (422, "bad_photo", reason)
    assert client.get("/v1/scans").json()["items"] == []


def test_a_bad_back_is_refused_as_well(client):
    files = {"front": encoded(card_photo()), "back": b"nothing"}
    assert client.post("/v1/scans", files=files).json()["code"] == "bad_photo"


def test_a_photo_that_breaks_off_ends_as_failed(client, work):
    whole = encoded(card_photo())
    scan = upload(client, whole[: len(whole) // 3])
    if scan.status_code == 202:
        work()
        scan = client.get(scan.headers["Location"])
        assert (scan.json()["status"], scan.json()["error"]) == ("failed", "not_an_image")
    else:
        assert scan.json()["reason"] == "not_an_image"


@pytest.mark.parametrize("colour", [(128, 128, 128), (255, 255, 255), (0, 0, 0)])
def test_a_photo_without_a_card_says_so(client, work, colour):
    blank = upload(client, encoded(Image.new("RGB", (900, 700), colour)))
    work()
    scan = client.get(blank.headers["Location"]).json()
    assert (scan["status"], scan["error"], scan["cards"]) == ("no_card", None, [])


def test_noise_is_no_card(client, work):
    noise = np.random.default_rng(1).integers(0, 255, (700, 900, 3), dtype=np.uint8)
    answer = upload(client, encoded(Image.fromarray(noise)))
    work()
    assert client.get(answer.headers["Location"]).json()["status"] == "no_card"


def test_sixty_megabytes_are_refused_unread(client):
    answer = upload(client, b"\xff\xd8" + b"\0" * 60_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_length_that_lies_is_found_out(client):
    def body():
        yield b'--x\r\nContent-Disposition: form-data; name="front"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield b"\0" * 1_000_000

    answer = client.post("/v1/scans", content=body(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_empty_form_names_what_is_missing(client):
    answer = client.post("/v1/scans")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"][0]["loc"] == ["body", "front"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer ck_wrong_key"}, {"Authorization": "Basic eA=="}])
def test_a_wrong_key_is_refused(api, header):
    answer = api.get("/v1/scans", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1/scans/not-an-id", "/v1/scans/01a20720-74a6-7167-95c9-c36a34ba093e"]
)
def test_unknown_things_are_problems_too(client, path):
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in ("not_found", "invalid_request")


def test_characters_that_are_no_text_are_refused(client, database_url):
    answer = client.post("/v1/scans", files={"front": encoded(card_photo())}, data={"note": "a\0b"})
    assert answer.status_code in (202, 422)
    if database_url.startswith("postgresql"):
        assert answer.json()["code"] == "unstorable_value"


@pytest.mark.skipif(os.name != "posix", reason="process groups are a POSIX thing")
def test_a_tesseract_that_hangs_is_killed_with_its_children(client, house, tmp_path, monkeypatch):
    marker = f"{time.time_ns() % 10**9}.5"
    hanging = tmp_path / "bin" / "tesseract"
    hanging.parent.mkdir()
    hanging.write_text(f"#!/bin/sh\nsleep {marker} &\nsleep {marker}\n")
    hanging.chmod(hanging.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(hanging.parent), prepend=os.pathsep)
    settings = house.settings.model_copy(update={"engine": "pytesseract", "ocr_timeout_seconds": 1.5})
    scan = upload(client, encoded(card_photo()))
    runner = replace(house, settings=settings).runner()
    while runner.run_one():
        pass
    found = client.get(scan.headers["Location"]).json()
    assert (found["status"], found["error"]) == ("failed", "ocr_timeout")
    running = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not any(marker in command for command in running)


def test_what_an_upload_left_behind_is_swept(house, organization_id, client, work):
    location = upload(client, encoded(card_photo())).headers["Location"]
    work()
    kept = {str(p) for p in Path(house.settings.files_url).rglob("*") if p.is_file()}
    orphan = house.files.put(organization_id, b"what an upload left that was killed")
    for path in Path(house.settings.files_url).rglob("*"):
        os.utime(path, (0, 0))
    sweep_files(Upkeep(house.sessions, house.files, house.settings))
    with pytest.raises(FileNotFoundError):
        house.files.get(orphan)
    assert {str(p) for p in Path(house.settings.files_url).rglob("*") if p.is_file()} == kept
    assert client.get(f"{location}/photo").status_code == 200
