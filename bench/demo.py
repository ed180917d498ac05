"""The main job, for a new user to watch: `make demo`.

Starts the service on a free loopback port with its embedded default (SQLite, files under var/demo, workers beside the
API), lets two reps upload the sample photos over HTTP, waits until everything that follows has happened, prints the
contacts, the alliance candidates with their reasons, and the webhook deliveries that a receiver in this process got
and verified; then stops the service.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.receiver import Receiver

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "bench" / "cardgen" / "samples"
HOME = Path("var/demo")
PATIENCE = 120
"""Seconds after which a step that does not end has failed."""

console = Console(width=max(Console().width, 110) if not sys.stdout.isatty() else None, soft_wrap=False)


class StepFailed(Exception):
    """A step of the demo did not do what it should."""


def main() -> None:
    """Run every step; exits with 1 and says which one failed."""
    started = time.monotonic()
    try:
        run()
    except (StepFailed, httpx.HTTPError, OSError) as failure:
        console.print(f"\n[bold red]The demo failed:[/bold red] {failure}")
        console.print(f"The service's log is in {HOME / 'service.log'}.")
        sys.exit(1)
    console.print(f"\n[green]Done in {time.monotonic() - started:.0f} s.[/green] Where to look:")
    console.print(f"  {HOME}/          the database, the photos, the service's log", soft_wrap=True)
    console.print("  make run         serves the API; its pages are at http://127.0.0.1:8000/docs", soft_wrap=True)
    console.print(f"  .venv/bin/cardally read {SAMPLES.relative_to(ROOT)}/*.jpg --trace var/trace", soft_wrap=True)
    console.print("                   draws every stage of a reading", soft_wrap=True)


def run() -> None:
    """The steps in their order."""
    story = json.loads((SAMPLES / "story.json").read_text())
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    env = os.environ | {
        "CARDALLY_DATABASE_URL": f"sqlite:///{HOME}/cardally.db",
        "CARDALLY_FILES_URL": f"{HOME}/files",
        "CARDALLY_WEBHOOK_ALLOW": '["127.0.0.0/8"]',
    }
    admin = found_organization(story["home"], story["reps"]["ann"], env)
    with service(env) as address, httpx.Client(base_url=address, timeout=30) as client:
        client.headers["Authorization"] = f"Bearer {admin}"
        keys = add_reps(client, story["reps"], admin)
        secret = ""
        with Receiver(lambda: secret) as receiver:
            endpoint = post(client, "/v1/webhook-endpoints", {"url": receiver.url, "description": "the demo's CRM"})
            secret = endpoint["secret"]
            scans = upload(client, recent(story["scans"]), keys)
            wait_for_deliveries(client)
            show_scans(scans)
            show_contacts(client)
            show_alliances(client)
            show_deliveries(client, receiver)


def found_organization(home: dict[str, str], rep: dict[str, str], env: dict[str, str]) -> str:
    """Make the database, the home company and its first rep; returns the rep's API key."""
    names = ["--name", home["name"], "--domain", home["domain"]]
    person = ["--user", rep["name"], "--email", rep["email"], "--quiet"]
    command = [sys.executable, "-m", "app.cli", "init", *names, *person]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepFailed(f"`cardally init` ended with {done.returncode}:\n{done.stderr}")
    return done.stdout.strip()


