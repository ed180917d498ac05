"""Books: the accounts that a user, or a contact as far as we know, sells into."""
