from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.drawing import JANE, card_photo, encoded


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    (folder / "a").mkdir()
    (folder / "a" / "jane.jpg").write_bytes(encoded(card_photo()))
    (folder / "broken.png").write_bytes(b"not a picture")
    (folder / "notes.txt").write_text("not for reading")
    return folder


def run(*arguments: object):
    return CliRunner().invoke(app, ["read", *map(str, arguments)], env={"COLUMNS": "120"})


def test_a_table_for_people(photos):
    done = run(photos / "a" / "jane.jpg")
    assert done.exit_code == 0
    assert JANE[0] in done.stdout
    assert JANE[3] in done.stdout


def test_a_folder_as_json_names_photos_relative_to_the_base(photos):
    done = run("--json", "--base", photos, photos)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["photo"] for line in lines] == ["a/jane.jpg", "broken.png"]
    assert [line["error"] for line in lines] == [None, "not_an_image"]
    assert lines[0]["cards"][0]["fields"]["emails"][0]["value"] == JANE[3]
    assert done.exit_code == 1


def test_the_trace_is_a_folder_of_numbered_pictures(photos, tmp_path):
    assert run("--trace", tmp_path, photos / "a" / "jane.jpg").exit_code == 0
    [folder] = tmp_path.iterdir()
    assert folder.name == "0000_jane"
    assert (folder / "01_photo.png").exists()
    assert (folder / "reading.json").exists()


@pytest.mark.parametrize(
    "arguments", [["--engine", "crystal_ball", "x.jpg"], ["--jobs", "0", "x.jpg"], []], ids=["engine", "jobs", "none"]
)
def test_a_wrong_command_line_ends_with_2(arguments):
    assert run(*arguments).exit_code == 2


def test_an_empty_folder_ends_with_2(tmp_path):
    assert run(tmp_path).exit_code == 2
