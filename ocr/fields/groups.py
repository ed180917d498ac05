"""Candidates for whole values: pieces that stand together on the card, and what can be said of them as one value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise, permutations

import numpy as np
from rapidfuzz.distance.Levenshtein import distance
from rapidfuzz.fuzz import ratio

from lexicon.blanks import unglued_english
from lexicon.folding import fold, squeeze, words
from lexicon.mail import FREE_MAIL
from lexicon.vocabulary import is_trade
from ocr.fields.address import is_list
from ocr.fields.domain_words import spellings
from ocr.fields.email import confusable
from ocr.fields.features import Features, calling, domain_agreement, text_features
from ocr.fields.person import mailbox_agreement, take_apart
from ocr.fields.scene import Scene
from ocr.fields.segments import Segment, facing
from ocr.fields.title import goes_on
from ocr.fields.trees import Floats

LABELS = ("name", "title", "department", "company", "address", "other")
"""What a piece can be, in the order of the piece model's classes."""
LONGEST = {"name": 2, "title": 3, "department": 2, "company": 4, "address": 7}
"""Most pieces of one value, by label."""
_SHORTEST = 3
"""Letters of a domain that may be a company's name."""
_NEARLY = 82.0
"""Likeness, 0 to 100, from which a misreading of a domain's word is believed."""
_CLEAN = 0.985
"""Confidence of the engine from which letters are believed that it does not commonly mix up."""
FLOOR = {"name": 0.06, "title": 0.12, "department": 0.1, "company": 0.05, "address": 0.15}
"""A piece less likely of a label than this is in no candidate for it."""
_APART = {"name": 0.6, "title": 0.7, "department": 0.7, "company": 1.1, "address": 1.3}
"""Largest gap between two lines of one value, in heights of the smaller."""
_BESIDE = {"name": 0.8, "title": 0.8, "department": 0.8, "company": 2.0, "address": 3.0}
"""Largest gap between two pieces on one baseline, in heights of the smaller."""
_UNLIKE = {"name": 1.5, "title": 1.5, "department": 1.5, "company": 4.0, "address": 1.7}
"""Largest ratio of their heights."""
_CARRIED = 0.3
"""Chance of being a title that a line needs to make one of the line that it goes on in."""
_SET_ALIKE = 1.2
"""Largest ratio of the heights of two lines that words alone may join."""
_UNLIKE_BESIDE = 1.5
"""Largest ratio of the heights of two pieces on one baseline."""
_TOLD = (
    "words", "chars", "digits", "upper", "title_case", "all_lower", "comma", "given", "family", "known", "namelike",
    "jobs", "departments", "trades", "trade_last", "streets", "slogans", "english", "city", "postcode", "state",
    "country", "legal", "initial", "job_first", "job_last", "has_digit", "sentence", "quote", "suffix", "prefix",
    "bracket", "web", "latin", "core_words", "core_mean", "core_least", "core_first", "core_last", "core_capital",
    "core_plain", "initials",
)  # fmt: skip


_NEXT = ("jobs", "trades", "legal", "core_mean", "gap", "height")
"""What a group is told of the pieces above and below it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that may together be one value of one label."""

    label: str
    members: tuple[int, ...]
    """Indices of the pieces, in reading order."""
    text: str
    repairs: tuple[str, ...] = ()
    """What was changed between the pieces as read and `text`."""
    origin: str = "print"
    """`print`, `repaired` by a domain's spelling, or `domain` where the text stands in a domain name only."""


def groups_of(label: str, scene: Scene, chances: Floats) -> list[Group]:
    """Every run of neighbouring pieces that might be one value of `label`."""
    column = LABELS.index(label)
    likely = [index for index in range(len(scene.segments)) if chances[index, column] >= FLOOR[label]]
    likely = [index for index in likely if index not in scene.scraps]
    following = {one: list(_following(one, likely, scene.segments, label)) for one in likely}
    chains = [chain for start in likely for chain in _chains((start,), following, LONGEST[label])]
    if label == "title":
        chains = _unbroken(chains, scene)
    if label == "address":
        chains = [chain for chain in chains if not is_list([scene.segments[index].text for index in chain])]
    found = [_joined(label, chain, scene) for chain in dict.fromkeys(chains)]
    if label != "company":
        return found
    single = [group for group in found if not _says_twice(group, scene)]
    return [*single, *repaired_by_domain(single, scene), *from_domains(single, scene)]


