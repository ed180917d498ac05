from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from ocr.report import load_truths
from tests.drawing import JANE, card_photo, encoded

TRUTH = {
    "photo": "a/jane.jpg",
    "quad": [[0.12, 0.16], [0.88, 0.16], [0.88, 0.84], [0.12, 0.84]],
    "quad_exact": True,
    "fields": {"name": JANE[0], "company": "Quite Another <Company>", "emails": [JANE[3]]},
}


class Page(HTMLParser):
    """Counts the elements of a page by name and class, and complains of one left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, int] = {}
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        name = dict(attrs).get("class", "")
        key = f"{tag}.{name}" if name else tag
        self.found[key] = self.found.get(key, 0) + 1
        if tag not in ("meta", "img", "hr", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    (folder / "a").mkdir()
    (folder / "a" / "jane.jpg").write_bytes(encoded(card_photo()))
    (folder / "broken.png").write_bytes(b"not a picture")
    (folder / "truth.jsonl").write_text(json.dumps(TRUTH) + "\n")
    arguments = [
        "read",
        "--report",
        folder / "report",
        "--truth",
        folder / "truth.jsonl",
        folder / "a",
        folder / "broken.png",
    ]
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 1, done.output
    return folder / "report"


def test_the_page_shows_photo_corners_fields_and_confidence(made):
    text = (made / "index.html").read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert page.found["polygon.card"] == 1
    assert page.found["polygon.field"] >= 4
    assert page.found["meter"] >= 4
    assert page.found["article"] == 2
    assert JANE[0] in text
    assert [path.name for path in (made / "photos").iterdir()] == ["0000.jpg"]


def test_nothing_is_loaded_from_elsewhere(made):
    text = (made / "index.html").read_text("utf-8")
    assert re.findall(r'(?:src|href)="([^#"][^"]*)"', text) == ["photos/0000.jpg"]
    assert "url(" not in text


def test_with_truth_what_is_wrong_is_marked_and_what_is_missed_is_told(made):
    text = (made / "index.html").read_text("utf-8")
    page = Page(text)
    assert page.found["tr.right"] == 3
    assert page.found["tr.missed"] == 1
    assert page.found["tr.wrong"] >= 1
    assert "Quite Another &lt;Company&gt;" in text
    assert 'value="mistakes"' in text
    assert 'value="not_an_image"' in text


def test_a_file_that_is_no_truth_ends_with_2(made, tmp_path):
    wrong = tmp_path / "truth.jsonl"
    wrong.write_text("[]\n")
    with pytest.raises(ValueError, match="line 1"):
        load_truths(wrong)
    photo = made.parent / "a" / "jane.jpg"
    done = CliRunner().invoke(app, ["read", "--report", str(tmp_path / "r"), "--truth", str(wrong), str(photo)])
    assert done.exit_code == 2


def run(*arguments: object):
    return CliRunner().invoke(app, ["read", *map(str, arguments)], env={"COLUMNS": "200"})


def test_what_can_be_filtered_by_needs_no_script(made):
    text = (made / "index.html").read_text("utf-8")
    boxes = dict(re.findall(r'<input type="checkbox" id="(f\d+)" value="([^"]+)"', text))
    told = {chip for chips in re.findall(r'data-chips="([^"]+)"', text) for chip in chips.split()}
    assert set(boxes.values()) == told
    for number, chip in boxes.items():
        assert f':root:has(#{number}:checked) article:not([data-chips~="{chip}"])' in text


def test_every_picture_says_what_it_shows(made):
    text = (made / "index.html").read_text("utf-8")
    assert re.findall(r'<img [^>]*alt="([^"]+)"', text) == [
        Path(*(made.parent / "a" / "jane.jpg").parts[-3:]).as_posix()
    ]
    [said] = re.findall(r'<svg [^>]*aria-label="([^"]+)"', text)
    assert "name" in said
    assert "email" in said


def test_the_next_report_takes_the_place_of_an_earlier_one_and_of_nothing_else(made, tmp_path):
    photos, report = tmp_path / "cards", tmp_path / "cards" / "report"
    photos.mkdir()
    for name in ("one.jpg", "two.jpg"):
        (photos / name).write_bytes(encoded(card_photo()))
    assert run("--report", report, photos).exit_code == 0
    assert len(list((report / "photos").iterdir())) == 2
    (photos / "two.jpg").unlink()
    (report / "photos" / "mine.jpg").write_bytes(b"kept")
    assert run("--report", report, photos).exit_code == 0
    assert sorted(path.name for path in (report / "photos").iterdir()) == ["0000.jpg", "mine.jpg"]
    assert Page((report / "index.html").read_text("utf-8")).found["article"] == 1


def test_a_folder_of_something_else_is_left_alone(made, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "0000.jpg").write_bytes(b"somebody's")
    (tmp_path / "index.html").write_text("<title>somebody's</title>")
    done = run("--report", tmp_path, made.parent / "a" / "jane.jpg")
    assert done.exit_code == 2
    assert "something else" in done.stderr
    assert (tmp_path / "photos" / "0000.jpg").read_bytes() == b"somebody's"
    assert "somebody" in (tmp_path / "index.html").read_text()


def test_a_folder_that_cannot_be_made_ends_with_2(made, tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "report"):
        done = run("--report", folder, made.parent / "a" / "jane.jpg")
        assert done.exit_code == 2
        assert "No report can be written there" in done.stderr


def test_a_truth_without_a_report_and_one_of_other_photos_are_told_of(made, tmp_path):
    photo, truth = made.parent / "a" / "jane.jpg", made.parent / "truth.jsonl"
    done = run("--truth", truth, photo)
    assert done.exit_code == 2
    assert "--report" in done.stderr
    other = tmp_path / "truth.jsonl"
    other.write_text(json.dumps({**TRUTH, "photo": "b/joe.jpg"}) + "\n\n")
    done = run("--report", tmp_path / "report", "--truth", other, photo)
    assert done.exit_code == 0
    assert "none of these photos" in done.stderr


@pytest.mark.parametrize(
    "name",
    ["two words.jpg", "Änne Śliwa.jpg", '"><script>alert(1)<.jpg', "[red]o'clock & more.jpg", "b\udcff.jpg"],
    ids=["blank", "umlauts", "script", "markup", "no text"],
)
def test_any_name_of_a_file_is_shown_and_does_nothing(tmp_path, name):
    photo = tmp_path / name
    photo.write_bytes(encoded(card_photo()))
    done = run("--json", "--report", tmp_path / "[bold]report", photo)
    assert done.exit_code == 0, done.output
    assert "[bold]report" in done.stderr
    text = (tmp_path / "[bold]report" / "index.html").read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert page.found["script"] == 1
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    assert json.loads(done.stdout)["photo"].endswith(shown)
    assert shown in unescape(text)
