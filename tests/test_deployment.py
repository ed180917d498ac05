"""The compose file and the Dockerfile name only commands, variables, ports and folders that exist.

No container engine is needed: the files are parsed and held against the settings and the command line.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from app.cli import app
from app.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "cardally"}
COMMANDS = get_command(app).commands


def variables(text: str) -> set[str]:
    return set(re.findall(r"\bCARDALLY_([A-Z_]+)", text))


def test_the_services_are_there():
    assert set(SERVICES) == {"api", "worker", "postgres", "crm"}
    assert SERVICES["crm"]["profiles"] == ["crm"], "the stand-in starts only when asked for"


@pytest.mark.parametrize("name", ["api", "worker"])
def test_each_command_exists_with_its_options(name):
    command, *options = OURS[name]["command"]
    known = {flag for parameter in COMMANDS[command].params for flag in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known


def test_the_stand_in_takes_its_options():
    run = [sys.executable, *SERVICES["crm"]["entrypoint"][1:], "--help"]
    said = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert all(option in said for option in SERVICES["crm"]["command"] if option.startswith("--"))


def test_each_variable_is_a_setting():
    fields = {name.upper() for name in Settings.model_fields}
    assert variables((ROOT / "docker-compose.yml").read_text() + DOCKERFILE) <= fields


def test_the_values_are_accepted(monkeypatch):
    for name, value in OURS["api"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value))
    settings = Settings(_env_file=None)
    assert settings.workers == 0, "workers run apart from the API here"
    assert settings.database_url.startswith("postgresql+psycopg://cardally:cardally@postgres/")


def test_the_api_listens_where_the_port_is_published():
    port = re.search(r"CARDALLY_PORT=(\d+)", DOCKERFILE)[1]
    assert OURS["api"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"EXPOSE {port}" in DOCKERFILE
    assert f"http://127.0.0.1:{port}/healthz" in DOCKERFILE


def test_what_is_written_is_on_a_volume():
    [volume] = OURS["api"]["volumes"]
    assert OURS["api"]["environment"]["CARDALLY_FILES_URL"].startswith(volume.split(":")[1])
    assert f"VOLUME {volume.split(':')[1]}" in DOCKERFILE


def test_every_package_is_in_the_image():
    wheel = re.search(r"packages = \[([^\]]+)\]", (ROOT / "pyproject.toml").read_text())[1]
    for package in re.findall(r'"(\w+)"', wheel):
        assert f"COPY {package} {package}" in DOCKERFILE


def test_the_image_does_not_run_as_root():
    stages = DOCKERFILE.split("FROM ")
    assert re.search(r"^USER (?!root)\w+", stages[-1], re.MULTILINE)
    assert all(":latest" not in stage and re.match(r"\S+:\S+", stage) for stage in stages[1:]), "pin what is built on"
