"""A real client keeps a folder like the address book: first sync, change, merge, erasure; nothing is lost."""

from __future__ import annotations

from app.transfer.vcard import parse_vcard
from tests.readings import jane

OTTO = [
    ("name", "Otto Brandt"),
    ("company", "Quill & Sons"),
    ("email", "otto@quill.example"),
    ("phone", "+12065550199"),
]


def names(cards: dict[str, str]) -> set[str | None]:
    return {parse_vcard(text).name for text in cards.values()}


def test_a_folder_follows_the_address_book(client, met, phone):
    assert phone.sync() == {}
    met(jane(), OTTO)
    cards = phone.sync()
    assert names(cards) == {"Jane Doe", "Otto Brandt"}
    person = next(parse_vcard(text) for text in cards.values() if "Jane" in text)
    assert [each.value for each in person.emails] == ["jane.doe@acme.example"]
    assert person.job.company == "Acme Tools GmbH"
    assert phone.sync() == cards, "nothing happened, nothing changes"

    contact = next(each for each in client.get("/v1/contacts").json()["items"] if each["name"] == "Otto Brandt")
    path = f"/v1/contacts/{contact['id']}"
    changed = client.patch(path, json={"name": "Otto Brand, Jr; \\ \n 名"}, headers={"If-Match": "*"})
    assert changed.status_code == 200
    assert names(phone.sync()) == {"Jane Doe", changed.json()["name"]}

    company = f"/v1/companies/{contact['company_id']}"
    assert client.patch(company, json={"name": "Quill International"}, headers={"If-Match": "*"}).status_code == 200
    assert sum("Quill International" in text for text in phone.sync().values()) == 1, "its people show the new name"

    met([("name", "Ida Fox"), ("email", "ida@fox.example")])
    assert len(phone.sync()) == 3
    ids = {each["name"]: each["id"] for each in client.get("/v1/contacts").json()["items"]}
    jane_id, other = ids["Jane Doe"], {"id": ids["Ida Fox"]}
    merge = client.post(f"/v1/contacts/{jane_id}/merge", json={"other_id": other["id"]}).json()["id"]
    cards = phone.sync()
    assert len(cards) == 2
    person = next(parse_vcard(text) for text in cards.values() if "Jane" in text)
    assert {each.value for each in person.emails} == {"jane.doe@acme.example", "ida@fox.example"}

    client.post(f"/v1/contacts/merges/{merge}/undo")
    assert len(phone.sync()) == 3

    assert client.post(f"{path}/erasure").status_code == 201
    assert names(phone.sync()) == {"Jane Doe", "Ida Fox"}


def test_what_a_phone_writes_is_taken_back(client, met, phone):
    met(jane(), OTTO)
    before = phone.sync()
    mine = next(phone.folder.rglob("*.vcf"))
    mine.write_text(mine.read_text().replace("Jane", "Joan").replace("Otto", "Hugo"))
    phone.run("sync")
    assert phone.sync() == before
    next(phone.folder.rglob("*.vcf")).unlink()
    phone.run("sync")
    assert phone.sync() == before
