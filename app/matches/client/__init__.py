"""The reference client of private matching: it blinds a book on the rep's own machine and runs one end of a match.

`pair.match_books` runs both ends at once; `cardally match` runs one.
"""
