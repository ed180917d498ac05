"""Name and mailbox put each other right."""

from __future__ import annotations

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
