"""A contact arrives in a real CRM: Tryton, installed on demand when `CARDALLY_DEMO_TRYTON=1`."""

from __future__ import annotations

import os

from bench.demo.stage import Stage, StepFailed, console, table
from tools.tryton import DATABASE, PASSWORD, USER, NotStarted, running

_PARTIES = """
    SELECT p.name, (SELECT value FROM party_contact_mechanism m WHERE m.party = p.id AND m.type = 'email'),
        (SELECT c.name FROM party_relation r JOIN party_party c ON c.id = r."to" WHERE r.from_ = p.id),
        (SELECT message FROM ir_note n WHERE n.resource = 'party.party,' || p.id)
    FROM party_party p JOIN party_identifier i ON i.party = p.id WHERE i.code = 'cardally:' || '{}'"""


def tell(stage: Stage) -> None:
    """What Tryton's own tables say of the contacts that were pushed; nothing is shown unless it is asked for."""
    if os.environ.get("CARDALLY_DEMO_TRYTON") != "1":
        return
    try:
        with running() as tryton:
            _push(stage, tryton.url)
            shown = table("In Tryton's own tables", "party", "e-mail", "works at", "note")
            for contact in stage.ann.items("/v1/contacts", limit=5):
                rows = tryton.rows(_PARTIES.format(contact["id"]))
                if len(rows) != 1:
                    raise StepFailed(f"a contact is in Tryton {len(rows)} times")
                shown.add_row(*(str(value or "").partition("\n")[0] for value in rows[0]))
            console.print(shown)
    except NotStarted as failure:
        raise StepFailed(str(failure)) from failure


def _push(stage: Stage, url: str) -> None:
    wanted = {
        "connector": "tryton",
        "name": "the demo's Tryton",
        "url": url,
        "settings": {"database": DATABASE, "relations": True},
        "credentials": {"user": USER, "password": PASSWORD},
    }
    connection = stage.ann.post("/v1/crm-connections", wanted)
    tried = stage.ann.post(f"/v1/crm-connections/{connection['id']}/test")
    if not tried["ok"]:
        raise StepFailed(f"Tryton refused the connection: {tried['code']}")
    stage.ann.post(f"/v1/crm-connections/{connection['id']}/push", {})
    stage.settle()
    tally = stage.ann.get(f"/v1/crm-connections/{connection['id']}")["tally"]
    console.print(f"{tried['account']}: {', '.join(f'{count} {what}' for what, count in tally.items())}.")
