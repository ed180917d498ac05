"""Who met whom, where and when: each card that changed hands, and the way from a reading to a contact."""
