"""What the API says of books."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.books.models import Account
from app.books.terms import Relation

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class AccountIn(BaseModel):
    """A company that somebody sells into."""

    company: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] = Field(
        description="Its name; the company is found by it, or made.", examples=["Corner Stores Ltd"]
    )
    domain: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=253)] | None = Field(
        None, description="Of its website or mail: finds it more surely.", examples=["cornerstores.example"]
    )
    relation: Relation
    industry: Word | None = Field(None, description="Of that company.", examples=["retail"])
    product_category: Word | None = Field(None, description="What is sold there.", examples=["point of sale"])
    never_share: bool = Field(False, description="It takes no part in any matching with a partner's book.")
    contact_id: UUID | None = Field(None, description="The contact who sells there; yourself, when left out.")
    confirmed: bool = Field(False, description="Of a contact's account: whether the contact said so.")


class CompanyRef(BaseModel):
    """A company, in short."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str


class AccountOut(BaseModel):
    """An account in a book."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    company: CompanyRef
    contact_id: UUID | None
    relation: Relation
    industry: str | None
    product_category: str | None
    never_share: bool
    confirmed: bool = Field(description="Whether whoever sells there has said so.")
    confirmed_at: datetime = Field(description="When it was last said: what two books share fades from then on.")
    created_at: datetime
    updated_at: datetime


class RefusedOut(BaseModel):
    """A line of a file that was left out."""

    model_config = ConfigDict(from_attributes=True)

    line: int = Field(ge=1, description="From 1, the header's.")
    problem: str = Field(examples=["no company"])


class ImportOut(BaseModel):
    """What became of a file."""

    model_config = ConfigDict(from_attributes=True)

    added: int
    changed: int = Field(description="In the book before, with other values.")
    confirmed: int = Field(description="In the book before, with these values.")
    refused: list[RefusedOut]


def account_out(account: Account) -> AccountOut:
    """An account that was loaded with its company, as the API shows it."""
    row: dict[str, Any] = {name: getattr(account, name) for name in AccountOut.model_fields}
    return AccountOut.model_validate(row)
