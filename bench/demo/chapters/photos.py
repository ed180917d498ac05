"""The reps upload their photos; each is read while it waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
from rich.progress import Progress

from bench.demo.stage import PATIENCE, SAMPLES, Json, Stage, StepFailed, console, table


def tell(stage: Stage) -> None:
    """Upload every photo of the story, and say what each shows."""
    console.print(f"{' and '.join(rep.name for rep in stage.reps.values())} upload their photos.")
    upload(stage)
    stage.settle()
    shown = table(
        "Photos",
        *("photo", "status", "cards", "logos", "seconds", "a person should look because"),
        right=("cards", "logos", "seconds"),
    )
    for name, scan in stage.scans.items():
        cards = scan["cards"]
        logos = sum(len(card["logos"]) for card in cards)
        reasons = sorted({reason for card in cards for reason in card["review"]})
        seconds = f"{scan['seconds']:.1f}" if scan["seconds"] is not None else ""
        shown.add_row(name, scan["status"], str(len(cards)), str(logos), seconds, ", ".join(reasons))
    console.print(shown)


def upload(stage: Stage) -> None:
    """Every photo as its rep's phone would send it."""

    def send(photo: Json) -> tuple[str, Json]:
        path = SAMPLES / photo["photo"]
        parts = {"front": (path.name, path.read_bytes(), "image/jpeg")}
        if photo.get("back"):
            back = SAMPLES / photo["back"]
            parts["back"] = (back.name, back.read_bytes(), "image/jpeg")
        form = {name: photo[name] for name in ("event", "place", "note", "captured_at") if photo.get(name)}
        headers = {"Idempotency-Key": photo["photo"], "Prefer": f"wait={PATIENCE}"}
        limit = httpx.Timeout(PATIENCE + 10)
        rep = stage.reps[photo["rep"]]
        return path.name, rep.post("/v1/scans", files=parts, data=form, headers=headers, timeout=limit)

    photos = recent(stage.story["scans"])
    with Progress(console=console, transient=True) as progress, ThreadPoolExecutor(4) as pool:
        bar = progress.add_task("reading", total=len(photos))
        for name, scan in pool.map(send, photos):
            stage.scans[name] = scan
            progress.advance(bar)
    for name, ended in stage.scans.items():
        if ended["status"] not in ("done", "no_card"):
            raise StepFailed(f"{name} ended as {ended['status']} ({ended['error']})")


def recent(photos: list[Json]) -> list[Json]:
    """The same photos, taken as far apart as before, the last one yesterday."""
    taken = [datetime.fromisoformat(photo["captured_at"]) for photo in photos]
    shift = datetime.now(UTC) - timedelta(days=1) - max(taken)
    return [photo | {"captured_at": (moment + shift).isoformat()} for photo, moment in zip(photos, taken, strict=True)]
