"""What is public of `ocr` is loaded by who uses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ocr


@pytest.mark.parametrize("name", ocr.__all__)
def test_every_public_name_is_there(name):
    assert getattr(ocr, name) is not None


def test_no_other_name_is():
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        ocr.nothing_of_this_name  # noqa: B018


def test_a_process_that_reads_no_photo_loads_no_opencv():
    asks = "import sys, app.cli.commands, app.flow; print(*{'cv2', 'numpy', 'onnxruntime'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
