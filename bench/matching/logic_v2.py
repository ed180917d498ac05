"""Scores of nomenklatura's LogicV2 for pairs of names, by an interpreter that has it.

It needs ICU, which has no wheel, so it is none of our dependencies. On Debian:

    apt-get install libicu-dev pkg-config g++ && python3 -m venv /tmp/nk && /tmp/nk/bin/pip install nomenklatura
    python -m bench.matching pairs --nomenklatura /tmp/nk/bin/python

Run as a script it reads JSON lines `[schema, {property: value}, {property: value}]` and writes a score for each.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

Properties = dict[str, str]
Pair = tuple[str, Properties, Properties]


def scores(python: Path, pairs: Iterable[Pair]) -> list[float]:
    """What LogicV2, as it is configured by default, says of each pair, 0 to 1."""
    lines = "\n".join(json.dumps(pair) for pair in pairs)
    done = subprocess.run([python, __file__], input=lines, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.splitlines()]


def main() -> None:
    """Score what comes in."""
    from followthemoney import model  # type: ignore[import-not-found]  # noqa: PLC0415  only where it runs as a script
    from nomenklatura.matching import LogicV2  # type: ignore[import-not-found]  # noqa: PLC0415

    config = LogicV2.default_config()
    for number, line in enumerate(sys.stdin):
        schema, *both = json.loads(line)
        entities = []
        for side, properties in enumerate(both):
            entity = model.make_entity(schema)
            entity.id = f"{number}-{side}"  # it remembers the names of an id
            for name, value in properties.items():
                if value:
                    entity.add(name, value)
            entities.append(entity)
        print(LogicV2.compare(*entities, config).score)


if __name__ == "__main__":
    main()
