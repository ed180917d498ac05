"""The HTTP service: `create_app(settings)` for tests, `from_env` for servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import sqlalchemy as sa
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.orm import Session

from app import __version__
from app.alliances.dealing_endpoints import router as dealings
from app.alliances.endpoints import router as alliances
from app.alliances.graph_endpoints import router as graph
from app.alliances.occasion_endpoints import router as occasions
from app.alliances.pack_endpoints import router as packs
from app.alliances.radar import reminders
from app.audit.endpoints import router as audit
from app.audit.reading import RecordReads
from app.auth.caller import name_scopes
from app.auth.endpoints import router as users
from app.auth.invitation_endpoints import router as invitations
from app.auth.issuer import issuer_of
from app.books.endpoints import router as books
from app.companies.endpoints import router as companies
from app.composition import House, open_house, worker_commands
from app.contacts.endpoints import router as contacts
from app.contacts.handover_endpoints import router as handover
from app.contacts.sharing_endpoints import router as sharing
from app.crm.endpoints import router as crm
from app.crm.metrics import metrics as crm_metrics
from app.dav.endpoints import router as dav
from app.directory.endpoints import router as directory
from app.exchanges.endpoints import router as exchanges
from app.kit import queue
from app.kit.clock import now
from app.kit.errors import EVERYWHERE, AppError, handle_errors, problems
from app.kit.logs import set_up_logs
from app.kit.processes import Supervisor
from app.kit.requests import BodyLimit, RequestContext
from app.matches.endpoints import router as matches
from app.policy.endpoints import router as policy
from app.privacy.endpoints import router as privacy
from app.reviews.endpoints import router as reviews
from app.scans.endpoints import router as scans
from app.scans.link_endpoints import router as pictures
from app.settings import Settings
from app.transfer.endpoints import router as transfer
from app.webhooks.endpoints import router as webhooks
from app.webhooks.metrics import metrics as webhook_metrics

DESCRIPTION = """Photos of exchanged business cards become contacts, and contacts become alliances.

Send `Authorization: Bearer ck_…`, or a token of the login service that is set up here. Errors are
`application/problem+json` (RFC 9457) with a stable `code`. Lists are paged by `cursor`. A POST with an
`Idempotency-Key` does its work once."""


class NotReady(AppError):
    """The database does not answer."""

    status, code = 503, "not_ready"


def create_app(settings: Settings) -> FastAPI:
    """The service for these settings; starts worker processes with itself where they ask for some."""
    house = open_house(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        with Supervisor(worker_commands(settings.workers)):
            yield
        house.close()

    app = FastAPI(
        title="Cardally", version=__version__, description=DESCRIPTION, lifespan=lifespan, responses=EVERYWHERE
    )
    app.state.settings, app.state.sessions, app.state.files = settings, house.sessions, house.files
    app.state.issuer = issuer_of(settings)
    app.add_middleware(RecordReads, sessions=house.sessions)
    app.state.remind = reminders
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes, limits={"/v1/imports": settings.max_import_bytes})
    app.add_middleware(RequestContext)
    handle_errors(app)
    name_scopes(app)
    for router in (
        users,
        invitations,
        scans,
        pictures,
        contacts,
        directory,
        transfer,
        sharing,
        handover,
        companies,
        exchanges,
        reviews,
        books,
        matches,
        alliances,
        dealings,
        graph,
        occasions,
        packs,
        webhooks,
        crm,
        audit,
        policy,
        privacy,
        dav,
    ):
        app.include_router(router)
    _add_operations(app, house)
    return app


def _add_operations(app: FastAPI, house: House) -> None:
    @app.get("/healthz", tags=["operations"])
    def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["operations"], responses=problems(NotReady))
    def readyz() -> dict[str, str]:
        """The database answers as well."""
        try:
            with house.sessions.begin(reading=True) as session:
                session.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError as lost:
            raise NotReady from lost
        return {"status": "ready"}

    @app.get("/metrics", tags=["operations"], response_class=Response)
    def metrics() -> Response:
        """Prometheus text: requests, what waits in the queue, and what webhooks and CRMs are owed."""
        with house.sessions.begin(reading=True) as session:
            figures = _queue_figures(session) + webhook_metrics(session) + crm_metrics(session)
        return Response(generate_latest() + figures, media_type=CONTENT_TYPE_LATEST)


def _queue_figures(session: Session) -> bytes:
    jobs = ["# TYPE cardally_jobs gauge"]
    ages = ["# TYPE cardally_oldest_job_seconds gauge"]
    for lane, parked, count, oldest in queue.backlog(session):
        jobs.append(f'cardally_jobs{{lane="{lane}",parked="{str(parked).lower()}"}} {count}')
        if not parked:
            age = max(0.0, (now() - oldest).total_seconds())
            ages.append(f'cardally_oldest_job_seconds{{lane="{lane}"}} {age:.1f}')
    return ("\n".join(jobs + ages) + "\n").encode()


def from_env() -> FastAPI:
    """For servers: `uvicorn --factory app.main:from_env`."""
    settings = Settings()
    set_up_logs(settings.log_level)
    return create_app(settings)
