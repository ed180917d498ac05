"""Two contacts of one person become one, with the reasons on the table; and two again, exactly as they were."""

from __future__ import annotations

from collections.abc import Iterator

from bench.demo.stage import Json, Rep, Stage, StepFailed, console, table

_FROM_A_PHONE = {
    "name": "Dan Cho",
    "title": "West Coast Sales",
    "company": "Peakmont Security",
    "points": [
        {"kind": "email", "value": "dan.cho@gmail.com"},
        {"kind": "phone", "value": "+1 916 555 0173", "type": "mobile"},
    ],
}
_MOVES_ON = {"updated_at", "etag"}


def tell(stage: Stage) -> None:
    """Ben types in from his phone whom he photographed as well; what follows is asked, shown, done and undone."""
    console.print("\n[bold]One person, two contacts[/bold]")
    daniel, dan = _meet_twice(stage.ben)
    _show_reasons(stage.ben, dan)
    before = (_whole(stage.ben, daniel), _whole(stage.ben, dan))
    _show_preview(stage.ben, daniel, dan)
    merge = stage.ben.post(f"/v1/contacts/{daniel}/merge", {"other_id": dan})
    stage.settle()
    moved = stage.ben.client.get(f"/v1/contacts/{dan}")
    if moved.status_code != 308 or moved.headers["Location"] != f"/v1/contacts/{daniel}":
        raise StepFailed(f"the id of a merged contact answers {moved.status_code}")
    console.print(f"  Merged. The old id answers {moved.status_code} to {moved.headers['Location']}.")
    stage.ben.post(f"/v1/contacts/merges/{merge['id']}/undo")
    stage.settle()
    if (_whole(stage.ben, daniel), _whole(stage.ben, dan)) != before:
        raise StepFailed("undoing a merge did not bring both contacts back as they were")
    console.print("  Undone. Both are back, field by field as they were, with their own cards and exchanges.")


def _meet_twice(rep: Rep) -> tuple[str, str]:
    """The id of the contact on the card, and of the one that is typed in although the service warns."""
    refused = rep.client.post("/v1/contacts", json=_FROM_A_PHONE)
    problem = refused.json()
    if refused.status_code != 409 or problem["code"] != "possible_duplicate":
        raise StepFailed(f"a likely duplicate was answered with {refused.status_code}")
    candidate = problem["candidates"][0]
    known = candidate["id"], candidate["name"]
    console.print(
        f"  {rep.name} types in {_FROM_A_PHONE['name']}: {refused.status_code} {problem['code']},"
        f" perhaps {known[1]}. He insists (allow_duplicate=true)."
    )
    return known[0], rep.post("/v1/contacts", _FROM_A_PHONE, params={"allow_duplicate": True})["id"]


def _show_reasons(rep: Rep, contact_id: str) -> None:
    """Why the two may be one: bits, each a factor of two."""
    pairs = rep.items("/v1/contacts/duplicates", limit=200)
    double = next((pair for pair in pairs if contact_id == pair["contact"]["id"]), None)
    if double is None:
        raise StepFailed("a likely duplicate is not listed")
    reasons = ", ".join(f"{reason['code']} {reason['bits']:+.1f}" for reason in double["reasons"])
    names = f"{double['contact']['name']} and {double['other']['name']}"
    console.print(
        f"  Listed as a duplicate: {names}, {double['bits']:.1f} bits ({reasons}); from 10 on nobody is asked."
    )


def _whole(rep: Rep, contact_id: str) -> Json:
    """A contact with jobs, points, cards and exchanges, but for what every change moves on."""
    return {name: value for name, value in rep.get(f"/v1/contacts/{contact_id}").items() if name not in _MOVES_ON}


def _show_preview(rep: Rep, survivor_id: str, other_id: str) -> None:
    """What the merge would make, and who says so."""
    contact = rep.get(f"/v1/contacts/{survivor_id}/merge", other_id=other_id)
    shown = table("What a merge would make", "field", "value", "who says so", "sure", right=("sure",))
    for name, value, said in _said(contact):
        shown.add_row(name, value, str(said["source"]), f"{said['confidence']:.0%}")
    console.print(shown)


def _said(contact: Json) -> Iterator[tuple[str, str, Json]]:
    """Field, value, and its provenance."""
    for name in ("name", "title", "company"):
        if name in contact["provenance"]:
            yield name, contact["company_name" if name == "company" else name] or "", contact["provenance"][name]
    for point in contact["points"]:
        yield f"{point['type'] or ''} {point['kind']}".strip(), point["value"], point
