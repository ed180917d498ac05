from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFilter

import ocr
from ocr import Alternative, FieldKind, Options, as_json, make_engine, read_photo
from ocr.batch import Failure, read_files
from ocr.deblur import GRAIN
from ocr.pipeline import _doubted
from ocr.quality import Edges
from tests.drawing import JANE, card_photo, encoded


@pytest.fixture(scope="module")
def engine():
    return make_engine()


@pytest.fixture(scope="module")
def reading(engine):
    return read_photo(encoded(card_photo()), engine=engine)


def one(reading, kind):
    return next(field for card in reading.cards for field in card.fields if field.kind is kind)


def test_a_card_is_read_with_its_evidence(reading):
    [card] = reading.cards
    assert (reading.width, reading.height) == (1200, 900)
    assert one(reading, FieldKind.NAME).value == JANE[0]
    assert one(reading, FieldKind.COMPANY).value == JANE[2]
    assert one(reading, FieldKind.EMAIL).value == JANE[3]
    assert one(reading, FieldKind.PHONE).value == "+12065550142"
    assert card.turn == 0
    assert card.image.ndim == 3


def test_the_card_and_its_fields_are_where_they_were_drawn(reading):
    [card] = reading.cards
    corners = np.array([(0.12, 0.16), (0.88, 0.16), (0.88, 0.84), (0.12, 0.84)])
    assert np.abs(np.array(card.quad) - corners).max() < 0.03
    box = np.array(one(reading, FieldKind.EMAIL).polygon)
    assert 0.12 < box[:, 0].min() < box[:, 0].max() < 0.88
    line = 0.16 + 0.08 + 0.13 + 2 * 0.1  # the fourth line of the drawing
    assert line - 0.03 < box[:, 1].min() < box[:, 1].max() < line + 0.09


def test_a_number_is_of_the_country_that_is_asked_for_if_the_card_does_not_say(engine):
    photo = encoded(card_photo((*JANE[:3], "jane@harborlane.com", "206 555 0142")))
    assert one(read_photo(photo, engine=engine), FieldKind.PHONE).value == "2065550142"
    assert one(read_photo(photo, Options(region="US"), engine), FieldKind.PHONE).value == "+12065550142"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_taken_sideways_reads_the_same(reading, engine, degrees):
    turned = read_photo(encoded(card_photo().rotate(degrees, expand=True)), engine=engine)
    assert one(turned, FieldKind.EMAIL).value == one(reading, FieldKind.EMAIL).value
    [card] = turned.cards
    assert card.turn == degrees
    assert card.image.shape[1] > card.image.shape[0]


def test_a_vertical_card_is_read_as_it_stands(engine):
    tall = ("Jane Whitfield", "Executive", "Harbor Lane", "jane@harborlane.com", "+1 206 555 0142")
    [card] = read_photo(encoded(card_photo(tall, (900, 1200))), engine=engine).cards
    assert card.turn == 0
    assert card.image.shape[0] > card.image.shape[1]
    assert [field.value for field in card.fields if field.kind is FieldKind.EMAIL] == ["jane@harborlane.com"]


def test_two_cards_are_two_people(engine):
    wide = Pillow.new("RGB", (2400, 900))
    other = ("Tomas Lindqvist", "Sales Engineer", "Nordkap Robotics AB", "tomas@nordkap.se", "+46 8 123 456 78")
    wide.paste(card_photo(), (0, 0))
    wide.paste(card_photo(other), (1200, 0))
    cards = read_photo(encoded(wide), engine=engine).cards
    mails = [[field.value for field in card.fields if field.kind is FieldKind.EMAIL] for card in cards]
    assert sorted(mails) == [[JANE[3]], ["tomas@nordkap.se"]]


@pytest.mark.parametrize("picture", ["plain", "noise"])
def test_no_card_is_invented(engine, picture):
    pixels = np.random.default_rng(1).integers(0, 255, (800, 1000, 3), dtype=np.uint8)
    image = Pillow.fromarray(pixels) if picture == "noise" else Pillow.new("RGB", (1000, 800), (120, 110, 100))
    assert read_photo(encoded(image), engine=engine).cards == ()


def test_reading_stops_at_its_time_limit(engine):
    started = time.monotonic()
    with pytest.raises(ocr.EngineTimeout):
        read_photo(encoded(card_photo()), Options(timeout=0.01), engine)
    assert time.monotonic() - started < 10


def test_the_trace_sees_every_stage(engine):
    seen = []
    read_photo(encoded(card_photo()), engine=engine, trace=lambda stage, value: seen.append(stage))
    assert seen == ["photo", "candidates", "flat", "card", "searched", "boxes", "lines", "logos", "fields", "reading"]


def test_json_has_the_form_that_the_scorer_wants(reading):
    line = json.loads(json.dumps(as_json(reading, "a/b.jpg")))
    assert line["photo"] == "a/b.jpg"
    assert line["error"] is None
    [card] = line["cards"]
    assert len(card["quad"]) == 4
    fields = card["fields"]
    assert fields["name"]["value"] == JANE[0]
    assert [mail["value"] for mail in fields["emails"]] == [JANE[3]]
    assert {"titles", "phones", "websites", "addresses", "departments", "social"} <= set(fields)
    assert all(0 <= value <= 1 for point in fields["name"]["polygon"] for value in point)


