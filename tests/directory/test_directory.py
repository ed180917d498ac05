"""Contacts as clients expect them: made unless known, found by words, in order, in batches, and in sync."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.contacts.schemas import ContactOut
from app.exchanges import service as exchanges
from app.kit.clock import now
from tests.readings import jane, read_scan

JANE = {
    "name": "Jane Doe",
    "title": "Head of Sales",
    "company": "Acme Tools GmbH",
    "points": [
        {"kind": "email", "value": "jane.doe@acme.example"},
        {"kind": "phone", "value": "+49 341 12345678", "type": "work"},
    ],
    "tags": ["Spring fair", "drills"],
    "external_ids": ["crm-1"],
    "note": "likes étchings",
}
EVA = {"name": "Eva Müller-Roe", "company": "Globex AG", "points": [{"kind": "phone", "value": "+41446681800"}]}


def make(client, said, **query):
    answer = client.post("/v1/contacts", json=said, params=query)
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(client, **query):
    answer = client.get("/v1/contacts", params=query)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def test_a_contact_is_made_and_shown_as_a_list_shows_it(client):
    made = make(client, JANE)
    assert (made["company_name"], made["tags"], made["external_ids"]) == (
        "Acme Tools GmbH",
        ["drills", "Spring fair"],
        ["crm-1"],
    )
    assert {point["source"] for point in made["points"]} == {"user"}
    [listed] = client.get("/v1/contacts").json()["items"]
    assert ContactOut.model_validate(listed) == ContactOut.model_validate(made)
    one = client.get(f"/v1/contacts/{made['id']}")
    assert one.headers["ETag"] == listed["etag"]


def test_who_is_known_already_is_not_made_twice_unless_asked(client):
    made = make(client, JANE)
    again = client.post("/v1/contacts", json=JANE | {"external_ids": []})
    assert (again.status_code, again.json()["code"]) == (409, "possible_duplicate")
    [candidate] = again.json()["candidates"]
    assert candidate["id"] == made["id"]
    assert {"same_name", "same_email"} <= {reason["code"] for reason in candidate["reasons"]}
    other = make(client, JANE | {"external_ids": []}, allow_duplicate=True)
    assert other["id"] != made["id"]
    assert "possible_duplicate" in other["review"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("jan", ["Jane Doe"]),
        ("DOE jane", ["Jane Doe"]),
        ("muller", ["Eva Müller-Roe"]),
        ("MÜLLER", ["Eva Müller-Roe"]),
        ("acme tools jane", ["Jane Doe"]),
        ("acme eva", []),
        ("head of", ["Jane Doe"]),
        ("jane.doe@acme.example", ["Jane Doe"]),
        ("etching", ["Jane Doe"]),
        ("spring", ["Jane Doe"]),
        ("044 668 18 00", ["Eva Müller-Roe"]),
        ("12345678", ["Jane Doe"]),
        ("%", []),
        ("' OR 1=1 --", []),
        ('"*', []),
        ("", ["Eva Müller-Roe", "Jane Doe"]),
    ],
)
def test_search(client, q, found):
    make(client, JANE)
    make(client, EVA)
    assert names(client, q=q) == found


def test_the_index_follows_changes_merges_and_deletion(client):
    jane_, eva = make(client, JANE), make(client, EVA)
    path = f"/v1/contacts/{eva['id']}"
    client.patch(path, json={"name": "Otto Brandt"}, headers={"If-Match": "*"})
    assert names(client, q="muller") == []
    assert names(client, q="otto") == ["Otto Brandt"]
    merge = client.post(f"/v1/contacts/{jane_['id']}/merge", json={"other_id": eva["id"]}).json()
    assert names(client, q="446681800") == ["Jane Doe"]
    client.post(f"/v1/contacts/merges/{merge['id']}/undo")
    assert names(client, q="446681800") == ["Otto Brandt"]
    assert client.delete(path).status_code == 204
    assert names(client, q="otto") == []
    assert client.get(path).status_code == 404


def test_sorted_pages_give_everything_once(client):
    people = ["Cem", "ana", "Émile", "Bob", "Zoë", "bea", "Dan"]
    for name in people:
        make(client, {"name": name})
    for sort, expected in {
        "name": ["ana", "bea", "Bob", "Cem", "Dan", "Émile", "Zoë"],
        "-name": ["Zoë", "Émile", "Dan", "Cem", "Bob", "bea", "ana"],
        "created": people,
        "-created": people[::-1],
        "updated": people,
        "-updated": people[::-1],
    }.items():
        seen, cursor = [], None
        while True:
            query = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
            page = client.get("/v1/contacts", params=query).json()
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == expected, sort


def test_a_search_has_pages(client):
    for number in range(5):
        make(client, {"name": f"Jane Number{number}"})
    seen, cursor = [], None
    for _ in range(3):
        query = {"q": "jane", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/contacts", params=query).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"Jane Number{number}" for number in reversed(range(5))]
    assert cursor is None


def test_filters(client):
    jane_, eva = make(client, JANE), make(client, EVA)
    assert names(client, tag="spring FAIR") == ["Jane Doe"]
    assert names(client, tag="none") == []
    assert names(client, company_id=eva["company_id"]) == ["Eva Müller-Roe"]
    assert names(client, owner_id=jane_["owner_id"], tag="drills", q="jane") == ["Jane Doe"]
    assert names(client, created_since=eva["created_at"]) == ["Eva Müller-Roe"]
    assert names(client, created_before=eva["created_at"]) == ["Jane Doe"]
    assert names(client, needs_review=True) == []


def test_fields_and_what_comes_along(client):
    made = make(client, JANE)
    answer = client.get("/v1/contacts", params={"fields": "name,tags", "include": ["notes", "company"]}).json()
    [item] = answer["items"]
    assert set(item) == {"id", "name", "tags", "notes", "company"}
    promised = client.get("/openapi.json").json()["components"]["schemas"]["ListedContactOut"]["required"]
    assert promised == ["id"], "the others may be left out"
    assert item["notes"][0]["text"] == "likes étchings"
    assert item["company"]["id"] == made["company_id"]
    wrong = client.get("/v1/contacts", params={"fields": "nmae"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "W10"}, {"cursor": "WyJuYW1lIiwxLDJd", "sort": "name"}])
def test_a_cursor_that_is_none_is_refused(client, query):
    answer = client.get("/v1/contacts", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_what_changed_is_told_in_order_with_what_is_gone(client):
    start = (now() - timedelta(seconds=1)).isoformat()
    made = [make(client, {"name": name}) for name in ("Ana", "Bob", "Cem", "Dan")]
    ids = [each["id"] for each in made]
    client.post(f"/v1/contacts/{ids[0]}/merge", json={"other_id": ids[1]})
    client.delete(f"/v1/contacts/{ids[2]}")
    copy: dict[str, str] = {each["id"]: each["name"] for each in made}
    cursor = None
    for _ in range(10):
        query = {"updated_since": start, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/contacts", params=query).json()
        copy |= {item["id"]: item["name"] for item in page["items"]}
        for gone in page["gone"]:
            copy.pop(gone["id"], None)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert copy == {ids[0]: "Ana", ids[3]: "Dan"}
    whole = client.get("/v1/contacts", params={"updated_since": start}).json()
    assert {gone["id"]: gone["merged_into_id"] for gone in whole["gone"]} == {ids[1]: ids[0], ids[2]: None}
    assert whole["sync_from"] < now().isoformat()


def test_each_item_of_a_batch_stands_or_falls_by_itself(client):
    eva = make(client, EVA)
    items = [
        {"op": "create", "contact": JANE},
        {"op": "create", "contact": JANE},
        {"op": "update", "id": eva["id"], "contact": {"title": "CEO"}, "if_match": eva["etag"]},
        {"op": "update", "id": eva["id"], "contact": {"title": "CFO"}, "if_match": eva["etag"]},
        {"op": "upsert", "external_id": "crm-1", "contact": {"name": "Jane Q. Doe"}},
        {"op": "upsert", "external_id": "crm-2", "contact": {"name": "Otto Brandt"}},
        {"op": "update", "external_id": "nobody", "contact": {"title": "x"}},
        {"op": "update", "external_id": "crm-2", "contact": {"title": "x\u0000y"}},
        {"op": "delete", "id": eva["id"]},
    ]
    answer = client.post("/v1/contacts/batch", json={"items": items}, headers={"Idempotency-Key": "b"})
    assert answer.status_code == 207, answer.text
    statuses = [item["status"] for item in answer.json()["items"]]
    assert statuses[:7] == [201, 409, 200, 412, 200, 201, 404]
    assert statuses[8] == 204
    assert names(client, sort="name") == ["Jane Q. Doe", "Otto Brandt"]
    again = client.post("/v1/contacts/batch", json={"items": items[:1]}, headers={"Idempotency-Key": "b"})
    assert again.json()["items"][0]["id"] == answer.json()["items"][0]["id"]
    assert len(names(client)) == 2


def test_what_a_person_typed_no_card_overwrites(client, house):
    made = make(client, JANE)
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    with house.sessions.begin(organization_id) as session:
        scan_id = read_scan(session, UUID(made["owner_id"]), [*jane(title="Clerk"), ("phone", "+4934199999999", 1.0)])
    with house.sessions.begin(organization_id) as session:
        exchanges.absorb(session, scan_id)
    later = client.get(f"/v1/contacts/{made['id']}").json()
    assert later["title"] == "Head of Sales"
    assert later["provenance"]["title"]["source"] == "user"
    assert "+4934199999999" in {point["value"] for point in later["points"]}, "a card may still add"


def test_notes_and_the_timeline(client):
    made = make(client, JANE)
    path = f"/v1/contacts/{made['id']}"
    note = client.post(f"{path}/notes", json={"text": "call in June"}).json()
    assert names(client, q="june") == ["Jane Doe"]
    client.patch(f"{path}/notes/{note['id']}", json={"text": "call in July"})
    assert (names(client, q="june"), names(client, q="july")) == ([], ["Jane Doe"])
    kinds = [each["kind"] for each in client.get(f"{path}/timeline").json()["items"]]
    assert sorted(kinds) == ["created", "job", "note", "note"]
    assert client.delete(f"{path}/notes/{note['id']}").status_code == 204
    assert [each["text"] for each in client.get(f"{path}/notes").json()["items"]] == ["likes étchings"]


def test_an_external_id_names_one_contact(client):
    made, eva = make(client, JANE), make(client, EVA)
    path = f"/v1/contacts/{eva['id']}"
    taken = client.patch(path, json={"external_ids": ["crm-1"]}, headers={"If-Match": "*"})
    assert (taken.status_code, taken.json()["contact_id"]) == (409, made["id"])


def test_a_stranger_finds_nothing(client, as_new_user):
    made = make(client, JANE)
    stranger = as_new_user()
    for query in ({}, {"q": "jane"}, {"tag": "drills"}, {"updated_since": "2020-01-01T00:00:00Z"}):
        page = client.get("/v1/contacts", params=query, headers=stranger).json()
        assert (page["items"], page["gone"]) == ([], [])
    for path in ("", "/timeline", "/notes"):
        assert client.get(f"/v1/contacts/{made['id']}{path}", headers=stranger).status_code == 404
    assert client.delete(f"/v1/contacts/{made['id']}", headers=stranger).status_code == 404
    one = {"op": "upsert", "external_id": "crm-1", "contact": {"name": "Mine"}}
    theirs = client.post("/v1/contacts/batch", json={"items": [one]}, headers=stranger).json()
    assert theirs["items"][0]["status"] == 201
    client.delete(f"/v1/contacts/{made['id']}")
    page = client.get("/v1/contacts", params={"updated_since": "2020-01-01T00:00:00Z"}, headers=stranger).json()
    assert page["gone"] == []


def test_no_word_of_a_deleted_contact_stays_in_the_index(client, house):
    made = make(client, JANE)
    client.delete(f"/v1/contacts/{made['id']}")
    if house.sessions.engine.dialect.name == "sqlite":
        with house.sessions.begin() as session:
            assert session.scalar(sa.text("SELECT count(*) FROM contact_words")) == 0
            assert session.scalar(sa.text("SELECT count(*) FROM contact_numbers")) == 0
