"""What a segment says and looks like, as numbers: lexicon hits, shape, geometry, agreement; never its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lexicon import places
from lexicon.blanks import unglued
from lexicon.folding import squeeze, words
from lexicon.legal_forms import legal_form
from lexicon.namelike import namelike
from lexicon.names import PARTICLES, is_given, is_name, is_prefix, is_suffix
from lexicon.vocabulary import is_body, is_department, is_english, is_job, is_slogan, is_street, is_trade
from ocr.fields.domain_words import abbreviated
from ocr.fields.person import mailbox_agreement, name_evidence, name_share, nickname, spaced
from ocr.fields.scene import Scene
from ocr.fields.segments import Segment
from ocr.fields.spans import Box, box_of
from ocr.types import FieldKind

Features = dict[str, float]
Tell = Callable[[str], Features]
"""`text_features`, or a cache of it: groups of one piece say what the piece says."""
_TELLING = 0.3
"""Share of a piece's words from which it is counted as hours, goods or a slogan."""
_WEB = re.compile(r"(?i)\bwww|https?:|@|\.(?:com?|net|org)\b")
_INITIAL = re.compile(r"(?:^|\s)[A-ZÀ-Þ]\.?(?:\s|$)")
_BULLETS = frozenset("•·*-–►▪●○■»>+✓✔")


def of_segments(scene: Scene, tell: Tell) -> list[Features]:
    """One vector a segment, with what its neighbours above and below say."""
    own = [
        {**tell(s.text), **_agreement(s.text, scene), **_look(index, scene)} for index, s in enumerate(scene.segments)
    ]
    _call_by_nicknames(scene, own)
    said, bullets = [squeeze(s.text) for s in scene.segments], [_has_bullet(s, scene) for s in scene.segments]
    slogans = min(8, sum(f["slogans"] > _TELLING for f in own))
    return [
        {
            **f,
            **_context(index, scene, own),
            **lead,
            **_repeats(index, said, scene),
            "bullet": bullets[index],
            "bullets": min(6, sum(bullets[at] for at in scene.columns[index])),
            "own_town": own_town(scene.segments[index].text, (index,), scene),
            "slogan_pieces": slogans,
        }
        for index, (f, lead) in enumerate(zip(own, _leads(own), strict=True))
    ]


def _call_by_nicknames(scene: Scene, own: Sequence[Features]) -> None:
    """An address made of a nickname in brackets is that of the pieces above and below it."""
    for index, segment in enumerate(scene.segments):
        other = nickname(segment.text)
        if not other or not own[index]["mailbox"]:
            continue
        own[index]["mailbox"] = 0.0
        for near in (_neighbour(index, scene.segments, sign) for sign in (-1, 1)):
            if near is not None:
                text = f"{scene.segments[near].text} {other}"
                own[near]["mailbox"] = max(mailbox_agreement(text, box) for box in scene.mailboxes)


