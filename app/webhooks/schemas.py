"""What the API says of webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from app.webhooks.models import Delivery, DeliveryStatus, DisabledReason

Url = Annotated[str, Field(max_length=2000, examples=["https://crm.example/hooks"])]
Description = Annotated[str, Field(max_length=200, examples=["CRM"])]
EventTypes = Annotated[
    list[str], Field(max_length=50, description="Which types to send; empty: all.", examples=[["contact.created"]])
]
Concurrency = Annotated[int, Field(ge=1, le=32, description="Deliveries under way at once.")]
Rate = Annotated[float | None, Field(gt=0, le=1000, description="Most deliveries a second; null: no limit.")]
Signature = Annotated[
    Literal["v1", "v1a"],
    Field(description="`v1`: HMAC-SHA256 with a shared secret; `v1a`: ed25519, verified with a public key."),
]
OwnSecret = Annotated[
    SecretStr | None,
    Field(description="A secret of your own: `whsec_` (24 to 64 bytes) or `whsk_` and base64; else one is made."),
]


class Out(BaseModel):
    """Read straight from a row."""

    model_config = ConfigDict(from_attributes=True)


class EndpointIn(BaseModel):
    """A URL that wants to know."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    description: Description = ""
    event_types: EventTypes = []
    concurrency: Concurrency = 4
    max_per_second: Rate = None
    signature: Signature = "v1"
    secret: OwnSecret = None


class EndpointChange(BaseModel):
    """What is to be different (JSON merge patch, RFC 7396); what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url = ""
    description: Description = ""
    event_types: EventTypes = []
    concurrency: Concurrency = 4
    max_per_second: Rate = None
    enabled: bool = Field(default=True, description="False keeps what is owed until it is true again.")


class EndpointOut(Out):
    """An endpoint. Its secret is shown when it is made or rotated, never here."""

    id: UUID
    url: str
    description: str
    event_types: list[str]
    concurrency: int
    max_per_second: float | None
    enabled: bool = Field(validation_alias="is_enabled")
    disabled_reason: DisabledReason | None = Field(
        description="`by_user`; `gone`: it answered 410; `failing`: it failed for days."
    )
    disabled_at: datetime | None
    failing_since: datetime | None = Field(description="First failure since the last success.")
    failures: int = Field(description="Failed attempts since the last success.")
    paused_until: datetime | None = Field(description="Nothing is sent before; it failed several times in a row.")
    tally: dict[str, int] = Field(
        description="How many attempts ended how, ever.", examples=[{"2xx": 120, "timeout": 3}]
    )
    created_at: datetime
    updated_at: datetime


class NewEndpointOut(EndpointOut):
    """An endpoint with its secret, shown only now."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    public_key: str | None = Field(description="What `v1a` signatures are verified with.")


class RotationIn(BaseModel):
    """How to change the secret."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: float = Field(default=24, ge=0, le=168, description="How long the old secret signs as well.")
    signature: Signature = "v1"
    secret: OwnSecret = None


class SecretOut(BaseModel):
    """A new secret, shown only now."""

    secret: str
    public_key: str | None
    old_expires_at: datetime | None = Field(description="Until then messages carry a signature of each.")


class DeliveryOut(Out):
    """A message owed to an endpoint."""

    id: UUID
    endpoint_id: UUID
    message_id: str = Field(description="`webhook-id`: the same on every attempt.", examples=["msg_019cb1d27c507a3e"])
    event_type: str
    object_id: UUID
    status: DeliveryStatus
    attempts: int = Field(description="Since it was last asked for.")
    next_at: datetime | None = Field(description="When it is due; null once it is settled.")
    created_at: datetime


class AttemptOut(Out):
    """One try."""

    started_at: datetime
    milliseconds: int
    status_code: int | None
    error: str | None = Field(
        description="Why no status came: timeout, connection_failed, connection_lost, tls_failed, name_unknown, "
        "protocol_error, address_refused, …"
    )
    response: str = Field(description="Beginning of the answer, at most 4 KB.")


class DeliveryWithAttemptsOut(DeliveryOut):
    """A delivery and what became of it."""

    body: str | None = Field(description="The very text that is sent; to administrators only.")
    tries: list[AttemptOut]


class ReplayIn(BaseModel):
    """What to send again."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    until: AwareDatetime | None = None
    statuses: list[DeliveryStatus] = Field(default=[], description="Only those in these states; empty: all.")
    event_types: EventTypes = []


class ReplayOut(BaseModel):
    """What is owed now."""

    endpoint_id: UUID
    pending: int


class EventTypeOut(Out):
    """One type of message."""

    name: str
    description: str
    schema_: dict[str, Any] = Field(
        validation_alias="schema", serialization_alias="schema", description="JSON Schema of the body."
    )
    example: dict[str, Any]


def delivery(row: Delivery) -> DeliveryOut:
    """A delivery that was loaded with its message."""
    return DeliveryOut(
        id=row.id,
        endpoint_id=row.endpoint_id,
        message_id=row.message.public_id,
        event_type=row.message.type,
        object_id=row.message.object_id,
        status=row.status,
        attempts=row.attempts,
        next_at=row.next_at if row.status == DeliveryStatus.PENDING else None,
        created_at=row.created_at,
    )


def delivery_with_attempts(row: Delivery, *, with_body: bool) -> DeliveryWithAttemptsOut:
    """A delivery that was loaded with its message and attempts."""
    return DeliveryWithAttemptsOut(
        **delivery(row).model_dump(),
        body=row.message.body if with_body else None,
        tries=[AttemptOut.model_validate(attempt) for attempt in row.tries],
    )
