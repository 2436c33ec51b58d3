"""What can go wrong on the wire, as the reading and writing code finds it; `explain` makes errors for people of it."""

from __future__ import annotations


class Fault(Exception):
    """The root: never leaves `findtui.net`."""


class Malformed(Fault):
    """Bytes that the standard or a limit forbids.

    Attributes:
        what: is wrong, in words.
        dcmtk: the condition that DCMTK reports, one line or several.
    """

    def __init__(self, what: str, dcmtk: str) -> None:
        super().__init__(what)
        self.what = what
        self.dcmtk = dcmtk


class BadPDU(Malformed):
    """A PDU whose frame is wrong, whatever is in it."""


class Closed(Fault):
    """The peer closed the connection."""


class Aborted(Fault):
    """The peer sent A-ABORT (PS3.8 section 9.3.8).

    Attributes:
        source: 0 is the service user, 2 the service provider.
        reason: with the service provider as source.
    """

    def __init__(self, source: int, reason: int) -> None:
        super().__init__(source, reason)
        self.source = source
        self.reason = reason


class ReleaseRequested(Fault):
    """The peer sent A-RELEASE-RQ while an answer was waited for."""
