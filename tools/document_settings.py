"""`python -m tools.document_settings`: write the table of settings into docs/operations.md."""

from __future__ import annotations

import re
from pathlib import Path

from app.settings import Settings

DOCUMENT = Path(__file__).parent.parent / "docs" / "operations.md"


def table() -> str:
    """One row a setting, in their order."""
    rows = ["| `CARDALLY_…` | what it is | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "by the machine" if field.default_factory else field.default
        rows.append(f"| `{name.upper()}` | {field.description} | {'' if default is None else f'`{default}`'} |")
    return "\n".join(rows)


def main() -> None:
    """Replace the table that is there."""
    text = DOCUMENT.read_text()
    old = re.compile(r"(?<=installed\.\n\n).*?(?=\n\n## One machine)", re.DOTALL)
    DOCUMENT.write_text(old.sub(lambda _: table(), text))


if __name__ == "__main__":
    main()
