"""The service: scans become contacts, contacts become alliances, and both are announced."""

from importlib.metadata import version

__version__ = version("cardally")
