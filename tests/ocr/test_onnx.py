"""Reading a photo tells nobody that it is read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_READS = """
from ocr import read_photo
from tests.drawing import card_photo, encoded
assert read_photo(encoded(card_photo())).cards
"""
_COMPARES = """
from bench.readers import plain_rapidocr
from tests.drawing import card_photo, encoded
assert plain_rapidocr()(encoded(card_photo()), {}).txts
"""


@pytest.mark.parametrize("code", [_READS, _COMPARES], ids=["the pipeline", "the package it is compared with"])
def test_onnxruntime_leaves_no_trace_of_what_it_would_report(tmp_path, code):
    """It keeps a number of the machine and what it has to report in the cache of the user, its session beside them."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    around = {key: value for key, value in os.environ.items() if key not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    subprocess.run([sys.executable, "-c", code], check=True, env=around | {"HOME": str(home), "TMPDIR": str(temporary)})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
