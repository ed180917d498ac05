"""Addresses and websites that lost a dot, or got blanks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.contact import find_contacts
from ocr.fields.rescue import rescued_email, rescued_website
from ocr.types import FieldKind
from tests.ocr.fields.typed import lines


def contacts(*rows: str) -> list[tuple[str, bool]]:
    """Addresses and websites of a card of these lines, and whether they are said to be repaired."""
    spans = [span for found in find_contacts(lines(*rows)) for span in found]
    return [(span.value, bool(span.repairs)) for span in spans if span.kind is not FieldKind.PHONE]


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (["e-mail jane@hotmailes"], "jane@hotmail.es"),
        (["e-mail jane@h otmail.com"], "jane@hotmail.com"),
        (["Mail: jdoe@harb orlogi stics.io"], "jdoe@harborlogistics.io"),
        (["jane.doe@harbor fr"], "jane.doe@harbor.fr"),
        (["jane. doe@harbor com br"], "jane.doe@harbor.com.br"),
    ],
)
def test_addresses_are_made_whole(rows, value):
    assert contacts(*rows) == [(value, True)]


@pytest.mark.parametrize(
    ("mail", "site", "value"),
    [
        ("jane@harborlogisticseu", "www.harborlogistics.eu", "jane@harborlogistics.eu"),
        ("jane@harborlogistics.e", "www.harborlogistics.eu", "jane@harborlogistics.eu"),
        ("jane. doe@harborlogistics.qo", "harborlogistics.co", "jane.doe@harborlogistics.co"),
    ],
)
def test_the_website_tells_the_domain_of_an_address(mail, site, value):
    assert contacts(mail, site) == [(value, True), (site, False)]


def test_of_several_domains_the_likest_is_meant_in_whatever_order_they_are_named():
    for hosts in (["harborlogistics.de", "harborlogistics.eu"], ["harborlogistics.eu", "harborlogistics.de"]):
        [whole] = rescued_email("jane@harborlogisticseu", hosts)
        [lost] = rescued_email("jane@harborlogistics.e", hosts)
        assert (whole.value, lost.value) == ("jane@harborlogistics.eu", "jane@harborlogistics.eu")


def test_the_address_tells_the_domain_of_a_website():
    assert contacts("jane@harbor.com.cn", "www.har bor.co m.cn") == [
        ("jane@harbor.com.cn", False),
        ("www.harbor.com.cn", True),
    ]


@pytest.mark.parametrize(
    ("line", "value", "repairs"),
    [
        ("jdoe@harb orlogi stics.corn", "jdoe@harborlogistics.com", ("blank removed", "ending to .com")),
        ("jane. doe@harbor fr", "jane.doe@harbor.fr", ("blank removed", "blank to dot")),
        ("www, harbor fr", "www.harbor.fr", ("prefix to www.", "blank to dot")),
        ("www.harbor fr", "www.harbor.fr", ("blank to dot",)),
    ],
)
def test_all_that_is_put_right_is_said(line, value, repairs):
    [span] = rescued_email(line) or rescued_website(line)
    assert (span.value, span.repairs) == (value, repairs)


@pytest.mark.parametrize("site", ["HARBOR.GMBH", "Harbor.gmbh", "shop.harbor.gmbh"])
def test_a_domain_that_an_address_names_is_a_website_however_it_is_written(site):
    assert contacts("jane@harbor.gmbh", site)[1:] == [(site.lower(), False)]
    assert contacts("jane@acme.com", "Harbor.gmbh")[1:] == []


def test_the_printed_name_decides_between_two_domains():
    values = [value for value, _ in contacts("Harbor Builders", "jane@harborbuilders.com", "www.harborbulders.com")]
    assert values == ["jane@harborbuilders.com", "www.harborbuilders.com"]


def test_a_domain_put_right_is_put_right_where_it_is_the_domain():
    values = [value for value, _ in contacts("acrne.com@acrne.com", "www.acme.com", "sales@acme.com")]
    assert values == ["acrne.com@acme.com", "www.acme.com", "sales@acme.com"]


def test_an_address_is_somebodys_who_is_on_the_card():
    assert contacts("Laura Carter", "Icarter@acme.com") == [("lcarter@acme.com", True)]
    assert contacts("Ian Carter", "Icarter@acme.com") == [("icarter@acme.com", False)]
    assert contacts("Laura Carter", "Info@acme.com") == [("info@acme.com", False)]


@pytest.mark.parametrize("line", ["www.hoabinh.vn", "web www.acme.com"])
def test_whole_websites_need_no_rescue(line):
    assert [repaired for _, repaired in contacts(line)] == [False]


@pytest.mark.parametrize(
    "line", ["Meet us @ the fair", "twitter @jane", "a@b c", "www is wide", "jane@nosuchending.qqq"]
)
def test_what_cannot_be_rescued(line):
    assert rescued_email(line, ["acme.com"]) == []
    assert rescued_website(line, ["acme.com"]) == []


def test_a_page_of_a_network_is_not_cut_down_to_the_network():
    assert rescued_website("http: //www.harbor com /janedoe") == []


@given(st.text(alphabet="aw. @x|com/\t", max_size=40))
def test_any_line_is_taken_without_complaint(line):
    for span in (*rescued_email(line, ["acme.com"]), *rescued_website(line, ["acme.com"])):
        assert line[span.start : span.end] == span.raw
