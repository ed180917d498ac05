"""Bytes to an upright picture: which formats, which limits, which way up.

Sizes are judged from the header, before a pixel is decoded. A HEIC file states its rotation in its own boxes, which
its decoder obeys; the EXIF orientation it may carry as well is a copy (or a lie) and is not applied again.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO

import cv2
import numpy as np
import pi_heif
from PIL import Image as Pillow
from PIL.JpegImagePlugin import JpegImageFile

from ocr.errors import ImageTooLarge, ImageTooSmall, NotAnImage, UnsupportedImage
from ocr.types import Image

MAX_BYTES = 32 * 2**20
MAX_PIXELS = 50_000_000
MIN_SIDE = 64
"""Pixels. On a shorter side not even three lines of print can be told apart."""
ENOUGH = 1800
"""Pixels on the longest side that are worth keeping: a card that fills two thirds of such a photo still has the 1280
that its flattened picture gets, and decoding a photo of 10 megapixels at half its size takes half the time."""

FORMATS = ("JPEG", "PNG", "WEBP")
END_OF_IMAGE = b"\xff\xd9"
"""A marker of JPEG (ITU T.81) that cannot stand among the bits of a picture."""
JPEG_SIZES = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
    (1, cv2.IMREAD_COLOR),
)
"""By how much a JPEG can be decoded smaller."""
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
OTHER_KINDS = (b"%PDF-", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\0\x0cjP  ", b"\xff\x0a", b"<svg", b"<?xml")
OTHER_BRANDS = (b"avif", b"avis", b"mp41", b"mp42", b"isom", b"iso2", b"qt  ", b"M4V ", b"hevc", b"hevx", b"msf1")
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, RuntimeError, EOFError, LookupError, ArithmeticError)
BROKEN = (*DAMAGE, struct.error, zlib.error)
"""What Pillow and its decoders raise, between them, over a damaged file."""


def load_photo(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    min_side: int = MIN_SIDE,
    enough: int = ENOUGH,
) -> Image:
    """Decode a photo, upright, H x W x 3 in BGR; maybe not to be written to.

    The picture may come back smaller than it is stored (by a half, a third, ...) as long as its longest side keeps
    `enough` pixels.

    Raises:
        NotAnImage: not a picture, or a damaged one.
        UnsupportedImage: a picture of another kind, an animation, a PDF.
        ImageTooLarge: more than `max_bytes` bytes or `max_pixels` pixels.
        ImageTooSmall: a side shorter than `min_side` pixels.
    """
    if len(data) > max_bytes:
        raise ImageTooLarge(f"{len(data)} bytes; {max_bytes} are allowed.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about odd metadata, which we do not use
        try:
            picture = _open(data)
            _check_size(picture, max_pixels, min_side)
            return _upright_pixels(data, picture, enough)
        except Pillow.DecompressionBombError as error:
            raise ImageTooLarge(f"{max_pixels} pixels are allowed.") from error
        except BROKEN as error:
            raise NotAnImage from error


def check_photo(data: bytes, *, max_pixels: int = MAX_PIXELS, min_side: int = MIN_SIDE) -> None:
    """Look at the header alone: can this be a photo that `load_photo` takes?

    Raises:
        NotAnImage, UnsupportedImage, ImageTooLarge, ImageTooSmall: as `load_photo`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _check_size(_open(data), max_pixels, min_side)
        except Pillow.DecompressionBombError as error:
            raise ImageTooLarge(f"{max_pixels} pixels are allowed.") from error
        except BROKEN as error:
            raise NotAnImage from error


def _open(data: bytes) -> Pillow.Image:
    head = data[:12]
    if head.startswith(OTHER_KINDS) or (head[4:8] == b"ftyp" and head[8:12] in OTHER_BRANDS):
        raise UnsupportedImage
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        heic: Pillow.Image = pi_heif.HeifImageFile(BytesIO(data))
        return heic
    picture = Pillow.open(BytesIO(data), formats=FORMATS)
    if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
        raise UnsupportedImage("It is animated.")
    return picture


def _check_size(picture: Pillow.Image, max_pixels: int, min_side: int) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise ImageTooLarge(f"{width} x {height} pixels; {max_pixels} are allowed.")
    if min(width, height) < min_side:
        raise ImageTooSmall(f"{width} x {height} pixels; the shorter side needs {min_side}.")


def _orientation(picture: Pillow.Image) -> int:
    """EXIF's 1 to 8, as far as it is still to be obeyed."""
    if picture.format == "HEIF":
        return 1
    stated = picture.getexif().get(0x0112, 1)
    return stated if stated in range(1, 9) else 1


def _upright_pixels(data: bytes, picture: Pillow.Image, enough: int) -> Image:
    factor = max(1, max(picture.size) // enough)
    orientation = _orientation(picture)
    pixels = _ordinary_jpeg(data, picture, factor)
    if pixels is None:
        if picture.format in ("JPEG", "MPO"):
            picture.draft(None, (picture.width // factor, picture.height // factor))
        pixels = _bgr(picture)
    factor = max(1, max(pixels.shape) // enough)
    if factor > 1:
        size = (pixels.shape[1] // factor, pixels.shape[0] // factor)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _turned(pixels, orientation)


def _ordinary_jpeg(data: bytes, picture: Pillow.Image, factor: int) -> Image | None:
    """The pixels of a whole JPEG in colour, at most `factor` times smaller; None for anything else.

    OpenCV takes two thirds of Pillow's time, but it makes a picture of half a file as well and says nothing. Pillow
    has read as far as the first scan, so that the end of a preview further up is not taken for the picture's.
    """
    ordinary = isinstance(picture, JpegImageFile) and picture.format == "JPEG" and picture.mode == "RGB"
    if not ordinary or data.rfind(END_OF_IMAGE, picture.fp.tell()) < 0:  # type: ignore[attr-defined]
        return None
    size = next(flag for least, flag in JPEG_SIZES if factor >= least)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), size | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if pixels is None else np.asarray(pixels, np.uint8)


def _bgr(picture: Pillow.Image) -> Image:
    """Any mode to 8-bit BGR; what is transparent becomes white paper."""
    if picture.mode.startswith(("I", "F")):
        deep = np.asarray(picture).astype(np.float32)
        grey = np.clip(deep / 257, 0, 255).astype(np.uint8)
        return np.dstack((grey, grey, grey))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Pillow.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    plain = picture if picture.mode == "RGB" else picture.convert("RGB")
    packed = plain.tobytes("raw", "BGR")  # a tenth of the time that handing the pixels to numpy and swapping takes
    return np.frombuffer(packed, np.uint8).reshape(plain.height, plain.width, 3)


def _turned(pixels: Image, orientation: int) -> Image:
    """Undo what EXIF says the camera did (TIFF 6.0, tag 274)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
