"""Every type of message there is: what it tells, the JSON Schema of its body, and an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.webhooks import payloads
from app.webhooks.payloads import SCHEMA_VERSION, Payload

TEST = "webhook.test"
DISABLED = "endpoint.disabled"
SCAN_FINISHED = "scan.finished"

_MOMENT = "2026-03-01T12:00:00+00:00"
_ID = "019cb1d2-7c50-7a3e-8f5e-3b1c0d2e4f{:02d}"


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of message."""

    name: str
    description: str
    data: type[Payload]
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
                        "contact_id": _ID.format(4),
                        "review": [],
                        "fields": [
                            {"kind": "email", "value": "jane@acme.example", "type": None, "confidence": 0.98},
                            {"kind": "phone", "value": "+33472000000", "type": "work", "confidence": 0.95},
                        ],
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
