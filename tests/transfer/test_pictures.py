"""The picture of a card leaves with its contact, small, for those who may see the card alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

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
