"""What alliances announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class AllianceChanged(Event):
    """The score, the coverage or the state of a pair is another one.

    Ageing alone is announced when it has come to a whole point of the score, or moves the state.
    """

    alliance_id: UUID


@dataclass(frozen=True, slots=True)
class AssessmentDue(Event):
    """Something changed that bears on the pair of the home company and this one."""

    company_id: UUID


@dataclass(frozen=True, slots=True)
class ThirdPairDue(Event):
    """Something changed that bears on the pair of two companies neither of which is the home company."""

    one_id: UUID
    other_id: UUID


@dataclass(frozen=True, slots=True)
class PartnersDue(Event):
    """A company may have new candidates among those that a user met who met it: they sell to the same industry."""

    company_id: UUID


@dataclass(frozen=True, slots=True)
class SellersDue(Event):
    """A company sells into an account, which may make it a candidate of others who do."""

    company_id: UUID
    account_id: UUID
