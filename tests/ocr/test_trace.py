from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from ocr.locate import Candidate
from ocr.rectify import flatten
from ocr.trace import FolderTrace, no_trace
from ocr.types import Card, Field, FieldKind, Line, Logo, Quality, Reading

QUAD = ((100.0, 80.0), (500.0, 90.0), (490.0, 340.0), (90.0, 330.0))
SMALL = ((0.3, 0.3), (0.6, 0.3), (0.6, 0.36), (0.3, 0.36))


def reading() -> Reading:
    field = Field(FieldKind.NAME, "Änne Śliwa", "Änne Śliwa", 0.93, SMALL, "drawn")
    line = Line("Änne Śliwa", 0.9, ((20.0, 30.0), (200.0, 30.0), (200.0, 60.0), (20.0, 60.0)))
    logo = Logo(((0.2, 0.2), (0.3, 0.2), (0.3, 0.3), (0.2, 0.3)), 0.8, "ffee", np.zeros((10, 10, 3), np.uint8))
    card = Card(
        tuple((x / 600, y / 400) for x, y in QUAD), 0.97, 90, (field,), (line,), (logo,), Quality(1, 1, 1),
        ("glare",), np.full((250, 400, 3), 200, np.uint8),
    )  # fmt: skip
    return Reading(600, 400, (card,), "drawn", 0.1)


def test_every_stage_leaves_a_numbered_picture(tmp_path):
    photo = np.full((400, 600, 3), 90, np.uint8)
    cv2.fillConvexPoly(photo, np.array(QUAD, np.int32), (230, 230, 230))
    trace = FolderTrace(tmp_path / "deep" / "trace")
    done = reading()
    trace("photo", photo)
    trace("candidates", (Candidate(QUAD, 0.97), Candidate(((0, 0), (9, 0), (9, 9), (0, 9)), 0.1)))
    trace("card", flatten(photo, QUAD))
    trace("ink", np.full((250, 400), 255, np.uint8))
    trace("lines", done.cards[0].lines)
    trace("fields", done.cards[0].fields)
    trace("logos", done.cards[0].logos)
    trace("turn", 90)
    trace("reading", done)
    names = sorted(path.name for path in (tmp_path / "deep" / "trace").iterdir())
    assert names == [
        "01_photo.png", "02_candidates.png", "03_card.png", "04_ink.png", "05_lines.png", "06_fields.png",
        "07_logos.png", "08_turn.json", "09_reading.png", "reading.json",
    ]  # fmt: skip
    drawn = cv2.imread(str(tmp_path / "deep" / "trace" / "09_reading.png"))
    assert drawn.shape[0] == 400
    assert drawn.shape[1] > 700
    assert (drawn[:, :600] != photo).any()
    told = json.loads((tmp_path / "deep" / "trace" / "reading.json").read_text())
    assert told["cards"][0]["fields"][0]["value"] == "Änne Śliwa"
    assert "image" not in told["cards"][0]


def test_a_photo_without_a_card_can_be_drawn(tmp_path):
    trace = FolderTrace(tmp_path)
    trace("photo", np.zeros((300, 200, 3), np.uint8))
    trace("candidates", ())
    trace("reading", Reading(200, 300, (), "drawn", 0.1))
    assert (tmp_path / "03_reading.png").stat().st_size > 1000


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        FolderTrace(tmp_path / "file")


def test_no_trace_forgets():
    assert no_trace("photo", 1) is None
