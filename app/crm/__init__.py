"""Brings contacts into a CRM in the CRM's own words: connections, what is owed to each, and one module a CRM."""