def _unbroken(chains: Sequence[tuple[int, ...]], scene: Scene) -> list[tuple[int, ...]]:
    """Chains of title lines without those that break off where the words plainly go on."""
    pairs = {
        (a, b) for chain in chains for a, b in pairwise(chain) if _is_one_title(scene.segments[a], scene.segments[b])
    }
    return [
        chain
        for chain in chains
        if all((a in chain) == (b in chain) for a, b in pairs) or len(chain) == LONGEST["title"]
    ]


def carried(chances: Floats, scene: Scene) -> Floats:
    """The pieces' chances, where a title goes on in the next line as sure of the one line as of the other.

    `und Logistik` looks like no title, and `Director of` alone like one.
    """
    column, made = LABELS.index("title"), chances.copy()
    for a, b in permutations(range(len(scene.segments)), 2):
        upper, lower = scene.segments[a], scene.segments[b]
        surest = max(made[a, column], made[b, column])
        if surest >= _CARRIED and _is_below(upper, lower, "title") and _is_one_title(upper, lower):
            made[[a, b], column] = surest
    return made


def _is_one_title(a: Segment, b: Segment) -> bool:
    same = max(_height(a), _height(b)) <= _SET_ALIKE * min(_height(a), _height(b))
    return same and b.box[1] > (a.box[1] + a.box[3]) / 2 and goes_on(a.text, b.text)


def _joined(label: str, chain: tuple[int, ...], scene: Scene) -> Group:
    """The pieces of one value as one string: lines of an address by commas, others by blanks."""
    parts = [" ".join(scene.segments[index].text.split()) for index in chain]
    if label == "address":
        return Group(label, chain, ", ".join(part.strip(" ,;|-–•") for part in parts))
    text = " ".join(parts)
    if label == "name":
        name = take_apart(text)
        return Group(label, chain, name.name, name.repairs)
    return Group(label, chain, text if label == "company" else unglued_english(text))


def _says_twice(group: Group, scene: Scene) -> bool:
    """Whether one piece of the group repeats what another says, as the name beside the logo does."""
    parts = [squeeze(scene.segments[index].text) for index in group.members]
    return any(a in b for i, a in enumerate(parts) for j, b in enumerate(parts) if i != j and len(a) > 2)


def repaired_by_domain(groups: Sequence[Group], scene: Scene) -> Iterator[Group]:
    """Companies that differ from a domain of the card by a letter or two, in the domain's spelling."""
    for group in groups:
        own = squeeze(group.text)
        for core in scene.cores:
            misread = own not in core and core not in own and own.isalpha() and len(core) >= 5
            sure = min(scene.segments[index].confidence for index in group.members) >= _CLEAN
            if misread and not (sure and not confusable(own, core)) and ratio(own, core) >= _NEARLY:
                text = _respelled(group.text, core)
                yield Group("company", group.members, text, ("spelled as in the domain",), "repaired")


def _respelled(text: str, core: str) -> str:
    """The letters of `core` with the blanks and capitals of `text`, which is nearly the same."""
    plain = "".join(c for c in text if c.isalnum())
    lengths = accumulate(sum(c.isalnum() for c in word) for word in text.split())
    edges = {_moved(edge, plain, core) for edge in list(lengths)[:-1]}
    capital = [text.isupper() or at == 0 or at in edges for at in range(len(core))]
    letters = [c.upper() if big else c for c, big in zip(core, capital, strict=True)]
    return "".join(f" {c}" if at in edges and at else c for at, c in enumerate(letters))


