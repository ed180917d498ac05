"""One module a chapter: `tell(stage)` does something over HTTP and prints the few lines that say what came of it."""
