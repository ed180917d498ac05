"""Everything that can be set, each from an environment variable `CARDALLY_<NAME>` or a line in `.env`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Of signatures that are checked with a public key."""
_URL = r"^https?://[^\s/?#]+[^\s?#]*$"


class Settings(BaseSettings):
    """The defaults run on one machine with nothing installed: SQLite, files in ./var, workers beside the API."""

    model_config = SettingsConfigDict(env_prefix="CARDALLY_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        default="sqlite:///var/cardally.db",
        description="SQLAlchemy URL; `postgresql+psycopg://user:password@host/name`.",
    )
    files_url: str = Field(default="var/files", description="Folder of the photos, or `s3://bucket/prefix`.")
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the API listens on; 0 takes a free one.")
    public_url: str = Field(
        default="", description="Where others reach the API, `https://cards.example`; links in webhooks begin with it."
    )
    threads: int = Field(default=8, ge=1, description="Requests that one API process works on at once.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")

    workers: int = Field(
        default_factory=lambda: max(1, min(4, (os.cpu_count() or 2) - 1)),
        ge=0,
        description="Reading processes that the API starts beside itself; 0 where `cardally worker` runs apart.",
    )
    lease_seconds: float = Field(default=15, gt=0, description="A job whose worker is silent for so long runs again.")
    job_attempts: int = Field(default=5, ge=1, description="Tries before a job is parked for an operator.")
    poll_seconds: float = Field(default=0.1, gt=0, description="How often an idle worker looks for due jobs.")

    engine: str | None = Field(
        default=None, description="Text reader; `cardally read --help` lists them and names the default."
    )
    ocr_timeout_seconds: float = Field(default=60, gt=0, description="A photo that takes longer ends as `ocr_timeout`.")
    max_upload_bytes: int = Field(default=25_000_000, gt=0, description="Largest request body.")
    max_import_bytes: int = Field(default=200_000_000, gt=0, description="Largest file of people that is brought in.")
    max_pixels: int = Field(default=50_000_000, gt=0, description="Largest photo, width times height.")
    wait_seconds: float = Field(default=60, ge=0, description="Longest `Prefer: wait=N` that is granted.")

    oidc_issuer: str | None = Field(
        default=None,
        pattern=_URL,
        description="Login service (OpenID Connect) whose bearer tokens are believed, exactly as its tokens name it.",
    )
    oidc_audience: str = Field(
        default="cardally", min_length=1, description="What a bearer token must name as its audience (`aud`)."
    )
    oidc_jwks_url: str | None = Field(
        default=None, pattern=_URL, description="Where the issuer's keys are; by discovery when not set."
    )
    oidc_algorithms: tuple[Algorithm, ...] = Field(
        default=("RS256", "ES256"), min_length=1, description="How tokens may be signed, as JSON; public-key only."
    )
    oidc_skew_seconds: float = Field(
        default=60, ge=0, le=600, description="How far the issuer's clock may be from ours."
    )
    oidc_keys_seconds: float = Field(
        default=3600, gt=0, description="The issuer's keys are asked for anew after so long; old ones do 24 times."
    )
    oidc_refetch_seconds: float = Field(
        default=30, ge=0, description="Least pause between two requests for the issuer's keys."
    )
    oidc_timeout_seconds: float = Field(default=5, gt=0, le=60, description="Whole time of one request to the issuer.")
    invitation_days: float = Field(default=14, gt=0, le=365, description="How long an invitation can be accepted.")

    webhook_allow: tuple[str, ...] = Field(
        default=(),
        description='Private hosts and networks open to webhooks, as JSON: ["127.0.0.0/8", "crm.lan"].',
    )
    webhook_timeout_seconds: float = Field(default=15, gt=0, le=60, description="Whole time of one delivery attempt.")
    webhook_schedule_seconds: tuple[float, ...] = Field(
        default=(0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400),
        min_length=1,
        description="Pause before each attempt to deliver a webhook, as JSON: [0, 5, 300].",
    )
    webhook_break_seconds: float = Field(
        default=1, ge=0, description="First break of a receiver that failed three times in a row; doubles up to 60 x."
    )
    webhook_patience_days: float = Field(default=5, gt=0, description="An endpoint that fails for so long is disabled.")
    link_hours: float = Field(
        default=96, gt=0, description="How long a link to a picture in a webhook works; its last attempt is at 92 h."
    )
    webhook_keep_days: float = Field(
        default=30, gt=0, description="Messages, their deliveries and attempts are deleted after so long."
    )
    purpose: str = Field(
        default="To stay in touch with people whom we met in business, and to find common customers and projects.",
        description="What people's data is held for, where an organization's policy says nothing.",
    )
    legal_basis: str = Field(
        default="Legitimate interests in business contacts (Art. 6(1)(f) GDPR).",
        description="On what ground, where an organization's policy says nothing.",
    )
    recipients: str = Field(
        default="Colleagues in the organization, and the customer database (CRM) that it uses.",
        description="Who gets it, where an organization's policy says nothing.",
    )
    contact_days: int = Field(
        default=0, ge=0, description="Contacts not met or changed for so long are erased; 0: never. A policy overrides."
    )
    photo_days: int = Field(
        default=0, ge=0, description="Photos and crops are deleted when so old; 0: never. A policy overrides."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key that encrypts stored secrets, at least 16 characters; several by comma: the first encrypts.",
    )
    secret_file: Path = Field(
        default=Path("var/secret.key"), description="Where a key is made and kept when `secret_key` is not set."
    )

    @field_validator("database_url")
    @classmethod
    def _shared_by_processes(cls, url: str) -> str:
        if url in ("sqlite://", "sqlite:///:memory:"):
            raise ValueError("a database in memory cannot be shared with the workers; name a file")
        return url

    def local_folders(self) -> tuple[Path, ...]:
        """Folders that have to exist before the service can start."""
        folders = []
        if self.database_url.startswith("sqlite:///"):
            folders.append(Path(self.database_url.removeprefix("sqlite:///")).parent)
        if "://" not in self.files_url:
            folders.append(Path(self.files_url))
        return tuple(folders)
