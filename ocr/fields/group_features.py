"""What can be said of a candidate as one value: what speaks for it, and how it stands among its rivals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from lexicon.folding import squeeze, words
from ocr.fields.address import is_list
from ocr.fields.features import Features, Tell, calling, domain_agreement, own_town
from ocr.fields.groups import LABELS, Group, is_below, is_right
from ocr.fields.person import mailbox_agreement, nickname
from ocr.fields.scene import Scene
from ocr.fields.title import goes_on
from ocr.fields.trees import Floats

_TOLD = (
    "words", "chars", "digits", "upper", "title_case", "all_lower", "comma", "given", "family", "known", "namelike",
    "jobs", "departments", "trades", "trade_last", "streets", "slogans", "english", "city", "postcode", "state",
    "country", "legal", "initial", "job_first", "job_last", "has_digit", "sentence", "quote", "suffix", "prefix",
    "bracket", "web", "latin", "core_words", "core_mean", "core_least", "core_first", "core_last", "core_capital",
    "core_plain", "initials",
)  # fmt: skip
Chances = Sequence[Sequence[float]]
"""By piece and label."""
_NEXT = ("jobs", "trades", "legal", "core_mean", "gap", "height", "quote")
"""What a group is told of the pieces above and below it."""


def of_groups(
    groups: Sequence[Group], scene: Scene, pieces: Sequence[Features], chances: Floats, tell: Tell
) -> list[Features]:
    """What speaks for and against each candidate of one label, with its standing among its rivals."""
    rows = chances.tolist()
    own = [_group(group, scene, pieces, rows, tell(group.text)) for group in groups]
    return [{**features, **_standing(index, groups, own)} for index, features in enumerate(own)]


def _group(group: Group, scene: Scene, pieces: Sequence[Features], chances: Chances, told: Features) -> Features:
    column = LABELS.index(group.label)
    return {
        **{key: told[key] for key in _TOLD},
        **_chances(group, scene, pieces, chances),
        **_shape(group, scene, pieces),
        **_ends(group, pieces, chances),
        "mailbox": _mailbox(group, scene),
        "domain": domain_agreement(group.text, scene.cores),
        **calling(group.text, scene),
        "has_mailbox": bool(scene.mailboxes),
        "has_domain": bool(scene.cores),
        "contacts": min(8, len(scene.spans)),
        "rivals": sum(row[column] > 0.3 for row in chances),
        "rival": max(row[column] for row in chances),
        "own_town": own_town(group.text, group.members, scene),
        **_listed(group, pieces, scene, chances),
        "form": bool(told["legal"]),
        "goes_on": sum(goes_on(*pair) for pair in pairwise(scene.segments[index].text for index in group.members)),
        "from_domain": group.origin == "domain",
        "repaired": group.origin == "repaired",
        "explains": _explained(group, scene, [scene.segments[index].text for index in group.members]),
        "printed": _explained(group, scene, [segment.text for segment in scene.segments]),
    }


def _mailbox(group: Group, scene: Scene) -> float:
    """How well an address fits the group's words, or those and the nickname above or below them."""
    texts = [group.text]
    if group.label == "name" and group.members:
        first, last = scene.segments[group.members[0]], scene.segments[group.members[-1]]
        for segment in scene.segments:
            near = is_below(segment, first, group.label) or is_below(last, segment, group.label)
            if near and (other := nickname(segment.text)):
                texts.append(f"{group.text} {other}")
    return max((mailbox_agreement(text, box) for text in texts for box in scene.mailboxes), default=0.0)


def _chances(group: Group, scene: Scene, pieces: Sequence[Features], chances: Chances) -> Features:
    """What the piece model says of the group's pieces, and of those that would go on it."""
    column = LABELS.index(group.label)
    nothing = [0.0] * len(LABELS)
    rows = [chances[index] for index in group.members] or [nothing]
    others = [row for index, row in enumerate(chances) if index not in group.members] or [nothing]
    inside = [row[column] for row in rows]
    around = _around(group, scene)
    return {
        **{f"chance_{label}": max(told) for label, *told in zip(LABELS, *rows, strict=True)},
        **{f"elsewhere_{label}": max(told) for label, *told in zip(LABELS, *others, strict=True)},
        "chance_least": min(inside),
        "chance_mean": sum(inside) / len(inside),
        "pieces": len(group.members),
        "outside": max((chances[index][column] for index in around), default=0.0),
        "outside_same_size": max((_match(index, group, pieces, chances, column) for index in around), default=0.0),
    }


def _listed(group: Group, pieces: Sequence[Features], scene: Scene, chances: Chances) -> Features:
    """Whether the group is of a list of goods, and how much of the card is such."""
    own = [pieces[index] for index in group.members]
    column = {at for index in group.members for at in scene.columns[index]} - set(group.members)
    nothing = [chances[at][LABELS.index("other")] for at in column]
    return {
        "column": min(8, len(column)),
        "column_other": sum(nothing) / len(nothing) if nothing else 0.0,
        "bullet": max((f["bullet"] for f in own), default=0.0),
        "bullets": max((f["bullets"] for f in own), default=0.0),
        "slogan_pieces": pieces[0]["slogan_pieces"],
    }


