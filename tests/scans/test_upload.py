"""A photo goes in, what is printed on it comes out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from app.kit.queue import Job
from app.scans.models import Scan
from tests.drawing import JANE, card_photo, encoded

PHOTO = encoded(card_photo())


def upload(client, photo=PHOTO, headers=None, **form):
    return client.post("/v1/scans", files={"front": ("card.jpg", photo, "image/jpeg")}, data=form, headers=headers)


def values(card, kind):
    return [field["value"] for field in card["fields"] if field["kind"] == kind]


def test_a_photo_becomes_fields_with_evidence(client, work):
    accepted = upload(client, event="Retail Week", place="Seattle", note="wants a demo", client_id="IMG_1")
    assert accepted.status_code == 202
    assert accepted.json()["status"] == "queued"
    work()
    scan = client.get(accepted.headers["Location"]).json()
    assert scan["status"] == "done"
    assert (scan["event"], scan["place"], scan["note"], scan["client_id"]) == (
        "Retail Week",
        "Seattle",
        "wants a demo",
        "IMG_1",
    )
    [card] = scan["cards"]
    assert values(card, "name") == [JANE[0]]
    assert values(card, "company") == [JANE[2]]
    assert values(card, "email") == [JANE[3]]
    assert values(card, "phone") == ["+12065550142"]
    for field in card["fields"]:
        assert 0 < field["confidence"] <= 1
        assert field["raw"]
        assert field["source"]
        assert all(-0.01 <= x <= 1.01 and -0.01 <= y <= 1.01 for x, y in field["polygon"])


def test_the_pictures_can_be_fetched(client, work):
    location = upload(client).headers["Location"]
    work()
    [card] = client.get(location).json()["cards"]
    for path in (f"{location}/photo", card["image_url"], *(logo["image_url"] for logo in card["logos"])):
        picture = client.get(path)
        assert picture.status_code == 200
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")
    assert client.get(f"{location}/photo").content == PHOTO
    assert client.get(f"{location}/photo?side=back").status_code == 404
    assert client.get(f"{location}/cards/7/image").status_code == 404
    assert client.get(f"{location}/cards/0/logos/7").status_code == 404


def test_a_client_may_wait_for_the_finished_scan(client, house):
    stop = threading.Event()
    worker = threading.Thread(target=house.runner().run_until, args=(stop,))
    worker.start()
    try:
        scan = upload(client, headers={"Prefer": "respond-async, wait=60"}).json()
    finally:
        stop.set()
        worker.join()
    assert scan["status"] == "done"
    assert scan["cards"]


def test_waiting_ends_when_the_time_is_up(client):
    assert upload(client, headers={"Prefer": "wait=0"}).json()["status"] == "queued"


def test_a_repeated_key_uploads_once(client, house):
    keyed = {"Idempotency-Key": "one"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: upload(client, headers=keyed), range(4)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    with house.sessions.begin() as session:
        everywhere = {"all_organizations": True}
        assert session.scalar(sa.select(sa.func.count(Scan.id)), execution_options=everywhere) == 1
        readings = sa.select(sa.func.count(Job.id)).where(Job.reaction.endswith("read_scan"))
        assert session.scalar(readings) == 1


def test_a_key_that_came_with_another_photo_is_refused(client):
    keyed = {"Idempotency-Key": "one"}
    upload(client, headers=keyed)
    other = upload(client, encoded(card_photo(("Somebody Else",))), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_scans_are_listed_newest_first_page_by_page(client):
    ids = [upload(client, client_id=str(number)).json()["id"] for number in range(5)]
    seen, cursor = [], None
    while True:
        page = client.get("/v1/scans", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [scan["id"] for scan in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    assert client.get("/v1/scans", params={"status": "done"}).json()["items"] == []


def test_a_cursor_of_somebody_elses_making_is_refused(client):
    answer = client.get("/v1/scans", params={"cursor": "not one of ours"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_another_organizations_scan_is_not_there(client, work, as_new_user):
    location = upload(client).headers["Location"]
    work()
    stranger = as_new_user()
    for path in (location, f"{location}/photo", f"{location}/cards/0/image"):
        answer = client.get(path, headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get("/v1/scans", headers=stranger).json()["items"] == []


@pytest.mark.parametrize("name", ["event", "place", "note", "client_id"])
def test_words_that_are_too_long_are_refused(client, name):
    answer = upload(client, **{name: "x" * 5001})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_the_place_in_a_photo_is_not_kept_unless_it_is_sent(client, house):
    tags = Image.Exif()
    tags[0x010F] = "a maker of cameras"
    tags.get_ifd(0x8825)[1] = "N"
    photo = encoded(card_photo(), exif=tags)
    assert b"a maker of cameras" in photo
    answer = client.post("/v1/scans", files={"front": photo, "back": photo}, data={"place": "Leipzig"})
    scan = client.get(answer.headers["Location"]).json()
    assert scan["place"] == "Leipzig"
    for side in ("front", "back"):
        kept = client.get(scan["photo_url"], params={"side": side}).content
        assert b"a maker of cameras" not in kept
        assert not Image.open(BytesIO(kept)).getexif()
    stored = [path for path in Path(house.settings.files_url).rglob("*") if path.is_file()]
    assert stored
    assert all(b"a maker of cameras" not in path.read_bytes() for path in stored)
