"""Pictures by a link alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.auth.caller import FilesDep, SettingsDep
from app.kit.db import view_of
from app.scans import service
from app.scans.links import PATH, Links
from app.scans.pictures import PICTURE, picture

router = APIRouter(prefix=PATH, tags=["scans"])


@router.get("/{token}", response_class=Response, responses=PICTURE)
def get_picture(
    token: Annotated[str, Path(max_length=500, description="As a webhook brought it.")],
    request: Request,
    files: FilesDep,
    settings: SettingsDep,
) -> Response:
    """A card, flattened and upright, by the short-lived link of a webhook; no key is needed."""
    target = request.state.link = Links.of(settings).open(token)
    shared = view_of(target.organization_id)  # what was taken back since the webhook is not shown any more
    with request.app.state.sessions.begin(target.organization_id, reading=True, view=shared) as session:
        key = service.image_of_card(session, target.card_id)
    return picture(files, key)
