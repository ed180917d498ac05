"""Front and back: two photos of one scan become one contact, every field with the photo it is from."""

from __future__ import annotations

from PIL import Image

from tests.drawing import JANE, card_photo, encoded

FRONT = ("Jane Whitfield", "Account Executive", "Harbor Lane Logistics", "+1 206 555 0142")
BACK = ("Harbor Lane Logistics", "jane.whitfield@harborlane.com", "www.harborlane.com", "+1 206 555 0199")
TOMAS = ("Tomas Lindqvist", "Sales Engineer", "Nordkap Robotics AB", "tomas@nordkap.se")
TOMAS_BACK = ("Nordkap Robotics AB", "www.nordkap.se", "tomas@nordkap.se", "+46 8 123 456 78")


def beside(*photos):
    """Several photos as one."""
    wide = Image.new("RGB", (sum(photo.width for photo in photos), photos[0].height))
    for number, photo in enumerate(photos):
        wide.paste(photo, (number * photo.width, 0))
    return wide


def read(client, work, front, back):
    files = {"front": ("f.jpg", encoded(front), "image/jpeg"), "back": ("b.jpg", encoded(back), "image/jpeg")}
    location = client.post("/v1/scans", files=files).headers["Location"]
    work()
    scan = client.get(location).json()
    assert scan["status"] == "done"
    return scan["cards"]


def sided(card, kind):
    return [(field["value"], field["side"]) for field in card["fields"] if field["kind"] == kind]


def test_both_sides_are_one_card_and_one_contact(client, work):
    [card] = read(client, work, card_photo(FRONT), card_photo(BACK))
    assert sided(card, "name") == [(JANE[0], "front")]
    assert sided(card, "title") == [(JANE[1], "front")]
    assert sided(card, "email") == [(JANE[3], "back")]
    assert sided(card, "website") == [("www.harborlane.com", "back")]
    assert sorted(sided(card, "phone")) == [("+12065550142", "front"), ("+12065550199", "back")]
    assert [value for value, _ in sided(card, "company")] == [JANE[2]]
    [contact] = client.get("/v1/contacts").json()["items"]
    assert contact["id"] == card["contact_id"]
    whole = client.get(f"/v1/contacts/{contact['id']}").json()
    points = {point["value"] for point in whole["points"]}
    assert {JANE[3], "+12065550142", "+12065550199", "www.harborlane.com"} <= points


def test_a_field_lies_in_the_photo_that_it_is_said_to_be_from(client, work):
    """The company stands in another place on either side; where it was kept from is where it is looked for."""
    [card] = read(client, work, card_photo(FRONT), card_photo(BACK))
    [company] = [field for field in card["fields"] if field["kind"] == "company"]
    middle = sum(y for _, y in company["polygon"]) / len(company["polygon"])
    line = {"front": 0.16 + 0.08 + 0.13 + 0.1, "back": 0.16 + 0.08}[company["side"]]
    assert abs(middle - (line + 0.03)) < 0.04


def test_what_is_on_the_back_alone_is_read_when_the_front_says_nothing(client, work):
    blank = Image.new("RGB", (1200, 900), (58, 52, 48))
    [card] = read(client, work, blank, card_photo(JANE))
    assert sided(card, "email") == [(JANE[3], "back")]


def test_fronts_and_backs_of_several_cards_find_each_other(client, work):
    fronts = beside(card_photo((*FRONT, JANE[3])), card_photo(TOMAS))
    backs = beside(card_photo(TOMAS_BACK), card_photo(BACK))
    cards = read(client, work, fronts, backs)
    phones = {sided(card, "name")[0][0]: sorted(sided(card, "phone")) for card in cards}
    assert phones == {
        JANE[0]: [("+12065550142", "front"), ("+12065550199", "back")],
        TOMAS[0]: [("+46812345678", "back")],
    }


def test_two_scans_of_one_person_are_one_contact(client, work):
    for lines in (JANE, (*FRONT[:3], JANE[3], "+1 206 555 0199")):
        client.post("/v1/scans", files={"front": ("card.jpg", encoded(card_photo(lines)), "image/jpeg")})
        work()
    [contact] = client.get("/v1/contacts").json()["items"]
    points = {point["value"] for point in client.get(f"/v1/contacts/{contact['id']}").json()["points"]}
    assert {JANE[3], "+12065550142", "+12065550199"} <= points
