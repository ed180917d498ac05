"""Organizations, users and API keys: who is calling, and whose data it may see."""
