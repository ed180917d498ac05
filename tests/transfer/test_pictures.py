"""The picture of a card leaves with its contact, small, for those who may see the card alone."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import cv2
import numpy as np
import pytest
import sqlalchemy as sa

import ocr
from app.companies.models import Company, CompanyLogo
from app.transfer.vcard import parse_vcard
from tests.drawing import card_photo, encoded


@pytest.fixture
def contact(client, work):
    photo = {"front": ("card.jpg", encoded(card_photo()), "image/jpeg")}
    location = client.post("/v1/scans", files=photo).headers["Location"]
    work()
    contact_id = client.get(location).json()["cards"][0]["contact_id"]
    client.patch(f"/v1/contacts/{contact_id}", json={"tags": ["fair"]}, headers={"If-Match": "*"})
    client.post(f"/v1/contacts/{contact_id}/notes", json={"text": "Likes coffee"})
    return contact_id


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_card_of_the_contact_is_its_picture(client, contact, version):
    left = client.get("/v1/exports/contacts", params={"format": "vcard", "version": version})
    photo = parse_vcard(left.text).photo
    shown = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert max(shown.shape[:2]) == 480
    assert shown.std() > 5


def test_an_address_book_says_tags_notes_and_shows_the_card(client, contact):
    me = client.get("/v1/me").json()["id"]
    got = client.get(f"/dav/addressbooks/{me}/contacts/{contact}.vcf")
    person = parse_vcard(got.text)
    assert (person.tags, person.notes) == (("fair",), ("Likes coffee",))
    assert person.photo


def test_no_picture_is_left_when_the_card_was_deleted(client, contact, house):
    later = datetime.now(UTC) + timedelta(days=1)
    house.files.delete(list(house.files.written_before(later)))
    left = client.get("/v1/exports/contacts", params={"format": "vcard"})
    assert left.status_code == 200
    assert parse_vcard(left.text).photo is None


def jpeg(colour, size=(300, 400)) -> bytes:
    picture = np.full((*size, 3), colour, np.uint8)
    picture[:40] = 255
    return cv2.imencode(".jpg", picture)[1].tobytes()


def carded(**pictures) -> bytes:
    lines = ["BEGIN:VCARD", "VERSION:4.0", "FN:Jane Doe", "ORG:Acme", "EMAIL:jane@acme.example"]
    lines += [f"{name}:data:image/jpeg;base64,{base64.b64encode(data).decode()}" for name, data in pictures.items()]
    return "\r\n".join([*lines, "END:VCARD", ""]).encode()


@pytest.fixture
def bring(client, work):
    def upload(data: bytes) -> list[str]:
        location = client.post("/v1/imports", files={"file": data}, data={"format": "vcard"}).headers["Location"]
        work()
        return [json.loads(line)["status"] for line in client.get(f"{location}/report").text.splitlines()]

    return upload


def left(client):
    return parse_vcard(client.get("/v1/exports/contacts", params={"format": "vcard"}).text)


def colour(data: bytes) -> list[int]:
    return [int(each) for each in cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[-5, 5].round(-1)]


def test_pictures_that_came_with_a_person_leave_with_them_and_come_again_as_nothing_new(client, bring):
    assert bring(carded(PHOTO=jpeg((200, 40, 40), (1200, 900)), LOGO=jpeg((40, 200, 40)))) == ["created"]
    person = left(client)
    assert (colour(person.photo), colour(person.logo)) == ([200, 40, 40], [40, 200, 40])
    assert max(cv2.imdecode(np.frombuffer(person.photo, np.uint8), cv2.IMREAD_COLOR).shape) == 480
    assert bring(carded(PHOTO=jpeg((200, 40, 40), (1200, 900)))) == ["unchanged"]
    assert bring(carded(PHOTO=jpeg((40, 40, 200)))) == ["updated"]
    assert colour(left(client).photo) == [40, 40, 200]


@pytest.mark.parametrize("data", [b"no picture", b"", jpeg((9, 9, 9), (300, 12)), b"GIF89a" + bytes(99)])
def test_what_is_no_picture_is_left_out(client, bring, data):
    assert bring(carded(PHOTO=data)) == ["created"]
    assert left(client).photo is None


def test_pictures_that_came_with_a_person_are_erased_with_them(client, bring, house, work):
    bring(carded(PHOTO=jpeg((200, 40, 40))))
    later = datetime.now(UTC) + timedelta(days=1)
    assert list(house.files.written_before(later))
    [contact] = client.get("/v1/contacts").json()["items"]
    packed = ZipFile(io.BytesIO(client.get(f"/v1/contacts/{contact['id']}/export").content))
    assert [name for name in packed.namelist() if "contact_pictures" in name]
    answer = client.post(f"/v1/contacts/{contact['id']}/erasure")
    assert answer.status_code < 300, answer.text
    work()
    assert not [key for key in house.files.written_before(later) if house.files.get(key).startswith(b"\xff\xd8")]


def drawn(letters: str) -> bytes:
    picture = np.full((120, 360, 3), 255, np.uint8)
    cv2.putText(picture, letters, (10, 90), cv2.FONT_HERSHEY_DUPLEX, 3, (180, 60, 20), 7)
    return cv2.imencode(".png", picture)[1].tobytes()


def logos(house, name: str) -> dict:
    """By audience, of the companies of this name."""
    found = sa.select(Company.audience_id, CompanyLogo.hash).join(Company, Company.id == CompanyLogo.company_id)
    with house.sessions.begin(reading=True) as session:
        rows = session.execute(found.where(Company.name == name), execution_options={"all_organizations": True})
        return dict(rows.all())


def test_the_company_is_known_by_the_logo_that_came_with_a_person(client, bring, house):
    client.post("/v1/contacts", json={"name": "Otto Brandt", "company": "Acme"})
    assert logos(house, "Acme") == {}
    assert bring(carded(LOGO=drawn("ACME"))) == ["created"]
    [(audience, known)] = logos(house, "Acme").items()
    assert str(audience) == client.get("/v1/organization").json()["id"]
    image = cv2.imdecode(np.frombuffer(drawn("ACME"), np.uint8), cv2.IMREAD_COLOR)
    other = cv2.imdecode(np.frombuffer(drawn("ZOO"), np.uint8), cv2.IMREAD_COLOR)
    assert (
        ocr.hash_distance(known, ocr.logo_hash(image)) < ocr.SAME_LOGO < ocr.hash_distance(known, ocr.logo_hash(other))
    )
    assert bring(carded(LOGO=drawn("ACME"))) == ["unchanged"]
    assert len(logos(house, "Acme")) == 1


def test_the_logo_of_a_private_contact_teaches_nothing_to_others(client, bring, house):
    client.post("/v1/contacts", json={"name": "Otto Brandt", "company": "Acme"})
    client.patch("/v1/organization", json={"default_visibility": "private"}, headers={"If-Match": "*"})
    assert bring(carded(LOGO=drawn("ACME"))) == ["created"]
    assert [str(audience) for audience in logos(house, "Acme")] == [client.get("/v1/me").json()["id"]]
