"""What the API says of CRMs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, model_validator

from app.crm.mapping import SOURCES
from app.crm.models import ClosedReason, LinkStatus, OnErasure
from app.crm.talk import Connector, Kind

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Sales CRM"])]
Url = Annotated[
    str | None,
    Field(max_length=500, description="Root of the CRM; not needed where it is the same for everybody."),
]
SettingValues = Annotated[
    dict[str, Any], Field(max_length=30, description="As `GET /v1/crm-connectors` names them.", examples=[{}])
]
Credentials = Annotated[
    dict[str, SecretStr],
    Field(max_length=30, description="Kept encrypted, never shown.", examples=[{"token": "pat-…"}]),
]
Mapping = Annotated[
    dict[Kind, dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=500)]]],
    Field(
        description="By kind, from field of the CRM to one of our values, or to `=` and a constant. A kind that is "
        "left out has the connector's own mapping.",
        examples=[{"contact": {"email": "email", "lastname": "last_name", "lead_source": "=Trade fair"}}],
    ),
]
Rate = Annotated[
    float | None, Field(gt=0, le=1000, description="Most requests a second; null: the CRM's documented limit.")
]


class ConnectionIn(BaseModel):
    """A CRM to bring contacts to."""

    model_config = ConfigDict(extra="forbid")

    connector: str = Field(max_length=30, examples=["hubspot"])
    name: Name
    url: Url = None
    settings: SettingValues = {}
    credentials: Credentials
    mapping: Mapping = {}
    companies: bool = Field(default=True, description="Whether companies are pushed.")
    notes: bool = Field(default=True, description="Whether meetings are pushed as notes.")
    on_erasure: OnErasure = Field(
        default=OnErasure.DELETE, description="What happens there to a contact that is erased here."
    )
    max_per_second: Rate = None


class ConnectionChange(BaseModel):
    """What is to be different (JSON merge patch, RFC 7396); what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name = "CRM"
    url: Annotated[str, Field(max_length=500)] = ""
    settings: SettingValues = {}
    credentials: Credentials = {}
    mapping: Mapping = {}
    companies: bool = True
    notes: bool = True
    on_erasure: OnErasure = OnErasure.DELETE
    max_per_second: Rate = None
    enabled: bool = Field(default=True, description="False keeps what is owed until it is true again.")


class ConnectionOut(BaseModel):
    """A connection; its credentials are never shown."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    connector: str
    name: str
    url: str
    settings: dict[str, Any]
    mapping: dict[Kind, dict[str, str]] = Field(description="Where it differs from the connector's.")
    companies: bool
    notes: bool
    on_erasure: OnErasure
    max_per_second: float | None
    enabled: bool = Field(validation_alias="is_open")
    closed_reason: ClosedReason | None = Field(description="`by_user`, or `failing`: for days.")
    closed_at: datetime | None
    failing_since: datetime | None = Field(description="First failure since the last success.")
    failures: int
    last_error: str | None = Field(description="Stable code of the last failure; null since a success.")
    paused_until: datetime | None = Field(description="The CRM asked for a pause, or failed several times in a row.")
    tally: dict[str, int] = Field(description="How many pushes ended how, ever.", examples=[{"created": 120}])
    created_at: datetime
    updated_at: datetime


class TrialOut(BaseModel):
    """Whether the CRM lets us in."""

    model_config = ConfigDict(from_attributes=True)

    ok: bool
    account: str | None = Field(description="Who the CRM takes us for.")
    code: str | None = Field(description="What is wrong: unauthorized, connection_failed, address_refused, …")
    detail: str | None = Field(description="What the CRM said.")


class DryRunIn(BaseModel):
    """Which contact."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID


class RequestOut(BaseModel):
    """One request, its secrets masked."""

    model_config = ConfigDict(from_attributes=True)

    method: str
    url: str
    headers: dict[str, str]
    body: Any
    reads: bool = Field(description="Changes nothing there.")


class DryRunOut(BaseModel):
    """What would be sent, were the CRM to find nobody."""

    requests: list[RequestOut]


class PushIn(BaseModel):
    """What to push; nothing named: everything that is not there as it is here."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID | None = Field(default=None, description="This one, whether it changed or not.")
    since: AwareDatetime | None = Field(default=None, description="Contacts that changed since.")

    @model_validator(mode="after")
    def _one_of_them(self) -> PushIn:
        if self.contact_id is not None and self.since is not None:
            raise ValueError("name a contact or a moment, not both")
        return self


class PushOut(BaseModel):
    """What is owed now."""

    connection_id: UUID
    pending: int


class LinkOut(BaseModel):
    """What one of our objects is in a CRM."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    connection_id: UUID
    kind: Kind
    object_id: UUID
    remote_id: str | None = Field(description="The CRM's id.")
    is_ours: bool = Field(description="Made by a push, not found there.")
    status: LinkStatus
    attempts: int
    next_at: datetime
    error: str | None = Field(description="Stable code: the CRM's own, or missing, timeout, answer_without_id, …")
    detail: str | None = Field(description="What the CRM said, the contact's values left out.")
    pushed_at: datetime | None


class SettingOut(BaseModel):
    """Something that a connection has to know."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    about: str
    secret: bool = Field(description="Belongs into `credentials`, else into `settings`.")
    required: bool
    default: Any


class FieldsOut(BaseModel):
    """The fields of one kind of record."""

    known: dict[str, int | None] = Field(description="Fields of the CRM, with the most characters.")
    custom: str = Field(description="Pattern of the names of your own fields.")
    required: tuple[str, ...]
    mapping: dict[str, str] = Field(description="What fills which field unless you say otherwise.")
    sources: dict[str, str] = Field(description="What a field can be filled with.")


class ConnectorOut(BaseModel):
    """One CRM that there is a connector for."""

    name: str = Field(examples=["hubspot"])
    title: str
    reference: str
    url: str | None
    limits: str
    settings: list[SettingOut]
    fields: dict[Kind, FieldsOut]


def connector_out(connector: Connector) -> ConnectorOut:
    """A connector as the API shows it."""
    return ConnectorOut(
        name=connector.name,
        title=connector.title,
        reference=connector.reference,
        url=connector.url,
        limits=connector.limits,
        settings=[SettingOut.model_validate(setting) for setting in connector.settings],
        fields={
            kind: FieldsOut(
                known=dict(fields.known),
                custom=fields.custom,
                required=fields.required,
                mapping=dict(fields.mapping),
                sources=dict(SOURCES[kind]),
            )
            for kind, fields in connector.fields.items()
        },
    )
