"""Cards that need more than reading: dark and gradient paper, glare, a code that knows better, several at once."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocr import FieldKind, make_engine, read_photo
from tests.drawing import JANE, card_photo, encoded

LEFT, TOP, RIGHT, BOTTOM = 144, 144, 1056, 756
"""Where `card_photo` draws its card."""


@pytest.fixture(scope="module", params=["rapidocr", "tesseract"])
def engine(request):
    return make_engine(request.param)


def values(card, kind):
    return [field.value for field in card.fields if field.kind is kind]


def printed_on(paper, ink):
    """The usual card on other paper: 612 x 912 x 3 of paper, and the ink of each line."""
    photo = np.full((900, 1200, 3), (110, 104, 98), np.uint8)
    photo[TOP:BOTTOM, LEFT:RIGHT] = paper
    image = Image.fromarray(photo)
    draw = ImageDraw.Draw(image)
    y = TOP + 72
    for number, (line, colour) in enumerate(zip(JANE, ink, strict=True)):
        size = 56 if number == 0 else 38
        draw.text((190, y), line, fill=colour, font=ImageFont.load_default(size))
        y += 117 if number == 0 else 90
    return image


def test_light_print_on_dark_paper_is_read(engine):
    dark = np.full((BOTTOM - TOP, RIGHT - LEFT, 3), (24, 32, 54), np.uint8)
    [card] = read_photo(encoded(printed_on(dark, [(235, 235, 225)] * 5)), engine=engine).cards
    assert values(card, FieldKind.NAME) == [JANE[0]]
    assert values(card, FieldKind.EMAIL) == [JANE[3]]


def test_both_polarities_on_a_gradient_are_read(engine):
    """From near black at the top to near white at the bottom, with the print light above and dark below."""
    shade = np.linspace(20, 245, BOTTOM - TOP)[:, None, None].repeat(RIGHT - LEFT, 1).repeat(3, 2).astype(np.uint8)
    inks = [(240, 240, 235)] * 2 + [(250, 250, 250)] + [(15, 15, 20)] * 2
    [card] = read_photo(encoded(printed_on(shade, inks)), engine=engine).cards
    assert values(card, FieldKind.NAME) == [JANE[0]]
    assert values(card, FieldKind.EMAIL) == [JANE[3]]
    assert values(card, FieldKind.PHONE) == ["+12065550142"]


@pytest.mark.parametrize("share", [0.15, 0.1])
def test_a_dim_card_is_read_and_not_called_blurred(engine, share):
    photo = np.asarray(card_photo()).astype(np.float32)
    grain = np.random.default_rng(0).normal(0, 1.5, photo.shape)
    dim = Image.fromarray((photo * share + grain).clip(0, 255).astype(np.uint8))
    [card] = read_photo(encoded(dim), engine=engine).cards
    assert values(card, FieldKind.NAME) == [JANE[0]]
    assert values(card, FieldKind.EMAIL) == [JANE[3]]
    assert not {"blurred", "glare"} & set(card.review)


def test_a_card_in_the_shade_before_a_window_is_read(engine):
    photo = np.asarray(card_photo()).astype(np.float32)
    shade = np.full(photo.shape, 250.0)
    shade[TOP - 30 : BOTTOM + 30, LEFT - 30 : RIGHT + 30] = photo[TOP - 30 : BOTTOM + 30, LEFT - 30 : RIGHT + 30] * 0.1
    [card] = read_photo(encoded(Image.fromarray(shade.astype(np.uint8))), engine=engine).cards
    assert values(card, FieldKind.EMAIL) == [JANE[3]]
    assert "blurred" not in card.review


def test_light_that_burnt_print_away_asks_for_a_look(engine):
    paper = np.full((BOTTOM - TOP, RIGHT - LEFT, 3), (196, 194, 188), np.uint8)
    photo = printed_on(paper, [(25, 25, 30)] * 5)
    [plain] = read_photo(encoded(photo), engine=engine).cards
    assert "glare" not in plain.review
    lamp = Image.new("L", photo.size)
    ImageDraw.Draw(lamp).ellipse((430, 240, 1000, 700), fill=255)
    photo.paste((255, 255, 255), mask=lamp.filter(ImageFilter.GaussianBlur(20)))
    [burnt] = read_photo(encoded(photo), engine=engine).cards
    assert "glare" in burnt.review
    assert burnt.quality.glare < plain.quality.glare


def test_a_printed_code_outranks_the_print_beside_it(engine):
    values_said = ("FN:Jane A. Whitfield", f"ORG:{JANE[2]}", f"EMAIL:{JANE[3]}", "TEL;TYPE=CELL:+12065550142")
    said = "\n".join(("BEGIN:VCARD", "VERSION:3.0", *values_said, "END:VCARD"))
    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(code, scale=5)))
    photo = card_photo((JANE[0], JANE[1], JANE[2], "", ""))
    photo.paste(picture, (700, 380))
    [card] = read_photo(encoded(photo), engine=engine).cards
    [name] = [field for field in card.fields if field.kind is FieldKind.NAME]
    assert (name.value, name.source) == ("Jane A. Whitfield", "qr")
    assert JANE[0] in [loser.value for loser in name.alternatives]
    [phone] = [field for field in card.fields if field.kind is FieldKind.PHONE]
    assert (phone.value, phone.type, phone.source) == ("+12065550142", "mobile", "qr")
    assert values(card, FieldKind.EMAIL) == [JANE[3]]


def test_four_cards_in_one_photo_are_four_people(engine):
    people = (
        JANE,
        ("Tomas Lindqvist", "Sales Engineer", "Nordkap Robotics AB", "tomas@nordkap.se", "+46 8 123 456 78"),
        ("Maria Fernanda Duarte", "Sales Manager", "Pedra Branca Ltda", "maria@pedrabranca.com.br", "+55 11 3065 1234"),
        ("Klaus Hartmann", "Vertriebsleiter", "Hartmann Pumpen GmbH", "k.hartmann@hartmann-pumpen.de", "+49 30 123456"),
    )
    photo = Image.new("RGB", (2400, 1800))
    for number, lines in enumerate(people):
        photo.paste(card_photo(lines), (number % 2 * 1200, number // 2 * 900))
    cards = read_photo(encoded(photo), engine=engine).cards
    mails = {tuple(values(card, FieldKind.EMAIL)): values(card, FieldKind.NAME) for card in cards}
    assert mails == {(lines[3],): [lines[0]] for lines in people}
