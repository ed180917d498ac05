"""The chapters in their order. One line here is all that a new chapter needs besides its module."""

from __future__ import annotations

from collections.abc import Callable

from bench.demo.chapters import (
    address_book,
    afterwards,
    alliances,
    contacts,
    crm,
    deliveries,
    merging,
    photos,
    story_of_two,
)
from bench.demo.stage import Stage

CHAPTERS: tuple[Callable[[Stage], None], ...] = (
    photos.tell,
    contacts.tell,
    alliances.tell,
    story_of_two.tell,
    afterwards.tell,
    merging.tell,
    deliveries.tell,
    crm.tell,
    address_book.tell,
)
"""Each finds on the stage what the chapters before it left in the service."""
