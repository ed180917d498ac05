"""What a person is told whose data was not obtained from them in writing (GDPR, article 14). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

_RIGHTS = (
    "You may ask for a copy of your data (Art. 15), have it corrected (Art. 16), erased (Art. 17) or restricted "
    "(Art. 18), receive it in a machine-readable form (Art. 20), and object to its use at any time, without giving "
    "reasons where it is direct marketing (Art. 21). You may complain to a data protection authority (Art. 77)."
)
_DATA = (
    "What is printed on your business card: name, job, company, addresses, numbers; its photo for as long as it is "
    "kept; when and where cards were exchanged; and notes of the person who met you."
)
_AUTOMATED = "No decision about you is made by automated means alone."


@dataclass(frozen=True, slots=True)
class Meeting:
    """When somebody of the organization was given the card."""

    at: datetime
    user: str
    event: str | None
    place: str | None

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.event, self.place)))
        return f"{self.user} on {self.at:%Y-%m-%d}" + (f" ({where})" if where else "")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the notice tells."""

    controller: str
    contact: str | None
    purpose: str
    legal_basis: str
    recipients: str
    source: str | None
    """How the organization came to know the person; null: people in general."""
    meetings: Sequence[Meeting]
    retain_until: date | None
    contact_days: int
    """0: no end is set."""
    photo_days: int


def _source(facts: Facts) -> str:
    if facts.source is None:
        return "The data comes from business cards that you handed to our staff, or from lists that they brought in."
    kinds = {"business_card": "a business card", "import": "a list of contacts that was brought in"}
    told = kinds.get(facts.source, f"our own records ({facts.source})")
    given = "; ".join(map(str, facts.meetings))
    return f"The data comes from {told}" + (f", exchanged with {given}." if given else ".")


def _retention(facts: Facts) -> str:
    if facts.retain_until is not None:
        kept = f"Your data is kept until {facts.retain_until:%Y-%m-%d} and then erased."
    elif facts.contact_days:
        kept = f"Your data is erased {facts.contact_days} days after the last contact with you."
    else:
        kept = "Your data is kept for as long as the purpose lasts, which is reviewed regularly, or until you object."
    photos = f" Photos of your card are deleted after {facts.photo_days} days." if facts.photo_days else ""
    return kept + photos


def sections(facts: Facts) -> list[tuple[str, str]]:
    """Heading and text of each part."""
    reach = facts.contact or "the person who met you"
    return [
        ("Who is responsible", f"{facts.controller}. For anything about your data, write to {reach}."),
        ("What we hold", _DATA),
        ("Where it comes from", _source(facts)),
        ("What we hold it for", f"{facts.purpose} Ground: {facts.legal_basis}"),
        ("Who gets it", facts.recipients),
        ("How long", _retention(facts)),
        ("Your rights", _RIGHTS),
        ("Automated decisions", _AUTOMATED),
    ]


TITLE = "How we use your business card"


def as_text(facts: Facts) -> str:
    """Plain text."""
    parts = [TITLE, "=" * len(TITLE)]
    for heading, text in sections(facts):
        parts += ["", heading, "-" * len(heading), text]
    return "\n".join(parts) + "\n"


def as_html(facts: Facts) -> str:
    """A page of its own."""
    parts = "".join(f"<h2>{escape(heading)}</h2>\n<p>{escape(text)}</p>\n" for heading, text in sections(facts))
    head = f'<meta charset="utf-8"><title>{TITLE}</title>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n<h1>{TITLE}</h1>\n{parts}</body></html>\n'
