"""How a picture is answered."""

from __future__ import annotations

from typing import Any

from fastapi import Response

PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/*": {}}, "description": "The picture."}}


def picture(data: bytes) -> Response:
    """JPEG, PNG, WebP or HEIC bytes as an answer that nobody but the caller may keep."""
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=_media_type(data), headers=headers)


def _media_type(data: bytes) -> str:
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" else "image/jpeg"
