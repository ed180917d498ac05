"""How alike names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicon.likeness import company_likeness, person_likeness


@pytest.mark.parametrize(
    ("one", "two", "least", "most"),
    [
        ("Jane Doe", "DOE, Jane", 1, 1),
        ("Hans-Peter Meier", "Hans Peter Meier", 1, 1),
        ("Dr. Jane Doe", "Jane Doe", 1, 1),
        ("José García", "Jose Garcia", 1, 1),
        ("Bob Smith", "Robert Smith", 0.9, 0.95),
        ("J. Smith", "John Smith", 0.85, 0.95),
        ("Jane Doe", "Jane M. Doe", 0.95, 0.99),
        ("Алексей Иванов", "Alexey Ivanov", 0.9, 1),
        ("Peter Müller", "Peter Mueller", 0.85, 0.95),
        ("Jane Smith", "John Doe", 0, 0.3),
        ("Jane Doe", "", 0, 0),
    ],
)
def test_people(one, two, least, most):
    assert least <= person_likeness(one, two) <= most


@pytest.mark.parametrize(
    ("one", "two", "least", "most"),
    [
        ("Acme Tools GmbH", "Acme Tools", 0.85, 1),
        ("Globex International", "Globex Intl.", 0.95, 1),
        ("Globex Management", "Globex Mgmt", 0.95, 1),
        ("1st Bank", "First Bank", 0.95, 1),
        ("Acme Tools", "Globex Systems", 0, 0.4),
        ("Bank of Armenia", "Bank of America", 0, 0.7),
        ("", "Acme", 0, 0),
    ],
)
def test_companies(one, two, least, most):
    assert least <= company_likeness(one, two) <= most


@given(st.text(max_size=30), st.text(max_size=30))
def test_both_are_symmetric_shares(one, two):
    for measure in (company_likeness, person_likeness):
        assert measure(one, two) == measure(two, one)
        assert 0 <= measure(one, two) <= 1 + 1e-9
