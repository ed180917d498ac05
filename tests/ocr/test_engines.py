from __future__ import annotations

import shutil
import stat
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.engines import ENGINES, make_engine, ppocr
from ocr.engines.ensemble import merge
from ocr.engines.pytesseract import PyTesseract, parse_table
from ocr.engines.rapidocr import RapidOcr
from ocr.engines.strips import cut_out, dark_on_white, part, ways_to_read
from ocr.engines.tesserocr import TesserOcr
from ocr.errors import EngineTimeout, EngineUnavailable
from ocr.orientation import ALONE, find_turn, turn_box, turn_image
from ocr.types import Engine, Image, Word
from tests.drawing import JANE, card_photo

NEEDS_SYSTEM_TESSERACT = pytest.mark.skipif(shutil.which("tesseract") is None, reason="no system Tesseract here")


def card() -> Image:
    """Jane's card alone, without the table."""
    photo = np.array(card_photo())[:, :, ::-1]
    return np.ascontiguousarray(photo[150:750, 150:1050])


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=NEEDS_SYSTEM_TESSERACT if name == "pytesseract" else ()) for name in ENGINES],
)
def engine(request: pytest.FixtureRequest) -> Engine:
    return make_engine(request.param, timeout=60)


def flat_text(words: tuple[Word, ...]) -> str:
    return "".join(word.text for word in words).replace(" ", "").casefold()


def test_every_engine_reads_the_card_and_says_where(engine):
    words = engine(card())
    text = flat_text(words)
    for line in JANE[:4]:
        assert line.replace(" ", "").casefold() in text, line
    height, width = card().shape[:2]
    for word in words:
        assert 0 <= word.confidence <= 1
        assert all(-3 <= x <= width + 3 and -3 <= y <= height + 3 for x, y in word.polygon)
        (left, top), (right, _), (_, bottom), _ = word.polygon
        assert left < right
        assert top < bottom


def test_every_engine_reads_boxes_in_their_order(engine):
    picture = card()
    boxes = ppocr.find_text(picture)
    read = engine.read_boxes(picture, boxes)
    assert len(read) == len(boxes)
    order = {line: min(i for i, words in enumerate(read) if flat_text(words) in line.replace(" ", "").casefold())
             for line in JANE[:4]}  # fmt: skip
    height_of = {line: boxes[i][:, 1].mean() for line, i in order.items()}
    assert sorted(JANE[:4], key=height_of.__getitem__) == list(JANE[:4])


def test_every_engine_is_silent_about_an_empty_picture(engine):
    assert engine.read_boxes(card(), ()) == ()
    assert engine(np.full((300, 500, 3), 255, np.uint8)) == ()


def test_white_on_dark_is_read_as_well(engine):
    picture = 255 - card()
    words = tuple(word for found in engine.read_boxes(picture, ppocr.find_text(picture)) for word in found)
    assert "jane.whitfield@harborlane.com" in flat_text(words)


def test_an_unknown_engine_names_those_there_are():
    with pytest.raises(EngineUnavailable, match="rapidocr"):
        make_engine("crystal_ball")


@pytest.mark.parametrize("make", [RapidOcr, TesserOcr])
def test_an_engine_in_process_stops_at_its_time_limit(make):
    engine = make(timeout=60)
    engine._timeout = 0.001
    with pytest.raises(EngineTimeout):
        engine.read_boxes(card(), ppocr.find_text(card()) * 40)


def script(folder: Path, body: str) -> str:
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_hanging_tesseract_is_killed_with_its_children(tmp_path):
    pids = tmp_path / "pids"
    command = script(tmp_path, f"sleep 300 & echo $! > {pids}; echo $$ >> {pids}; wait")
    started = time.monotonic()
    with pytest.raises(EngineTimeout):
        PyTesseract(timeout=5.0, command=command)(card())
    assert time.monotonic() - started < 60
    for pid in map(int, pids.read_text().split()):
        while alive(pid):  # a kill is sent at once, and carried out when the kernel comes to it
            assert time.monotonic() - started < 60
            time.sleep(0.01)


