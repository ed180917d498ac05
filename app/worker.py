"""A process that runs due jobs: `python -m app.worker --lane read --lane quick:4 --lane deliver:8`."""

from __future__ import annotations

import argparse
import signal
import threading

from app.composition import open_house
from app.kit.events import LANES, Lane
from app.kit.logs import set_up_logs
from app.kit.processes import end_with_parent, keep_what_is_loaded
from app.scans.reader import warm_up
from app.settings import Settings


def main() -> None:
    """Run until SIGTERM, SIGINT or, when tied, until the parent is gone."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--lane", action="append", required=True, type=_lane, metavar="NAME[:THREADS]")
    parse.add_argument("--tied", action="store_true", help="end when standard input ends, that is, with the parent")
    given = parse.parse_args()
    settings = Settings()
    set_up_logs(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if given.tied:
        end_with_parent(stop)
    if any(lane == "read" for lane, _ in given.lane):
        warm_up(settings)
    house = open_house(settings)
    tasks = [house.runner(lane).run_until for lane, count in given.lane for _ in range(count)]
    if any(lane == "quick" for lane, _ in given.lane):
        tasks.append(house.housekeeper().run_until)
    keep_what_is_loaded()
    threads = [threading.Thread(target=task, args=(stop,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        pass  # a signal that another thread was given is seen when this one wakes
    for thread in threads:
        thread.join()


def _lane(text: str) -> tuple[Lane, int]:
    name, _, threads = text.partition(":")
    for lane in LANES:
        if lane == name:
            return lane, int(threads or 1)
    raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(LANES)}")


if __name__ == "__main__":
    main()
