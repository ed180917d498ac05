"""`cardally prove-domain`: the operator says whose a mail domain is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from app.composition import open_house
from app.exchanges import handshakes
from app.kit.errors import Conflict
from app.settings import Settings

_REFUSED = 2


def prove_domain(
    domain: Annotated[str, typer.Argument(help="Mail domain, such as acme.com.")],
    organization: Annotated[UUID, typer.Option(help="Whose it is; `GET /v1/me` tells a user's.")],
) -> None:
    """Say that a mail domain is an organization's, as its users' exchanges with other organizations need.

    With this, and when an administrator of each organization wants it (`PUT /v1/exchanges/confirmation`), two users
    who photographed each other's card within 48 hours both hold a mutual exchange.
    """
    house = open_house(Settings())
    try:
        with house.sessions.begin() as session:
            handshakes.prove_domain(session, organization, domain)
    except Conflict as taken:
        typer.echo(taken.detail, err=True)
        raise typer.Exit(_REFUSED) from taken
    finally:
        house.close()
    typer.echo(f"{domain} is proven.")
