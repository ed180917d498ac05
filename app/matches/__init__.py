"""Private matching: what the books of two reps share, found by their clients; the server relays what it cannot read."""
