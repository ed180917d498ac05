"""The card generator: truth that is complete, exact, the same everywhere, and readable by score.py."""

import json
import os
import subprocess
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
import tldextract
import zxingcpp
from PIL import Image

from bench.cardgen import draw_card, lines_of, make_lines, make_photo, make_set, photo_of_set
from bench.cardgen.camera import encode
from bench.cardgen.cards import design_back, design_card, draw_brand
from bench.cardgen.chance import Dice
from bench.cardgen.contact import draw_street
from bench.cardgen.content import Wish, _titles
from bench.cardgen.fonts import face
from bench.cardgen.kinds import Kind
from bench.cardgen.paint import paint
from bench.cardgen.samples import FOLDER, draw_samples, story
from bench.cardgen.words import LATIN, NON_LATIN, words
from ocr.types import FieldKind

ROOT = Path(__file__).parents[2]
CARDS = Path(os.environ.get("CARDALLY_CARDS", ROOT / "../shared/cards"))
KEYS = {"photo", "face", "set", "camera", "use", "kind", "split", "lang", "person_card", "fields", "lines", "quad"} | {
    "quad_exact",
    "logos",
    "logos_alt",
    "logos_optional",
    "logo_text",
    "notes",
}
SOME = [f"some{i}" for i in range(40)]


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args], capture_output=True, text=True, cwd=ROOT, env=os.environ | env, check=False
    )


def squeeze(text: str) -> str:
    return "".join(text.split())


