"""A large file of people comes in and leaves: rows per second and memory as the import goes on.

`python -m bench.transfer [--rows 3000] [--full] [--database sqlite]`. `cardally import` brings a drawn CSV file in as a
process of its own, `cardally export` writes it out again; each tenth of the way tells whether a row costs more than
before, and what the process holds. Half way the import is killed and goes on with `--resume`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from app.composition import House
from bench.api import COMPANY_OF, FIRST, family
from bench.empty import USER, empty_service, environment

console = Console()

TENTHS = 10


def draw(target: Path, rows: int) -> None:
    """A file of people, twenty of a company, each with an address and a number of their own."""
    with target.open("w", encoding="utf-8") as file:
        file.write("name,company,title,email,phone\n")
        for number in range(rows):
            firm = number // COMPANY_OF
            name = f"{FIRST[number % 20]} {family(number * 7919 % 160_000)}"
            file.write(f"{name},{family(firm)} {firm} GmbH,Buyer,p{number}@firm{firm}.example,+1206{number:07}\n")


def cardally(env: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """A command as a process; what it says comes by its standard error."""
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


def peak_mb(pid: int) -> float:
    """The most that a living process ever held, by the kernel."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1000 if found else 0.0


def run(database: str, rows: int) -> None:
    """One database: in, killed half way, on, and out."""
    with empty_service(database) as empty:
        env, source = environment(empty.house.settings), empty.folder / "people.csv"
        draw(source, rows)
        console.print(bring_in(env, empty.house, source, rows, database))
        console.print(write_out(env, empty.folder / "out.csv", rows, database))


def bring_in(env: dict[str, str], house: House, source: Path, rows: int, database: str) -> Table:
    """Import with one kill in the middle; a line for each tenth."""
    table = Table("rows", "rows/s", "peak MB", title=f"import, {database}")
    process = cardally(env, "import", str(source), "--as", USER)
    started, before, peak, tenth = time.perf_counter(), 0, 0.0, 1
    while process.poll() is None:
        time.sleep(0.05)
        peak = max(peak, peak_mb(process.pid)) if process.poll() is None else peak
        import_id, done = progress(house)
        if done < tenth * rows // TENTHS:
            continue
        now = time.perf_counter()
        table.add_row(f"{done:,}", f"{(done - before) / (now - started):.0f}", f"{peak:.0f}")
        started, before, tenth = now, done, done * TENTHS // rows + 1
        if tenth == TENTHS // 2 + 1:
            process.kill()
            process.communicate()
            table.add_section()
            process = cardally(env, "import", str(source), "--as", USER, "--resume", import_id)
            started, peak = time.perf_counter(), 0.0
    said = process.communicate()[1]
    if process.returncode:
        sys.exit(f"the import failed:\n{said}")
    return table


def progress(house: House) -> tuple[str, int]:
    """The import's id, and how many rows it has done."""
    with house.sessions.begin(reading=True) as session:
        found = session.execute(sa.text("SELECT id, rows FROM imports")).first()
    return (str(UUID(str(found[0]))), found[1]) if found else ("", 0)


def write_out(env: dict[str, str], target: Path, rows: int, database: str) -> Table:
    """Export everything."""
    table = Table("contacts", "contacts/s", "peak MB", title=f"export, {database}")
    started, peak = time.perf_counter(), 0.0
    process = cardally(env, "export", str(target), "--as", USER)
    while process.poll() is None:
        time.sleep(0.02)
        peak = max(peak, peak_mb(process.pid)) if process.poll() is None else peak
    if process.returncode:
        sys.exit("the export failed")
    with target.open("rb") as file:
        written = sum(1 for _ in file) - 1
    table.add_row(f"{written:,} of {rows:,}", f"{written / (time.perf_counter() - started):.0f}", f"{peak:.0f}")
    return table


def main() -> None:
    """Measure and print."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parse.add_argument("--rows", type=int, default=3000)
    parse.add_argument("--full", action="store_true", help="a million rows")
    given = parse.parse_args()
    for database in given.database or ["sqlite", "postgresql"]:
        run(database, 1_000_000 if given.full else given.rows)


if __name__ == "__main__":
    main()