def text_features(text: str) -> Features:
    """What the words alone say; shares are of words, 0 to 1."""
    tokens = words(unglued(spaced(text)))
    n = max(1, len(tokens))
    given, family, rare = name_share(tokens)
    raw = text.split()
    jobs = [is_job(token) for token in tokens]
    letters = [c for c in text if c.isalpha()]
    return {
        "words": min(len(raw), 12),
        "chars": min(len(text), 60),
        "digits": sum(c.isdigit() for c in text) / max(1, len(text)),
        "has_digit": any(c.isdigit() for c in text),
        "starts_with_digit": text[:1].isdigit(),
        "upper": sum(c.isupper() for c in letters) / max(1, len(letters)),
        "title_case": sum(word[:1].isupper() for word in raw) / max(1, len(raw)),
        "all_lower": bool(letters) and not any(c.isupper() for c in letters),
        "letters": len(letters) / max(1, len(text)),
        "mean_word": min(15.0, len(letters) / max(1, len(raw))),
        "latin": sum(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in letters) / max(1, len(letters)),
        "comma": "," in text,
        "ampersand": "&" in text,
        "bracket": text.startswith("("),
        "web": bool(_WEB.search(text)),
        "quote": any(c in '"“”!?®™' for c in text),
        "sentence": text.rstrip().endswith((".", "!", "?")) and len(tokens) > 3,
        "given": given,
        "family": family,
        "rare_name": rare,
        "known": sum(map(is_name, tokens)) / n,
        "namelike": sum(map(namelike, tokens)) / n,
        "least_namelike": min(map(namelike, tokens), default=0.0),
        "first_given": bool(tokens) and is_given(tokens[0]),
        "initial": bool(_INITIAL.search(text)),
        "particle": any(token in PARTICLES for token in tokens[1:-1]),
        "prefix": bool(raw) and is_prefix(raw[0]),
        "suffix": len(raw) > 1 and is_suffix(raw[-1]),
        "jobs": sum(jobs) / n,
        "job_first": bool(jobs) and jobs[0],
        "job_last": bool(jobs) and jobs[-1],
        "departments": sum(map(is_department, tokens)) / n,
        "department_first": bool(tokens) and is_department(tokens[0]),
        "trades": sum(map(is_trade, tokens)) / n,
        "trade_last": bool(tokens) and is_trade(tokens[-1]),
        "streets": sum(map(is_street, tokens)) / n,
        "slogans": sum(map(is_slogan, tokens)) / n,
        "english": sum(map(is_english, tokens)) / n,
        "city": any(True for _ in places.cities(text)),
        "postal": places.postal_region(text) is not None,
        "postcode": places.has_postcode(text),
        "state": places.has_state(text) or places.has_state_name(text),
        "country": places.country(text) is not None,
        "legal": legal_form(text) is not None or is_body(text),
        **name_evidence(text),
    }


def domain_agreement(text: str, cores: Sequence[str]) -> float:
    """How well words fit a registered domain name: 1 equal, else the share of the longer that the other explains."""
    best, whole, tokens = 0.0, squeeze(text), words(text)
    initials = "".join(token[0] for token in tokens)
    for core in cores:
        if whole and len(core) > 1:
            if whole == core:
                return 1.0
            if len(core) >= 3 and (core in whole or whole in core) and len(whole) >= 3:
                best = max(best, 0.5 + 0.5 * min(len(core), len(whole)) / max(len(core), len(whole)))
            if len(core) >= 2 and initials == core:
                best = max(best, 0.8)
            explained = sum(len(token) for token in tokens if len(token) >= 4 and token in core)
            best = max(best, min(0.8, explained / len(core)))
    return best


def calling(text: str, scene: Scene) -> Features:
    """How well words fit what the card calls itself in short: by beginnings in a domain, at a mail provider."""
    return {
        "abbreviated": abbreviated(text, scene.cores),
        "handle": domain_agreement(text, scene.handles),
        "handle_abbreviated": abbreviated(text, scene.handles),
        "has_handle": bool(scene.handles),
    }


def _agreement(text: str, scene: Scene) -> Features:
    return {
        "mailbox": max((mailbox_agreement(text, box) for box in scene.mailboxes), default=0.0),
        "domain": domain_agreement(text, scene.cores),
        **calling(text, scene),
        "has_mailbox": bool(scene.mailboxes),
        "has_domain": bool(scene.cores),
    }


def _look(index: int, scene: Scene) -> Features:
    width, height = scene.size
    segment = scene.segments[index]
    left, top, right, bottom = segment.box
    heights = [other.height for other in scene.segments if len(other.text) >= 4] or [segment.height]
    own = segment.height
    taller = sum(other > own * 1.08 for other in heights)
    distances = [_gap(segment.box, box) for box in scene.contacts]
    return {
        "height": own / scene.body,
        "height_of_card": own / max(1, min(width, height)),
        "height_rank": taller / len(heights),
        "x": (left + right) / 2 / width,
        "y": (top + bottom) / 2 / height,
        "width": (right - left) / width,
        "contact_gap": min(distances, default=width) / max(width, height),
        "below_contacts": sum(box[3] < top for box in scene.contacts) / max(1, len(scene.contacts)),
        "logo": max((_inside(segment.box, box_of(logo.polygon)) for logo in scene.logos), default=0.0),
        "segments": min(20, len(scene.segments)),
        "confidence": segment.confidence,
        "alike": min(8, len(scene.columns[index])),
    }


def _has_bullet(segment: Segment, scene: Scene) -> bool:
    before = scene.level[segment.line].text[: segment.start].strip()
    return before in _BULLETS and bool(before)


