"""Front and back become one card."""

from __future__ import annotations

from ocr.fields import field_reasons
from ocr.fields.merge import merge_sides
from ocr.types import Alternative, Field, FieldKind

BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def field(kind: FieldKind, value: str, confidence: float = 0.8, **more: object) -> Field:
    return Field(kind, value, value, confidence, BOX, "typed", **more)  # type: ignore[arg-type]


def test_a_value_on_both_sides_is_kept_once_and_surer():
    [merged] = merge_sides(
        [field(FieldKind.PHONE, "+494311234560", 0.8)], [field(FieldKind.PHONE, "04311234560", 0.7, type="work")]
    )
    phone = merged.field
    assert merged.side == "front"
    assert phone.value == "+494311234560"
    assert phone.type == "work"
    assert phone.confidence > 0.8


def test_a_value_read_better_on_the_back_is_kept_from_there():
    [merged] = merge_sides([field(FieldKind.EMAIL, "jane@acme.com", 0.6)], [field(FieldKind.EMAIL, "jane@acme.com")])
    assert merged.side == "back"
    assert merged.field.confidence > 0.8


def test_of_two_companies_the_surer_stays_with_the_other_as_its_alternative():
    [merged] = merge_sides([field(FieldKind.COMPANY, "Acme", 0.5)], [field(FieldKind.COMPANY, "Acme Tools GmbH", 0.9)])
    company = merged.field
    assert merged.side == "back"
    assert company.value == "Acme Tools GmbH"
    assert company.alternatives[0].value == "Acme"


def test_legal_forms_make_no_other_company():
    [merged] = merge_sides([field(FieldKind.COMPANY, "Acme Tools")], [field(FieldKind.COMPANY, "Acme Tools GmbH")])
    assert merged.field.alternatives == ()


def test_what_only_the_back_says_is_added():
    merged = merge_sides([field(FieldKind.NAME, "Jane Doe")], [field(FieldKind.WEBSITE, "www.acme.com")])
    assert [(one.field.value, one.side) for one in merged] == [("Jane Doe", "front"), ("www.acme.com", "back")]


def test_two_titles_stay_two():
    titles = [field(FieldKind.TITLE, "Head of Sales"), field(FieldKind.TITLE, "Founder")]
    assert len(merge_sides(titles[:1], titles[1:])) == 2


def test_a_close_call_between_name_and_company_asks_for_a_look():
    name = field(FieldKind.NAME, "Keller Braun", alternatives=(Alternative("Hartmann Keller", 0.4, "typed"),))
    company = field(FieldKind.COMPANY, "Hartmann Keller", 0.5)
    email = field(FieldKind.EMAIL, "info@acme.com", 0.95)
    reasons = field_reasons([name, company, email], [])
    assert reasons == ("name_company_ambiguous", "low_confidence:company")
