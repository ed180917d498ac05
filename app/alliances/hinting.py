"""What to say of a company whose card was just photographed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")
_MOST_COLLEAGUES = 3


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another user who met somebody of the company."""

    name: str
    met_this_person: bool
    last_met_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What the one who holds the card may know of its company."""

    company: str
    people: int
    """Whom the holder met there, this person included."""
    colleagues: tuple[Colleague, ...] = ()
    buyers: frozenset[str] = frozenset()
    """Industries that both companies sell to."""
    competes: bool = False


def hints(known: Known) -> tuple[str, ...]:
    """The hints in sentences, the most telling first."""
    said = [f"{known.company} sells what you sell."] if known.competes else []
    if known.people > 1:
        said.append(f"{_ordinal(known.people)} person you know at {known.company}.")
    if known.buyers and not known.competes:
        said.append(f"Sells to {_listed(sorted(known.buyers))} as you do.")
    latest = sorted(known.colleagues, key=lambda other: (not other.met_this_person, -other.last_met_at.timestamp()))
    for other in latest[:_MOST_COLLEAGUES]:
        whom = "them" if other.met_this_person else "somebody else there"
        said.append(f"{other.name} met {whom} in {other.last_met_at:%B %Y}.")
    return tuple(said)


def in_touch(person: str, company: str, last: tuple[str, datetime] | None, *, is_warm: bool) -> str:
    """Why to see somebody who is where one goes; `last` is who was in touch with them, and when."""
    who, when = last or ("Nobody here any more", None)
    said = f"{who} was last in touch with {person} of {company}"
    if when is not None:
        said += f" in {when:%B %Y}"
    return f"{said}." if is_warm else f"{said}; it has gone quiet since."


def brought(event: str, at: datetime, pairs: int, wins: int, *, same_season: bool) -> str:
    """Why to go to an event."""
    won = f" and {_count(wins, 'win', 'wins')}" if wins else ""
    back = " It was at this time of the year." if same_season else ""
    return f"{event} in {at:%B %Y} brought {_count(pairs, 'alliance', 'alliances')}{won}.{back}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _ordinal(number: int) -> str:
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
