"""`make bench`: every benchmark in turn, each printing its tables. `python -m bench NAME...` runs some of them."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

RECORD = "var/bench/lines.jsonl"
ALLIANCES = [["bench.alliances", part] for part in ("planted", "popular", "scale", "book")]
BENCHES: dict[str, tuple[str, list[list[str]]]] = {
    "corners": ("how well the corners of cards are found", [["bench.corners"]]),
    "logos": ("how well logos are found, and known again by another camera", [["bench.logos"]]),
    "fields": (
        "how well fields are understood, and how honest confidence is",
        [["bench.fields", "record", RECORD], ["bench.fields", "score", RECORD], ["bench.census", RECORD]],
    ),
    "letters": ("how Tesseract reads single lines, shown in several ways", [["bench.letters"]]),
    "glare": ("whether light that burnt print away is said", [["bench.glare"]]),
    "defocus": ("what is read of cards out of focus", [["bench.defocus"]]),
    "light": ("what is read of cards in bad light", [["bench.light"]]),
    "reading": ("what a reading costs, beside plain Tesseract and plain RapidOCR", [["bench.reading"]]),
    "matching": ("how well companies and people are matched", [["bench.matching"]]),
    "alliances": ("how well the score finds hidden partners, and what keeping it right costs", ALLIANCES),
    "api": ("what lists, searches, get and create cost as the table grows, beside the bare framework", [["bench.api"]]),
    "transfer": ("a large file of people comes in, is killed, goes on, and leaves", [["bench.transfer"]]),
    "audit": ("what it costs to record who saw and who changed what", [["bench.audit"]]),
    "webhooks": ("how fast webhooks are delivered, and that none waits for a dead one", [["bench.webhooks"]]),
    "crm": ("how fast contacts are pushed to a CRM, beside a bare loop that sends the same requests", [["bench.crm"]]),
}


def main() -> None:
    """Run them; exits with 1 when one failed, after the others have run."""
    names = "\n".join(f"  {name:9} {what}" for name, (what, _) in BENCHES.items())
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(prog="python -m bench", description=f"{__doc__}\n\n{names}", formatter_class=form)
    parse.add_argument("names", nargs="*", metavar="NAME", help="all of them, when left out")
    wanted = parse.parse_args().names or list(BENCHES)
    unknown = sorted(set(wanted) - set(BENCHES))
    if unknown:
        parse.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    Path(RECORD).parent.mkdir(parents=True, exist_ok=True)
    failed = [name for name in wanted if not run(name)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def run(name: str) -> bool:
    """One benchmark; False when it failed."""
    what, commands = BENCHES[name]
    print(f"\n=== {name}: {what}", flush=True)
    return all(subprocess.run([sys.executable, "-m", *command], check=False).returncode == 0 for command in commands)


if __name__ == "__main__":
    main()
