"""What happens after what. Read this first.

A photo is uploaded → it is read → its cards become contacts, companies and exchanges → the alliances around them are
assessed → each endpoint that wants to know gets a delivery → it is sent.
"""

from __future__ import annotations

from app.contacts import models as _contacts_models  # noqa: F401
from app.exchanges import models as _exchanges_models  # noqa: F401
from app.kit.events import Flow, Reaction
from app.scans import jobs as scans
from app.scans.events import ScanUploaded

FLOW: Flow = {
    ScanUploaded: (Reaction(scans.read_scan, lane="read", gave_up=scans.reading_gave_up, seconds=180),),
}
