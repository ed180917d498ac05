"""E-mail addresses in lines as readers give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.email import confusable, find_emails, nearly


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("jane.doe@acme.com", "jane.doe@acme.com"),
        ("E-Mail:Jane.Doe@Acme.co.uk", "jane.doe@acme.co.uk"),
        ("E-mail.jane83@acme.com", "jane83@acme.com"),
        ("e jdoe@acme.com", "jdoe@acme.com"),
        ("T:555-010-0199,info@acme.com", "info@acme.com"),
        ("Email jane@acme.eduWeb www.acme.edu", "jane@acme.edu"),
        ("jane@acme.com / www.acme.com", "jane@acme.com"),
        ("müller@bücher.de", "müller@bücher.de"),
        ("jane@mail.com", "jane@mail.com"),
        ("jane@ymail.com", "jane@ymail.com"),
        ("jane@yahoo.de", "jane@yahoo.de"),
    ],
)
def test_plain_addresses_need_no_repair(line, value):
    [span] = find_emails(line)
    assert (span.value, span.repairs) == (value, ())


@pytest.mark.parametrize(
    ("line", "value", "repair"),
    [
        ("jane(at)acme.de", "jane@acme.de", "(at) to @"),
        ("jane . doe @ acme . com", "jane.doe@acme.com", "blank removed"),
        ("jane@acme,com", "jane@acme.com", "comma to dot"),
        ("jane@acmecom", "jane@acme.com", "dot added"),
        ("jane@acme.corn", "jane@acme.com", "ending to .com"),
        ("jane@acme.c0m", "jane@acme.com", "ending to .com"),
        ("jane@acme.comh", "jane@acme.com", "ending to .com"),
        ("jane@acme.combr", "jane@acme.com.br", "dot added"),
        ("jane@dgmail.com", "jane@gmail.com", "dgmail.com to gmail.com"),
        ("jane@hotmai.com", "jane@hotmail.com", "hotmai.com to hotmail.com"),
        ("jane@harbor_lane.com", "jane@harbor-lane.com", "_ to -"),
        ("jane@acme.lo", "jane@acme.io", "ending to .io"),
        ("jane@acme.ndt", "jane@acme.net", "ending to .net"),
        ("jane@gmall,com", "jane@gmail.com", "gmall.com to gmail.com"),
    ],
)
def test_misread_addresses_are_repaired_and_say_so(line, value, repair):
    [span] = find_emails(line)
    assert span.value == value
    assert repair in span.repairs
    assert span.raw == line
    assert span.certainty < find_emails(value)[0].certainty


@pytest.mark.parametrize("line", ["Meet us @ the fair", "jane at home", "@acme", "a@b", "jane@nosuchending.qqq"])
def test_what_is_no_address(line):
    assert find_emails(line) == []


def test_the_label_belongs_to_the_span_and_not_to_the_value():
    [span] = find_emails("Fax 12 | Mail: jane@acme.com")
    assert "Fax 12 | Mail: jane@acme.com"[span.start : span.end] == "Mail: jane@acme.com"


@pytest.mark.parametrize("line", ["Acme N.V. jane.doe@acme.com", "e-mailjane.doe@acme.com"])
def test_what_stands_before_an_address_is_no_part_of_it(line):
    [span] = find_emails(line)
    assert span.value == "jane.doe@acme.com"


def test_look_alikes():
    assert confusable("acrne.com", "acme.com")
    assert confusable("be11.com", "bell.com")
    assert not confusable("acme.com", "acme.com")
    assert not confusable("acme.com", "apex.com")


def test_domains_one_letter_apart_are_nearly_the_same_when_they_are_long():
    assert nearly("northwind.com", "northwlnd.com")
    assert nearly("nordkap.se", "nordkapp.se")
    assert not nearly("acme.com", "acne.com")
    assert not nearly("nordkap.se", "nordkap.de")
    assert not nearly("nordkap.se", "nordkap.se")


@given(st.text(max_size=60))
def test_any_line_is_taken_without_complaint(line):
    for span in find_emails(line):
        assert 0 <= span.start < span.end <= len(line)
        assert "@" in span.value
