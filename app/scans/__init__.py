"""Photos that were uploaded, the cards found in them, their fields, and what a person should look at."""
