"""Measures who is recognised as whom: names alone on public pairs, whole decisions on drawn cards, and lookups."""
