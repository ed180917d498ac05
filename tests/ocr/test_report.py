from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from app.cli import app
from ocr.report import load_truths
from tests.drawing import JANE, card_photo, encoded

TRUTH = {
    "photo": "a/jane.jpg",
    "quad": [[0.12, 0.16], [0.88, 0.16], [0.88, 0.84], [0.12, 0.84]],
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
        if tag not in ("meta", "img", "hr"):
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
    assert re.findall(r'(?:src|href)="([^"]*)"', text) == ["photos/0000.jpg"]


def test_with_truth_what_is_wrong_is_marked_and_what_is_missed_is_told(made):
    text = (made / "index.html").read_text("utf-8")
    page = Page(text)
    assert page.found["tr.right"] == 2
    assert page.found["tr.missed"] == 1
    assert page.found["tr.wrong"] >= 1
    assert "Quite Another &lt;Company&gt;" in text
    assert 'data-chip="mistakes"' in text
    assert 'data-chip="not_an_image"' in text


def test_a_file_that_is_no_truth_ends_with_2(made, tmp_path):
    wrong = tmp_path / "truth.jsonl"
    wrong.write_text("[]\n")
    with pytest.raises(ValueError, match="line 1"):
        load_truths(wrong)
    photo = made.parent / "a" / "jane.jpg"
    done = CliRunner().invoke(app, ["read", "--report", str(tmp_path / "r"), "--truth", str(wrong), str(photo)])
    assert done.exit_code == 2
