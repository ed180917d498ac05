"""Says at once, from its first bytes, when an upload cannot be a photo that we read."""

from __future__ import annotations

import ocr
from app.kit.errors import AppError


class BadPhoto(AppError):
    """This is not a photo that can be read; `reason` says why: not_an_image, unsupported_image, image_too_large, …"""

    status, code = 422, "bad_photo"


def check_photo(data: bytes, max_pixels: int) -> None:
    """Look at the header only; what is broken further in shows when the photo is read.

    Raises:
        BadPhoto: no picture, one of an unsupported kind, or one too large or too small.
    """
    try:
        ocr.check_photo(data, max_pixels=max_pixels)
    except ocr.ReadingError as wrong:
        raise BadPhoto(str(wrong), reason=wrong.code) from wrong
