"""The evidence pack over HTTP, as JSON and as a page."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse

from app.alliances import pack_page, packing
from app.alliances.pack_schemas import EvidencePackOut, pack_out
from app.auth.caller import SessionDep
from app.kit.errors import NotFound, Unauthorized, problems

router = APIRouter(prefix="/v1/alliances/{alliance_id}", tags=["alliances"], responses=problems(Unauthorized))

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Vary": "Accept",
}


@router.get(
    "/evidence-pack",
    responses=problems(NotFound) | {200: {"model": EvidencePackOut, "content": {"text/html": {}}}},
    response_model=EvidencePackOut,
)
def get_pack(
    alliance_id: UUID,
    session: SessionDep,
    response: Response,
    accept: Annotated[str, Header(description="`text/html` for a page that can be printed.")] = "application/json",
) -> EvidencePackOut | Response:
    """All that speaks for an agreement: people, meetings, shared accounts, introductions, wins, ledger, score.

    It is the same for everybody who sees the pair, and fit to be shown to the partner: it names no account that a book
    never shares, and has none of your notes.
    """
    response.headers["Vary"] = "Accept"
    made = pack_out(packing.pack(session, alliance_id))
    return _page(made) if _prefers_html(accept) else made


@router.get("/evidence-pack.html", responses=problems(NotFound), response_class=HTMLResponse)
def get_pack_page(alliance_id: UUID, session: SessionDep) -> Response:
    """The same as a page that can be printed; everything is in it."""
    return _page(pack_out(packing.pack(session, alliance_id)))


def _page(made: EvidencePackOut) -> HTMLResponse:
    return HTMLResponse(pack_page.draw(made), headers=_HEADERS)


def _prefers_html(accept: str) -> bool:
    """Whether the page is wanted more than JSON (RFC 9110, 12.5.1); of equal ones what is named first."""
    best = {"text/html": 0.0, "application/json": 0.0}
    order = list[str]()
    for item in accept.split(","):
        kind, _, rest = item.strip().partition(";")
        wanted = kind.strip().lower()
        if wanted in best:
            order.append(wanted)
            best[wanted] = _quality(rest)
    html, json = best["text/html"], best["application/json"]
    return html > json or (html == json > 0 and order[0] == "text/html")


def _quality(parameters: str) -> float:
    for each in parameters.split(";"):
        name, _, value = each.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
