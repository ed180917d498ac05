"""The companies on the cards: their names, domains and logos, and which of them are the same."""
