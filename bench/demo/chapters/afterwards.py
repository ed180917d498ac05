"""What came of it: the event's yield, whom to see on a trip, the evidence for an agreement, the picture of it all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.demo.service import HOME, command
from bench.demo.stage import Json, Stage, StepFailed, console


def tell(stage: Stage) -> None:
    """Each from one request, and two pages to look at."""
    console.print("\n[bold]What came of it[/bold]")
    _yields(stage)
    _trip(stage)
    _pack(stage)
    _graph(stage)


def _yields(stage: Stage) -> None:
    """The events with what they have brought, the most fruitful first."""
    found = [stage.ann.get(f"/v1/events/{event['id']}/yield") for event in stage.ann.items("/v1/events")]
    for fruits in sorted(found, key=lambda each: (len(each["wins"]), len(each["alliances"])), reverse=True):
        states = ", ".join(f"{count} {state}" for state, count in fruits["states"].items())
        ways = [win["traced"] for win in fruits["wins"]]
        led = f", {ways.count('led')} by a pair of reps that the other had led to" if "led" in ways else ""
        won = f"; {_many(len(ways), 'win goes', 'wins go')} back to it{led}" if ways else ""
        event, new = fruits["event"], _many(fruits["new_rep_pairs"], "new pair of reps", "new pairs of reps")
        console.print(f"  {event['name']}, {event['place']}: {new}, {states}{won}.", soft_wrap=True)
    if not any(fruits["alliances"] for fruits in found):
        raise StepFailed("no event has yielded anything")


def _many(count: int, one: str, others: str) -> str:
    return f"{count} {one if count == 1 else others}"


def _trip(stage: Stage) -> None:
    event = next(event for event in stage.ann.items("/v1/events") if event["place"])
    first = datetime.now(UTC).date() + timedelta(days=14)
    query = {"place": event["place"], "from": str(first), "to": str(first + timedelta(days=3))}
    found: Json = stage.ann.get("/v1/trips/suggestions", **query)
    said = [each["sentence"] for each in [*found["counterparts"], *found["events"]]][:3]
    console.print(f"  A trip to {event['place']} in two weeks? {' '.join(said)}", soft_wrap=True)


def _pack(stage: Stage) -> None:
    """Ann weighs a referral agreement, prints what speaks for it, and stays informal: that is a good end, too."""
    [best, *_] = stage.ann.items("/v1/alliances", limit=1)
    url = f"/v1/alliances/{best['id']}"
    stage.ann.post(f"{url}/decisions", {"choice": "propose", "kind": "referral"})
    pack = stage.ann.get(f"{url}/evidence-pack")
    page = HOME / "evidence-pack.html"
    page.write_text(stage.ann.client.get(f"{url}/evidence-pack.html").text, encoding="utf-8")
    held = pack | {"shared accounts": pack["shared_accounts"]["shown"], "pairs of reps": pack["people"]}
    what = ("pairs of reps", "exchanges", "shared accounts", "introductions", "wins")
    told = ", ".join(f"{len(held[name])} {name}" for name in what)
    console.print(
        f"  {stage.ann.name} proposes a referral agreement. Her evidence pack: {told} ({page}).", soft_wrap=True
    )
    kept = stage.ann.post(f"{url}/decisions", {"choice": "stay_informal"})
    if kept["state"] != "spreading":
        raise StepFailed(f"the alliance is {kept['state']} and should spread")
    console.print(f"  They need no paper and stay informal, which is fine: still [bold]{kept['state']}[/bold].")


def _graph(stage: Stage) -> None:
    page = HOME / "graph.html"
    command(["graph", "--as", stage.story["reps"]["ann"]["email"], "--out", str(page)], stage.env)
    console.print(f"  The alliances as a picture: {page}", soft_wrap=True)
