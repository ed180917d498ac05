"""Which company a card means: tables of what has to hold, and properties of what must never happen."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.companies.confusion import shape, shapes
from app.companies.domains import core, mail_domain, name_of_domain, web_domain
from app.companies.matching import NEARLY_THE_SAME, Traits, decide, likeness
from app.companies.normal import blocks, company_key
from app.companies.reasons import Verdict


def known(*names: str, domains: tuple[str, ...] = (), logos: tuple[str, ...] = ()) -> Traits:
    return Traits(tuple(company_key(name) for name in names), domains, logos)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Tools GmbH", "acme tools"),
        ("The Acme Tools Co., Ltd.", "acme tools"),
        ("ACME TOOLS GMBH & CO. KG", "acme tools"),
        ("Acme Tools, Inc", "acme tools"),
        ("Acme ToolsInc.", "acme tools"),
        ("Acme Tools lnc", "acme tools"),
        ("Müller & Söhne OHG", "muller sohne"),
        ("Société Générale S.A.", "societe generale"),
        ("Banco Foo S.A. de C.V.", "banco foo"),
        ("Foo Sp. z o.o.", "foo"),
        ("ООО Ромашка", "romashka"),
        ("株式会社日立製作所", "日立製作所"),
        ("AG Insurance", "ag insurance"),
        ("Limited Brands Inc.", "limited brands"),
        ("3M Company", "3m"),
        ("AT&T Inc.", "at t"),
        ("Booking.com B.V.", "booking"),
        ("Company", "company"),
        ("...", ""),
    ],
)
def test_the_core_of_a_name(name, key):
    assert company_key(name) == key


@given(st.text(st.characters(max_codepoint=0x17F), max_size=60))
def test_a_key_is_its_own_core(name):
    key = company_key(name)
    assert company_key(key) == key
    assert len(key) <= 300
    assert key == key.casefold()


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("jane@acme.co.uk", "acme.co.uk"),
        ("jane@mail.acme.com", "acme.com"),
        ("jane@gmail.com", None),
        ("jane@web.de", None),
        ("jane@northwind.example", "northwind.example"),
        ("jane@localhost", None),
        ("jane", None),
        ("jane@co.uk", None),
    ],
)
def test_domain_of_an_address(address, domain):
    assert mail_domain(address) == domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.acme.de/team?x=1", "acme.de"),
        ("WWW.ACME.DE:8080", "acme.de"),
        ("linkedin.com/in/jane", None),
        ("acme.wordpress.com", None),
        ("10.0.0.1", None),
        ("", None),
    ],
)
def test_domain_of_a_website(url, domain):
    assert web_domain(url) == domain


def test_a_domain_gives_a_name():
    assert name_of_domain("acme-tools.co.uk") == "Acme Tools"
    assert core("acme-tools.co.uk") == "acme-tools"


@pytest.mark.parametrize(
    ("one", "two", "least", "most"),
    [
        ("Acme Tools", "ACME-Tools Inc.", 1, 1),
        ("Acme Tools", "Acrne Too1s", 0.93, 0.99),
        ("Northwind Systems", "Northwind Systerns", 0.93, 0.99),
        ("Northwind Systems", "Nothwind Systems", 0.93, 0.99),
        ("Globex International", "Globex Intl.", 0.93, 0.99),
        ("Siemens", "Siemens Energy", 0, 0.93),
        ("Fund II", "Fund III", 0, 0.92),
        ("Enliven Therapeutics", "Enlivex Therapeutics", 0, 0.93),
        ("Ani Pharmaceuticals", "Ars Pharmaceuticals", 0, 0.93),
        ("BP", "HP", 0, 0.93),
        ("Aon", "Aaon", 0, 0.93),
        ("Home Bancorp", "Hope Bancorp", 0, 0.93),
        ("Acme Tools", "Globex", 0, 0.6),
    ],
)
def test_likeness(one, two, least, most):
    assert least <= likeness(company_key(one), company_key(two)) <= most


names = st.lists(
    st.sampled_from(["acme", "globex", "nordane", "tools", "systems", "energy", "intl", "ii", "2", "a"]), max_size=4
).map(" ".join)


@given(names, names)
def test_likeness_is_symmetric_and_one_only_for_equal_letters(one, two):
    assert likeness(one, two) == likeness(two, one)
    assert 0 <= likeness(one, two) <= 1
    assert (likeness(one, two) == 1) == (one.replace(" ", "") == two.replace(" ", ""))


@pytest.mark.parametrize(
    ("seen", "there", "verdict"),
    [
        (known("Acme Tools"), known("Acme Tools GmbH"), Verdict.SAME),
        (known("Acrne Tools"), known("Acme Tools"), Verdict.SAME),
        (known("Globex", domains=("acme.com",)), known("Acme Tools", domains=("acme.com",)), Verdict.SAME),
        (known(domains=("acme.com",)), known("Acme Tools", domains=("acme.com", "acme.de")), Verdict.SAME),
        (known("Acme", domains=("acme.de",)), known("Acme", domains=("acme.com",)), Verdict.SAME),
        (known("Acme", domains=("acme-tools.de",)), known("Acme", domains=("acme.com",)), Verdict.ASK),
        (known("Acme Tools", domains=("nordane.com",)), known("Acrne Tools", domains=("acme.com",)), Verdict.ASK),
        (known("Siemens"), known("Siemens Energy Trading"), Verdict.NEW),
        (known("Globex"), known("Acme"), Verdict.NEW),
        (known("Globex", logos=("ff00",)), known("Acme", logos=("ff00",)), Verdict.NEW),
        (known(domains=("globex.com",)), known("Acme", domains=("acme.com",)), Verdict.NEW),
    ],
)
def test_one_candidate(seen, there, verdict):
    assert decide(seen, [there]).verdict is verdict


def test_what_is_merely_alike_is_asked_whatever_else_fits():
    seen = Traits(("northwind traders",), (), ("ff00",), "Leipzig")
    there = Traits(("northwind trade group",), (), ("ff00",), "Leipzig")
    assert 0.8 <= likeness(seen.keys[0], there.keys[0]) < NEARLY_THE_SAME
    assert decide(seen, [there]).verdict is Verdict.ASK


def test_two_companies_of_one_name_that_domains_tell_apart_are_asked():
    there = [known("Acme", domains=("acme.com",)), known("Acme", domains=("acme-tools.de",))]
    assert decide(known("Acme"), there).verdict is Verdict.ASK
    with_domain = decide(known("Acme", domains=("acme-tools.de",)), there)
    assert (with_domain.verdict, with_domain.matches[0].number) == (Verdict.SAME, 1)
    without = decide(known("Acme"), [*there, known("Acme")])
    assert (without.verdict, without.matches[0].number) == (Verdict.SAME, 2)


def test_of_two_that_nothing_tells_apart_the_oldest_is_meant():
    decision = decide(known("Acme Tools"), [known("Acrne Tools"), known("Acme Toois")])
    assert (decision.verdict, decision.matches[0].number) == (Verdict.SAME, 0)


traits = st.builds(
    Traits,
    st.lists(names.filter(bool), max_size=2).map(tuple),
    st.lists(st.sampled_from(["acme.com", "acme.de", "globex.com", "nordane-energy.com"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["ff00", "ff01", "0f0f"]), max_size=1).map(tuple),
    st.sampled_from([None, "Leipzig", "Leeds"]),
)


@given(traits, st.lists(traits, max_size=4))
def test_nothing_is_linked_without_a_domain_or_nearly_the_same_name(seen, there):
    decision = decide(seen, there)
    if decision.verdict is not Verdict.SAME:
        return
    meant = there[decision.matches[0].number]
    same_domain = bool(set(seen.domains) & set(meant.domains))
    alike = max((likeness(one, two) for one in seen.keys for two in meant.keys), default=0)
    assert same_domain or alike >= NEARLY_THE_SAME


@given(traits, traits)
def test_a_company_that_is_asked_about_is_among_the_matches(seen, there):
    decision = decide(seen, [there])
    assert bool(decision.matches) == (decision.verdict is not Verdict.NEW)
    assert all(match.bits == sum(reason.bits for reason in match.reasons) for match in decision.matches)


WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=3), st.data())
def test_a_name_with_one_letter_lost_meets_itself_in_a_block(words, data):
    key = " ".join(words)
    at = data.draw(st.integers(0, len(key) - 1).filter(lambda i: key[i] != " "))
    misread = key[:at] + key[at + 1 :]
    assume(abs(len("".join(shapes(key))) - len("".join(shapes(misread)))) <= 1)  # not where doubled letters meet
    assert blocks(key) & blocks(misread)


@pytest.mark.parametrize(
    ("one", "two"), [("modern", "rnodern"), ("cold", "co1d"), ("wallmart", "walmart"), ("0ne", "one")]
)
def test_confused_letters_have_one_shape(one, two):
    assert shape(one) == shape(two)


def test_numbers_keep_their_shape():
    assert len({shape(number) for number in ("1", "i", "ii", "iii", "iv", "11", "l")}) == 7 - 1
