"""The service: scans become contacts, contacts become alliances, and both are announced."""
