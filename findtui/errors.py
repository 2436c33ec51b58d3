"""Every error that a user can meet, in one tree.

::

    FindtuiError
    ├── UsageError              the command line is wrong
    ├── SettingsError           a settings, profile, keymap or logger file is wrong
    ├── DictionaryError         a data dictionary cannot be loaded
    ├── QueryError              the query cannot be asked as it stands
    │   ├── KeyPathError        a key's path is malformed or leads nowhere
    │   ├── KeyValueError       a key's value cannot be encoded
    │   ├── CharacterSetError   text that the request's character set cannot hold
    │   └── QueryFileError      a query file is missing or broken
    ├── TLSSetupError           what TLS needs on this side is missing or wrong
    ├── NetworkError            the association could not be made, or was lost
    │   ├── ConnectionFailed    no TCP connection: name, refusal, time-out
    │   ├── TLSHandshakeFailed  the two sides did not agree, or one is not trusted
    │   ├── AssociationRejected the peer said no (A-ASSOCIATE-RJ)
    │   ├── NoPresentationContext   the peer takes neither the model nor a transfer syntax
    │   ├── AssociationLost     abort, release or a closed connection in the middle of it
    │   ├── PeerTimeout         the peer did not answer in time
    │   └── ProtocolViolation   the peer sent what the standard or a limit forbids
    ├── QueryFailed             the peer answered with a failure status
    ├── UnreadableResponses     the query ended, but some responses could not be read
    ├── OutputError             a response could not be written
    └── Interrupted             the user stopped the run

An error says what was tried, with which peer or file, what is wrong and what to do about it. It knows the exit
status that tells the truth and the one that DCMTK's findscu would have given.
"""

from __future__ import annotations

from typing import ClassVar


class FindtuiError(Exception):
    """The root of the tree.

    Args:
        message: what was tried, with whom, and what is wrong: one sentence, without a full stop at its end.
        remedy: what the reader can do about it; empty where there is nothing to be done.
        dcmtk: what DCMTK's findscu prints in the same case (several lines where it prints several), for scripts
            that look for it; empty where it prints nothing or has no such case.
        dcmtk_exit_status: set where DCMTK's own exit status differs from the one of the class.

    Attributes:
        exit_status: status of a headless run that ends with this error.
    """

    exit_status: ClassVar[int] = 1
    _dcmtk_exit_status: ClassVar[int] = 1

    def __init__(
        self, message: str, *, remedy: str = "", dcmtk: str = "", dcmtk_exit_status: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.dcmtk = dcmtk
        self.dcmtk_exit_status = self._dcmtk_exit_status if dcmtk_exit_status is None else dcmtk_exit_status

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


class UsageError(FindtuiError):
    """The command line is wrong."""


class SettingsError(FindtuiError):
    """A settings, profile, keymap or logger configuration file is wrong."""


class DictionaryError(FindtuiError):
    """A data dictionary of DCMDICTPATH cannot be loaded."""


class QueryError(FindtuiError):
    """The query cannot be asked as it stands; found before anything is sent."""

    # DCMTK finds these after the association is up, and its closing abort hides them.
    _dcmtk_exit_status = 0


class KeyPathError(QueryError):
    """A key's path is malformed, names nothing, or goes through what is no sequence."""


class KeyValueError(QueryError):
    """A key's value cannot be encoded in its VR."""


class CharacterSetError(QueryError):
    """A text holds characters that the character set cannot encode or decode."""


class QueryFileError(QueryError):
    """A query file is missing, unreadable or not DICOM."""


class TLSSetupError(FindtuiError):
    """A key, certificate, authority, revocation list, profile or suite that cannot be had."""


class NetworkError(FindtuiError):
    """The association could not be made, or was lost."""

    exit_status = 2
    _dcmtk_exit_status = 2


class ConnectionFailed(NetworkError):
    """No TCP connection to the peer."""


class TLSHandshakeFailed(NetworkError):
    """TLS could not be agreed on with the peer, or one side does not trust the other."""


class AssociationRejected(NetworkError):
    """The peer rejected the association (PS3.8 section 9.3.4)."""


class NoPresentationContext(NetworkError):
    """The peer accepted the association but no presentation context that the query needs."""


class AssociationLost(NetworkError):
    """The peer aborted, released or closed the connection before the query had ended."""

    _dcmtk_exit_status = 0


class PeerTimeout(NetworkError):
    """The peer did not answer within the time that was given."""


class ProtocolViolation(NetworkError):
    """The peer sent what the standard or one of findtui's limits forbids."""

    _dcmtk_exit_status = 0


class QueryFailed(FindtuiError):
    """The peer ended the query with a failure status (PS3.4 tables C.4-1 and K.4-1)."""

    exit_status = 4
    _dcmtk_exit_status = 0


class UnreadableResponses(FindtuiError):
    """The query ended as it should, but some identifiers could not be read."""

    exit_status = 4
    _dcmtk_exit_status = 0


class OutputError(FindtuiError):
    """A response could not be written to its file."""

    exit_status = 5
    _dcmtk_exit_status = 0


class Interrupted(FindtuiError):
    """The user stopped the run (SIGINT, SIGTERM)."""

    exit_status = 130
    _dcmtk_exit_status = 130
