"""Finds where each record of a file begins and ends, in bounded memory: a reader can stop and go on anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

_LONGEST_RECORD = 1_000_000
_LONGEST_CARD = 16_000_000
"""Octets; a vCard carries pictures."""
_MARK = b"\xef\xbb\xbf"


class Format(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    VCARD = "vcard"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Record:
    """One record."""

    end: int
    """Octets of the file up to here; a reader goes on from there."""
    text: str
    problem: str | None = None
    """Stable code of why it cannot be read: `record_too_long`, `nul_byte`."""


def records(stream: BinaryIO, start: int, kind: Format) -> Iterator[Record]:
    """The records of a file from the octet `start` on; blank lines between them are left out."""
    longest = _LONGEST_CARD if kind is Format.VCARD else _LONGEST_RECORD
    stream.seek(start)
    while data := stream.readline(longest + 1):
        while not _is_whole(data, kind) and len(data) <= longest:
            more = stream.readline(longest + 1 - len(data))
            if not more:
                break
            data += more
        if len(data) > longest:
            _skip_line(stream, data, longest)
            yield Record(stream.tell(), "", "record_too_long")
        elif data.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _record(stream.tell(), data)


def _is_whole(data: bytes, kind: Format) -> bool:
    if kind is Format.CSV:
        return data.count(b'"') % 2 == 0
    if kind is Format.VCARD:
        return not data.strip() or bool(re.search(rb"(?im)^END:VCARD[ \t]*\r?\n?\Z", data[-20:]))
    return True


def _skip_line(stream: BinaryIO, data: bytes, piece: int) -> None:
    while data and not data.endswith(b"\n"):
        data = stream.readline(piece)


def _record(end: int, data: bytes) -> Record:
    text = decoded(data.removeprefix(_MARK)).strip("\r\n")
    return Record(end, "" if "\0" in text else text, "nul_byte" if "\0" in text else None)


def decoded(data: bytes) -> str:
    """Text of octets: UTF-8, or else what Windows writes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
