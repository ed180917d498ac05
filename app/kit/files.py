"""Photos and crops: a content-addressed store, in a local folder or in S3, behind one small interface.

A file's key is `<organization>/<sha256>`, so the same photo is kept once an organization and a write that runs twice
changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class FileStore:
    """Holds bytes by their digest. Safe to use from several threads and processes."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = from_url(url) if "://" in url else LocalStore(Path(url).resolve(), mkdir=True)

    def put(self, organization_id: UUID, data: bytes) -> str:
        """Keep `data` and return its key."""
        key = f"{organization_id.hex}/{hashlib.sha256(data).hexdigest()}"
        obstore.put(self._store, key, data)  # written anew even if it is there: the sweeper goes by its age
        return key

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
