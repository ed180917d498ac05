"""A process that runs due jobs: `python -m app.worker --lane read --lane quick --threads 4`."""

from __future__ import annotations

import argparse
import signal
import threading

from app.composition import open_house
from app.kit.logs import set_up_logs
from app.kit.processes import end_with_parent
from app.scans.reader import warm_up
from app.settings import Settings

READING = ("app.worker", "--lane", "read", "--tied")
QUICK = ("app.worker", "--lane", "quick", "--threads", "4", "--tied")


def commands(readers: int) -> list[tuple[str, ...]]:
    """The processes beside an API: `readers` that read photos, and one for everything else."""
    return [QUICK, *[READING] * readers] if readers else []


def main() -> None:
    """Run until SIGTERM, SIGINT or, when tied, until the parent is gone."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--lane", action="append", required=True, choices=("read", "quick"))
    parse.add_argument("--threads", type=int, default=1)
    parse.add_argument("--tied", action="store_true", help="end when standard input ends, that is, with the parent")
    given = parse.parse_args()
    settings = Settings()
    set_up_logs(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if given.tied:
        end_with_parent(stop)
    if "read" in given.lane:
        warm_up(settings)
    house = open_house(settings)
    tasks = [house.runner(*given.lane).run_until for _ in range(given.threads - 1)]
    if "quick" in given.lane:
        tasks.append(house.housekeeper().run_until)
    others = [threading.Thread(target=task, args=(stop,), daemon=True) for task in tasks]
    for thread in others:
        thread.start()
    house.runner(*given.lane).run_until(stop)
    for thread in others:
        thread.join()


if __name__ == "__main__":
    main()
