"""Every benchmark that `make bench` names is there."""

from __future__ import annotations

from importlib.util import find_spec

from bench.__main__ import BENCHES


def test_every_benchmark_exists():
    missing = [command[0] for _, commands in BENCHES.values() for command in commands if find_spec(command[0]) is None]
    assert missing == []
