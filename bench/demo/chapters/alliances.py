"""Which company would make a good ally, and why."""

from __future__ import annotations

from bench.demo.stage import Stage, StepFailed, console, table


def tell(stage: Stage) -> None:
    """The candidates, best first, each with its reasons and the first thing that is missing."""
    shown = table("Alliance candidates", "company", "state", "score", "coverage", "why", right=("score", "coverage"))
    alliances = stage.ann.items("/v1/alliances", limit=50)
    for alliance in alliances:
        why = stage.ann.get(f"/v1/alliances/{alliance['id']}/explanation")
        reasons = [part["sentence"] for part in why["parts"] if part["known"]] + why["missing"][:1]
        shown.add_row(
            next(company["name"] for company in alliance["companies"] if not company["is_home"]),
            alliance["state"],
            f"{alliance['score']:.1f}",
            f"{alliance['coverage']:.0%}",
            "\n".join(reasons),
        )
    console.print(shown)
    if not alliances:
        raise StepFailed("no alliance candidate came of the contacts")
