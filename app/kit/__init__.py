"""Machinery that every feature shares and that knows none of them."""
