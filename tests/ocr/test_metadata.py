"""Nothing stays of what a camera wrote beside the picture, and the picture stays as it is."""

from __future__ import annotations

import struct
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from ocr import NotAnImage, without_metadata
from ocr.load import load_photo
from tests.drawing import card_photo

HEIC = Path(__file__).parent / "heic"
SECRETS = (b"Leica of Jane", b"Jane Doe, Leipzig", b"GPSsecret", b"ns.adobe.com", b"hidden clip")
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>GPSsecret ns.adobe.com</rdf:RDF></x:xmpmeta>"


def exif(orientation: int) -> Pillow.Exif:
    tags = Pillow.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "Leica of Jane"
    tags[0x010E] = "Jane Doe, Leipzig"
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 20.0, 23.4), "E", (12.0, 22.0, 25.5)
    return tags


def photo(kind: str, orientation: int = 1, **options: object) -> bytes:
    stream = BytesIO()
    card_photo(size=(320, 240)).save(stream, kind, exif=exif(orientation), **options)
    return stream.getvalue()


def with_everything(kind: str, orientation: int) -> bytes:
    """Exif with a place, XMP, comments, and something after the end."""
    if kind == "PNG":
        info = PngInfo()
        info.add_text("Author", "Jane Doe, Leipzig")
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return photo(kind, orientation, pnginfo=info) + b"hidden clip"
    if kind == "WEBP":
        return photo(kind, orientation, xmp=XMP, lossless=True) + b"hidden clip"
    data = photo("JPEG", orientation, xmp=XMP, comment=b"Jane Doe, Leipzig", progressive=kind == "progressive")
    iptc = b"Photoshop 3.0\0GPSsecret"
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + data[2:] + b"hidden clip"


@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_only_the_picture_is_kept(kind, orientation):
    data = with_everything(kind, orientation)
    assert any(secret in data for secret in SECRETS)
    clean = without_metadata(data)
    assert [secret for secret in SECRETS if secret in clean] == []
    kept = Pillow.open(BytesIO(clean))
    assert set(kept.getexif()) <= {0x0112}
    assert not kept.getexif().get_ifd(0x8825)
    assert np.array_equal(load_photo(clean), load_photo(data))
    assert without_metadata(clean) == clean


def test_colours_are_kept():
    profile = Pillow.new("RGB", (1, 1)).info.get("icc_profile") or b"a profile that no reader looks into" * 3
    for kind in ("JPEG", "PNG", "WEBP"):
        clean = without_metadata(photo(kind, icc_profile=profile))
        assert Pillow.open(BytesIO(clean)).info["icc_profile"] == profile


def test_a_second_picture_in_the_file_goes():
    stream = BytesIO()
    second = card_photo(("GPSsecret",), (320, 240))
    card_photo(size=(320, 240)).save(stream, "MPO", save_all=True, append_images=[second])
    clean = without_metadata(stream.getvalue())
    assert Pillow.open(BytesIO(clean)).format == "JPEG"
    assert clean.count(b"\xff\xd8\xff") == 1
    assert np.array_equal(load_photo(clean), load_photo(stream.getvalue()))


@pytest.mark.parametrize("name", ["plain", "rotated", "lying"])
def test_heic_is_cleaned_in_place(name):
    data = (HEIC / f"{name}.heic").read_bytes()
    assert b"Maker" in data
    later = struct.pack(">I", 40) + b"uuid" + b"GPSsecret".ljust(32)
    clean = without_metadata(data + later)
    assert b"Maker" not in clean
    assert b"GPSsecret" not in clean
    assert np.array_equal(load_photo(clean), load_photo(data))
    assert without_metadata(clean) == clean


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
@settings(max_examples=60, deadline=None)
@given(
    cut=st.floats(0, 1), flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4)
)
def test_a_damaged_file_is_cleaned_or_refused(kind, cut, flips):
    whole = bytearray((HEIC / "plain.heic").read_bytes() if kind == "HEIC" else photo(kind))
    for where, value in flips:
        whole[int(where * len(whole))] = value
    with suppress(NotAnImage):
        without_metadata(bytes(whole[: int(cut * len(whole))]))
