"""The `cardally` command. Reading photos needs no service, and so loads none; all else is in `commands`."""

import sys
from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name == "app":
        return import_module("app.cli.commands").app
    raise AttributeError(name)


def main() -> None:
    """Entry point of the `cardally` script."""
    alone = sys.argv[1:2] == ["read"]
    import_module("app.cli.read" if alone else "app.cli.commands").run()