def alive(pid: int) -> bool:
    """A process that is more than a corpse waiting to be collected."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_failing_tesseract_is_an_unavailable_engine(tmp_path):
    with pytest.raises(EngineUnavailable, match="3"):
        PyTesseract(timeout=10, command=script(tmp_path, "cat > /dev/null; exit 3"))(card())
    with pytest.raises(EngineUnavailable):
        PyTesseract(timeout=10, command=str(tmp_path / "nothing"))


def test_tesseract_is_told_to_use_one_thread_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    seen = tmp_path / "seen"
    PyTesseract(timeout=10, command=script(tmp_path, f'cat > /dev/null; echo "$OMP_THREAD_LIMIT $*" > {seen}'))(card())
    limit, *arguments = seen.read_text().split()
    assert limit == "1"
    assert arguments[:2] == ["stdin", "stdout"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_table_of_words_is_parsed():
    table = (
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
        "1\t1\t0\t0\t0\t0\t0\t0\t400\t48\t-1\t\n"
        "5\t1\t1\t1\t1\t1\t10\t12\t80\t24\t91.5\tPier\n"
        "5\t2\t1\t1\t1\t1\t0\t0\t9\t9\t-1\t  \n"
    )
    [row] = parse_table(table)
    assert (row.page, row.text, row.confidence) == (1, "Pier", 0.915)
    assert row.polygon == ((10, 12), (90, 12), (90, 36), (10, 36))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_card_is_turned_back(degrees):
    picture = turn_image(card(), degrees)
    upright = find_turn(picture, ppocr.find_text(picture))
    assert (upright.turn + degrees) % 360 == 0
    assert upright.confidence > 0.75


def test_the_longest_line_settles_it_alone_when_it_is_sure():
    picture, boxes = card(), sorted(ppocr.find_text(card()), key=lambda box: -np.ptp(box[:, 0]))
    for box in boxes[1:]:
        left, top, right, bottom = (*box.min(axis=0).astype(int), *np.ceil(box.max(axis=0)).astype(int))
        picture[top:bottom, left:right] = picture[top:bottom, left:right][::-1, ::-1].copy()
    headlong = [ppocr.upside_down(cut_out(picture, box)) for box in boxes]
    assert headlong[0] < 1 - ALONE
    assert np.mean(headlong) > 0.5
    assert find_turn(picture, tuple(boxes)).turn == 0


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_boxes_turn_with_their_picture(degrees):
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[20:40, 30:110] = 255
    box = np.array([(30, 20), (110, 20), (110, 40), (30, 40)], np.float32)
    turned, turned_box = turn_image(picture, degrees), turn_box(box, degrees, 200, 100)
    x, y, width, height = cv2.boundingRect(cv2.findNonZero(turned[:, :, 0]))
    assert (turned_box.min(axis=0) == (x, y)).all()
    assert (turned_box.max(axis=0) == (x + width, y + height)).all()
    assert tuple(turned_box[0]) == (x, y)
    assert tuple(turned_box[2]) == (x + width, y + height)


def test_a_standing_line_is_read_both_ways():
    picture = turn_image(card(), 90)
    words = [
        word
        for words in RapidOcr(timeout=60).read_boxes(picture, ppocr.find_text(picture))
        for word in words
    ]  # fmt: skip
    assert "janewhitfield" in flat_text(tuple(words))
    assert len(ways_to_read(np.array([(0, 0), (20, 0), (20, 100), (0, 100)], np.float32))) == 2


def test_a_strip_is_dark_on_white_either_way():
    strip = np.full((20, 100), 200, np.uint8)
    strip[8:12, 10:90] = 90
    for light in (strip, 255 - strip):
        shown = dark_on_white(light)
        assert shown[10, 50] == 0
        assert shown[2, 2] == 255


def test_a_strip_has_the_size_of_its_box():
    box = np.array([(10, 20), (90, 30), (88, 50), (8, 40)], np.float32)
    assert cut_out(np.zeros((100, 100, 3), np.uint8), box).shape == (20, 81, 3)
    assert part(box, 0, 1) == tuple(map(tuple, box.tolist()))


def word(text: str, confidence: float = 0.8) -> Word:
    return Word(text, confidence, ((0, 0), (1, 0), (1, 1), (0, 1)))


def test_readers_that_agree_are_surer():
    [merged] = merge((word("Müller", 0.7),), (word("MULLER", 0.95),))
    assert (merged.text, merged.confidence) == ("Müller", pytest.approx(0.95))


def test_readers_that_differ_are_less_sure_and_the_better_one_stands():
    assert [w.text for w in merge((word("jane@acme"),), (word("jane@acme.com"),))] == ["jane@acme.com"]
    [kept] = merge((word("Harbor", 0.9),), (word("Hurbor", 0.95),))
    assert (kept.text, kept.confidence) == ("Harbor", pytest.approx(0.9 * 0.85))
    assert [w.text for w in merge((), (word("Harbor", 0.95),))] == ["Harbor"]
