"""A photo without what its camera wrote beside the picture: where it was taken, by which device, for whom.

Nothing is decoded or encoded again: the file's parts are copied, those that carry pixels, colours and the orientation
are kept, everything else goes, what follows the picture too (a phone hides clips and second pictures there).
Formats: JPEG (ITU T.81, annex B), PNG (ISO 15948, 5), WebP (RFC 9649), HEIF (ISO 14496-12, 8.11; 23008-12).
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image as Pillow

from ocr.errors import NotAnImage
from ocr.heif_metadata import without_heif_metadata
from ocr.load import BROKEN, FORMATS

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP pHYs bKGD".split())
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"))
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
_ICC = b"ICC_PROFILE\0"
_ADOBE = b"Adobe"
_JFIF = b"JFIF\0"
_JFIF_LENGTH = 14
"""Without the thumbnail that may follow."""
_SOI, _EOI, _SOS, _COM, _APP0, _APP2, _APP14, _APP15 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xE2, 0xEE, 0xEF
_ALONE = (0x01, *range(0xD0, 0xD8))
"""TEM and RST0 to RST7: markers without a length."""


def without_metadata(data: bytes) -> bytes:
    """The same picture, pixel by pixel and the same way up, with nothing else in it.

    Raises:
        NotAnImage: the file's structure makes no sense.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data, _orientation(data))
        if data.startswith(_PNG_HEAD):
            return _png(data, _orientation(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data, _orientation(data))
        return without_heif_metadata(data)
    except (*BROKEN, Pillow.DecompressionBombError) as error:
        raise NotAnImage from error


def _orientation(data: bytes) -> int:
    """EXIF's 1 to 8, wherever the file states it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stated = Pillow.open(BytesIO(data), formats=FORMATS).getexif().get(0x0112, 1)
    return stated if stated in range(1, 9) else 1


def _exif(orientation: int) -> bytes:
    """A TIFF with one tag (274, SHORT)."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _jpeg(data: bytes, orientation: int) -> bytes:
    parts = [b"\xff\xd8"]
    stated = False
    for marker, segment in _jpeg_segments(data):
        if not stated and marker != _APP0:
            parts.append(_jpeg_exif(orientation))
            stated = True
        parts.append(_jpeg_kept(marker, segment))
    return b"".join(parts)


def _jpeg_exif(orientation: int) -> bytes:
    body = b"Exif\0\0" + _exif(orientation)
    return b"" if orientation == 1 else b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _jpeg_kept(marker: int, segment: bytes) -> bytes:
    """What stays of a segment, which starts with its marker."""
    body = segment[4:]
    if marker == _APP0 and body.startswith(_JFIF):
        plain = body[: _JFIF_LENGTH - 2] + b"\0\0"
        return segment[:2] + struct.pack(">H", len(plain) + 2) + plain
    if marker == _COM or _APP0 <= marker <= _APP15:
        colours = (marker == _APP2 and body.startswith(_ICC)) or (marker == _APP14 and body.startswith(_ADOBE))
        return segment if colours else b""
    return segment


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment, a scan with the coded data that follows it, up to the end of the picture."""
    at = 2
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        marker = data[at + 1]
        if marker in (0xFF, 0x00, *_ALONE):
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _EOI:
            yield marker, b"\xff\xd9"
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == _SOS:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in (0x00, 0xFF, *_ALONE):
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    return len(data)


def _png(data: bytes, orientation: int) -> bytes:
    parts, at = [_PNG_HEAD], len(_PNG_HEAD)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind in _PNG_KEPT:
            parts.append(data[at:end])
        if kind == b"IHDR" and orientation != 1:
            body = b"eXIf" + _exif(orientation)
            parts.append(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
        if kind == b"IEND":
            break
        at = end
    return b"".join(parts)


def _webp(data: bytes, orientation: int) -> bytes:
    parts, at, end = [], 12, 8 + struct.unpack_from("<I", data, 4)[0]
    while at + 8 <= min(end, len(data)):
        kind, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if kind == b"VP8X":
            flags = body[0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if orientation != 1 else 0)
            body = bytes((flags,)) + body[1:]
        if kind in _WEBP_KEPT:
            parts.append(_chunk(kind, body))
    if orientation != 1:
        parts.append(_chunk(b"EXIF", _exif(orientation)))
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
