"""Name and mailbox put each other right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr.fields.agreement import reconcile
from ocr.types import Field, FieldKind

BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def read(name: str, email: str) -> list[Field]:
    said = ((FieldKind.NAME, name), (FieldKind.EMAIL, email))
    return reconcile([Field(kind, text, text, 0.9, BOX, "typed") for kind, text in said])


def test_a_known_name_puts_the_mailbox_right():
    name, email = read("Laura Bernardi", "l.bemardi@acme.com")
    assert (name.value, email.value) == ("Laura Bernardi", "l.bernardi@acme.com")
    assert email.repairs == ("bemardi to bernardi as in the name",)
    assert email.alternatives[0].value == "l.bemardi@acme.com"
    assert email.confidence < 0.9


def test_a_known_name_in_the_mailbox_puts_the_name_right():
    name, email = read("EMMA FLSCHER", "efischer@acme.com")
    assert (name.value, email.value) == ("EMMA FISCHER", "efischer@acme.com")
    assert name.repairs


def test_other_differences_are_left_alone():
    for name, email in (
        ("Hans Müller", "h.mueller@acme.com"),
        ("Jane Doe", "info@acme.com"),
        ("Jane Doe", "jd@acme.com"),
    ):
        assert [field.value for field in read(name, email)] == [name, email]


def test_a_letter_too_many_in_the_mailbox_goes():
    _, email = read("Laura Hartmann", "laura_hartmnann@acme.com")
    assert email.value == "laura_hartmann@acme.com"
    assert email.repairs == ("hartmnann to hartmann as in the name",)


def test_a_label_read_as_the_first_letter_goes():
    said = ((FieldKind.NAME, "Jürgen Reuter"), (FieldKind.EMAIL, "falk-reuter@falk-reuter.de"))
    fields = [Field(kind, text, text, 0.9, BOX, "typed") for kind, text in said]
    glued = replace(fields[1], value="efalk-reuter@falk-reuter.de", raw="Efalk-reuter@falk-reuter.de")
    _, email = reconcile([fields[0], glued])
    assert email.value == "falk-reuter@falk-reuter.de"
    assert email.repairs == ("label E cut off",)
    assert email.confidence < 0.9


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Elena Marsh", "Emarsh@acme.com"),
        ("Elena Marsh", "Elena@acme.com"),
        ("Laura Hartmann", "l.hartman@acme.com"),
        ("Laura Hartmann", "lhartman@acme.com"),
        ("Georg Schroeder", "schroder@acme.com"),
        ("Jane Doe", "Emails@acme.com"),
        ("Jane Doe", "marketing@acme.com"),
    ],
)
def test_what_people_write_so_stays(name, email):
    box = email.lower()
    fields = [
        Field(FieldKind.NAME, name, name, 0.9, BOX, "typed"),
        Field(FieldKind.EMAIL, box, email, 0.9, BOX, "typed"),
    ]
    assert [field.value for field in reconcile(fields)] == [name, box]
