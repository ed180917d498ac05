"""The story: two reps at a coffee shop become two companies that win together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx

from bench.demo.service import HOME, found_organization
from bench.demo.stage import PATIENCE, SAMPLES, Json, Rep, Stage, StepFailed, console

PHOTO = "05-coffee-shop.jpg"
KINDS = ("Grocers", "Drugstores", "Outfitters", "Hardware")
TOWNS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Larch", "Maple")
STORES = [f"{town} {kind}" for town in TOWNS for kind in KINDS]


def tell(stage: Stage) -> None:
    """From two cards in one photo to an alliance that spreads, each step over the API."""
    console.print("\n[bold]The story of Ann and Tom[/bold]")
    tom = _person(stage, "Tom")
    pair = _pair(stage, tom)
    url = f"/v1/alliances/{pair['id']}"
    home, partner = pair["companies"]
    _meet(stage, tom, pair)
    _match(stage, tom)
    _state(stage, url, "They compare their books; neither saw the other's list.")
    _favour(stage.ann, url, tom, home["id"], won=False)
    _favour(stage.ann, url, tom, partner["id"], won=True)
    stage.settle()
    _state(stage, url, "Each introduced the other to a customer, and Tom's lead was won.")
    _spread(stage, url, home["id"])
    why = stage.ann.get(f"{url}/explanation")
    for part in why["parts"]:
        points = f"{part['points']:5.1f} of {part['max']:<3.0f}"
        console.print(f"    {part['name']:<12}{points} {part['sentence']}", soft_wrap=True)
    if why["bridge"]:
        console.print(f"    {why['bridge']['sentence']}", soft_wrap=True)
    if stage.ann.get(url)["state"] != "spreading":
        raise StepFailed("the alliance does not spread")


def _person(stage: Stage, given: str) -> Json:
    people = stage.ann.items("/v1/contacts", q=given)
    if not people:
        raise StepFailed(f"{given} is no contact")
    return people[0]


def _pair(stage: Stage, contact: Json) -> Json:
    for pair in stage.ann.items("/v1/alliances", limit=200):
        if contact["company_id"] == pair["companies"][1]["id"]:
            return pair
    raise StepFailed("the two companies are no pair")


def _meet(stage: Stage, tom: Json, pair: Json) -> None:
    [met] = stage.ann.items("/v1/exchanges", contact_id=tom["id"])
    sides = stage.ann.get(f"/v1/exchanges/{met['id']}")
    logos = sum(bool(sides[side]["logo_url"]) for side in ("ours", "theirs"))
    ours, theirs = sides["ours"], sides["theirs"]
    console.print(
        f"  One photo, one exchange ({met['direction']}): {ours['person']} of {ours['company']} and {theirs['person']}"
        f" of {theirs['company']}, {logos} logos. The pair is {pair['state']}, {pair['score']:.1f}.",
        soft_wrap=True,
    )
    hint = stage.ann.get(f"/v1/scans/{stage.scans[PHOTO]['id']}")["alliance_hint"]
    console.print(f"  Her phone says at once: [italic]{' '.join(hint)}[/italic]", soft_wrap=True)


def _match(stage: Stage, tom: Json) -> None:
    """Tom, in an organization of his own, photographed the same two cards; both run one end of a private match."""
    address = next(point["value"] for point in tom["points"] if point["kind"] == "email")
    home = {"name": tom["company_name"], "domain": address.partition("@")[2]}
    key = found_organization(home, {"name": tom["name"], "email": address}, stage.env)
    with httpx.Client(base_url=stage.address, timeout=PATIENCE, headers={"Authorization": f"Bearer {key}"}) as client:
        rep = Rep("", tom["name"], client)
        photo = (PHOTO, (SAMPLES / PHOTO).read_bytes(), "image/jpeg")
        rep.post("/v1/scans", files={"front": photo}, headers={"Prefer": f"wait={PATIENCE}"})
        [ann] = rep.items("/v1/contacts")
    ours, theirs = _book("ann", STORES[:28]), _book("tom", STORES[23:47])
    stage.ann.post("/v1/accounts/import", files={"file": ours.read_bytes()})
    said = _both_ends(stage, key, (tom["id"], ann["id"]), theirs)
    shared = next(line.strip() for line in said.splitlines() if "shared accounts" in line)
    console.print(f"  {stage.ann.name} and {tom['name']} match {28} and {24} customers privately: {shared}.")
    stage.settle()


def _book(name: str, stores: list[str]) -> Path:
    path = HOME / f"{name}.csv"
    rows = [f"{store},{store.replace(' ', '').lower()}.com,customer" for store in stores]
    path.write_text("\n".join(["company,domain,relation", *rows]) + "\n")
    return path


def _both_ends(stage: Stage, key: str, contacts: tuple[str, str], book: Path) -> str:
    """Run `cardally match` on both sides; returns what the proposing end printed."""
    ann_key = stage.ann.client.headers["Authorization"].removeprefix("Bearer ")
    terms = ["--own", "customer", "--partner", "customer", "--depth", "accounts", "--record"]
    proposing = _match_command(stage, ann_key, "ann", ["propose", contacts[0], *terms])
    said = []
    for line in proposing.stdout or ():
        said.append(line)
        if line.startswith("cardally-match-"):
            break
    else:
        raise StepFailed("no match was proposed: " + "".join(said))
    joining = _match_command(
        stage, key, "tom", ["join", contacts[1], "--invitation", said[-1].strip(), "--book", str(book)]
    )
    told, heard = proposing.communicate(timeout=PATIENCE)[0], joining.communicate(timeout=PATIENCE)[0]
    if proposing.returncode or joining.returncode:
        raise StepFailed(f"the match ended early: {told}{heard}")
    return "".join(said) + told


def _match_command(stage: Stage, key: str, who: str, arguments: list[str]) -> subprocess.Popen[str]:
    own = {"CARDALLY_URL": stage.address, "CARDALLY_API_KEY": key, "XDG_STATE_HOME": str(HOME / who), "COLUMNS": "200"}
    line = [sys.executable, "-m", "app.cli", "match", *arguments, "--yes", "--patience", "60"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        line, env=stage.env | own, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True
    )


def _favour(rep: Rep, url: str, contact: Json, giver_id: str, *, won: bool) -> None:
    """An introduction that is asked, accepted and, where it was won, a win credited to who gave it."""
    [customer, *_] = rep.items("/v1/accounts", limit=1)
    about = {"contact_id": contact["id"], "customer_id": customer["company"]["id"]}
    body = {"kind": "introduction", "giver_company_id": giver_id, **about}
    favour = rep.post(f"{url}/introductions", body)["id"]
    rep.post(f"{url}/introductions/{favour}/answer", {"accepted": True})
    if won:
        rep.post(f"{url}/introductions/{favour}/outcome", {"won": True})


def _spread(stage: Stage, url: str, home_id: str) -> None:
    """A colleague asks how, tries it with somebody else there, and wins as well."""
    won = next(item for item in stage.ann.get(f"{url}/timeline")["items"] if item.get("kind") == "joint_win")
    priya = _person(stage, "Priya")
    body = {"contact_id": priya["id"], "credited_company_id": home_id, "because_of_id": won["id"]}
    stage.ben.post(f"{url}/wins", body)
    stage.settle()
    spread = stage.ann.get(f"{url}/spread")
    led = sum(pair["because_of_id"] is not None for pair in spread["pairs"])
    text = f"{stage.ben.name} hears of it and wins with {priya['name']}: {len(spread['pairs'])} pairs of reps, {led} of"
    _state(stage, url, f"{text} them led to by a win (R = {spread['reproduction']:.1f}).")


def _state(stage: Stage, url: str, what: str) -> None:
    pair = stage.ann.get(url)
    state = f"[bold]{pair['state']}[/bold], {pair['score']:.1f} on {pair['coverage']:.0%} evidence"
    console.print(f"  {what} Now {state}.", soft_wrap=True)
