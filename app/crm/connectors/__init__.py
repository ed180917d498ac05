"""The CRMs that there is a connector for: one module each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.crm.connectors.hubspot import HUBSPOT
from app.crm.connectors.rest import REST
from app.crm.connectors.salesforce import SALESFORCE
from app.crm.connectors.tryton import TRYTON
from app.crm.connectors.zoho import ZOHO
from app.crm.talk import Connector

CONNECTORS: Mapping[str, Connector] = MappingProxyType(
    {connector.name: connector for connector in (HUBSPOT, SALESFORCE, TRYTON, ZOHO, REST)}
)
"""By name."""