def test_the_truth_is_the_same_in_another_process_with_other_hashes() -> None:
    code = "import json; from bench.cardgen import draw_card; print(json.dumps([draw_card(i).truth for i in range(6)]))"
    one, two = (run("-c", code, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert one.returncode == 0, one.stderr
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)[3] == json.loads(json.dumps(draw_card(3).truth))


def test_the_words_of_every_country_are_the_same_in_another_process_with_other_hashes() -> None:
    code = f"""
from bench.cardgen.cards import design_card
for locale in {(*LATIN, *NON_LATIN)}:
    print(locale, [design_card(f"words/{{number}}", locale=locale).content.fields for number in range(6)])
"""
    one, two = (run("-c", code, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert one.returncode == 0, one.stderr
    assert one.stdout.splitlines() == two.stdout.splitlines()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert make_photo("a").jpeg == make_photo("a").jpeg
    assert make_photo("a").jpeg != make_photo("b").jpeg


def test_a_longer_set_begins_with_the_photos_of_a_shorter_one() -> None:
    assert [photo.truth for photo in make_set("s", 2)][1] == photo_of_set("s", 1).truth


@pytest.mark.parametrize("seed", SOME[:12])
def test_a_record_has_every_key_and_stays_in_the_photo(seed: str) -> None:
    for record in make_photo(seed).truth:
        assert record.keys() >= KEYS
        inside = all(0 <= v <= 1 for point in record["quad"] for v in point)
        assert record["quad_exact"] or not inside
        json.dumps(record)


@pytest.mark.parametrize("seed", SOME)
def test_every_true_value_is_printed(seed: str) -> None:
    truth = draw_card(seed, long_side=200).truth
    printed = squeeze(" ".join(truth["lines"]))
    fields = truth["fields"]
    for key in ("emails", "websites", "social", "departments", "titles"):
        for value in fields.get(key, ()):
            assert squeeze(value) in printed, (key, value)
    for phone in fields.get("phones", ()):
        assert squeeze(phone["raw"]) in printed
    for address in fields.get("addresses", ()):
        assert all(squeeze(part) in printed for part in address.replace(",", " ").split())
    if "name" in fields:
        assert all(part in printed for part in fields["name"].split())


@pytest.mark.parametrize("seed", SOME)
def test_the_runs_of_a_line_are_its_text_and_name_their_values(seed: str) -> None:
    card = make_lines(seed)
    assert [line.text for line in card.lines] == draw_card(seed, long_side=200).truth["lines"]
    lists = {Kind.EMAIL: "emails", Kind.PHONE: "phones", Kind.WEBSITE: "websites", Kind.SOCIAL: "social"}
    for line in card.lines:
        assert len(line.boxes) == len(line.spans)
        for span in line.spans:
            if span.kind in lists:
                value = card.fields[lists[span.kind]][span.item]
                assert span.text.startswith(value["raw"] if isinstance(value, dict) else value)


@pytest.mark.parametrize("seed", [0, 1, 4, 5, 9, 101, "round"])
def test_a_line_s_polygon_holds_its_ink(seed: int | str) -> None:
    """Painting the card without a line changes pixels inside the line's polygon, and nearly fills it."""
    design = design_card(seed)
    scale = 10.0
    whole = paint(design, scale, Dice("ink"))
    from dataclasses import replace

    for index, row in enumerate(design.rows):
        if not row.spans:
            continue
        without = replace(design, rows=design.rows[:index] + design.rows[index + 1 :])
        ys, xs = np.nonzero(np.abs(whole.astype(int) - paint(without, scale, Dice("ink"))).max(2) > 24)
        assert len(xs), row.row.text
        px, py = [x * scale for x, _ in row.polygon], [y * scale for _, y in row.polygon]
        assert min(px) - 4 <= xs.min()
        assert xs.max() <= max(px) + 6
        assert min(py) - 4 <= ys.min()
        assert ys.max() <= max(py) + 4
        assert xs.max() - xs.min() >= 0.85 * (max(px) - min(px)) - 8


def test_the_corners_are_where_the_card_is() -> None:
    for seed in range(4):
        design = design_card("corner", locale="en_US", layout="horizontal")
        photo = make_photo(seed, designs=(design,), ground="dark", hardness=0.0, scan=False)
        record = photo.truth[0]
        if not record["quad_exact"]:
            continue
        grey = cv2.cvtColor(photo.image, cv2.COLOR_BGR2GRAY)
        quad = np.array(record["quad"]) * photo.size
        inside = cv2.fillPoly(np.zeros_like(grey), [quad.round().astype(np.int32)], 255) > 0
        bright = grey > (np.median(grey[inside]) + np.median(grey[~inside])) / 2
        assert (inside & bright).sum() / (inside | bright).sum() > 0.9


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation_turns_the_picture_back(orientation: int) -> None:
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:20, :30] = (250, 0, 0)
    jpeg = encode(upright, 95, orientation)
    stored = Image.open(BytesIO(jpeg))
    assert stored.size == ((60, 40) if orientation in {1, 3} else (40, 60))
    shown = cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert shown.shape == upright.shape
    assert float(np.abs(shown.astype(int) - upright).mean()) < 4


@pytest.mark.parametrize("seed", ["q1", "q2", "q3", "q4"])
def test_a_qr_code_says_what_the_truth_says(seed: str) -> None:
    design = design_card(seed, layout="horizontal", wish=Wish("en_US", qr=True, plain=True))
    card = draw_card(design)
    if not card.truth["qr"]:
        pytest.skip("no room for a code on this card")
    [found] = zxingcpp.read_barcodes(card.image)
    assert found.text == card.truth["qr"]
    for email in card.truth["fields"].get("emails", ()):
        assert email in found.text or "BEGIN:VCARD" not in found.text


def test_layouts_come_in_the_promised_shares() -> None:
    brands = [draw_brand(i) for i in range(1200)]
    share = Counter("non-latin" if brand.locale in NON_LATIN else brand.shape for brand in brands)
    for name, percent in {"horizontal": 60, "vertical": 20, "creative": 15, "non-latin": 5}.items():
        assert abs(100 * share[name] / len(brands) - percent) < 4, (name, share)


@pytest.mark.parametrize("locale", LATIN + NON_LATIN)
def test_every_letter_is_in_its_typeface(locale: str) -> None:
    for seed in range(25):
        for row in design_card(f"letters{seed}", locale=locale).rows:
            for run in row.runs:
                font = face(run.face, 40)
                missing = bytes(font.getmask("\U0010fffd"))
                boxes = [c for c in run.text if not c.isspace() and bytes(font.getmask(c)) == missing]
                assert not boxes, (run.face, run.text, boxes)


def test_domains_have_public_suffixes_and_american_numbers_are_fiction() -> None:
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    for seed in range(120):
        fields = make_lines(seed, locale="en_US").fields
        for email in fields.get("emails", ()):
            assert extract(email.partition("@")[2]).suffix
        for phone in fields.get("phones", ()):
            digits = "".join(c for c in phone["raw"] if c.isdigit())
            assert "55501" in digits or not phone["raw"].replace("-", "").isdigit(), phone


def test_a_branch_is_named_by_its_street_or_in_full() -> None:
    streets = [draw_street(words("en_US"), Dice("street", number)) for number in range(200)]
    assert not [street for street in streets if street.startswith(("Suite", "Floor", "Apt"))]
    assert all("," in street for street in streets if street.startswith("P.O."))


def test_no_number_is_printed_twice_on_a_card() -> None:
    for number in (596, 782, 915):  # where the dice would have it so
        phones = design_card(f"twice/{number}", locale="en_US").content.fields["phones"]
        assert len(phones) == len({phone["raw"] for phone in phones})


def test_a_title_names_a_town_that_there_is() -> None:
    titles = [title for number in range(300) for title in _titles(words("en_US"), Dice("title", number))]
    towns = [title.rpartition("| ")[2] for title in titles if "|" in title]
    assert towns and set(towns) <= set(words("en_US")["offices"])


def test_a_colleague_shares_company_look_and_logo() -> None:
    one, two = (design_card("firm", locale="en_US", layout="horizontal", person=who) for who in ("a", "b"))
    assert one.content.fields["company"] == two.content.fields["company"]
    assert one.content.fields["name"] != two.content.fields["name"]
    assert one.paper == two.paper
    assert one.content.fields.get("addresses") == two.content.fields.get("addresses")


def test_a_back_has_the_company_and_no_person() -> None:
    for seed in range(8):
        front = design_card(seed, locale="en_GB", layout="horizontal")
        back = design_back(front, seed, locale="en_GB", layout="horizontal").content
        assert not back.person_card
        assert not back.fields.keys() & {"name", "titles", "emails", "phones"}
        assert back.fields.get("company", front.content.fields.get("company")) == front.content.fields.get("company")


def test_kinds_are_those_of_the_reader() -> None:
    assert {kind.value for kind in FieldKind} <= {kind.value for kind in Kind}


def test_lines_are_pixels_of_the_flat_card() -> None:
    design = design_card(7)
    card = lines_of(design)
    assert max(card.size) == 1024
    for line in card.lines:
        assert all(-2 <= x <= card.size[0] + 2 and -2 <= y <= card.size[1] + 2 for x, y in line.polygon)


def test_the_command_writes_a_set_and_will_not_write_over_one(tmp_path: Path) -> None:
    args = ("-m", "bench.cardgen", "--out", str(tmp_path), "--count", "2", "--seed", "cli")
    done = run(*args, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert {record["photo"] for record in records} == {f"photos/{i:05d}.jpg" for i in range(2)}
    assert records == [json.loads(json.dumps(r)) for photo in make_set("cli", 2) for r in photo.truth]
    assert all((tmp_path / record["photo"]).is_file() for record in records)
    assert run(*args).returncode == 2


def test_score_py_gives_a_perfect_reading_full_marks(tmp_path: Path, card_set) -> None:
    score = CARDS / "score.py"
    if not score.exists():
        pytest.skip("no ../shared/cards; set CARDALLY_CARDS")
    readings = tmp_path / "readings.jsonl"
    with readings.open("w") as out:
        for records in card_set.truth.values():
            cards = [
                {"quad": r["quad"], "fields": r["fields"], "logos": [{"polygon": p} for p in r["logos"]]}
                for r in records
            ]
            out.write(json.dumps({"photo": records[0]["photo"], "cards": cards}) + "\n")
    done = run(str(score), str(card_set.folder / "truth.jsonl"), str(readings), "--json")
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert got["whole"] == 1.0
    assert all(
        got[field]["f1"] == 1.0 for field in ("name", "company", "titles", "emails", "phones", "addresses", "logo")
    )


def test_the_card_set_has_its_photos(card_set) -> None:
    assert set(card_set.truth) == {"plain", "vertical", "creative", "german", "two", "scan", "front", "back"}
    assert len(card_set.truth["two"]) == 2
    assert card_set.truth["german"][0]["lang"] == "de"
    for name in card_set.truth:
        assert cv2.imdecode(np.frombuffer(card_set.data(name), np.uint8), cv2.IMREAD_COLOR) is not None


def test_the_samples_can_be_drawn_again() -> None:
    committed = [json.loads(line) for line in (FOLDER / "truth.jsonl").read_text("utf-8").splitlines()]
    photos = list(draw_samples())
    assert [json.loads(json.dumps(r)) for photo in photos for r in photo.truth] == committed
    for photo in photos:
        stored = (FOLDER / photo.truth[0]["photo"]).read_bytes()
        assert len(stored) < 250_000
        old = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR)
        assert float(np.abs(old.astype(int) - photo.image).mean()) < 2.0


def test_the_story_names_photos_that_exist_and_uses_them_all() -> None:
    told = story()
    photos = [scan[side] for scan in told["scans"] for side in ("photo", "back") if scan.get(side)]
    assert sorted(photos) == sorted(path.name for path in FOLDER.glob("*.jpg"))
    assert len(photos) == 12
    assert {scan["rep"] for scan in told["scans"]} == set(told["reps"])
    for rep in told["reps"].values():
        assert rep["email"].endswith("@" + told["home"]["domain"])
