"""The queue of cards that a person should look at, and what becomes of what the person says."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.auth.models import User
from app.kit.clock import now
from app.reviews.models import Review
from app.reviews.service import LEASE, enqueue
from tests.readings import jane, read_scan

SHARED = Path(os.environ.get("CARDALLY_CARDS") or Path(__file__).parents[3] / "shared" / "cards")


@pytest.fixture
def me(client):
    return client.get("/v1/me").json()


@pytest.fixture
def begin(house, me):
    return lambda: house.sessions.begin(UUID(me["organization_id"]))


@pytest.fixture
def scan(begin, me, work):
    """Reads a scan of these cards."""

    def run(*cards, **said) -> UUID:
        with begin() as session:
            user_id = session.scalars(select(User.id).order_by(User.id)).first()
            scan_id = read_scan(session, user_id, *cards, **said)
        work()
        return scan_id

    return run


@pytest.fixture
def colleague(as_new_user, me):
    """What a colleague sends with each request."""
    return as_new_user(UUID(me["organization_id"]), name="Ben Ortiz", admin=False)


def queue(client, **asked) -> list[dict]:
    return client.get("/v1/reviews", params=asked).json()["items"]


def resolve(client, review, **said) -> dict:
    answer = client.post(f"/v1/reviews/{review['id']}/resolve", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def contact_of(client, review) -> dict:
    return client.get(f"/v1/contacts/{review['contact_id']}").json()


def test_doubtful_cards_wait_with_their_reasons_and_sure_ones_do_not(client, scan, begin):
    scan(jane())
    assert queue(client) == []
    scan_id = scan(
        jane(name="Otto Brandt", email="otto@acme.example", phone=""), review=("glare", "low_confidence:email")
    )
    [review] = queue(client)
    assert review["reasons"] == ["glare", "low_confidence:email"]
    assert review["printed"]["name"] == "Otto Brandt"
    assert client.get(f"/v1/reviews/{review['id']}").json() == review
    assert queue(client, reason="glare") == queue(client, reason="low_confidence:email") == [review]
    assert queue(client, reason="low_confidence") == queue(client, state="skipped") == queue(client, reason="%") == []
    with begin() as session:
        enqueue(session, scan_id)
    assert len(queue(client)) == 1


def test_pages_go_on(client, scan):
    for name in ("Ada Berg", "Bo Cole", "Cy Dahl"):
        scan([("name", name), ("email", f"{name[0]}@{name[-4:]}.example")], review=("glare",))
    first = client.get("/v1/reviews", params={"limit": 2}).json()
    rest = client.get("/v1/reviews", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    names = [each["printed"]["name"] for each in first["items"] + rest["items"]]
    assert (names, rest["next_cursor"]) == (["Cy Dahl", "Bo Cole", "Ada Berg"], None)


def test_one_user_looks_at_a_time_until_the_lease_is_over(client, scan, begin, colleague):
    scan(jane(), review=("glare",))
    [review] = queue(client)
    path = f"/v1/reviews/{review['id']}"
    claimed = client.post(f"{path}/claim").json()
    assert claimed["claimed_by_id"]
    assert client.post(f"{path}/claim").status_code == 200, "whoever has it keeps it"
    for verb, said in (("claim", None), ("skip", None), ("resolve", {})):
        answer = client.post(f"{path}/{verb}", json=said, headers=colleague)
        assert (answer.status_code, answer.json()["code"]) == (409, "claimed")
    with begin() as session:
        session.execute(update(Review).values(claimed_until=now() - LEASE))
    assert queue(client)[0]["claimed_by_id"] is None
    assert client.post(f"{path}/claim", headers=colleague).json()["claimed_by_id"] != claimed["claimed_by_id"]


def test_skipped_is_put_aside_and_resolved_is_the_end(client, scan):
    scan(jane(), review=("glare",))
    [review] = queue(client)
    assert client.post(f"/v1/reviews/{review['id']}/skip").json()["state"] == "skipped"
    assert queue(client) == []
    done = resolve(client, review)
    assert done["resolved_by_id"] == queue(client, state="resolved")[0]["resolved_by_id"] is not None
    for verb in ("claim", "skip", "resolve"):
        answer = client.post(f"/v1/reviews/{review['id']}/{verb}", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "already_resolved")
    assert not contact_of(client, review)["needs_review"]


def test_a_correction_is_the_users_and_no_later_scan_overwrites_it(client, scan):
    scan(jane(name="Jane Dce", email="jane.dce@acme.example"), review=("low_confidence:name",))
    [review] = queue(client)
    printed = review["printed"]
    points = [each for each in printed["points"] if each["kind"] != "email"]
    points.append({"kind": "email", "value": "jane.doe@acme.example"})
    said = {"name": "Jane Doe", "titles": ["Head of Sales", "Partner"], "company": "Acme Works GmbH", "points": points}
    done = resolve(client, review, **said)
    assert (done["printed"]["name"], done["printed"]["departments"]) == ("Jane Doe", [])
    scan(jane(name="Jane Dce", email="jane.dce@acme.example"), review=("low_confidence:name",))
    [contact] = client.get("/v1/contacts").json()["items"]
    contact = client.get(f"/v1/contacts/{contact['id']}").json()
    assert (contact["name"], contact["title"], contact["company_name"]) == (
        "Jane Doe",
        "Head of Sales, Partner",
        "Acme Works GmbH",
    )
    assert contact["provenance"]["name"]["source"] == contact["provenance"]["title"]["source"] == "user"
    mails = [(each["value"], each["source"]) for each in contact["points"] if each["kind"] == "email"]
    assert mails == [("jane.doe@acme.example", "user")]


def test_what_other_cards_say_stays(client, scan):
    scan(jane())
    scan(jane(email="jane@home.example", phone="+4934112345678", website=""), review=("glare",))
    [review] = queue(client)
    resolve(client, review, points=[{"kind": "phone", "value": "+4934112345679"}])
    values = {each["value"] for each in contact_of(client, review)["points"]}
    assert {"jane.doe@acme.example", "+4934112345679"} <= values
    assert not {"jane@home.example", "+4934112345678"} & values


@pytest.mark.parametrize(
    "said", [{"points": [{"kind": "email", "value": "nobody"}]}, {"titles": ["x" * 200] * 2}, {"x": 1}]
)
def test_what_cannot_be_on_a_card_is_refused(client, scan, said):
    scan(jane(), review=("glare",))
    [review] = queue(client)
    assert client.post(f"/v1/reviews/{review['id']}/resolve", json=said).status_code == 422


def test_what_is_private_is_nobody_elses(client, scan, begin, me, colleague):
    with begin() as session:
        user_id = session.scalars(select(User.id).order_by(User.id)).first()
    scan(jane(), review=("glare",), audience_id=user_id)
    [review] = queue(client)
    resolve(client, review)
    assert client.get(f"/v1/reviews/{review['id']}", headers=colleague).status_code == 404
    assert client.get("/v1/reviews?state=resolved", headers=colleague).json()["items"] == []
    assert client.get("/v1/reviews/truth", headers=colleague).text == ""
    assert client.get("/v1/reviews/truth").text.count("\n") == 1


def test_the_truth_is_what_people_said(client, scan):
    scan(jane(), jane(name="Otto Brandt", email="otto@acme.example", phone=""), review=("glare",))
    otto, first = queue(client)
    resolve(client, first, name="Jane Dough", company=None)
    assert otto["state"] == "open"
    [line] = map(json.loads, client.get("/v1/reviews/truth").text.splitlines())
    assert line["photo"] == f"{first['scan_id']}.jpg"
    fields = line["fields"]
    assert (fields["name"], fields["company"], fields["titles"]) == ("Jane Dough", None, ["Head of Sales"])
    assert fields["emails"] == ["jane.doe@acme.example"]
    assert fields["phones"] == [{"raw": "+4934112345678", "type": None}]


def test_the_scorer_of_the_shared_cards_takes_it(client, scan):
    if not (SHARED / "score.py").exists():
        pytest.skip(f"no score.py in {SHARED}: set CARDALLY_CARDS")
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    scan(jane(), review=("glare",), logo="0" * 32)
    [review] = queue(client)
    resolve(client, review, name="Jane Dough")
    [truth] = map(json.loads, client.get("/v1/reviews/truth").text.splitlines())
    read = {
        "name": "Jane Doe",
        "company": "Acme Tools GmbH",
        "titles": ["Head of Sales"],
        "emails": ["jane.doe@acme.example"],
        "phones": ["+4934112345678"],
        "websites": ["www.acme.example"],
        "addresses": ["Hauptstraße 1, 04109 Leipzig"],
    }
    card = {"quad": truth["quad"], "fields": read, "logos": [{"polygon": each} for each in truth["logos_optional"]]}
    row, misses = score.score_photo(truth, {"photo": truth["photo"], "cards": [card]})
    assert misses == [("name", "missed", "Jane Dough"), ("name", "extra", "Jane Doe")]
    assert row["logo"] == (0, 0, 0)
    known = json.loads((SHARED / "truth.jsonl").read_text().splitlines()[0])
    assert {"photo", "face", "set", "camera", "fields", "lines", "quad", "logos"} <= truth.keys() & known.keys()
    assert isinstance(truth["face"], type(known["face"]))
