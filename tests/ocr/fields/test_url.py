"""Websites and social profiles in lines."""

from __future__ import annotations

import pytest

from ocr.fields.email import find_emails
from ocr.fields.url import find_handles, find_websites
from ocr.types import FieldKind


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("www.acme.com", "www.acme.com"),
        ("https://www.acme.com/", "www.acme.com"),
        ("HTTP://ACME.DE/Jobs", "acme.de/Jobs"),
        ("Web : www.acme.com", "www.acme.com"),
        ("w www.acme.com", "www.acme.com"),
        ("acme.com • 909.555.8961", "acme.com"),
        ("shop.acme.it", "shop.acme.it"),
        ("wow.com", "wow.com"),
    ],
)
def test_websites(line, value):
    [span] = find_websites(line, [])
    assert (span.kind, span.value, span.repairs) == (FieldKind.WEBSITE, value, ())


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("www. acme .com", "www.acme.com"),
        ("www,acme,com", "www.acme.com"),
        ("wwwacme.com", "www.acme.com"),
        ("www.acme.ccm", "www.acme.com"),
        ("vvww.acme.com", "www.acme.com"),
        ("wew.acme.com", "www.acme.com"),
        ("wwv.acme.co.uk", "www.acme.co.uk"),
    ],
)
def test_misread_websites_are_repaired_and_say_so(line, value):
    [span] = find_websites(line, [])
    assert span.value == value
    assert span.repairs


@pytest.mark.parametrize(
    "line",
    ["St.Louis", "Acme, Inc.It", "Web design and more", "650.555.9154", "D.M.D.", "27 N. Elm St. Floor", "Mo.-Fr."],
)
def test_what_is_no_website(line):
    assert find_websites(line, []) == []


def test_the_domain_of_an_address_is_no_website():
    line = "jane@acme.com"
    assert find_websites(line, find_emails(line)) == []


def test_profiles():
    [profile] = find_websites("facebook.com/acmetools", [])
    assert (profile.kind, profile.type, profile.value) == (FieldKind.SOCIAL, "facebook", "facebook.com/acmetools")
    [handle] = find_handles("@acmetools", [])
    assert (handle.kind, handle.value) == (FieldKind.SOCIAL, "acmetools")
    [skype] = find_handles("Skype: jane.doe", [])
    assert (skype.type, skype.value) == ("skype", "jane.doe")
