"""What an engine makes of a card's lines: `make_lines` as it might be read, to train and test on.

A perfect reader is a poor teacher. `misread` swaps look-alike letters, drops and adds blanks, splits wide lines, joins
neighbours, loses small lines and shifts boxes, each at a rate that grows with `strength`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.cardgen.chance import Dice, Seed
from bench.cardgen.kinds import CardLines, Kind, Polygon, PrintedLine, Span

PAIRS = (
    "rn/m m/rn l/1 1/l I/l O/0 0/O o/0 S/5 5/S B/8 8/B ./ ü/u é/e ö/o ä/a ß/B vv/w cl/d Z/2 i/l g/q ,/. @/© ñ/n ç/c "
    "ã/a :/ –/- ·/. •/· |/l ’/' &/8"
)
LOOK_ALIKES = {pair.partition("/")[0]: pair.partition("/")[2] for pair in PAIRS.split()}
"""What is printed to what is read; `./` is a dot that gets lost."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each fault strikes at strength 1."""

    letter: float = 0.02
    blank: float = 0.12
    """A line loses one of its blanks, or gains one."""
    lost: float = 0.03
    cut: float = 0.08
    """A line with a separator or a wide gap comes out as two."""
    shift: float = 0.12
    """Of the line's height, the deviation of its box."""


def misread(card: CardLines, seed: Seed, strength: float = 1.0, rates: Rates = Rates()) -> CardLines:
    """`card` as an engine might read it; `strength` 0 gives it back unchanged, 1 a soft photo, 3 a bad one."""
    dice = Dice("misread", seed)
    lines: list[PrintedLine] = []
    for line in card.lines:
        if dice.chance(strength * rates.lost * (2 if line.in_logo else 1)):
            continue
        parts = _cut(line) if len(line.spans) > 2 and dice.chance(strength * rates.cut * 3) else (line,)
        lines += [_spoiled(part, dice, strength, rates) for part in parts]
    return replace(card, lines=tuple(line for line in lines if line.text))


def _cut(line: PrintedLine) -> tuple[PrintedLine, ...]:
    """The line in two at its first separator."""
    inner = range(1, len(line.spans) - 1)
    at = next((i for i in inner if line.spans[i].kind is Kind.SEPARATOR), None)
    if at is None or not line.boxes:
        return (line,)
    return tuple(
        replace(line, spans=line.spans[part], boxes=line.boxes[part], polygon=_around(line.boxes[part]))
        for part in (slice(0, at), slice(at + 1, None))
    )


def _around(boxes: tuple[Polygon, ...]) -> Polygon:
    first, last = boxes[0], boxes[-1]
    return (first[0], last[1], last[2], first[3])


def _spoiled(line: PrintedLine, dice: Dice, strength: float, rates: Rates) -> PrintedLine:
    spans = tuple(replace(span, text=_letters(span.text, dice, strength * rates.letter)) for span in line.spans)
    if dice.chance(strength * rates.blank):
        spans = _blank(spans, dice)
    wobble = strength * rates.shift * line.size
    dx, dy = dice.around(0, wobble), dice.around(0, wobble)
    return replace(line, spans=spans, polygon=tuple((x + dx, y + dy) for x, y in line.polygon))


def _letters(text: str, dice: Dice, rate: float) -> str:
    out, at = "", 0
    while at < len(text):
        piece = text[at : at + 2] if text[at : at + 2] in LOOK_ALIKES else text[at]
        out += LOOK_ALIKES[piece] if piece in LOOK_ALIKES and dice.chance(rate * 2) else piece
        at += len(piece)
    return out


def _blank(spans: tuple[Span, ...], dice: Dice) -> tuple[Span, ...]:
    """One blank fewer, or where there is none one more."""
    index = dice.whole(0, len(spans) - 1)
    text = spans[index].text
    blanks = [i for i, letter in enumerate(text) if letter == " "]
    if blanks:
        at = dice.pick(blanks)
        text = text[:at] + text[at + 1 :]
    elif len(text) > 3:
        at = dice.whole(1, len(text) - 1)
        text = f"{text[:at]} {text[at:]}"
    return (*spans[:index], replace(spans[index], text=text), *spans[index + 1 :])
