"""The explanation: every part in a sentence, what is missing, what speaks against, what changed."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from app.alliances.explaining import Explanation, Named, explain
from app.alliances.scoring import score
from app.alliances.terms import Case, Kind, Profile, Side
from app.books.terms import Relation
from tests.alliances import cases
from tests.alliances.cases import NOW, account, any_case, signal


def told(case: Case, before: Case | None = None) -> Explanation:
    earlier = None if before is None else score(before, NOW)
    return explain(Named(case, "Northwind", "Acme"), score(case, NOW), NOW, earlier)


def sentences(case: Case) -> dict[str, str]:
    return {part.name: part.sentence for part in told(case).parts}


def test_one_card():
    assert sentences(cases.ONE_CARD) == {
        "overlap": "No shared accounts known yet.",
        "tie": "1 card received, the last 1 day ago.",
        "reciprocity": "No introduction, referral or win known yet.",
        "complement": "What both sell, and to whom, is not known yet.",
        "breadth": "1 pair of reps is active.",
        "locality": "No common event or area known yet.",
    }
    assert told(cases.ONE_CARD).missing == (
        "no shared accounts known yet: up to +25",
        "no introduction, referral or win known yet: up to +15",
        "what both sell, and to whom, is not known yet: up to +9",
        "no common event or area known yet: up to +3",
    )


def test_a_working_pair():
    buyers = frozenset({"retail", "hotels"})
    known = Case(cases.WON_TOGETHER.signals, cases.FOUR_ACCOUNTS, Profile("tills", buyers), Profile("safes", buyers))
    assert sentences(known) == {
        "overlap": "4 shared accounts; 4 are each a customer of both.",
        "tie": (
            "2 joint wins, 2 introductions, 3 mutual exchanges of cards and 1 encounter at an event, "
            "the last 1 day ago."
        ),
        "reciprocity": "Northwind gave 2, Acme gave 2.",
        "complement": "Different products for the same buyers: hotels and retail.",
        "breadth": "3 pairs of reps are active.",
        "locality": "They met at an event.",
    }
    assert told(known).missing == ()


def test_giving_without_getting():
    assert sentences(cases.ONE_WAY)["reciprocity"] == "Northwind gave 4, Acme has given none back yet."
    theirs = Case((signal(Kind.REFERRAL, giver=Side.B),))
    assert sentences(theirs)["reciprocity"] == "Acme gave 1, Northwind has given none back yet."


def test_one_shared_account():
    case = Case(shared=(account("n", Relation.OPEN_OPPORTUNITY, Relation.CUSTOMER),))
    assert sentences(case)["overlap"] == "1 shared account; a customer of one and an open opportunity of the other."


def test_competitors():
    assert told(cases.COMPETITOR).conflicts == ("Northwind and Acme sell products of the same category.",)


def test_what_changed():
    assert told(cases.ONE_CARD).changed_since == ("New since then.",)
    assert told(cases.ONE_CARD, cases.ONE_CARD).changed_since == ()
    changes = told(cases.EACH_WAY, cases.ONE_CARD).changed_since
    assert [line.split(":")[0] for line in changes] == ["tie", "reciprocity", "overlap", "locality"]
    assert told(cases.COMPETITOR, Case()).changed_since[-1] == "same category: new"


@given(any_case())
def test_every_case_can_be_told(case: Case):
    explanation = told(case, Case())
    assert len(explanation.parts) == 6
    assert all(part.sentence.endswith(".") for part in explanation.parts)
    assert len(explanation.missing) == sum(not part.known for part in explanation.parts)
    later = score(case, NOW + timedelta(days=900))
    assert explain(Named(case, "N", "A"), later, NOW + timedelta(days=900), score(case, NOW)).parts
