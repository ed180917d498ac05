"""The CRMs that there is a connector for: one module each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.crm.connectors.espocrm import ESPOCRM
from app.crm.connectors.hubspot import HUBSPOT
from app.crm.connectors.odoo import ODOO
from app.crm.connectors.pipedrive import PIPEDRIVE
from app.crm.connectors.rest import REST
from app.crm.connectors.salesforce import SALESFORCE
from app.crm.connectors.tryton import TRYTON
from app.crm.connectors.twenty import TWENTY
from app.crm.connectors.zoho import ZOHO
from app.crm.talk import Connector

_ALL = (
    ESPOCRM,
    HUBSPOT,
    ODOO,
    PIPEDRIVE,
    SALESFORCE,
    TRYTON,
    TWENTY,
    ZOHO,
    REST,
)

CONNECTORS: Mapping[str, Connector] = MappingProxyType({connector.name: connector for connector in _ALL})
"""By name."""
