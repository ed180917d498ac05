"""Text that runs in several directions on one card, and cards that stand."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr import FieldKind, make_engine, read_photo
from tests.drawing import JANE, card_photo, encoded

INK, PAPER = (25, 25, 30), (250, 250, 247)
SITE = "www.harborlane.com"
BLOCK = ("1420 Alaskan Way", "Seattle, WA 98101", "fax +1 206 555 0177")


@pytest.fixture(scope="module", params=["rapidocr", "tesseract"])
def engine(request):
    return make_engine(request.param)


def block(lines, size=34):
    """A piece of paper with a few lines on it."""
    font = ImageFont.load_default(size)
    width = round(max(font.getlength(line) for line in lines)) + 20
    piece = Image.new("RGB", (width, round(1.6 * size) * len(lines) + 10), PAPER)
    draw = ImageDraw.Draw(piece)
    for number, line in enumerate(lines):
        draw.text((10, 5 + number * 1.6 * size), line, fill=INK, font=font)
    return piece


def with_standing(lines, turn):
    """The usual card, with a piece along its right edge that is turned counterclockwise."""
    photo = card_photo()
    piece = block(lines).rotate(turn, expand=True)
    photo.paste(piece, (1020 - piece.width, 160 + (580 - piece.height) // 2))
    return photo


def values(card, kind):
    return [field.value for field in card.fields if field.kind is kind]


@pytest.mark.parametrize("turn", [90, 270])
def test_a_line_that_stands_beside_lines_that_lie_is_read(engine, turn):
    [card] = read_photo(encoded(with_standing([SITE], turn)), engine=engine).cards
    assert card.turn == 0
    assert values(card, FieldKind.NAME) == [JANE[0]]
    assert values(card, FieldKind.EMAIL) == [JANE[3]]
    assert values(card, FieldKind.WEBSITE) == [SITE]


@pytest.mark.parametrize("turn", [90, 270])
def test_a_block_that_stands_is_read_line_by_line_in_its_own_order(engine, turn):
    [card] = read_photo(encoded(with_standing(BLOCK, turn)), engine=engine).cards
    assert values(card, FieldKind.EMAIL) == [JANE[3]]
    assert sorted(values(card, FieldKind.PHONE)) == ["+12065550142", "+12065550177"]
    [address] = values(card, FieldKind.ADDRESS)
    assert address.index("Alaskan") < address.index("Seattle")


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_card_with_both_directions_is_turned_by_most_of_its_text(engine, turn):
    photo = with_standing([SITE], 90).rotate(turn, expand=True)
    [card] = read_photo(encoded(photo), engine=engine).cards
    assert card.turn == turn
    assert values(card, FieldKind.NAME) == [JANE[0]]
    assert values(card, FieldKind.WEBSITE) == [SITE]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_card_that_stands_is_read_however_it_is_held(engine, turn):
    tall = ("Jane Whitfield", "Executive", "Harbor Lane", "jane@harborlane.com", "+1 206 555 0142")
    photo = card_photo(tall, (900, 1200)).rotate(turn, expand=True)
    [card] = read_photo(encoded(photo), engine=engine).cards
    assert card.turn == turn
    assert card.image.shape[0] > card.image.shape[1]
    assert values(card, FieldKind.EMAIL) == ["jane@harborlane.com"]
    assert values(card, FieldKind.NAME) == [tall[0]]


def test_the_polygon_of_a_standing_line_stands(engine):
    [card] = read_photo(encoded(with_standing([SITE], 90)), engine=engine).cards
    [site] = [field for field in card.fields if field.kind is FieldKind.WEBSITE]
    (left, top), (right, bottom) = (
        tuple(pick(axis) for axis in zip(*site.polygon, strict=True)) for pick in (min, max)
    )
    assert 0.75 < left < right < 0.9
    assert (bottom - top) * 900 > 5 * (right - left) * 1200
