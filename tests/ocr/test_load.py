from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from ocr.errors import ImageTooLarge, ImageTooSmall, NotAnImage, ReadingError, UnsupportedImage
from ocr.load import load_photo

HEIC = Path(__file__).parent / "heic"
"""The picture below, once plain, once turned by its own boxes, once with a false EXIF orientation."""


def picture(mode: str = "RGB", size: tuple[int, int] = (160, 100)) -> Pillow.Image:
    """Four coloured quarters, no two alike, so that every turn and mirroring shows."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[: size[1] // 2, : size[0] // 2] = (250, 10, 10)
    pixels[: size[1] // 2, size[0] // 2 :] = (10, 250, 10)
    pixels[size[1] // 2 :, : size[0] // 2] = (10, 10, 250)
    pixels[size[1] // 2 :, size[0] // 2 :] = (240, 240, 200)
    return Pillow.fromarray(pixels).convert(mode)


def packed(image: Pillow.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def exif(orientation: int) -> Pillow.Exif:
    tags = Pillow.Exif()
    tags[0x0112] = orientation
    return tags


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_undone(kind, orientation):
    options = {"lossless": True} if kind == "WEBP" else {}
    data = packed(picture(), kind, exif=exif(orientation), **options)
    expected = np.asarray(ImageOps.exif_transpose(Pillow.open(BytesIO(data))).convert("RGB"))[:, :, ::-1]
    loaded = load_photo(data)
    assert loaded.shape == expected.shape
    assert np.abs(loaded.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "1"])
def test_every_mode_of_png_becomes_bgr(mode):
    loaded = load_photo(packed(picture(mode), "PNG"))
    assert loaded.shape == (100, 160, 3)
    assert loaded.dtype == np.uint8


def test_sixteen_bits_become_eight():
    ramp = np.linspace(0, 65535, 160 * 100).astype(np.uint16).reshape(100, 160)
    loaded = load_photo(packed(Pillow.fromarray(ramp), "PNG"))
    assert loaded[0, 0, 0] == 0
    assert loaded[-1, -1, 0] == 255
    assert abs(int(loaded[50, 0, 0]) - 128) <= 1


def test_cmyk_jpeg_keeps_its_colours():
    loaded = load_photo(packed(picture("CMYK"), "JPEG", quality=95))
    blue, green, red = loaded[10, 10].astype(int)
    assert red > 200
    assert max(green, blue) < 60


def test_what_is_transparent_becomes_paper():
    clear = Pillow.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert load_photo(packed(clear, "PNG")).min() == 255


def test_a_large_photo_comes_back_smaller_but_not_too_small():
    loaded = load_photo(packed(picture(size=(4000, 3000)), "JPEG"))
    assert loaded.shape == (1500, 2000, 3)
    assert load_photo(packed(picture(size=(4000, 3000)), "PNG")).shape == (1500, 2000, 3)
    assert load_photo(packed(picture(size=(3000, 2000)), "JPEG")).shape == (2000, 3000, 3)


def test_a_multi_picture_jpeg_is_a_photo():
    data = packed(picture(), "MPO", save_all=True, append_images=[picture()])
    assert load_photo(data).shape == (100, 160, 3)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animations_are_refused(kind):
    data = packed(picture("P"), kind, save_all=True, append_images=[picture("P").rotate(180)], duration=100)
    with pytest.raises(UnsupportedImage):
        load_photo(data)


@pytest.mark.parametrize("data", [packed(picture(), "PDF"), packed(picture(), "TIFF"), packed(picture(), "BMP")])
def test_other_kinds_are_refused_by_name(data):
    with pytest.raises(UnsupportedImage):
        load_photo(data)


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic" + bytes(40)]
)
def test_what_is_no_picture_is_named_so(data):
    with pytest.raises(NotAnImage):
        load_photo(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file_is_damaged(kind):
    noise = Pillow.fromarray(np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8))
    data = packed(noise, kind)
    for share in (0.02, 0.3, 0.7):
        with pytest.raises(NotAnImage):
            load_photo(data[: int(len(data) * share)])


def test_the_end_of_a_preview_is_not_the_end_of_the_photo():
    preview = packed(picture(size=(64, 64)), "JPEG")
    tags = exif(1)
    tags.get_ifd(0x8769)[0x927C] = preview  # a maker's note with a whole JPEG in it
    data = packed(picture(size=(640, 480)), "JPEG", exif=tags, quality=95)
    assert data.count(b"\xff\xd9") == 2
    assert load_photo(data).shape == (480, 640, 3)
    assert load_photo(data + b"pad pad").shape == (480, 640, 3)
    with pytest.raises(NotAnImage):
        load_photo(data[: len(data) * 3 // 4])


def test_a_jpeg_made_smaller_is_the_photo_made_smaller():
    whole = picture(size=(4000, 3000)).resize((4000, 3000))
    loaded = load_photo(packed(whole, "JPEG"), enough=900)
    assert loaded.shape == (750, 1000, 3)
    assert np.abs(loaded[100, 100].astype(int) - (10, 10, 250)).max() <= 3


def test_one_pixel_is_too_small():
    with pytest.raises(ImageTooSmall):
        load_photo(packed(picture(size=(2, 2)).resize((1, 1)), "PNG"))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a huge picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(10_000, 5_001), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_judged_by_its_header(size):
    with pytest.raises(ImageTooLarge):
        load_photo(bomb(*size))


def test_too_many_bytes_are_not_even_opened():
    with pytest.raises(ImageTooLarge):
        load_photo(bytes(101), max_bytes=100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damage_never_shows_as_anything_but_a_reading_error(kind):
    data = bytearray(packed(picture(), kind, exif=exif(6)))
    rng = np.random.default_rng(7)
    for _ in range(200):
        broken = bytearray(data)
        for place in rng.integers(0, len(data), 6):
            broken[place] = rng.integers(0, 256)
        try:
            load_photo(bytes(broken))
        except ReadingError:
            continue


@pytest.mark.parametrize(
    ("name", "shape"),
    [("plain", (96, 160)), ("rotated", (160, 96)), ("lying", (96, 160))],
    ids=["no turn", "turned by its boxes and by EXIF alike", "EXIF claims a turn that its boxes do not know"],
)
def test_heic_is_turned_once_and_only_by_its_boxes(name, shape):
    data = (HEIC / f"{name}.heic").read_bytes()
    loaded = load_photo(data)
    assert loaded.shape[:2] == shape
    red = loaded[10, -10] if name == "rotated" else loaded[10, 10]
    assert red[2] > 200
    assert max(red[:2]) < 60


def test_a_truncated_heic_is_damaged():
    data = (HEIC / "plain.heic").read_bytes()
    for end in (30, 500, len(data) - 60):
        with pytest.raises(NotAnImage):
            load_photo(data[:end])
