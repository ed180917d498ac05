"""The list of decisions names every page there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path(__file__).parent.parent / "docs" / "decisions"


def test_every_decision_is_listed_once():
    listed = re.findall(r"\((\d{4}-[^)]+\.md)\)", (PAGES / "README.md").read_text())
    assert listed == sorted(path.name for path in PAGES.glob("[0-9]*.md"))
