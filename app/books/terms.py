"""The words of this feature as types."""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """How somebody sells into an account."""

    CUSTOMER = "customer"
    OPEN_OPPORTUNITY = "open_opportunity"
    PROSPECT = "prospect"
