"""Sets rows of words in type: runs, widths, wrapping. Everything in mm from the row's own top left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.cardgen.design import Run
from bench.cardgen.fonts import ink, length
from bench.cardgen.kinds import Kind, Row, Span
from bench.cardgen.style import Style, Type

BASELINE = 0.8
"""Of the em, from the row's top."""
WRAPS = frozenset({"title", "company", "slogan", "service", "address", "note"})
ICON = 1.5
"""Room for a row's sign, ems."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A row as set: x of each run counts from the row's left edge, y from its top."""

    row: Row
    runs: tuple[Run, ...]
    starts: tuple[float, ...]
    """Where each span begins, and at the end where the last one ends, mm."""
    width: float
    height: float
    size: float


def advance(text: str, kind: Type, size: float) -> float:
    """Width of `text`, mm."""
    return length(kind.face, text) * size + kind.tracking * size * len(text)


def set_row(row: Row, style: Style, scale: float, tab: float = 0.0) -> Piece:
    """One row in its role's type; `tab` is the width of the label column."""
    main = style.types[row.role]
    size, x = main.size * scale, ICON * main.size * scale if row.icon else 0.0
    runs: list[Run] = []
    starts: list[float] = []
    for index, span in enumerate(row.spans):
        kind = style.types["label"] if span.kind is Kind.LABEL and row.role in {"contact", "address"} else main
        starts.append(x)
        runs.append(Run(span.text, kind.face, size, x, BASELINE * size, kind.colour, kind.tracking * size))
        x += advance(span.text, kind, size)
        if tab and index == 0:
            x = max(tab, x)
    return Piece(row, _merged(runs), (*starts, x), x, style.leading * size, size)


def _merged(runs: list[Run]) -> tuple[Run, ...]:
    """Neighbours of the same face and colour become one run, so that kerning and spaces come out as in real setting."""
    out: list[Run] = []
    for run in runs:
        last = out[-1] if out else None
        touching = (
            last is not None
            and abs(last.x + length(last.face, last.text) * last.size + last.tracking * len(last.text) - run.x) < 0.01
        )
        if last and touching and (last.face, last.colour, last.size) == (run.face, run.colour, run.size):
            out[-1] = replace(last, text=last.text + run.text)
        else:
            out.append(run)
    return tuple(out)


def tab_width(rows: tuple[Row, ...], style: Style, scale: float) -> float:
    """The label column of a block: as wide as its widest label, with some air."""
    label = style.types["label"]
    labels = [row.spans[0].text for row in rows if row.tab and row.spans[0].kind is Kind.LABEL]
    size = style.types["contact"].size * scale
    return max((advance(text, label, size) for text in labels), default=0.0) + 0.8 * size


def fit(row: Row, style: Style, scale: float, limit: float, tab: float = 0.0) -> list[Piece]:
    """The row within `limit` mm: as it is, wrapped where rows of its role wrap, else set smaller."""
    piece = set_row(row, style, scale, tab if row.tab else 0.0)
    if piece.width <= limit:
        return [piece]
    if row.role in WRAPS and piece.width > 1.12 * limit and (halves := _halves(row, limit / piece.width)):
        return [part for half in halves for part in fit(half, style, scale, limit, tab)]
    return [set_row(row, style, scale * limit / piece.width * 0.995, tab * limit / piece.width if row.tab else 0.0)]


def _halves(row: Row, share: float) -> tuple[Row, Row] | None:
    """Two rows cut at the last blank before `share` of the letters of the row's longest span."""
    longest = max(range(len(row.spans)), key=lambda i: len(row.spans[i].text))
    span, before = row.spans[longest], sum(len(s.text) for s in row.spans[:longest])
    room = int(share * sum(len(s.text) for s in row.spans)) - before
    cut = span.text.rfind(" ", 1, max(room, 1))
    if cut <= 0:
        return None
    air = " |·•/-" if span.kind in {Kind.SERVICE, Kind.NOTE} else " "
    first = (*row.spans[:longest], replace(span, text=span.text[:cut].rstrip(air)))
    second = (replace(span, text=span.text[cut:].lstrip(air)), *row.spans[longest + 1 :])
    return replace(row, spans=first), replace(row, spans=second, icon="")


def span_boxes(piece: Piece) -> tuple[tuple[float, float, float, float], ...]:
    """For each span the box of its ink, from the row's top left."""
    found = []
    for span, start, end in zip(piece.row.spans, piece.starts, piece.starts[1:], strict=False):
        face = next((run.face for run in reversed(piece.runs) if run.x <= start + 1e-6), piece.runs[0].face)
        found.append(_ink_box(span, face, piece.size, start, end))
    return tuple(found)


def _ink_box(span: Span, face: str, size: float, start: float, end: float) -> tuple[float, float, float, float]:
    if not span.text.strip():
        return start, BASELINE * size - 0.4 * size, end, BASELINE * size
    left, top, _, bottom = ink(face, span.text)
    return start + left * size, (BASELINE + top) * size, max(end, start + 0.1 * size), (BASELINE + bottom) * size
