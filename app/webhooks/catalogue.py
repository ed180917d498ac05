"""Every type of message there is: what it tells, the JSON Schema of its body, and an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.webhooks import payloads
from app.webhooks.payloads import SCHEMA_VERSION

TEST = "webhook.test"
DISABLED = "endpoint.disabled"
SCAN_FINISHED = "scan.finished"
CONTACT_CREATED = "contact.created"
CONTACT_UPDATED = "contact.updated"
CONTACT_ERASED = "contact.erased"
CONTACT_MERGED = "contact.merged"
CONTACT_MERGE_UNDONE = "contact.merge_undone"
JOB_CHANGED = "contact.job_changed"
COMPANY_MERGED = "company.merged"
COMPANY_MERGE_UNDONE = "company.merge_undone"
ALLIANCE_CHANGED = "alliance.changed"

_MOMENT = "2026-03-01T12:00:00+00:00"
_ID = "019cb1d2-7c50-7a3e-8f5e-3b1c0d2e4f{:02d}"


_LINK = {
    "image_link": "https://cards.example/v1/pictures/gAAAAABpoZ0A",
    "image_link_expires_at": "2026-03-05T12:00:00+00:00",
}

_COMPANY: dict[str, Any] = {
    "id": _ID.format(6),
    "name": "Acme Tools GmbH",
    "visibility": "team",
    "is_home": False,
    "industry": "Machine tools",
    "product_category": "Drills",
    "place": "Leipzig",
    "parent_id": None,
    "domains": ["acme.example"],
    "aliases": ["ACME"],
    "brands": [],
    "provenance": {"name": {"source": "rapidocr", "confidence": 0.97, "field_id": None}},
    "confidence": 0.97,
    "review": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}

_CONTACT: dict[str, Any] = {
    "id": _ID.format(4),
    "owner_id": _ID.format(2),
    "owner": {"id": _ID.format(2), "name": "Ann Lee", "email": "ann@northwind.example"},
    "visibility": "team",
    "tags": ["spring fair"],
    "external_ids": ["crm-4711"],
    "crm_ids": [{"connection_id": _ID.format(8), "remote_id": "4711"}],
    "etag": '"3"',
    "name": "Jane Doe",
    "name_prefix": "Dr.",
    "name_suffix": None,
    "title": "Head of Sales",
    "department": None,
    "company_id": _ID.format(6),
    "company_name": "Acme Tools GmbH",
    "company": _COMPANY,
    "points": [
        {
            "kind": "email",
            "value": "jane@acme.example",
            "type": None,
            "extension": None,
            "confidence": 0.98,
            "source": "rapidocr",
            "field_id": _ID.format(7),
        }
    ],
    "employments": [
        {
            "id": _ID.format(8),
            "company_id": _ID.format(6),
            "company_name": "Acme Tools GmbH",
            "title": "Head of Sales",
            "department": None,
            "current": True,
            "started_on": None,
            "ended_on": None,
            "seen_at": _MOMENT,
        }
    ],
    "confidence": 0.95,
    "provenance": {"name": {"source": "rapidocr", "confidence": 0.97, "field_id": _ID.format(7)}},
    "needs_review": False,
    "review": [],
    "exchanges": [
        {
            "id": _ID.format(9),
            "user_id": _ID.format(2),
            "contact_id": _ID.format(4),
            "company_id": _ID.format(6),
            "scan_id": _ID.format(1),
            "card_id": _ID.format(3),
            "own_card_id": None,
            "direction": "received",
            "met_at": _MOMENT,
            "event": "Trade fair",
            "event_id": None,
            "place": "Leipzig",
            "latitude": None,
            "longitude": None,
            "note": None,
        }
    ],
    "cards": [
        {
            "id": _ID.format(3),
            "scan_id": _ID.format(1),
            "image_url": f"/v1/scans/{_ID.format(1)}/cards/0/image",
            **_LINK,
            "review": [],
            "created_at": _MOMENT,
        }
    ],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}

_MERGE: dict[str, Any] = {
    "id": _ID.format(12),
    "user_id": _ID.format(2),
    "created_at": _MOMENT,
    "undone_at": None,
}
_UNDONE = _MERGE | {"undone_at": "2026-03-02T09:30:00+00:00"}
_OF_CONTACTS: dict[str, Any] = {"survivor_id": _ID.format(4), "merged_id": _ID.format(13), "survivor": _CONTACT}
_OF_COMPANIES: dict[str, Any] = {
    "survivor_id": _ID.format(6),
    "merged_id": _ID.format(14),
    "survivor": _COMPANY,
    "merged": _COMPANY | {"id": _ID.format(14), "name": "Acme", "domains": []},
}
_OLD_JOB: dict[str, Any] = _CONTACT["employments"][0] | {
    "id": _ID.format(15),
    "company_id": _ID.format(16),
    "company_name": "Globex Inc.",
    "title": "Sales Manager",
    "current": False,
    "ended_on": "2026-03-01",
}
_MOVED: dict[str, Any] = _CONTACT | {"employments": [*_CONTACT["employments"], _OLD_JOB]}

_ALLIANCE: dict[str, Any] = {
    "id": _ID.format(10),
    "visibility": "team",
    "declared_competitors": False,
    "companies": [
        {"id": _ID.format(11), "name": "Northwind Retail Systems", "is_home": True},
        {"id": _ID.format(6), "name": "Acme Tools GmbH", "is_home": False},
    ],
    "state": "acquainted",
    "score": 28.4,
    "coverage": 0.45,
    "parts": [{"name": "tie", "points": 9.1, "max": 25.0, "known": True}],
    "conflicts": [],
    "model_version": "4",
    "scored_on": "2026-03-01",
    "informal_by_choice": False,
    "decision": None,
    "proposed_kind": None,
    "last_evidence_at": _MOMENT,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of message."""

    name: str
    description: str
    data: type[BaseModel]
    example_data: dict[str, Any]

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of the whole body."""
        data = self.data.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
        definitions = data.pop("$defs", {})
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.description,
            "type": "object",
            "required": ["type", "timestamp", "schema_version", "sequence", "data"],
            "properties": {
                "type": {"const": self.name},
                "timestamp": {"type": "string", "format": "date-time", "description": "When the state was taken."},
                "schema_version": {"const": SCHEMA_VERSION},
                "sequence": {"type": "integer", "minimum": 1, "description": "Grows with each message of an object."},
                "data": data,
            },
            "$defs": definitions,
        }

    @property
    def example(self) -> dict[str, Any]:
        """A whole body."""
        return payloads.body(self.name, _MOMENT, 1, self.example_data)


EVENT_TYPES = {
    event_type.name: event_type
    for event_type in (
        EventType(CONTACT_CREATED, "A person that was not known before.", payloads.ContactData, _CONTACT),
        EventType(CONTACT_UPDATED, "Something about a person changed.", payloads.ContactData, _CONTACT),
        EventType(
            CONTACT_ERASED,
            "A person was erased, by request or because the time was over. Erase your copy.",
            payloads.ErasedData,
            {"id": _ID.format(4)},
        ),
        EventType(
            JOB_CHANGED,
            "A new card shows a known person in another job: one employment ended, another began.",
            payloads.JobChangeData,
            {"contact": _MOVED, "began": _CONTACT["employments"][0], "ended": _OLD_JOB},
        ),
        EventType(
            CONTACT_MERGED,
            "Two contacts are one person: `merged_id` is part of `survivor_id` now.",
            payloads.ContactMergeData,
            _MERGE | _OF_CONTACTS,
        ),
        EventType(
            CONTACT_MERGE_UNDONE,
            "They are two people after all.",
            payloads.ContactMergeData,
            _UNDONE | _OF_CONTACTS,
        ),
        EventType(
            COMPANY_MERGED,
            "Two companies are one: `merged_id` is part of `survivor_id` now.",
            payloads.CompanyMergeData,
            _MERGE | _OF_COMPANIES,
        ),
        EventType(
            COMPANY_MERGE_UNDONE,
            "They are two companies after all.",
            payloads.CompanyMergeData,
            _UNDONE | _OF_COMPANIES,
        ),
        EventType(
            ALLIANCE_CHANGED,
            "The score, the coverage or the state of a pair of companies is another one.",
            payloads.AllianceData,
            _ALLIANCE,
        ),
        EventType(
            SCAN_FINISHED,
            "A photo was read, or could not be.",
            payloads.ScanData,
            {
                "id": _ID.format(1),
                "status": "done",
                "error": None,
                "user_id": _ID.format(2),
                "event": "Retail Expo",
                "place": "Lyon",
                "note": None,
                "client_id": "photo-17",
                "captured_at": _MOMENT,
                "created_at": _MOMENT,
                "finished_at": _MOMENT,
                "cards": [
                    {
                        "id": _ID.format(3),
                        **_LINK,
                        "contact_id": _ID.format(4),
                        "review": [],
                        "fields": [
                            {"kind": "email", "value": "jane@acme.example", "type": None, "confidence": 0.98},
                            {"kind": "phone", "value": "+33472000000", "type": "work", "confidence": 0.95},
                        ],
                        "alliance_hint": ["Second person you know at Acme Tools GmbH.", "Sells to retail as you do."],
                    }
                ],
            },
        ),
        EventType(
            DISABLED,
            "An endpoint gets nothing any more: it failed for days, answered 410, or a user switched it off.",
            payloads.EndpointData,
            {
                "id": _ID.format(5),
                "url": "https://crm.example/hooks",
                "description": "CRM",
                "disabled_reason": "failing",
                "disabled_at": _MOMENT,
                "failing_since": "2026-02-24T12:00:00+00:00",
            },
        ),
        EventType(
            TEST,
            "Sent when somebody asks for it, to one endpoint, whatever it subscribes to.",
            payloads.TestData,
            {"endpoint_id": _ID.format(5), "message": "It works."},
        ),
    )
}

FACTS = tuple(name for name in EVENT_TYPES if name not in (TEST, DISABLED))
"""Those that an endpoint made later may want to catch up on."""