def own_town(text: str, members: Sequence[int], scene: Scene) -> float:
    """The share of the words that are a town named elsewhere on the card, as of a shop called by its town."""
    own = words(text)
    others = (named for index, named in enumerate(scene.towns) if index not in members)
    towns = {word for named in others for town in named for word in town}
    return sum(word in towns for word in own) / max(1, len(own))


_LED = (
    "core_mean",
    "core_least",
    "mailbox",
    "domain",
    "abbreviated",
    "handle",
    "jobs",
    "known",
    "given",
    "namelike",
    "trades",
    "streets",
    "height",
    "legal",
    "departments",
)


def _leads(own: Sequence[Features]) -> list[Features]:
    """How far each segment is ahead of the best other one of the card, for what only one of them can be."""
    leads: list[Features] = [{} for _ in own]
    for key in _LED:
        values = [features[key] for features in own]
        *_, second, first = 0.0, *sorted(values)
        for lead, value in zip(leads, values, strict=True):
            lead[f"{key}_lead"] = value - (second if value == first else first)
    return leads


def _repeats(index: int, said: Sequence[str], scene: Scene) -> Features:
    """Whether the card says the same words again elsewhere, as it does with the company in logo and imprint."""
    mine, others = said[index], [*said[:index], *said[index + 1 :]]
    kinds = [span.kind for span in scene.spans]
    return {
        "again": others.count(mine),
        "inside": len(mine) > 3 and any(mine in other and mine != other for other in others),
        "around": any(len(other) > 3 and other in mine and mine != other for other in others),
        "phones": kinds.count(FieldKind.PHONE),
        "emails": kinds.count(FieldKind.EMAIL),
        "websites": kinds.count(FieldKind.WEBSITE),
    }


def _context(index: int, scene: Scene, own: list[Features]) -> Features:
    """What the nearest segments above and below in the same column say, and how far they are."""
    found: Features = {}
    me = scene.segments[index]
    for name, sign in (("above", -1), ("below", 1)):
        nearest = _neighbour(index, scene.segments, sign)
        other = own[nearest] if nearest is not None else {}
        for key in (
            "jobs",
            "given",
            "family",
            "trades",
            "streets",
            "postcode",
            "departments",
            "english",
            "has_digit",
            "mailbox",
            "domain",
            "core_mean",
            "legal",
            "quote",
        ):
            found[f"{name}_{key}"] = other.get(key, 0.0)
        gap = _gap(me.box, scene.segments[nearest].box) / max(1.0, me.height) if nearest is not None else 9.0
        found[f"{name}_gap"] = min(gap, 9.0)
        found[f"{name}_height"] = other.get("height", 0.0) / max(0.1, own[index]["height"])
    level = _beside(index, scene.segments)
    for key in ("jobs", "given", "trades", "streets", "postcode", "digits", "height", "core_mean"):
        found[f"beside_{key}"] = max((own[other][key] for other in level), default=0.0)
    found["beside"] = min(4, len(level))
    return found


def _beside(index: int, segments: Sequence[Segment]) -> list[int]:
    """Pieces on the same baseline."""
    _, top, _, bottom = segments[index].box
    reach = 0.35 * (bottom - top)
    middle = (top + bottom) / 2
    return [at for at, s in enumerate(segments) if at != index and abs((s.box[1] + s.box[3]) / 2 - middle) < reach]


def _neighbour(index: int, segments: Sequence[Segment], sign: int) -> int | None:
    left, top, right, bottom = segments[index].box
    middle, best, least = (top + bottom) / 2, None, float("inf")
    for other, segment in enumerate(segments):
        a, b, c, d = segment.box
        distance = sign * ((b + d) / 2 - middle)
        if other != index and distance > (bottom - top) * 0.4 and min(right, c) > max(left, a) and distance < least:
            best, least = other, distance
    return best


def _gap(a: Box, b: Box) -> float:
    """Distance between two boxes, 0 where they touch."""
    dx = max(0.0, max(a[0], b[0]) - min(a[2], b[2]))
    dy = max(0.0, max(a[1], b[1]) - min(a[3], b[3]))
    return float((dx * dx + dy * dy) ** 0.5)


def _inside(a: Box, b: Box) -> float:
    """The share of box `a` that lies in box `b`."""
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared / max(1.0, (a[2] - a[0]) * (a[3] - a[1]))
