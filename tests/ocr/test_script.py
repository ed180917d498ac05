"""A card in a script that nobody was taught is said to be one; a Latin card never is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr import FieldKind, make_engine, read_photo
from ocr.script import _looks_latin
from tests.drawing import encoded

MAIL, PHONE, SITE = "info@nordwest-export.com", "+44 113 496 0142", "www.nordwest-export.com"
FONTS = files("bench.cardgen") / "fonts"
UNKNOWN = {
    "Cyrillic": ("roboto-regular", "Ирина Сергеевна Волкова", "Генеральный директор", "Северный Экспорт", "Москва"),
    "Greek": ("tinos-regular", "Γιώργος Παπαδάκης", "Διευθυντής Πωλήσεων", "Ελληνική Εταιρεία", "Αθήνα"),
    "Korean": ("noto-sans-kr-regular", "김민준", "영업 이사 대표", "한국무역주식회사", "서울특별시 강남구"),
    "Japanese": ("noto-sans-jp-regular", "山田太郎", "代表取締役社長", "株式会社山田製作所", "東京都港区"),
}
LATIN = {
    "English": ("roboto-regular", "Martin Okafor", "Sales Director", "Nordwest Export", "15 Harbour Street, Leeds"),
    "handwriting": ("caveat-bold", "Martin Okafor", "Sales Director", "Nordwest Export", "15 Harbour Street, Leeds"),
    "engraved": ("cinzel-bold", "Martin Okafor", "Sales Director", "Nordwest Export", "15 Harbour Street, Leeds"),
    "Polish": ("roboto-light", "Łukasz Wiśniewski", "Kierownik sprzedaży", "Północ Spółka", "ul. Żółta 7, Łódź"),
}


def photo_of(font, *lines):
    """A card whose first lines are set in one of the fonts, its contact data in a plain one."""
    photo = Image.new("RGB", (1400, 1000), (90, 80, 70))
    draw = ImageDraw.Draw(photo)
    draw.rectangle((150, 150, 1250, 850), fill=(250, 250, 246))
    y = 190
    sizes = (56, 36, 42, 30, 32, 32, 32)
    names = [font] * len(lines) + ["roboto-regular"] * 3
    for line, name, size in zip((*lines, MAIL, PHONE, SITE), names, sizes, strict=True):
        with (FONTS / f"{name}.woff2").open("rb") as file:
            draw.text((210, y), line, fill=(25, 25, 35), font=ImageFont.truetype(file, size))
        y += size + 48
    return encoded(photo)


@pytest.fixture(scope="module", params=["rapidocr", "tesseract"])
def engine(request):
    return make_engine(request.param)


@pytest.mark.parametrize("script", UNKNOWN)
def test_another_script_is_noticed_and_the_contact_data_are_given(engine, script):
    [card] = read_photo(photo_of(*UNKNOWN[script]), engine=engine).cards
    assert "unsupported_script" in card.review
    found = {field.kind: field.value for field in card.fields}
    assert found[FieldKind.EMAIL] == MAIL
    assert found[FieldKind.PHONE] == "+441134960142"
    assert found[FieldKind.WEBSITE] == SITE


@pytest.mark.parametrize("look", LATIN)
def test_no_latin_card_is_taken_for_another(engine, look):
    [card] = read_photo(photo_of(*LATIN[look]), engine=engine).cards
    assert "unsupported_script" not in card.review


def strips_of(font, *lines):
    """Lines of text, each cut out by itself."""
    made = []
    with (FONTS / f"{font}.woff2").open("rb") as file:
        face = ImageFont.truetype(file, 30)
        for line in lines:
            strip = Image.new("L", (round(face.getlength(line)) + 20, 44), 255)
            ImageDraw.Draw(strip).text((10, 34), line, fill=20, font=face, anchor="ls")
            made.append(np.asarray(strip))
    return made


def test_threads_do_not_meet_in_the_detector():
    cards = strips_of(*LATIN["English"]), strips_of(*UNKNOWN["Cyrillic"])
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(_looks_latin, cards * 30))
    assert said == [True, False] * 30
