"""Why a photo could not be read.

    ReadingError
    ├── NotAnImage         not a JPEG, PNG, WebP or HEIC file, or a broken one
    ├── UnsupportedImage   an image, but of a kind we do not read (animated, PDF, ...)
    ├── ImageTooLarge      more pixels or bytes than allowed
    ├── ImageTooSmall      too few pixels to hold a card
    ├── EngineTimeout      an engine was stopped at its time limit
    └── EngineUnavailable  an engine that is not installed here was asked for

Each class carries a stable `code`; its docstring is its message.
"""


class ReadingError(Exception):
    """The photo could not be read."""

    code = "unreadable"

    def __init__(self, detail: str = "") -> None:
        message = (type(self).__doc__ or "").strip()
        super().__init__(f"{message} {detail}".strip())


class NotAnImage(ReadingError):
    """This is not a JPEG, PNG, WebP or HEIC picture, or it is damaged."""

    code = "not_an_image"


class UnsupportedImage(ReadingError):
    """This kind of picture is not supported; send a JPEG, PNG, WebP or HEIC photo."""

    code = "unsupported_image"


class ImageTooLarge(ReadingError):
    """The picture is too large."""

    code = "image_too_large"


class ImageTooSmall(ReadingError):
    """The picture is too small to hold a readable card."""

    code = "image_too_small"


class EngineTimeout(ReadingError):
    """The text reader took too long and was stopped."""

    code = "ocr_timeout"


class EngineUnavailable(ReadingError):
    """This text reader is not installed here."""

    code = "engine_unavailable"
