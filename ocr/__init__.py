"""Turns the photo of a business card into fields with evidence. Knows no web, no database and no app."""

from ocr.batch import Failure, Outcome, read_files
from ocr.engines import DEFAULT_ENGINE, ENGINES, make_engine
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
from ocr.logo import SAME_LOGO, hash_distance, logo_hash
from ocr.metadata import without_metadata
from ocr.options import Options
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
    "read_files",
    "read_photo",
    "without_metadata",
]
