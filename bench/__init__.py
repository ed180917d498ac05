"""Benchmarks and generators that a user can run: reading, matching, API."""
