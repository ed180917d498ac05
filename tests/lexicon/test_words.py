"""What single words are known to be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexicon import labels, mail, names, places, vocabulary
from lexicon.blanks import split_words, unglued, unglued_english
from lexicon.bloom import holds, pack
from lexicon.folding import fold, squeeze, words
from lexicon.namelike import namelike


@pytest.mark.parametrize(
    ("text", "folded"), [("Müller", "muller"), ("GROẞ", "gross"), ("Đặng", "dang"), ("Åse", "ase"), ("Łódź", "lodz")]
)
def test_folding(text, folded):
    assert fold(text) == folded


def test_words_and_squeeze_leave_digits_and_signs_out():
    assert words("O'Neil & Söhne, 3. Etage") == ["o'neil", "sohne", "etage"]
    assert squeeze("Haus-Nr. 12 b") == "hausnr12b"


def test_names():
    assert names.is_given("Peter")
    assert names.is_family("Müller")
    assert names.is_name("Goldsmith")
    assert not names.is_name("Qxvztk")
    assert names.is_prefix("Prof.")
    assert names.is_suffix("Ph.D.")
    assert not names.is_suffix("Miller")


def test_letters_of_names_are_told_from_letters_of_trades():
    assert namelike("Kowalczyk") > namelike("manufacturing")
    assert namelike("Rodriguez") > namelike("consulting")


@given(st.text(max_size=30))
def test_any_text_has_a_likeness(text):
    assert 0 <= namelike(text) <= 1


@given(st.sets(st.text(min_size=1, max_size=12), max_size=200))
def test_a_filter_holds_every_word_that_was_put_in(words_in):
    table = pack(words_in)
    assert all(holds(table, word) for word in words_in)


def test_a_filter_seldom_claims_other_words():
    table = pack([f"word{n}" for n in range(2000)])
    claimed = sum(holds(table, f"other{n}") for n in range(2000))
    assert claimed < 60


@pytest.mark.parametrize(
    ("glued", "parts"),
    [
        ("seniormanager", ("senior", "manager")),
        ("greenvalleyfoods", ("green", "valley", "foods")),
        ("JaneDoe", ("Jane", "Doe")),
        ("consulting", ("consulting",)),
        ("xqzrtv", ("xqzrtv",)),
        ("b2b", ("b2b",)),
    ],
)
def test_lost_blanks(glued, parts):
    assert split_words(glued) == parts


def test_compounds_stay_one_word_where_they_are_printed_so():
    assert unglued("SENIORMANAGER Kundendienst") == "SENIOR MANAGER Kundendienst"
    assert unglued_english("SeniorManager") == "Senior Manager"
    assert unglued_english("Maschinenbauingenieur") == "Maschinenbauingenieur"
    assert unglued_english("General Manager") == "General Manager"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=("Ll", "Lu")), max_size=25))
def test_cutting_words_loses_no_letter(text):
    assert "".join(split_words(text)) == text


@pytest.mark.parametrize(
    ("line", "region"),
    [
        ("Springfield, IL 62704", "US"),
        ("04109 Leipzig, Germany", "DE"),
        ("D-80331 München", "DE"),
        ("London SW1A 1AA", "GB"),
        ("CEP 01310-100", "BR"),
        ("1012 AB Amsterdam", "NL"),
        ("Room 12", None),
    ],
)
def test_postal_codes_and_countries_speak_for_a_region(line, region):
    assert (places.postal_region(line) or places.country(line)) == region


def test_cities_are_found_with_their_countries():
    found = dict(places.cities("Offices in Leipzig and San Francisco"))
    assert found["leipzig"] == ("DE",)
    assert "US" in found["san francisco"]


def test_states_close_a_part_of_an_address():
    assert places.has_state("Boston, MA 02110")
    assert not places.has_state("MA Thesis")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Tel.:", "work"),
        ("F", "fax"),
        ("Telefax", "fax"),
        ("Mobil", "mobile"),
        ("Cell:", "mobile"),
        ("GSM", "mobile"),
        ("Durchwahl", "direct"),
        ("電話", "work"),
        ("Tel/Fax", "work"),
        ("Office", "work"),
        ("Widget", None),
    ],
)
def test_phone_labels(label, kind):
    assert labels.phone_type(label) == kind


@pytest.mark.parametrize(
    ("after", "number"),
    [(" x 12", "12"), (" ext. 7", "7"), (" (Ext : 36)", "36"), (" Ramal 417", "417"), (" 12", None)],
)
def test_extensions(after, number):
    found = labels.extension(after)
    assert (found[0] if found else None) == number


def test_domains():
    assert mail.core("www.acme.co.uk") == "acme"
    assert mail.suffix("acme.com.br") == "com.br"
    assert mail.registrable("shop.acme.de") == "acme.de"
    assert mail.is_free_mail("gmail.com")
    assert not mail.is_free_mail("acme.com")


def test_vocabulary():
    assert vocabulary.is_job("geschaftsfuhrerin")
    assert vocabulary.is_department("marketing")
    assert vocabulary.is_trade("bakery")
    assert vocabulary.is_street("hauptstrasse")
    assert vocabulary.is_slogan("welcome")
    assert not vocabulary.is_job("leipzig")


@pytest.mark.parametrize("text", ["Công Ty TNHH Minh Anh", "CTY CP SONG HONG", "Truong Dai hoc Mien Nam"])
def test_bodies_of_two_words(text):
    assert vocabulary.is_body(text)


@pytest.mark.parametrize("text", ["Nguyen Van Cong", "Cong Thanh", "Acme Tools"])
def test_no_bodies(text):
    assert not vocabulary.is_body(text)
