"""Candidates for whole values: pieces that stand together on the card, and what can be said of them as one value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise, permutations

from rapidfuzz.distance.Levenshtein import distance
from rapidfuzz.fuzz import partial_ratio, ratio

from lexicon.blanks import unglued_english
from lexicon.eastern import is_eastern
from lexicon.folding import fold, squeeze, words
from lexicon.legal_forms import without_legal_form
from lexicon.mail import FREE_MAIL
from lexicon.vietnamese import restored
from lexicon.vocabulary import is_trade
from ocr.fields.address import is_company, is_list, is_note
from ocr.fields.domain_words import spellings
from ocr.fields.email import confusable
from ocr.fields.person import BLANK_PUT_BACK, mailbox_agreement, nickname, take_apart
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
_LINK = 2
"""Letters of words that names may leave out of their first letters: `of`, `de`."""
_TELLING = 6
"""Letters of a piece that may repeat another although some are misread."""
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
_QUOTED = re.compile(r"\W*[\"“”„«»].{8,}[\"“”«»]\W*")
_NO_LARGER = 1.1
"""Largest ratio of the heights of who is quoted and of the words."""
_KNOWN = 0.5
"""Agreement with an e-mail address from which somebody is of the card."""


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
    if label == "name":
        likely = [index for index in likely if not nickname(scene.segments[index].text)]
    following = {one: list(_following(one, likely, scene.segments, label)) for one in likely}
    chains = [chain for start in likely for chain in _chains((start,), following, LONGEST[label])]
    if label == "title":
        chains = _unbroken(chains, scene)
    if label == "address":
        chains = [chain for chain in chains if not is_list([scene.segments[index].text for index in chain])]
        chains = [chain for chain in chains if len(chain) == 1 or not is_company(scene.segments[chain[0]].text)]
    found = [_joined(label, chain, scene) for chain in dict.fromkeys(chains)]
    if label == "name":
        return [group for group in found if not _is_somebody_else(group, scene)]
    if label != "company":
        return found
    single = [group for group in found if not (_says_twice(group, scene) or _has_monogram(group, scene))]
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
        if surest >= _CARRIED and is_below(upper, lower, "title") and _is_one_title(upper, lower):
            made[[a, b], column] = surest
    return made


def without_notes(chances: Floats, scene: Scene) -> Floats:
    """The pieces' chances, where what is a note by its form is no part of an address."""
    made = chances.copy()
    notes = [index for index, segment in enumerate(scene.segments) if is_note(segment.text)]
    made[notes, LABELS.index("address")] = 0.0
    return made


def _is_one_title(a: Segment, b: Segment) -> bool:
    same = max(a.height, b.height) <= _SET_ALIKE * min(a.height, b.height)
    return same and b.box[1] > (a.box[1] + a.box[3]) / 2 and goes_on(a.text, b.text)


def _joined(label: str, chain: tuple[int, ...], scene: Scene) -> Group:
    """The pieces of one value as one string: lines of an address by commas, others by blanks."""
    parts = [" ".join(scene.segments[index].text.split()) for index in chain]
    if label == "address":
        return Group(label, chain, ", ".join(part.strip(" ,;|-–•") for part in parts))
    text = " ".join(parts)
    if label == "name":
        name = take_apart(text)
        whole = " ".join(restored(name.name.split())) if scene.region == "VN" else name.name
        repairs = name.repairs if whole == name.name else (*name.repairs, "lost letters put back")
        return Group(label, chain, whole, repairs)
    if label == "company":
        return Group(label, chain, text)
    apart = unglued_english(text)
    return Group(label, chain, apart, () if apart == text else (BLANK_PUT_BACK,))


def _is_somebody_else(group: Group, scene: Scene) -> bool:
    """Whether the words, although they may sound like a name, are by their form not whose the card is."""
    return _is_of_a_town(group, scene) or _is_in_two_scripts(group.text) or _is_quoted(group, scene)


def _is_quoted(group: Group, scene: Scene) -> bool:
    """Whether the words say under a quotation, no larger than it, whose it is; unless an e-mail address knows them."""
    own = scene.segments[group.members[0]]
    quotations = [s for s in scene.segments if _QUOTED.fullmatch(s.text) and is_below(s, own, "title")]
    small = any(own.height <= _NO_LARGER * quotation.height for quotation in quotations)
    return small and not any(mailbox_agreement(group.text, box) > _KNOWN for box in scene.mailboxes)


def _is_of_a_town(group: Group, scene: Scene) -> bool:
    """Whether the words hold a town of several words that the card names elsewhere, which nobody is called by."""
    own = words(group.text)
    named = (town for index, towns in enumerate(scene.towns) if index not in group.members for town in towns)
    return any(len(town) > 1 and set(town) <= set(own) for town in named)


def _is_in_two_scripts(text: str) -> bool:
    """Whether eastern words stand beside others, as two names of one person do."""
    return len({is_eastern(word) for word in words(text)}) > 1


def _says_twice(group: Group, scene: Scene) -> bool:
    """Whether one piece of the group repeats what another says, as the name beside the logo does, misread or not."""
    parts = [squeeze(scene.segments[index].text) for index in group.members]
    return any(_repeats(a, b) for i, a in enumerate(parts) for j, b in enumerate(parts) if i != j)


def _has_monogram(group: Group, scene: Scene) -> bool:
    """Whether the group begins with the first letters of its other words, as a logo beside the name shows them."""
    first, *rest = [scene.segments[index].text for index in group.members] or [""]
    own, others = squeeze(first), words(without_legal_form(" ".join(rest)))
    initials = {"".join(word[0] for word in some) for some in (others, [word for word in others if len(word) > _LINK])}
    return len(own) > 1 and own in initials


def _repeats(part: str, whole: str) -> bool:
    if part in whole:
        return len(part) > 2
    return _TELLING <= len(part) <= len(whole) and partial_ratio(part, whole) >= _NEARLY


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
    right = [o for o in likely if o != one and is_right(segments[one], segments[o], label)]
    below = [o for o in likely if o != one and is_below(segments[one], segments[o], label)]
    if right:
        yield min(right, key=lambda o: segments[o].box[0])
    if below:
        yield min(below, key=lambda o: (round(segments[o].box[1] / 8), segments[o].box[0]))


def is_right(a: Segment, b: Segment, label: str) -> bool:
    """Whether `b` stands so near to the right of `a` that both may be one value of `label`."""
    height = min(a.height, b.height)
    level = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1]) > 0.5 * height
    if not level or max(a.height, b.height) > _UNLIKE_BESIDE * height:
        return False
    near = -0.5 * height < b.box[0] - a.box[2] < _BESIDE[label] * height or (
        a.line == b.line and b.box[0] >= a.box[2] - 1
    )
    return near and _alike(a, b, label)


def is_below(a: Segment, b: Segment, label: str) -> bool:
    """Whether `b` stands so near below `a` that both may be one value of `label`."""
    height = min(a.height, b.height)
    if not -0.8 * height < b.box[1] - a.box[3] < _APART[label] * height:
        return False
    over = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    lower = (b.box[1] + b.box[3]) / 2 - (a.box[1] + a.box[3]) / 2 > 0.5 * height
    starts = label == "address" and abs(a.box[0] - b.box[0]) < 12 * height
    return lower and (over > 0 or starts) and _alike(a, b, label)


def _alike(a: Segment, b: Segment, label: str) -> bool:
    return max(a.height, b.height) <= _UNLIKE[label] * min(a.height, b.height)
