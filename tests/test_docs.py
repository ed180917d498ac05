"""The documents say what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app
from app.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_setting_is_described_as_it_is():
    table = (ROOT / "docs/operations.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"| `{name.upper()}` | {field.description} |" in table, f"{name}: `python -m tools.document_settings`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_project_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_that_are_named_exist(document):
    known = set(get_command(app).commands)
    for command in re.findall(
        r"cardally ([a-z][a-z-]+)\b(?=[ `\n])", "\n".join(re.findall(r"`[^`\n]+`|^ {4}.*$", document.read_text(), re.M))
    ):
        assert command in known, command


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for document in DOCUMENTS:
        for target in re.findall(r"`make ([a-z]+)`", document.read_text()):
            assert target in targets, f"{document.name}: make {target}"
