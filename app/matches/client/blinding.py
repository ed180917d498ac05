"""Private set intersection with the package openmined-psi (ECDH on P-256), so that both ends learn the same.

Each end blinds its accounts with a key of its own and sends the points; each blinds the other's points once more
(Huberman, Franklin and Hogg, "Enhancing privacy and trust in electronic communities", 1999). An account that both
have is the same point after both blindings. An end's points are sent once and serve both directions, its answer in
order must be a permutation of its answer before, so neither end can change its list or key within a match.

The curve arithmetic is the package's; here is what is sent, and the checks of what comes.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Any

from app.matches.client.errors import NoLibrary, Tampered
from app.matches.terms import POINT_BYTES, padded_size

try:
    import private_set_intersection.python as psi
except ImportError:  # pragma: no cover - there is no wheel for this system
    psi = None

_DUMMY_BYTES = 32


class BlindedBook:
    """One end's list, padded with random dummies and blinded under a fresh key."""

    def __init__(self, identifiers: Collection[str], least: int = 0) -> None:
        """Args:
            identifiers: Of the accounts, each once.
            least: Pad to the size that holds so many at least.

        Raises:
            NoLibrary: the package is not installed.
            ValueError: more accounts than the largest size holds.
        """
        if psi is None:
            raise NoLibrary
        self.size = padded_size(max(len(identifiers), least))
        dummies = (f"dummy:{secrets.token_hex(_DUMMY_BYTES)}" for _ in range(self.size - len(identifiers)))
        padded = [*identifiers, *dummies]
        self._key: bytes = psi.client.CreateWithNewKey(True).GetPrivateKeyBytes()
        blinded = psi.client.CreateFromKey(self._key, True).CreateRequest(padded).encrypted_elements
        pairs = sorted(zip(blinded, padded, strict=True))  # in the order of the points, which says nothing
        self._points = [point for point, _ in pairs]
        self._items = [item for _, item in pairs]

    @property
    def points(self) -> bytes:
        """The list as it is sent: `size` compressed points of 33 bytes."""
        return b"".join(self._points)

    def check_points(self, sent: bytes, size: int) -> None:
        """Raises Tampered unless `sent` may be the other's list: `size` different points, none of them an echo."""
        points = _parted(sent, size)
        if len(set(points)) != size or not set(points).isdisjoint(self._points):
            raise Tampered("The other end's list repeats a point, or sends one of yours back. The match was ended.")

    def answer(self, points: bytes, *, ordered: bool) -> bytes:
        """The other's points, blinded once more: sorted, so that they tell only how many are shared, or `ordered`.

        Raises:
            Tampered: one is no point of the curve.
        """
        request = psi.Request(reveal_intersection=ordered, encrypted_elements=_parted(points))
        try:
            answer = psi.server.CreateFromKey(self._key, ordered).ProcessRequest(request).encrypted_elements
        except RuntimeError as wrong:
            raise Tampered("The other end sent what is no point of the curve. The match was ended.") from wrong
        return b"".join(answer)

    def count_shared(self, points: bytes, answer: bytes) -> int:
        """How many accounts both lists hold.

        Args:
            points: The other's list.
            answer: The other's answer to our points, in any order.

        Raises:
            Tampered: one is no point of the curve, or the answer is not one for each of ours.
        """
        return len(self._shared(points, answer, ordered=False))

    def find_shared(self, points: bytes, answer: bytes, ordered: bytes) -> tuple[str, ...]:
        """Which accounts both lists hold, sorted.

        Args:
            points: The other's list.
            answer: The other's answer to our points, in any order, as it came before.
            ordered: The same in the order of our points.

        Raises:
            Tampered: `ordered` holds other points than `answer`, or one is no point of the curve.
        """
        if sorted(_parted(ordered, self.size)) != sorted(_parted(answer, self.size)):
            raise Tampered("The other end's second answer is not its first. The match was ended.")
        found = [self._items[at] for at in self._shared(points, ordered, ordered=True)]
        return tuple(sorted(found))

    def _shared(self, points: bytes, answer: bytes, *, ordered: bool) -> Sequence[int]:
        answered = _parted(answer, self.size)
        if len(set(answered)) != self.size:
            raise Tampered("The other end's answer repeats a point. The match was ended.")
        setup: Any = psi.ServerSetup()
        setup.raw.encrypted_elements.extend(sorted(_parted(points)))
        response = psi.Response(encrypted_elements=answered)
        client = psi.client.CreateFromKey(self._key, ordered)
        try:
            if ordered:
                found: Sequence[int] = client.GetIntersection(setup, response)
                return found
            return range(client.GetIntersectionSize(setup, response))
        except RuntimeError as wrong:
            raise Tampered("The other end sent what is no point of the curve. The match was ended.") from wrong


def _parted(data: bytes, count: int | None = None) -> list[bytes]:
    if len(data) % POINT_BYTES or (count is not None and len(data) != count * POINT_BYTES):
        raise Tampered("The other end's message has not the agreed length. The match was ended.")
    return [data[at : at + POINT_BYTES] for at in range(0, len(data), POINT_BYTES)]