def _moved(edge: int, plain: str, core: str) -> int:
    """Where in `core` the letters go on that stand after `edge` in `plain`."""
    for kind, start, end, at, _ in SequenceMatcher(None, fold(plain), core, autojunk=False).get_opcodes():
        if start <= edge < end:
            return at + edge - start if kind == "equal" else at
    return len(core)


def from_domains(groups: Sequence[Group], scene: Scene) -> Iterator[Group]:
    """What the domains of the card call the company, unless it is printed as such."""
    printed = [squeeze(group.text) for group in groups]
    texts, hosts = [segment.text for segment in scene.segments], [span.raw for span in scene.spans]
    for core in scene.brands:
        if len(core) < _SHORTEST or _is_misread_mail(core) or any(squeeze(core) in text for text in printed):
            continue
        for text in dict.fromkeys(spellings(core, texts, hosts)):
            if squeeze(text) not in printed:
                yield Group("company", (), text, ("taken from the domain",), "domain")
    for handle in scene.handles:
        text = next(spellings(handle, texts, ()))
        if any(map(is_trade, words(text))) and not any(handle in other for other in printed):
            yield Group("company", (), text, ("taken from the address",), "domain")


def _is_misread_mail(core: str) -> bool:
    """Whether a name is one letter away from a mail provider's, whose customers are not called by it."""
    return len(core) > _SHORTEST and any(
        distance(core, squeeze(known), score_cutoff=1) <= 1 for known in FREE_MAIL if len(known) > _SHORTEST
    )


def _chains(chain: tuple[int, ...], following: Mapping[int, list[int]], longest: int) -> Iterator[tuple[int, ...]]:
    yield chain
    if len(chain) < longest:
        for after in following[chain[-1]]:
            if after not in chain:
                yield from _chains((*chain, after), following, longest)


def _following(one: int, likely: Sequence[int], segments: Sequence[Segment], label: str) -> Iterator[int]:
    """The next piece to the right and the next one below, where they are near and alike enough to go on."""
    segments = facing(segments, segments[one])
    right = [o for o in likely if o != one and _is_right(segments[one], segments[o], label)]
    below = [o for o in likely if o != one and _is_below(segments[one], segments[o], label)]
    if right:
        yield min(right, key=lambda o: segments[o].box[0])
    if below:
        yield min(below, key=lambda o: (round(segments[o].box[1] / 8), segments[o].box[0]))


def _is_right(a: Segment, b: Segment, label: str) -> bool:
    height = min(_height(a), _height(b))
    level = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1]) > 0.5 * height
    if max(_height(a), _height(b)) > _UNLIKE_BESIDE * height:
        return False
    near = -0.5 * height < b.box[0] - a.box[2] < _BESIDE[label] * height or (
        a.line == b.line and b.box[0] >= a.box[2] - 1
    )
    return level and near and _alike(a, b, label)


def _is_below(a: Segment, b: Segment, label: str) -> bool:
    height = min(_height(a), _height(b))
    gap = b.box[1] - a.box[3]
    over = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    lower = (b.box[1] + b.box[3]) / 2 - (a.box[1] + a.box[3]) / 2 > 0.5 * height
    starts = label == "address" and abs(a.box[0] - b.box[0]) < 12 * height
    return lower and -0.8 * height < gap < _APART[label] * height and (over > 0 or starts) and _alike(a, b, label)


def _alike(a: Segment, b: Segment, label: str) -> bool:
    return max(_height(a), _height(b)) <= _UNLIKE[label] * min(_height(a), _height(b))


def _height(segment: Segment) -> float:
    return max(1.0, min(segment.box[3] - segment.box[1], segment.box[2] - segment.box[0]))


def of_groups(groups: Sequence[Group], scene: Scene, pieces: Sequence[Features], chances: Floats) -> list[Features]:
    """What speaks for and against each candidate of one label, with its standing among its rivals."""
    own = [_group(group, scene, pieces, chances) for group in groups]
    return [{**features, **_standing(index, groups, own)} for index, features in enumerate(own)]


