"""Each import contract of pyproject.toml catches a violation that is planted in a copy of the code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "ocr", "lexicon")
PLANTED = {
    "ocr and lexicon know no framework, no database and no app": ("ocr/layout.py", "import pydantic"),
    "lexicon knows words, not pictures": ("lexicon/legal_forms.py", "import numpy"),
    "each package of app imports only those below it": ("app/contacts/service.py", "import app.webhooks.service"),
    "inside auth": ("app/auth/models.py", "import app.auth.service"),
    "inside audit": ("app/audit/queries.py", "import app.audit.endpoints"),
    "inside policy": ("app/policy/models.py", "import app.policy.service"),
    "inside dav": ("app/dav/filters.py", "import app.dav.service"),
    "inside privacy": ("app/privacy/models.py", "import app.privacy.service"),
    "inside scans": ("app/scans/models.py", "import app.scans.service"),
    "inside companies": ("app/companies/matching.py", "import app.companies.resolution"),
    "inside contacts": ("app/contacts/queries.py", "import app.contacts.service"),
    "inside exchanges": ("app/exchanges/service.py", "import app.exchanges.endpoints"),
    "inside directory": ("app/directory/queries.py", "import app.directory.listing"),
    "inside transfer": ("app/transfer/person.py", "import app.transfer.vcard"),
    "inside reviews": ("app/reviews/printed.py", "import app.reviews.service"),
    "inside books": ("app/books/models.py", "import app.books.queries"),
    "inside matches": ("app/matches/states.py", "import app.matches.queries"),
    "inside the client of matches": ("app/matches/client/sealing.py", "import app.matches.client.end"),
    "inside alliances": ("app/alliances/scoring.py", "import app.alliances.queries"),
    "inside webhooks": ("app/webhooks/signing.py", "import app.webhooks.sending"),
    "inside crm": ("app/crm/talk.py", "import app.crm.connectors"),
    "services, jobs and rules do not know HTTP": ("app/contacts/service.py", "import fastapi"),
    "matching, scoring, states, explaining, delivery and signing are pure": (
        "app/webhooks/delivery.py",
        "import sqlalchemy",
    ),
    "no package imports in a circle": ("app/kit/queue.py", "import app.kit.jobs"),
    "app uses ocr only through `import ocr`": ("app/scans/reader.py", "import ocr.layout"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The code without its tests."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."})


def test_every_contract_has_a_violation_here():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(PLANTED)


def test_the_code_keeps_its_contracts(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_caught(copy, name):
    file, line = PLANTED[name]
    path = copy / file
    clean = path.read_text()
    path.write_text(f"{clean}\n\ndef planted():\n    {line}\n")
    try:
        done = lint(copy)
    finally:
        path.write_text(clean)
    broken = " ".join(done.stdout.split("Broken contracts", 1)[-1].split())
    assert done.returncode == 1
    assert name in broken
