"""Trains the small network that sees where cards are, on scenes that are drawn and never photographed.

surfaces  what cards lie on: wood, leather, cloth, printed paper, keys, clutter
faces     what cards look like from three steps away: fields of colour, blocks of text, frames, pictures
scenes    one to four cards on a surface, seen by a camera in some light, with the truth of their corners
train     scenes to weights: `python -m bench.locating.train` (needs torch, which nothing else here does)
"""
