"""Draws photos of business cards with complete truth, from a seed.

    make_lines(seed)        what a perfect reader would see of one card, without a picture (5 ms)
    draw_card(seed)         the flat card and its truth
    make_photo(seed)        a photo of one to four cards and its truth
    make_set(seed, count)   many of them; `python -m bench.cardgen --help` writes them to a folder

The truth has the format of `truth.jsonl` as `score.py` reads it, with `line_boxes` besides. The same seed gives the
same truth everywhere, and the same pixels with the same versions of NumPy, OpenCV and Pillow.
"""

from bench.cardgen.cards import design_back, design_card
from bench.cardgen.flat import CardImage, draw_card
from bench.cardgen.kinds import CardLines, Kind, PrintedLine, Span
from bench.cardgen.lines import lines_of, make_lines, many_lines
from bench.cardgen.photo import Photo, make_photo
from bench.cardgen.sets import make_set, photo_of_set

__all__ = [
    "CardImage",
    "CardLines",
    "Kind",
    "Photo",
    "PrintedLine",
    "Span",
    "design_back",
    "design_card",
    "draw_card",
    "lines_of",
    "make_lines",
    "make_photo",
    "make_set",
    "many_lines",
    "photo_of_set",
]
