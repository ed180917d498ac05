from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from typer.testing import CliRunner

from app.cli import app
from ocr.batch import Outcome
from ocr.report import Report, load_truths, score_rows
from ocr.report.drawing import Outlined, is_guess, lines_outside, shapes_on, tags_on
from ocr.report.views import Judged, photo_view
from ocr.truth import judge_card, judge_places
from ocr.types import Card, Field, FieldKind, Line, Logo, Quality, Reading
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


def test_a_photo_at_the_limit_is_shown_and_one_that_is_gone_is_told_of(tmp_path):
    (tmp_path / "large.jpg").write_bytes(encoded(PillowImage.new("RGB", (8000, 7500), "white"), quality=30))
    done = run("--report", tmp_path / "report", tmp_path / "large.jpg")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "report" / "photos" / "0000.jpg").exists()
    report = Report(tmp_path / "other")
    report.prepare()
    report.add(Outcome(tmp_path / "gone.jpg", Reading(10, 10, (), "drawn", 0.1)))
    assert "unreadable_file" in report.write().read_text("utf-8")


def run(*arguments: object):
    return CliRunner().invoke(app, ["read", *map(str, arguments)], env={"COLUMNS": "200"})


def test_scores_count_values_logos_and_corners():
    card = drawn_card()
    named = replace(card, fields=(Field(FieldKind.NAME, JANE[0], JANE[0], 0.9, CORNERS, "drawn"),))
    truth = {"fields": {"name": JANE[0]}, "quad": CORNERS, "quad_exact": True, "logos": [box(0.1, 0.8, 0.2, 0.9)]}
    judged = [Judged(one, judge_card(one, truth), judge_places(one, truth)) for one in (named, None)]
    rows = {row.name: row for row in score_rows(judged)}
    assert (rows["name"].right, rows["name"].wrong, rows["name"].missed) == (1, 0, 1)
    assert (rows["logo"].right, rows["logo"].wrong, rows["logo"].missed) == (0, 1, 2)
    assert (rows["corners"].right, rows["corners"].wrong, rows["corners"].missed) == (1, 0, 1)
    assert rows["all fields"].f1 == pytest.approx(2 / 3)
    assert rows["title"].f1 is None


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


def box(left: float, top: float, right: float, bottom: float):
    return ((left, top), (right, top), (right, bottom), (left, bottom))


CORNERS = box(0.1, 0.1, 0.9, 0.9)


def drawn_card(confidence: float = 0.9, quad=CORNERS) -> Card:
    rows = [box(0.2, 0.2 + 0.05 * row, 0.5, 0.24 + 0.05 * row) for row in range(8)]
    kinds = [*FieldKind][:8]
    fields = tuple(Field(kind, "x", "x", 0.9, row, "drawn") for kind, row in zip(kinds, rows, strict=True))
    lines = tuple(Line("x", 0.9, row) for row in rows)
    logos = (Logo(box(0.6, 0.2, 0.8, 0.4), 0.9, "00", np.zeros((2, 2, 3), np.uint8)),)
    return Card(quad, confidence, 0, fields, lines, logos, Quality(1, 1, 1), (), np.zeros((4, 4, 3), np.uint8))


@pytest.mark.parametrize("size", [(1600, 1200), (900, 1600)], ids=["wide", "tall"])
def test_no_label_covers_another_or_leaves_the_photo(size):
    for wide in (True, False):
        tags = [tag for tag in tags_on([Outlined(drawn_card())], size) if tag.wide is wide]
        assert len(tags) == 10
        boxes = [(tag.x, tag.y - 0.8 * tag.height, tag.x + tag.width, tag.y + 0.2 * tag.height) for tag in tags]
        for number, (left, top, right, bottom) in enumerate(boxes):
            assert 0 <= left <= right <= size[0]
            assert 0 <= top <= bottom <= size[1]
            for other in boxes[number + 1 :]:
                assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_labels_on_a_phone_are_larger_than_on_a_desk():
    tags = tags_on([Outlined(drawn_card())], (1600, 1200))
    assert min(tag.height for tag in tags if not tag.wide) > 1.6 * max(tag.height for tag in tags if tag.wide)


def test_corners_that_the_lines_do_not_keep_to_are_drawn_as_a_guess():
    sure, unsure, aside = drawn_card(), drawn_card(0.4), drawn_card(quad=box(0.55, 0.1, 0.9, 0.9))
    assert [is_guess(card) for card in (sure, unsure, aside)] == [False, True, True]
    assert lines_outside(aside) == 8
    kinds = [shapes_on([(0, Outlined(card))], (100, 100))[0].kind for card in (sure, unsure, aside)]
    assert kinds == ["card", "guess", "guess"]


def test_several_cards_are_told_apart_by_name():
    left, right = drawn_card(quad=box(0.1, 0.1, 0.5, 0.9)), drawn_card(quad=box(0.5, 0.1, 0.9, 0.9))
    reading = Reading(100, 100, (left, right), "drawn", 0.1)
    view = photo_view(Path("a.jpg"), "photos/0000.jpg", (100, 100), reading, [Judged(left), Judged(right)])
    assert [card.name for card in view.cards] == ["card 1", "card 2"]
    assert {"card 1 0.90", "card 2? 0.90"} <= {tag.text for tag in view.tags}
    alone = photo_view(Path("a.jpg"), "photos/0000.jpg", (100, 100), reading, [Judged(left)])
    assert alone.cards[0].name == ""


def test_true_corners_and_logos_that_were_not_found_are_drawn():
    truth = {"quad": box(0.2, 0.2, 0.5, 0.5), "quad_exact": True, "logos": [box(0.7, 0.7, 0.8, 0.8)]}
    for card in (drawn_card(), None):
        one = Outlined(card, judge_places(card, truth))
        drawn = [shape.title for shape in shapes_on([(0, one)], (100, 100)) if shape.kind == "true"]
        assert drawn == ["true corners", "missed logo"]
        assert {"true corners", "missed logo"} <= {tag.text for tag in tags_on([one], (100, 100))}
