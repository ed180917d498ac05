"""vCards that others read, and those of others."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from app.companies.models import Company
from app.contacts.models import Contact, ContactPoint, Employment
from app.kit.ids import new_id
from app.transfer.person import Job, Person, Reach, person_of, split_name
from app.transfer.vcard import BadCard, as_vcard, parse_vcard

JANE = Person(
    name="Jané van der Doe",
    name_prefix="Dr.",
    name_suffix="MBA",
    jobs=(Job("Acme; Tools, GmbH", "Head of Sales", "Export"), Job("Side \\ Co", "Owner")),
    emails=(Reach("jane@acme.example", "work"), Reach("j@home.example", "home")),
    phones=(
        Reach("+4934112345678", "work", "12"),
        Reach("+491701234567", "mobile"),
        Reach("+4934112345670", "direct"),
        Reach("+4934112345679", "fax"),
        Reach("555 CALL", None),
    ),
    websites=(Reach("https://www.acme.example/"),),
    social=(Reach("https://linkedin.example/in/jane", "linkedin"),),
    addresses=(Reach("Hauptstraße 1, 04109 Leipzig", "work"),),
    tags=("fair, spring", "drills"),
    notes=("likes drills\nand coffee; black", "second"),
    uid=str(new_id()),
    changed_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    photo=b"\xff\xd8\xff" + bytes(range(256)) * 3,
    logo=b"\x89PNG" + bytes(range(256)),
)


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_is_written_is_read_again(version):
    given, family = split_name(JANE.name)
    known = replace(JANE, changed_at=None, given=given, family=family)
    assert parse_vcard(as_vcard(JANE, version)) == known


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_another_library_reads_it(version):
    text = as_vcard(JANE, version)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    card = vobject.readOne(text)
    assert card.fn.value == JANE.name
    assert (card.n.value.family, card.n.value.given, card.n.value.prefix) == ("van der Doe", "Jané", "Dr.")
    assert [email.value for email in card.contents["email"]] == ["jane@acme.example", "j@home.example"]
    assert len(card.contents["tel"]) == 5
    assert card.contents["note"][0].value == "likes drills\nand coffee; black"
    assert card.contents["org"][0].value == ["Acme; Tools, GmbH", "Export"]
    if version == "3.0":
        assert card.photo.value == JANE.photo
        assert {"CELL"} == set(card.contents["tel"][1].params["TYPE"])


def test_a_card_that_another_library_wrote_is_read():
    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family="Doe", given="Jane", additional="Q")
    card.add("fn").value = "Jane Q Doe"
    card.add("org").value = ["Acme", "Sales"]
    tel = card.add("tel")
    tel.value, tel.type_param = "+1 206 555 0100", ["WORK", "VOICE"]
    card.add("note").value = "a\nb;c" + "x" * 200
    person = parse_vcard(card.serialize())
    assert (person.name, person.job, person.phones) == (
        "Jane Q Doe",
        Job("Acme", None, "Sales"),
        (Reach("+1 206 555 0100", "work"),),
    )
    assert person.notes == ("a\nb;c" + "x" * 200,)


OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Eva
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Eva=20=
M=C3=BCller
TEL;CELL;PREF:0170 1234567
ADR;HOME:;;Ring 5;Leipzig;;04109;Germany
END:VCARD
"""


def test_a_card_of_an_old_phone_is_read():
    person = parse_vcard(OLD)
    assert (person.name, person.given, person.family) == ("Eva Müller", "Eva", "Müller")
    assert person.phones == (Reach("0170 1234567", "mobile"),)
    assert person.addresses == (Reach("Ring 5, 04109 Leipzig, Germany", "home"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_vcard"),
        ("hello", "no_vcard"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", "no_vcard"),
        ("BEGIN:VCARD\nVERSION:4.0\nEND:VCARD", "nothing_said"),
        ("BEGIN:VCARD\nFN:\nEND:VCARD", "nothing_said"),
    ],
)
def test_what_is_no_card_is_refused_by_a_code(text, code):
    with pytest.raises(BadCard, match=code):
        parse_vcard(text)


def test_a_picture_on_the_web_is_not_fetched():
    card = "BEGIN:VCARD\nFN:Jane\nPHOTO;VALUE=uri:https://tracker.example/jane.jpg\nEND:VCARD"
    assert parse_vcard(card).photo is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(BadCard):
        parse_vcard(f"BEGIN:VCARD\n{text}\nEND:VCARD")


printed = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=90)


@given(printed, printed, printed, st.sampled_from(["3.0", "4.0"]))
def test_any_words_survive_the_round_trip(name, company, note, version):
    person = Person(name=name, given=name, family="", jobs=(Job(company),), notes=(note,))
    read = parse_vcard(as_vcard(person, version))
    assert (read.job.company, read.notes) == (company, (note,))
    assert read.name == name


def test_a_contact_becomes_a_card():
    company = Company(id=new_id(), name="Acme Tools GmbH")
    contact = Contact(
        id=new_id(),
        name="Jane Doe",
        updated_at=datetime(2026, 3, 1, tzinfo=UTC),
        points=[
            ContactPoint(kind="email", value="jane@acme.example", removed=False),
            ContactPoint(kind="email", value="wrong@acme.example", removed=True),
            ContactPoint(kind="phone", value="+4934112345678", type="work", removed=False),
        ],
        employments=[Employment(current=True, title="CEO", company=company), Employment(current=False, title="Clerk")],
    )
    person = parse_vcard(as_vcard(person_of(contact, tags=("fair",))))
    assert (person.uid, person.name, person.job) == (str(contact.id), "Jane Doe", Job("Acme Tools GmbH", "CEO"))
    assert (person.emails, person.tags) == ((Reach("jane@acme.example"),), ("fair",))
    assert len(person.jobs) == 1


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jane Doe", ("Jane", "Doe")),
        ("Doe, Jane", ("Jane", "Doe")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("Cher", ("", "Cher")),
        ("", ("", "")),
    ],
)
def test_names_are_parted(name, parts):
    assert split_name(name) == parts