@contextmanager
def service(env: dict[str, str]) -> Iterator[str]:
    """The service on a free port, stopped at the end; gives its address."""
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
    with (HOME / "service.log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            said = process.stdout.readline() if process.stdout else ""
            if "http://" not in said:
                raise StepFailed("the service did not start")
            address = next(word for word in said.split() if word.startswith("http://"))
            wait_until(lambda: answers(address), "the service does not answer")
            console.print(f"The service answers on {address}.")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    if code not in (0, -signal.SIGTERM):
        raise StepFailed(f"the service ended with {code} when it was stopped")


def answers(address: str) -> bool:
    """Whether the service is ready."""
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(true: Any, failure: str) -> None:
    """Look until it is true; `StepFailed(failure)` when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise StepFailed(f"{failure} (after {PATIENCE} s)")
        time.sleep(0.05)


def post(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST some JSON and expect success."""
    return checked(client.post(path, json=body))


def get(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of a list."""
    items: list[dict[str, Any]] = checked(client.get(path, params=query))["items"]
    return items


def checked(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of a good answer."""
    if answer.is_error:
        raise StepFailed(
            f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text}"
        )
    body: dict[str, Any] = answer.json()
    return body


def add_reps(client: httpx.Client, reps: dict[str, dict[str, str]], admin: str) -> dict[str, str]:
    """The other reps of the organization, each with an API key of their own."""
    keys = {"ann": admin}
    for nick, rep in reps.items():
        if nick not in keys:
            user = post(client, "/v1/users", {"name": rep["name"], "email": rep["email"]})
            keys[nick] = post(client, "/v1/api-keys", {"name": "phone", "user_id": user["id"]})["key"]
    console.print(f"{' and '.join(rep['name'] for rep in reps.values())} upload their photos.")
    return keys


def recent(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same photos, taken as far apart as before, the last one yesterday."""
    taken = [datetime.fromisoformat(photo["captured_at"]) for photo in photos]
    shift = datetime.now(UTC) - timedelta(days=1) - max(taken)
    return [photo | {"captured_at": (moment + shift).isoformat()} for photo, moment in zip(photos, taken, strict=True)]


def upload(
    client: httpx.Client, photos: list[dict[str, Any]], keys: dict[str, str]
) -> list[tuple[str, dict[str, Any]]]:
    """Every photo as its rep's phone would send it; returns (file name, finished scan)."""

    def send(photo: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        path = SAMPLES / photo["photo"]
        parts = {"front": (path.name, path.read_bytes(), "image/jpeg")}
        if photo.get("back"):
            back = SAMPLES / photo["back"]
            parts["back"] = (back.name, back.read_bytes(), "image/jpeg")
        form = {name: photo[name] for name in ("event", "place", "note", "captured_at") if photo.get(name)}
        headers = {
            "Authorization": f"Bearer {keys[photo['rep']]}",
            "Idempotency-Key": photo["photo"],
            "Prefer": f"wait={PATIENCE}",
        }
        limit = httpx.Timeout(PATIENCE + 10)
        return path.name, checked(client.post("/v1/scans", files=parts, data=form, headers=headers, timeout=limit))

    with Progress(console=console, transient=True) as progress, ThreadPoolExecutor(4) as pool:
        bar = progress.add_task("reading", total=len(photos))
        scans = []
        for scan in pool.map(send, photos):
            scans.append(scan)
            progress.advance(bar)
    for name, ended in scans:
        if ended["status"] not in ("done", "no_card"):
            raise StepFailed(f"{name} ended as {ended['status']} ({ended['error']})")
    return scans


def wait_for_deliveries(client: httpx.Client) -> None:
    """Until no job is left and nothing is under way."""

    def idle() -> bool:
        figures = client.get("/metrics").text.splitlines()
        waiting = [line for line in figures if line.startswith("cardally_jobs{") and not line.endswith(" 0")]
        if any('parked="true"' in line for line in waiting):
            raise StepFailed("a job was given up")
        return not waiting

    wait_until(idle, "jobs are left over")


def show_scans(scans: list[tuple[str, dict[str, Any]]]) -> None:
    """One line a photo."""
    table = Table(title="Photos", title_justify="left")
    for head in ("photo", "status", "cards", "logos", "seconds", "a person should look because"):
        table.add_column(head, justify="right" if head in ("cards", "logos", "seconds") else "left")
    for name, scan in scans:
        cards = scan["cards"]
        logos = sum(len(card["logos"]) for card in cards)
        reasons = sorted({reason for card in cards for reason in card["review"]})
        seconds = f"{scan['seconds']:.1f}" if scan["seconds"] is not None else ""
        table.add_row(name, scan["status"], str(len(cards)), str(logos), seconds, ", ".join(reasons))
    console.print(table)


def show_contacts(client: httpx.Client) -> None:
    """Who was met."""
    table = Table(title="Contacts", title_justify="left")
    for head in ("name", "title", "company", "e-mail", "phone", "sure", "review?"):
        table.add_column(head, overflow="fold")
    contacts = get(client, "/v1/contacts", limit=200)
    for contact in reversed(contacts):
        table.add_row(
            contact["name"] or "",
            contact["title"] or "",
            contact["company_name"] or "",
            first_point(contact, "email"),
            first_point(contact, "phone"),
            f"{contact['confidence']:.0%}",
            "yes" if contact["needs_review"] else "",
        )
    console.print(table)
    if not contacts:
        raise StepFailed("no contact came of the photos")


def first_point(contact: dict[str, Any], kind: str) -> str:
    """The first e-mail address or phone number of a contact."""
    return next((str(point["value"]) for point in contact["points"] if point["kind"] == kind), "")


def show_alliances(client: httpx.Client) -> None:
    """Which company would make a good ally, and why."""
    table = Table(title="Alliance candidates", title_justify="left")
    for head in ("company", "state", "score", "coverage", "why"):
        table.add_column(head, justify="right" if head in ("score", "coverage") else "left", overflow="fold")
    alliances = get(client, "/v1/alliances", limit=50)
    for alliance in alliances:
        why = checked(client.get(f"/v1/alliances/{alliance['id']}/explanation"))
        reasons = [part["sentence"] for part in why["parts"] if part["known"]] + why["missing"][:1]
        table.add_row(
            next(company["name"] for company in alliance["companies"] if not company["is_home"]),
            alliance["state"],
            f"{alliance['score']:.1f}",
            f"{alliance['coverage']:.0%}",
            "\n".join(reasons),
        )
    console.print(table)
    if not alliances:
        raise StepFailed("no alliance candidate came of the contacts")


def show_deliveries(client: httpx.Client, receiver: Receiver) -> None:
    """What the receiver got, and whether the signatures hold."""
    sent = get(client, "/v1/webhook-deliveries", limit=200)
    got = {message.id: message for message in receiver.messages}
    table = Table(title="Webhook deliveries", title_justify="left")
    for head in ("event", "delivered", "verified"):
        table.add_column(head, justify="right" if head != "event" else "left")
    for kind in sorted({delivery["event_type"] for delivery in sent}):
        some = [delivery for delivery in sent if delivery["event_type"] == kind]
        arrived = [got[delivery["message_id"]] for delivery in some if delivery["message_id"] in got]
        table.add_row(kind, f"{len(arrived)} of {len(some)}", str(sum(bool(message.verified) for message in arrived)))
    console.print(table)
    if not sent or len(got) < len(sent) or not all(message.verified for message in receiver.messages):
        raise StepFailed("a webhook did not arrive, or its signature did not hold")


if __name__ == "__main__":
    main()
