"""Puts under names on drawn cards what real ones print there and is neither name nor title: registers, nicknames."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from bench.cardgen.kinds import CardLines, Kind, PrintedLine, Span
from bench.training.breaking import LEADING, height_of, is_below, moved

REGISTERED, NICKNAMED = 0.08, 0.03
"""Shares of persons' cards with the number of a register and with a nickname on a line of its own."""
REGISTERS = {
    "en": ("Lic. #{n}", "License No. {n}", "CA Lic. {n}", "DRE #0{n}", "NMLS {n}", "Reg. {n}", "Bar No. {n}"),
    "pt": ("CREA {n}/D", "Crea {n}", "CRM {n}", "OAB/SP {n}", "CRO {n}", "CRECI {n}-F", "CRC 1SP{n}", "CREFITO {n}-F"),
    "es": ("Céd. Prof. {n}", "Col. Nº {n}", "Matrícula {n}", "M.P. {n}", "Colegiado {n}"),
    "it": ("Iscr. Albo n. {n}", "Albo Ingegneri {n}", "P.IVA {n}"),
    "fr": ("N° Ordre {n}", "RPPS {n}", "Carte prof. {n}"),
    "de": ("Kammer-Nr. {n}", "Zulassung {n}", "IHK-Reg. {n}"),
    "nl": ("BIG {n}", "Reg.nr. {n}"),
}  # fmt: skip
"""What the numbers of professional registers are called."""
CALLED = (
    "Bill Bob Beto Zeca Guto Nando Tito Chico Zé Juca Malu Duda Nina Lola Pepe Paco Nacho Tony Jack Kiko Toni Gigi "
    "Mimi Didi Ted Sam Al Dee Juju Rô Cacá Tuca Léo Vivi Bia Gabi Rafa Edu"
).split()


def named_beside(card: CardLines, rng: random.Random) -> CardLines:
    """`card`, now and then with such a line above or below its name, and what stands below in the block moved down."""
    name = next((line for line in card.lines if line.kind is Kind.NAME and len(line.spans) == 1), None)
    chance = rng.random()
    if name is None or chance > REGISTERED + NICKNAMED:
        return card
    if chance < REGISTERED:
        digits = re.sub("0", lambda _: str(rng.randint(0, 9)), "0" * rng.randint(4, 7))
        text = rng.choice(REGISTERS.get(card.lang, REGISTERS["en"])).format(n=digits)
        return _with(card, name, text, rng, above=False)
    left, right = rng.choice(("()", "()", "“”", '""'))
    return _with(card, name, f"{left}{rng.choice(CALLED)}{right}", rng, above=rng.random() < 0.4)


def _with(card: CardLines, name: PrintedLine, text: str, rng: random.Random, *, above: bool) -> CardLines:
    down = rng.uniform(*LEADING) * height_of(name.polygon)
    high, wide = height_of(name.polygon) * rng.uniform(0.6, 1.0), name.polygon[1][0] - name.polygon[0][0]
    left, top = name.polygon[0][0], name.polygon[0][1] + (0.0 if above else down)
    width = wide * min(1.0, len(text) / len(name.text))
    box = (left, top), (left + width, top), (left + width, top + high), (left, top + high)
    added = replace(name, spans=(Span(text, Kind.NOTE),), polygon=box, boxes=(box,))
    lines = [moved(line, down) if is_below(line, name) or (above and line is name) else line for line in card.lines]
    return replace(card, lines=(*lines, added))
