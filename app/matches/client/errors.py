"""What can go wrong at one end of a match; the message is for the person in front of it."""

from __future__ import annotations


class MatchError(Exception):
    """The match cannot go on."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class NoLibrary(MatchError):
    """Matching needs the package openmined-psi, which has no wheel for this system: Linux on x86-64 (glibc 2.35 or
    newer) and macOS 14 on arm64 have one.
    """


class TooFewAccounts(MatchError):
    """Too few accounts take part: the answer to a short list tells too much of each account on it."""


class TooManyAccounts(MatchError):
    """More accounts take part than a match can hold."""


class TooLittleChanged(MatchError):
    """So few accounts of your list have changed since you last matched with this rep that the difference of the two
    results would tell which. Match again with the same list, or when more has changed.
    """


class BadInvitation(MatchError):
    """This is no invitation, or it was cut short."""


class Tampered(MatchError):
    """What came from the other end is not what an honest end sends. The match was ended."""


class ResultsDiffer(MatchError):
    """The two ends found different results: one of them did not keep to the protocol. Nothing of it can be trusted."""


class PartnerLeft(MatchError):
    """The other end has left, or time ran out."""


class Refused(MatchError):
    """The server refuses this."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
