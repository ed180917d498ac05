"""What words mean, for readers and matchers alike: legal forms, personal names, job words, mail domains. Pure."""
