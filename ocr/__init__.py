"""Turns the photo of a business card into fields with evidence. Knows no web, no database and no app.

What is named here is loaded when it is first used: most processes of a service read no photo, and OpenCV with the
models of the readers takes 75 MB.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocr.batch import Failure, Outcome, read_files, shown_path
    from ocr.engines import make_engine
    from ocr.errors import (
        EngineTimeout,
        EngineUnavailable,
        ImageTooLarge,
        ImageTooSmall,
        NotAnImage,
        ReadingError,
        UnsupportedImage,
    )
    from ocr.export import as_json, error_as_json
    from ocr.load import check_photo
    from ocr.logo import SAME_LOGO, hash_distance, logo_hash, picture_distance
    from ocr.metadata import without_metadata
    from ocr.options import DEFAULT_ENGINE, ENGINES, Options
    from ocr.pipeline import read_photo
    from ocr.report import Report, load_truths
    from ocr.sides import Sides, join_sides, pair_sides
    from ocr.trace import FolderTrace, no_trace
    from ocr.types import (
        Alternative,
        Card,
        Engine,
        Field,
        FieldKind,
        Image,
        Line,
        Logo,
        Polygon,
        Quality,
        Reading,
        Trace,
        Word,
    )

_NAMES = {
    "ocr.batch": "Failure Outcome read_files shown_path",
    "ocr.engines": "make_engine",
    "ocr.errors": "EngineTimeout EngineUnavailable ImageTooLarge ImageTooSmall NotAnImage ReadingError"
    " UnsupportedImage",
    "ocr.export": "as_json error_as_json",
    "ocr.load": "check_photo",
    "ocr.logo": "SAME_LOGO hash_distance logo_hash picture_distance",
    "ocr.metadata": "without_metadata",
    "ocr.options": "DEFAULT_ENGINE ENGINES Options",
    "ocr.pipeline": "read_photo",
    "ocr.report": "Report load_truths",
    "ocr.sides": "Sides join_sides pair_sides",
    "ocr.trace": "FolderTrace no_trace",
    "ocr.types": "Alternative Card Engine Field FieldKind Image Line Logo Polygon Quality Reading Trace Word",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """What is public, from the module where it is."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


__all__ = [
    "DEFAULT_ENGINE",
    "ENGINES",
    "SAME_LOGO",
    "Alternative",
    "Card",
    "Engine",
    "EngineTimeout",
    "EngineUnavailable",
    "Failure",
    "Field",
    "FieldKind",
    "FolderTrace",
    "Image",
    "ImageTooLarge",
    "ImageTooSmall",
    "Line",
    "Logo",
    "NotAnImage",
    "Options",
    "Outcome",
    "Polygon",
    "Quality",
    "Reading",
    "ReadingError",
    "Report",
    "Sides",
    "Trace",
    "UnsupportedImage",
    "Word",
    "as_json",
    "check_photo",
    "error_as_json",
    "hash_distance",
    "join_sides",
    "load_truths",
    "logo_hash",
    "make_engine",
    "no_trace",
    "pair_sides",
    "picture_distance",
    "read_files",
    "read_photo",
    "shown_path",
    "without_metadata",
]