def _ends(group: Group, pieces: Sequence[Features], chances: Chances) -> Features:
    """What the first and the last piece say, for it is at its ends that a value is too long or too short."""
    column = LABELS.index(group.label)
    own = [pieces[index] for index in group.members]
    streets = [bool(f["streets"]) or bool(f["starts_with_digit"]) for f in own]
    return {
        "chance_first": chances[group.members[0]][column] if own else 0.0,
        "chance_last": chances[group.members[-1]][column] if own else 0.0,
        "street_lines": sum(streets),
        "post_lines": sum(bool(f["postcode"]) for f in own),
        "town_lines": sum(bool(f["city"]) for f in own),
        "street_first": bool(streets) and streets[0],
        "post_last": bool(own) and bool(own[-1]["postcode"]),
        "digit_first": own[0]["digits"] if own else 0.0,
        "known_first": own[0]["known"] if own else 0.0,
        "trades_first": own[0]["trades"] if own else 0.0,
        "trades_last": own[-1]["trades"] if own else 0.0,
        "namelike_last": own[-1]["namelike"] if own else 0.0,
        "gap": max((f["above_gap"] for f in own[1:]), default=0.0),
        **{f"above_{key}": own[0][f"above_{key}"] if own else 0.0 for key in _NEXT},
        **{f"below_{key}": own[-1][f"below_{key}"] if own else 0.0 for key in _NEXT},
    }


def _shape(group: Group, scene: Scene, pieces: Sequence[Features]) -> Features:
    """Where and how large the group is printed; zeros for what is not."""
    own = [pieces[index] for index in group.members] or [dict.fromkeys(pieces[0], 0.0)]
    heights = [features["height"] for features in own]
    last = scene.segments[group.members[-1]].text.rstrip() if group.members else ""
    return {
        "height": max(heights),
        "height_rank": min(features["height_rank"] for features in own),
        "height_spread": max(heights) / max(0.1, min(heights)),
        "y": sum(features["y"] for features in own) / len(own),
        "x": sum(features["x"] for features in own) / len(own),
        "logo": max(features["logo"] for features in own),
        "confidence": min(features["confidence"] for features in own),
        "again": max(features["again"] for features in own),
        "alike": max(features["alike"] for features in own),
        "last_open": last.endswith(("&", ",", "-", "/")) or words(last)[-1:] in (["and"], ["of"]),
    }


def _explained(group: Group, scene: Scene, texts: Sequence[str]) -> float:
    """The share of a domain's letters that words of `texts` make up, 0 to 1: of the group's own, or the best of all."""
    cores = [squeeze(group.text)] if group.origin == "domain" else scene.cores
    found = dict.fromkeys(word for text in texts for word in words(text) if len(word) >= 3)
    return max((_covered(core, found) for core in cores if core), default=0.0)


def _covered(core: str, found: Collection[str]) -> float:
    """The share of the letters of `core` that words make up, the longest first, of equal ones the one further left."""
    rest = core
    for word in sorted(found, key=lambda word: (-len(word), core.find(word))):
        rest = rest.replace(word, "", 1)
    return 1 - len(rest) / len(core)


def _around(group: Group, scene: Scene) -> list[int]:
    """Pieces that would go on the group or that it would go on, but that are not in it."""
    if not group.members:
        return []
    first, last = scene.segments[group.members[0]], scene.segments[group.members[-1]]
    texts = [scene.segments[index].text for index in group.members]
    found = []
    for index, segment in enumerate(scene.segments):
        if index in group.members:
            continue
        after = is_below(last, segment, group.label) or is_right(last, segment, group.label)
        before = is_below(segment, first, group.label) or is_right(segment, first, group.label)
        together = [segment.text, *texts] if before else [*texts, segment.text]
        if (after or before) and not (group.label == "address" and is_list(together)):
            found.append(index)
    return found


def _match(index: int, group: Group, pieces: Sequence[Features], chances: Chances, column: int) -> float:
    """How likely an outside piece is of the group's label, counted by how close it is in size to the group's last."""
    one, other = pieces[index]["height"], pieces[group.members[-1]]["height"]
    return chances[index][column] * min(one, other) / max(one, other, 0.1)


def _standing(index: int, groups: Sequence[Group], own: Sequence[Features]) -> Features:
    """Whether other candidates are better by the pieces' chances, by agreement, and overlap with this one."""
    mine, me = own[index], groups[index]
    others = [features for at, features in enumerate(own) if at != index]
    apart = [f for g, f in zip(groups, own, strict=True) if g is not me and not set(g.members) & set(me.members)]
    said = [squeeze(g.text) for g in groups if g is not me and not set(g.members) & set(me.members)]
    text = squeeze(me.text)
    return {
        "lead_chance": mine["chance_mean"] - max((f["chance_mean"] for f in apart), default=0.0),
        "lead_domain": mine["domain"] - max((f["domain"] for f in others), default=0.0),
        "lead_mailbox": mine["mailbox"] - max((f["mailbox"] for f in others), default=0.0),
        "lead_height": mine["height"] - max((f["height"] for f in apart), default=0.0),
        "lead_form": float(mine["form"]) - max((float(f["form"]) for f in others), default=0.0),
        "contained": any(len(text) > 2 and text in other for other in said),
        "same_as_other": any(text == other for other in said),
        "candidates": min(20, len(groups)),
    }
