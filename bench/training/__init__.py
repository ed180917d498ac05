"""How the word lists and the models that ship with the project were made; nothing at run time imports this."""
