"""What a HEIF file says beside its picture is written over in place, so that nothing in it moves.

A file is a tree of boxes; `meta` lists items (`iinf`) and where their bytes are (`iloc`). Those that are no picture or
part of one are metadata: Exif, XMP, vendors' own. Which way up the picture is stands in a box of its own, and stays.
ISO 14496-12, 8.11 (meta, iloc, iinf); 23008-12 and 23000-22 (kinds of pictures).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_PICTURES = frozenset((b"hvc1", b"av01", b"jpeg", b"grid", b"iden", b"iovl", b"tmap"))
_KEPT_BOXES = frozenset((b"ftyp", b"meta", b"mdat", b"free"))
_EMPTY_EXIF = b"\0\0\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0"
"""Offset of the TIFF, its header, no tags."""


@dataclass(frozen=True, slots=True)
class _Box:
    """One box: `start` of the whole, `body` where its content begins, `end`, in bytes of the file."""

    kind: bytes
    start: int
    body: int
    end: int


def without_heif_metadata(data: bytes) -> bytes:
    """The same file, with every item that is no picture and every box that is none of a picture's written over.

    Raises:
        ValueError, struct.error: the boxes make no sense.
    """
    kept = bytearray(data)
    top = list(_boxes(data, 0, len(data)))
    for box in top:
        if box.kind not in _KEPT_BOXES:
            kept[box.start + 4 : box.start + 8] = b"free"
        if box.kind not in _KEPT_BOXES or box.kind == b"free":
            kept[box.body : box.end] = bytes(box.end - box.body)
    meta = next((box for box in top if box.kind == b"meta"), None)
    if meta is None:
        raise ValueError("a HEIF file without a picture")
    inside = {box.kind: box for box in _boxes(data, meta.body + 4, meta.end)}
    places = _locations(data, inside)
    for item, kind in _items(data, inside[b"iinf"]):
        if kind not in _PICTURES:
            _write_over(kept, places.get(item, []), _EMPTY_EXIF if kind == b"Exif" else b"")
    return bytes(kept[: top[-1].end])


def _write_over(kept: bytearray, extents: list[tuple[int, int]], new: bytes) -> None:
    for number, (start, length) in enumerate(extents):
        if start + length > len(kept):
            raise ValueError("an item lies outside of its file")
        text = new if number == 0 and len(new) <= length else b""
        kept[start : start + length] = text.ljust(length, b"\0")


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Box]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        body = at + 8
        if size == 1:
            size, body = struct.unpack_from(">Q", data, body)[0], body + 8
        size = size or end - at
        if size < body - at or at + size > end:
            raise ValueError("a box is larger than what holds it")
        yield _Box(kind, at, body, at + size)
        at += size


def _items(data: bytes, iinf: _Box) -> Iterator[tuple[int, bytes]]:
    """Number and kind of each item."""
    first = iinf.body + 4 + (2 if data[iinf.body] == 0 else 4)
    for infe in _boxes(data, first, iinf.end):
        version = data[infe.body]
        if version < 2:
            raise ValueError("items without a kind are none of HEIF's")
        yield struct.unpack_from(">H2x4s" if version == 2 else ">I2x4s", data, infe.body + 4)


def _locations(data: bytes, inside: dict[bytes, _Box]) -> dict[int, list[tuple[int, int]]]:
    """Start and length, in bytes of the file, of the pieces of each item."""
    iloc = inside[b"iloc"]
    version, at = data[iloc.body], iloc.body + 4
    sizes = struct.unpack_from(">H", data, at)[0]
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    number = 2 if version < 2 else 4
    read = _Reader(data, at + 2)
    places = {}
    for _ in range(read.number(number)):
        item = read.number(number)
        method = read.number(2) & 15 if version else 0
        read.number(2)
        base = read.number(base_size)
        if method == 1:
            base += inside[b"idat"].body
        pieces = []
        count = read.number(2)
        if count > 1 and not length_size:
            raise ValueError("pieces without a length")
        for _ in range(count):
            if version:
                read.number(index_size)
            pieces.append((base + read.number(offset_size), read.number(length_size)))
        places[item] = pieces if method in (0, 1) else []
    return places


class _Reader:
    """Big-endian numbers, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def number(self, size: int) -> int:
        """The next number of `size` bytes; 0 of none.

        Raises:
            ValueError: the data ends before.
        """
        piece = self._data[self._at : self._at + size]
        if len(piece) < size:
            raise ValueError("the data ends in a number")
        self._at += size
        return int.from_bytes(piece, "big")
