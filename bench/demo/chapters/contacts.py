"""The photos have become contacts."""

from __future__ import annotations

from bench.demo.stage import Json, Stage, StepFailed, console, table


def tell(stage: Stage) -> None:
    """Who was met."""
    shown = table("Contacts", "name", "title", "company", "e-mail", "phone", "sure", "review?")
    contacts = stage.ann.items("/v1/contacts", limit=200)
    for contact in reversed(contacts):
        shown.add_row(
            contact["name"] or "",
            contact["title"] or "",
            contact["company_name"] or "",
            _first_point(contact, "email"),
            _first_point(contact, "phone"),
            f"{contact['confidence']:.0%}",
            "yes" if contact["needs_review"] else "",
        )
    console.print(shown)
    if not contacts:
        raise StepFailed("no contact came of the photos")


def _first_point(contact: Json, kind: str) -> str:
    """The first e-mail address or phone number of a contact."""
    return next((str(point["value"]) for point in contact["points"] if point["kind"] == kind), "")