def _group(group: Group, scene: Scene, pieces: Sequence[Features], chances: Floats) -> Features:
    column = LABELS.index(group.label)
    told = text_features(group.text)
    return {
        **{key: told[key] for key in _TOLD},
        **_chances(group, scene, pieces, chances),
        **_shape(group, scene, pieces),
        **_ends(group, pieces, chances),
        "mailbox": max((mailbox_agreement(group.text, box) for box in scene.mailboxes), default=0.0),
        "domain": domain_agreement(group.text, scene.cores),
        **calling(group.text, scene),
        "has_mailbox": bool(scene.mailboxes),
        "has_domain": bool(scene.cores),
        "contacts": min(8, len(scene.spans)),
        "rivals": sum(float(c) > 0.3 for c in chances[:, column]),
        "rival": float(chances[:, column].max()),
        "own_town": _own_town(group, scene),
        "form": bool(told["legal"]),
        "goes_on": sum(goes_on(*pair) for pair in pairwise(scene.segments[index].text for index in group.members)),
        "from_domain": group.origin == "domain",
        "repaired": group.origin == "repaired",
        "explains": _explained(group, scene, [scene.segments[index].text for index in group.members]),
        "printed": _explained(group, scene, [segment.text for segment in scene.segments]),
    }


def _own_town(group: Group, scene: Scene) -> float:
    """The share of the group's words that are a town named elsewhere on the card, as of a shop called by its town."""
    own = words(group.text)
    towns = {word for index, named in enumerate(scene.towns) if index not in group.members for word in named}
    return sum(word in towns for word in own) / max(1, len(own))


def _chances(group: Group, scene: Scene, pieces: Sequence[Features], chances: Floats) -> Features:
    """What the piece model says of the group's pieces, and of those that would go on it."""
    column = LABELS.index(group.label)
    rows = chances[list(group.members)] if group.members else np.zeros((1, len(LABELS)))
    inside, best = rows[:, column], rows.max(axis=0)
    around = _around(group, scene)
    outside = [index for index in range(len(scene.segments)) if index not in group.members]
    elsewhere = chances[outside].max(axis=0) if outside else np.zeros(len(LABELS))
    return {
        **{f"chance_{label}": float(best[at]) for at, label in enumerate(LABELS)},
        **{f"elsewhere_{label}": float(best) for label, best in zip(LABELS, elsewhere, strict=True)},
        "chance_least": float(inside.min()),
        "chance_mean": float(inside.mean()),
        "pieces": len(group.members),
        "outside": max((float(chances[index, column]) for index in around), default=0.0),
        "outside_same_size": max((_match(index, group, pieces, chances, column) for index in around), default=0.0),
    }


def _ends(group: Group, pieces: Sequence[Features], chances: Floats) -> Features:
    """What the first and the last piece say, for it is at its ends that a value is too long or too short."""
    column = LABELS.index(group.label)
    own = [pieces[index] for index in group.members]
    streets = [bool(f["streets"]) or bool(f["starts_with_digit"]) for f in own]
    return {
        "chance_first": float(chances[group.members[0], column]) if own else 0.0,
        "chance_last": float(chances[group.members[-1], column]) if own else 0.0,
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
    found = {word for text in texts for word in words(text) if len(word) >= 3}
    return max((_covered(core, found) for core in cores if core), default=0.0)


def _covered(core: str, found: Collection[str]) -> float:
    rest = core
    for word in sorted(found, key=len, reverse=True):
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
        if index in group.members or (group.label == "address" and is_list([*texts, segment.text])):
            continue
        after = _is_below(last, segment, group.label) or _is_right(last, segment, group.label)
        before = _is_below(segment, first, group.label) or _is_right(segment, first, group.label)
        if after or before:
            found.append(index)
    return found


def _match(index: int, group: Group, pieces: Sequence[Features], chances: Floats, column: int) -> float:
    """How likely an outside piece is of the group's label, counted by how close it is in size to the group's last."""
    one, other = pieces[index]["height"], pieces[group.members[-1]]["height"]
    return float(chances[index, column]) * min(one, other) / max(one, other, 0.1)


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