def test_files_are_read_in_order_by_several_processes(tmp_path):
    names = ["first.jpg", "broken.jpg", "missing.jpg", "last.png"]
    (tmp_path / "first.jpg").write_bytes(encoded(card_photo()))
    (tmp_path / "broken.jpg").write_bytes(encoded(card_photo())[:2000])
    (tmp_path / "last.png").write_bytes(encoded(card_photo(JANE[:3]), "PNG"))
    outcomes = list(read_files([tmp_path / name for name in names], jobs=2))
    assert [outcome.path.name for outcome in outcomes] == names
    first, broken, missing, last = (outcome.result for outcome in outcomes)
    assert one(first, FieldKind.EMAIL).value == JANE[3]
    assert isinstance(broken, Failure)
    assert broken.code == "not_an_image"
    assert isinstance(missing, Failure)
    assert missing.code == "unreadable_file"
    assert one(last, FieldKind.NAME).value == JANE[0]
    assert as_json(last)["cards"]


def test_a_dying_worker_takes_only_its_own_photo_with_it(tmp_path):
    paths = [tmp_path / f"{number}.jpg" for number in range(4)]
    for path in paths:
        path.write_bytes(encoded(card_photo(JANE[:2])))
    deadly = tmp_path / "deadly.jpg"
    os.mkfifo(deadly)
    killer = threading.Thread(target=kill_readers, args=(deadly, 2), daemon=True)
    killer.start()
    outcomes = list(read_files([*paths[:2], deadly, *paths[2:]], jobs=2))
    assert [outcome.path for outcome in outcomes] == [*paths[:2], deadly, *paths[2:]]
    assert outcomes[2].result == Failure("worker_died", "The process that read this photo died.")
    assert all(isinstance(outcome.result, ocr.Reading) for outcome in outcomes if outcome.path != deadly)
    killer.join(timeout=10)


def kill_readers(pipe: Path, times: int) -> None:
    """Kill the next processes that open this pipe for reading."""
    for _ in range(times):
        writer = os.open(pipe, os.O_WRONLY)  # waits for a reader
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if process.name != str(os.getpid()) and any(fd.samefile(pipe) for fd in (process / "fd").iterdir()):
                    os.kill(int(process.name), signal.SIGKILL)
        os.close(writer)
        while has_reader(pipe):
            time.sleep(0.01)


def has_reader(pipe: Path) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


class Counting:
    """An engine that keeps what it was shown, and takes its time."""

    def __init__(self, engine, seconds=0.0):
        self.name, self.engine, self.seconds, self.looks = engine.name, engine, seconds, []

    def __call__(self, image):
        return self.engine(image)

    def read_boxes(self, image, boxes):
        self.looks.append(image)
        time.sleep(self.seconds)
        return self.engine.read_boxes(image, boxes)


OUT_OF_FOCUS = encoded(card_photo().filter(ImageFilter.GaussianBlur(3.5)))


def test_a_card_out_of_focus_is_read_in_sharper_pictures_too(engine):
    sharp, blurred = Counting(engine), Counting(engine)
    read_photo(encoded(card_photo()), engine=sharp)
    assert len(sharp.looks) == 1
    shown = []
    reading = read_photo(OUT_OF_FOCUS, engine=blurred, trace=lambda stage, value: shown.append((stage, value)))
    assert len(blurred.looks) == 1 + len(GRAIN)
    sharper = [value for stage, value in shown if stage == "sharper"]
    assert all(one is other for one, other in zip(blurred.looks[1:], sharper, strict=True))
    assert "blurred" in reading.cards[0].review
    assert one(reading, FieldKind.NAME).value == JANE[0]


def test_what_is_read_out_of_focus_is_believed_less_than_what_a_code_says(engine, monkeypatch):
    shown = {}
    monkeypatch.setattr("ocr.quality.DOUBT", 0.0)
    plain = read_photo(OUT_OF_FOCUS, engine=engine).cards[0]
    monkeypatch.undo()
    doubted = read_photo(OUT_OF_FOCUS, engine=engine, trace=shown.__setitem__).cards[0]
    assert [field.value for field in doubted.fields] == [field.value for field in plain.fields]
    assert all(less.confidence < more.confidence for less, more in zip(doubted.fields, plain.fields, strict=True))
    assert [field.confidence for field in shown["fields"]] == [field.confidence for field in doubted.fields]
    close = replace(plain.fields[0], confidence=0.6, alternatives=(Alternative("Jane Whitfeld", 0.55, "rapidocr"),))
    less = _doubted(close, Edges(20, 9))
    assert less.alternatives[0].confidence < less.confidence
    code = replace(plain.fields[0], source="tesseract+qr")
    assert _doubted(code, Edges(20, 9)) == code


def test_no_further_picture_is_read_when_the_time_is_up(engine):
    slow = Counting(engine, seconds=2)
    with pytest.raises(ocr.EngineTimeout):
        read_photo(OUT_OF_FOCUS, Options(timeout=2), slow)
    assert len(slow.looks) == 1
