"""What a person may ask for: where their data came from and what for, a copy of everything held, and to be erased."""
