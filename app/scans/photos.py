"""What is kept of an upload: the picture alone, if it can be a photo that we read."""

from __future__ import annotations

import ocr
from app.kit.errors import AppError


class BadPhoto(AppError):
    """This is not a photo that can be read; `reason` says why: not_an_image, unsupported_image, image_too_large, …"""

    status, code = 422, "bad_photo"


def clean_photo(data: bytes, max_pixels: int) -> bytes:
    """The photo as it is kept: without place, device and whatever else its camera wrote beside the picture.

    Only its header is looked at; what is broken further in shows when the photo is read.

    Raises:
        BadPhoto: no picture, one of an unsupported kind, or one too large or too small.
    """
    try:
        ocr.check_photo(data, max_pixels=max_pixels)
        return ocr.without_metadata(data)
    except ocr.ReadingError as wrong:
        raise BadPhoto(str(wrong), reason=wrong.code) from wrong
