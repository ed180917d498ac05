"""Draws photos of business cards with complete truth, from a seed."""
