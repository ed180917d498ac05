"""Turns the photo of a business card into fields with evidence. Knows no web, no database and no app."""
