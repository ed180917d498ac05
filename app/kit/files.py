"""Photos and crops: a content-addressed store, in a local folder or in S3, behind one small interface.

A file's key is `<organization>/<sha256>`, so the same photo is kept once an organization and a write that runs twice
changes nothing.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

if TYPE_CHECKING:
    from obstore import ReadableFile

_PIECE = 1 << 20
"""Octets that are read at once."""


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of all that a file holds, hexadecimal."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


class FileStore:
    """Holds bytes by their digest. Safe to use from several threads and processes."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = from_url(url) if "://" in url else LocalStore(Path(url).resolve(), mkdir=True)

    def put(self, organization_id: UUID, data: bytes) -> str:
        """Keep `data` and return its key."""
        key = f"{organization_id.hex}/{hashlib.sha256(data).hexdigest()}"
        obstore.put(self._store, key, data)  # written anew even if it is there: the sweeper goes by its age
        return key

    def put_file(self, organization_id: UUID, file: BinaryIO) -> str:
        """The same with all that a file holds, a piece at a time."""
        key = f"{organization_id.hex}/{digest_of(file)}"
        file.seek(0)
        obstore.put(self._store, key, file)
        return key

    def open(self, key: str) -> BinaryIO:
        """The bytes under `key`, read a piece at a time.

        Raises:
            FileNotFoundError: there are none.
        """
        return io.BufferedReader(_Pieces(obstore.open_reader(self._store, key)), _PIECE)

    def get(self, key: str) -> bytes:
        """The bytes under `key`.

        Raises:
            FileNotFoundError: there are none.
        """
        return bytes(obstore.get(self._store, key).bytes())

    def delete(self, keys: list[str]) -> None:
        """Forget these files; those that are gone already are no error."""
        for key in keys:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key)

    def written_before(self, moment: datetime) -> Iterator[str]:
        """Every key that was last written before `moment`."""
        for batch in obstore.list(self._store):
            yield from (meta["path"] for meta in batch if meta["last_modified"] < moment)


class _Pieces(io.RawIOBase):
    """What the store reads, as Python knows files."""

    def __init__(self, reader: ReadableFile) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()

    def readinto(self, target: Any) -> int:
        data = bytes(self._reader.read(len(target)))
        target[: len(data)] = data
        return len(data)
