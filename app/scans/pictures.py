"""How a picture is answered."""

from __future__ import annotations

from fastapi import Response

from app.kit.errors import NotFound, problems
from app.kit.files import FileStore
from app.scans import service
from app.scans.service import PhotoExpired

PICTURE = {200: {"content": {"image/*": {}}, "description": "The picture."}} | problems(NotFound, PhotoExpired)


def picture(files: FileStore, key: str | None) -> Response:
    """A stored picture as an answer that nobody but the caller may keep.

    Raises:
        NotFound: there is none.
        PhotoExpired: it was deleted when its time was over.
    """
    data = service.picture(files, key)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=_media_type(data), headers=headers)


def _media_type(data: bytes) -> str:
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" else "image/jpeg"
