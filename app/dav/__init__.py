"""A phone's address book: CardDAV (RFC 6352), read only, of the contacts that a user may see."""
