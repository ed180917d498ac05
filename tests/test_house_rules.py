"""Rules of the house that no linter knows, each with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("app", "ocr", "lexicon", "bench", "tools", "migrations")
DRAWERS = {"utils", "util", "helpers", "common", "manager", "base", "misc", "tools"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def calls(name: str, *folders: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources()
        if path.relative_to(ROOT).parts[0] in folders
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_nothing_commits():
    assert calls("commit", "app") == [], "a `begin()` block commits when it ends; a commit in it splits the work in two"


def test_no_file_outgrows_its_reader():
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path, _ in sources()}
    long = {name: n for name, n in lines.items() if n > 400 and not name.startswith("migrations/versions/")}
    assert long == {}, "a file of more than 400 lines is several rooms"


def test_no_drawers():
    names = [str(path.relative_to(ROOT)) for path, _ in sources() if path.stem in DRAWERS]
    assert names == [], "a name like this says nothing about what is inside"


def test_every_module_says_what_it_is():
    silent = [str(path.relative_to(ROOT)) for path, tree in sources() if not ast.get_docstring(tree)]
    assert silent == []


def test_any_exception_is_caught_in_one_place_only():
    broad = [
        str(path.relative_to(ROOT))
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]
    assert broad in ([], ["app/kit/jobs.py"]), "elsewhere it hides what went wrong"


def test_only_the_kit_sees_all_organizations():
    allowed = {"app/kit/db.py", "app/auth/queries.py", "app/scans/queries.py"}
    users = {str(path.relative_to(ROOT)) for path, _ in sources() if "all_organizations" in path.read_text()}
    assert users <= allowed, "every other query is scoped by construction"
