from __future__ import annotations

from itertools import combinations

import pytest

from ocr.draw import CARD_COLOUR, COLOURS, LOGO_COLOUR, MISSED_COLOUR, contrast, ink_on
from ocr.labels import Labels

SIZE = (1000, 700)
WIDTH, HEIGHT = 120.0, 22.0


def line(left: float, top: float, width: float = 300, height: float = 24):
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def placed(outlines, size=SIZE):
    labels = Labels(size, outlines)
    corners = [labels.place(outline, WIDTH, HEIGHT, 4) for outline in outlines]
    return [(x, y, x + WIDTH, y + HEIGHT) for x, y in corners]


def shared(one, other) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)


def box(outline):
    return (*outline[0], *outline[2])


@pytest.mark.parametrize("left", [5.0, 350.0, 690.0], ids=["left edge", "middle", "right edge"])
def test_labels_cover_neither_lines_nor_each_other_and_stay_in_the_picture(left):
    outlines = [line(left, 80 + 40 * row) for row in range(12)]
    labels = placed(outlines)
    assert all(shared(one, other) == 0 for one, other in combinations(labels, 2))
    assert all(shared(label, box(outline)) == 0 for label in labels for outline in outlines)
    assert all(x >= 0 and y >= 0 and right <= SIZE[0] and bottom <= SIZE[1] for x, y, right, bottom in labels)


def test_a_label_stands_before_its_line_where_there_is_room_and_behind_it_where_there_is_none():
    [(_, top, right, bottom)] = placed([line(400, 300)])
    assert right == 396
    assert (top + bottom) / 2 == 312
    [(left, _, _, _)] = placed([line(5, 300)])
    assert left == 309


def test_a_label_of_what_lies_outside_or_fills_the_picture_is_inside_all_the_same():
    whole = ((-50, -40), (1050, -30), (1040, 760), (-60, 750))
    [(left, top, right, bottom)] = placed([whole])
    assert 0 <= left < right <= SIZE[0]
    assert 0 <= top < bottom <= SIZE[1]


def test_a_label_larger_than_the_picture_begins_at_its_corner():
    assert Labels((40, 10), []).place(line(3, 3, 10, 4), WIDTH, HEIGHT, 4) == (0.0, 0.0)


@pytest.mark.parametrize("colour", sorted({*COLOURS.values(), LOGO_COLOUR, CARD_COLOUR, MISSED_COLOUR}))
def test_what_is_written_on_a_colour_can_be_read(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


def test_contrast_is_that_of_the_web():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
