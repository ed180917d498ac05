"""Several clients patch, merge, undo, upsert and import the same people at once, on both databases: nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from tests.contacts.soundness import faults

PEOPLE = ("Alba Quist", "Bruno Tamm", "Cleo Varga")
ROUNDS = 2
MARK = {"If-Match": "*"}


@pytest.fixture
def begin(house, client):
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    return lambda: house.sessions.begin(organization_id)


def made(client, name: str, number: int, email: str) -> str:
    said = {"name": name, "company": f"Works {number}", "points": [{"kind": "email", "value": email}]}
    answer = client.post("/v1/contacts", json=said, params={"allow_duplicate": True})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture
def twice(client, work) -> list[tuple[str, str]]:
    """Ids of people each of whom is there twice."""
    found = []
    for number, name in enumerate(PEOPLE):
        mailbox, host = name.split()[0].lower(), f"works-{number}.example"
        found.append(tuple(made(client, name, number, f"{mailbox}{which}@{host}") for which in ("", ".home")))
    work()
    return found


def together(*clients: Callable[[], None]) -> None:
    """Run these at once, started together; the first failure is raised."""
    start = threading.Barrier(len(clients))

    def run(act: Callable[[], None]) -> None:
        start.wait(60)
        act()

    with ThreadPoolExecutor(len(clients)) as pool:
        for done in [pool.submit(run, act) for act in clients]:
            done.result()


def add_tag(phone: TestClient, contact_id: str, tag: str) -> None:
    """As a client does that wants to lose nothing: with the ETag that was seen, and again when that is old."""
    for _ in range(200):
        seen = phone.get(f"/v1/contacts/{contact_id}")
        change = {"tags": [*seen.json()["tags"], tag]}
        answer = phone.patch(f"/v1/contacts/{contact_id}", json=change, headers={"If-Match": seen.headers["ETag"]})
        if answer.status_code == 200:
            return
        assert answer.status_code == 412, answer.text
    raise AssertionError("somebody else was always first")


class Phones:
    """What the clients do."""

    def __init__(self, phone: TestClient, work, twice) -> None:
        self.phone, self.work, self.twice = phone, work, twice

    def tag_all(self, who: str, side: int) -> None:
        for turn in range(ROUNDS):
            for ids in self.twice:
                add_tag(self.phone, ids[side], f"{who} {turn}")

    def merge_all(self) -> None:
        for turn in range(ROUNDS):
            for survivor, other in self.twice:
                merged = done(self.phone.post(f"/v1/contacts/{survivor}/merge", json={"other_id": other}), 201)
                if turn < ROUNDS - 1:
                    done(self.phone.post(f"/v1/contacts/merges/{merged['id']}/undo"), 200)

    def bring_in(self) -> None:
        for turn in range(ROUNDS):
            rows = [
                f"{name},Works {number},{mailbox(number)}@works-{number}.example,+4930{turn}00{number}000"
                for number, name in enumerate(PEOPLE)
            ]
            sheet = "\n".join(["name,company,email,phone", *rows]).encode()
            done(self.phone.post("/v1/imports", files={"file": ("people.csv", sheet)}), 202)
            self.work()

    def upsert(self) -> None:
        for turn in range(ROUNDS):
            for number, (survivor, _) in enumerate(self.twice):
                items = [
                    {"op": "update", "id": survivor, "contact": {"department": f"department {turn}"}},
                    {"op": "upsert", "external_id": f"crm-{number}", "contact": {"name": f"Zed {number} Yorke"}},
                ]
                told = done(self.phone.post("/v1/contacts/batch", json={"items": items}), 207)
                assert {item["status"] for item in told["items"]} <= {200, 201}, told


def done(answer, status: int):
    assert answer.status_code == status, answer.text
    return answer.json()


def mailbox(number: int) -> str:
    return PEOPLE[number].split()[0].lower()


def test_clients_at_once_lose_nothing(client, house, work, begin, twice):
    phones = Phones(client, work, twice)
    taggers = (partial(phones.tag_all, "ann", 0), partial(phones.tag_all, "ben", 1))
    together(*taggers, phones.merge_all, phones.bring_in, phones.upsert)
    work()
    for number, (survivor, other) in enumerate(twice):
        kept = client.get(f"/v1/contacts/{survivor}").json()
        assert set(kept["tags"]) == {f"{who} {turn}" for who in ("ann", "ben") for turn in range(ROUNDS)}
        values = {point["value"] for point in kept["points"]}
        assert values >= {f"{mailbox(number)}{which}@works-{number}.example" for which in ("", ".home")}
        assert values >= {f"+4930{turn}00{number}000" for turn in range(ROUNDS)}
        assert kept["department"] == f"department {ROUNDS - 1}"
        assert client.get(f"/v1/contacts/{other}").json()["id"] == survivor
    everybody = client.get("/v1/contacts", params={"limit": 200}).json()["items"]
    assert len(everybody) == 2 * len(PEOPLE), "those who were there, each once, and one for each outside id"
    with begin() as session:
        assert faults(session) == []


def test_different_fields_at_once_are_all_kept(client, twice):
    contact_id = twice[0][0]
    said = {"name": "Alba Q. Quist", "title": "Boss", "department": "Sales", "name_prefix": "Dr.", "name_suffix": "MBA"}

    def patch(field: str) -> Callable[[], None]:
        def run() -> None:
            answer = client.patch(f"/v1/contacts/{contact_id}", json={field: said[field]}, headers=MARK)
            assert answer.status_code == 200, answer.text

        return run

    together(*map(patch, said))
    kept = client.get(f"/v1/contacts/{contact_id}").json()
    assert {field: kept[field] for field in said} == said


def test_of_changes_with_one_etag_one_is_made(client, twice):
    path = f"/v1/contacts/{twice[0][0]}"
    etag = client.get(path).headers["ETag"]
    statuses = []

    def patch(title: str) -> Callable[[], None]:
        def run() -> None:
            answer = client.patch(path, json={"title": title}, headers={"If-Match": etag})
            statuses.append((answer.status_code, title))

        return run

    together(*(patch(f"title {number}") for number in range(4)))
    [made] = [title for status, title in statuses if status == 200]
    assert sorted(status for status, _ in statuses) == [200, 412, 412, 412]
    assert client.get(path).json()["title"] == made


def test_merging_the_same_two_at_once_merges_once(client, twice):
    one, two = twice[0]
    statuses = []

    def merge(survivor: str, other: str) -> Callable[[], None]:
        def run() -> None:
            path = f"/v1/contacts/{survivor}/merge"
            answer = client.post(path, json={"other_id": other}, follow_redirects=False)
            statuses.append(answer.status_code)

        return run

    together(merge(one, two), merge(two, one), merge(one, two), merge(two, one))
    assert sorted(statuses)[0] == 201
    assert set(statuses[1:] + statuses[:1]) <= {201, 308, 404}
    assert statuses.count(201) == 1
    assert len(client.get("/v1/contacts").json()["items"]) == 2 * len(PEOPLE) - 1


@pytest.mark.parametrize("changes", range(5))
def test_an_etag_of_one_that_was_merged_is_none_of_the_survivors(client, twice, changes):
    """However often either was changed: a client that is led on by the 308 has not seen what it would change."""
    survivor, other = (f"/v1/contacts/{each}" for each in twice[0])
    for number in range(changes):
        client.patch(other, json={"title": f"title {number}"}, headers=MARK)
    etag = client.get(other).headers["ETag"]
    assert client.post(f"{survivor}/merge", json={"other_id": twice[0][1]}).status_code == 201
    answer = client.patch(other, json={"tags": []}, headers={"If-Match": etag})
    assert answer.status_code == 412, answer.text


@pytest.mark.parametrize("changes", range(4))
def test_nor_is_that_of_a_company(client, twice, changes):
    survivor, other = (client.get(f"/v1/contacts/{twice[n][0]}").json()["company_id"] for n in (0, 1))
    for number in range(changes):
        client.patch(f"/v1/companies/{other}", json={"industry": f"{number}"}, headers=MARK)
    etag = client.get(f"/v1/companies/{other}").headers["ETag"]
    assert client.post(f"/v1/companies/{survivor}/merge", json={"other_id": other}).status_code == 201
    answer = client.patch(f"/v1/companies/{other}", json={"industry": "Tools"}, headers={"If-Match": etag})
    assert answer.status_code == 412, answer.text
