"""Pairs of companies that could help each other: evidence, ties, a score that explains itself, and states."""
