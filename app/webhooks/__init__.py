"""Tells other systems what happened: endpoints, what is owed to each of them, signing and sending."""
