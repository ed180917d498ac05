"""Starts the service on its embedded default, tells every chapter, says where to look, and stops the service."""

from __future__ import annotations

import sys
import time

import httpx

from bench.demo.stage import HOME, ROOT, SAMPLES, StepFailed, console, set_up
from bench.demo.story import CHAPTERS


def main() -> None:
    """Tell every chapter; exits with 1 and says which step failed."""
    started = time.monotonic()
    try:
        with set_up() as stage:
            for tell in CHAPTERS:
                tell(stage)
    except (StepFailed, httpx.HTTPError, OSError) as failure:
        console.print(f"\n[bold red]The demo failed:[/bold red] {failure}")
        console.print(f"The service's log is in {HOME / 'service.log'}.")
        sys.exit(1)
    console.print(f"\n[green]Done in {time.monotonic() - started:.0f} s.[/green] Where to look:")
    console.print(f"  {HOME}/          the database, the photos, the service's log", soft_wrap=True)
    console.print("  make run         serves the API; its pages are at http://127.0.0.1:8000/docs", soft_wrap=True)
    console.print(f"  .venv/bin/cardally read {SAMPLES.relative_to(ROOT)}/*.jpg --trace var/trace", soft_wrap=True)
    console.print("                   draws every stage of a reading", soft_wrap=True)


if __name__ == "__main__":
    main()
