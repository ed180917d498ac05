"""Contacts leave and come in: vCard, CSV as CRMs and mail programs know it, JSON Lines; streamed, resumed, reported."""
