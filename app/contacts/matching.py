"""Whether a card's person is one that is known: weighted reasons that add up. Pure.

No e-mail address is needed: a name together with the company or with a
number is enough, and an address that two people share is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

import ocr
from app.companies import reasons
from app.companies.confusion import shape
from app.companies.reasons import Decision, Ladders, Rung, always
from app.contacts.normal import name_key
from lexicon.likeness import person_likeness

SAME_BITS = 10.0
ASK_BITS = 7.0

_SAME_ADDRESS = 0.9
_SAME_PICTURE = 0.1
"""Distance of the hashes of two photos of one card. Colleagues' cards of one design may be as near: a name decides."""

_COMPATIBLE = 0.85
_ALIKE = 0.7
"""Likeness of names that differ by a nickname, an initial or a letter; and of names that a bad photo may have made."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a person is recognised by, on a card or in the books."""

    names: tuple[str, ...] = ()
    """As printed; in the books also those of contacts that were merged into this one."""
    emails: frozenset[str] = frozenset()
    """Keys of personal addresses."""
    shared_emails: frozenset[str] = frozenset()
    """Keys of addresses that several people read."""
    mobiles: frozenset[str] = frozenset()
    """Keys of numbers that one person answers: mobile and direct."""
    phones: frozenset[str] = frozenset()
    """Keys of all other numbers."""
    companies: frozenset[UUID] = frozenset()
    """Present and past."""
    addresses: frozenset[str] = frozenset()
    """Keys of postal addresses."""
    pictures: frozenset[str] = frozenset()
    """Perceptual hashes of photographed cards, hexadecimal."""


def _name_unknown(a: Traits, b: Traits) -> bool:
    return not (a.names and b.names)


def _have_the_same_name(a: Traits, b: Traits) -> bool:
    return any(_same_name(one, two) for one in a.names for two in b.names)


def _same_name(one: str, two: str) -> bool:
    """The same words; a middle initial may be missing from one, but not differ."""
    mine, theirs = name_key(one).split(), name_key(two).split()
    if mine == theirs:
        return True
    full, other_full = (sorted(word for word in words if len(word) > 1) for words in (mine, theirs))
    initials, other_initials = (sorted(word for word in words if len(word) == 1) for words in (mine, theirs))
    return full == other_full and len(full) > 1 and not (initials and other_initials)


def _likeness(a: Traits, b: Traits) -> float:
    return max(person_likeness(one, two) for one in a.names for two in b.names)


def names_fit(a: Traits, b: Traits) -> bool:
    """Whether two, both of whom have a name, may be one person by it."""
    return _have_the_same_name(a, b) or _likeness(a, b) >= _COMPATIBLE


def address_likeness(key: str, other: str) -> float:
    """How alike the keys of two postal addresses are, 0 to 1, whatever the order of their words."""
    return fuzz.token_sort_ratio(key, other) / 100


def _share_an_address(a: Traits, b: Traits) -> bool:
    return any(address_likeness(one, two) >= _SAME_ADDRESS for one in a.addresses for two in b.addresses)


def _share_a_picture(a: Traits, b: Traits) -> bool:
    return any(same_picture(one, two) for one in a.pictures for two in b.pictures)


def same_picture(one: str, two: str) -> bool:
    """Whether two hashes are of two photos of one card, or of cards of one design."""
    try:
        return ocr.picture_distance(one, two) < _SAME_PICTURE
    except ValueError:  # a hash of an older kind
        return False


def _share_a_colleague(a: Traits, b: Traits) -> bool:
    """Two addresses at one domain: two mailboxes, so most likely two people."""
    return bool({email.partition("@")[2] for email in a.emails} & {email.partition("@")[2] for email in b.emails})


def _misread(a: Traits, b: Traits) -> bool:
    """One letter apart at most, beyond those that readers confuse, and not by a digit: `jane.doe2` is another Jane."""
    return any(
        Levenshtein.distance(shape(one), shape(two)) <= 1 and _digits(one) == _digits(two)
        for one in a.emails
        for two in b.emails
    )


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


LADDERS: Ladders[Traits] = (
    (
        Rung("name_unknown", _name_unknown, 0),
        Rung("same_name", _have_the_same_name, 8),
        Rung("compatible_name", names_fit, 3.5),
        Rung("similar_name", lambda a, b: _likeness(a, b) >= _ALIKE, 0),
        Rung("different_name", always, -8),
    ),
    (
        Rung("same_email", lambda a, b: bool(a.emails & b.emails), 12),
        Rung("email_unknown", lambda a, b: not (a.emails and b.emails), 0),
        Rung("email_one_letter_off", _misread, 3),
        Rung("other_mailbox_at_the_same_domain", _share_a_colleague, -5),
        Rung("different_email", always, -0.5),
    ),
    (
        Rung("same_mobile", lambda a, b: bool(a.mobiles & b.mobiles), 7),
        Rung("same_phone", lambda a, b: bool((a.phones | a.mobiles) & (b.phones | b.mobiles)), 2),
        Rung("same_shared_email", lambda a, b: bool(a.shared_emails & b.shared_emails), 2),
        Rung("different_mobile", lambda a, b: bool(a.mobiles and b.mobiles), -1),
    ),
    (
        Rung("same_company", lambda a, b: bool(a.companies & b.companies), 4),
        Rung("same_address", _share_an_address, 3),
        Rung("company_unknown", lambda a, b: not (a.companies and b.companies), 0),
        Rung("different_company", always, -3),
    ),
    (
        Rung("same_picture", _share_a_picture, 4),
        Rung("no_picture_in_common", always, 0),
    ),
)


def decide(seen: Traits, known: Sequence[Traits]) -> Decision:
    """Whether a card's person is one of `known`, somebody new, or somebody has to say."""
    return reasons.decide(LADDERS, seen, known, same=SAME_BITS, ask=ASK_BITS)
