"""What a run tells while it goes: frozen events, in this order.

::

    Requesting, Negotiated, ( QuerySent, ( Matches | Unreadable | Cancelling )*, Answered )*, Closing, Finished
    and Warned anywhere between.

A run that fails leaves out what it did not reach; `Finished` is always the last, and there is always one.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from findtui.dicom.dataset import DataSet
    from findtui.dicom.response import Response, UnreadableResponse
    from findtui.dicom.transfer import TransferSyntax
    from findtui.errors import FindtuiError
    from findtui.net.peer import Peer
    from findtui.net.tls.settings import TLSSession


class End(Enum):
    """How a run ended. Never better than the truth."""

    SUCCESS = "success"
    CANCELLED = "cancelled"
    FAILED = "failed"
    BROKEN = "broken"


class Requesting(NamedTuple):
    """The connection is about to be made.

    Attributes:
        peer: to whom.
        description: what will be proposed, in lines, for the log at debug level.
    """

    peer: Peer
    description: str = ""


class Negotiated(NamedTuple):
    """The peer accepted the association (PS3.8 section 7.1.1).

    Attributes:
        transfer_syntax: the one the peer took for the query's context.
        max_pdu: largest PDU that the peer receives, in bytes; 0 means no limit.
        max_send_pdv: largest PDV that will be sent, in bytes, as findscu prints it.
        elapsed: seconds from the connection attempt to the accept.
        description: the negotiation in lines, for the log at debug level.
        tls: version, suite and certificates of the connection, or None.
    """

    transfer_syntax: TransferSyntax
    max_pdu: int
    max_send_pdv: int
    elapsed: float
    description: str = ""
    tls: TLSSession | None = None


class QuerySent(NamedTuple):
    """A C-FIND-RQ went out (PS3.7 section 9.1.2).

    Attributes:
        message_id: of the request.
        identifier: what was asked.
        transfer_syntax: in which it went.
        position: which of the query's identifiers, from 0; it comes `repeat` times.
    """

    message_id: int
    identifier: DataSet
    transfer_syntax: TransferSyntax
    position: int


class Matches(NamedTuple):
    """Pending responses, in the order of their arrival; never empty."""

    responses: list[Response]


class Unreadable(NamedTuple):
    """A pending response whose identifier cannot be read. The run goes on."""

    response: UnreadableResponse


class Cancelling(NamedTuple):
    """C-CANCEL was sent; where it cannot have reached the peer, `Warned` follows.

    Attributes:
        message_id: of the request that is cancelled.
        context_id: of the presentation context.
    """

    message_id: int
    context_id: int


class Answered(NamedTuple):
    """The final response to one request.

    Attributes:
        message_id: of the request.
        number: of this response in the count of the run (final ones count).
        status: as it came.
        meaning: the status in words.
        comment: Error Comment (0000,0902), cleaned; empty where there is none.
        offending: keywords or tags of Offending Element (0000,0901).
    """

    message_id: int
    number: int
    status: int
    meaning: str
    comment: str = ""
    offending: tuple[str, ...] = ()


class Closing(NamedTuple):
    """The association is about to be ended.

    Attributes:
        abort: by A-ABORT, not by a release.
        error: what it is aborted for; `Finished` has it too.
    """

    abort: bool
    error: FindtuiError | None = None


class Warned(NamedTuple):
    """Something that does not end the run but that its user should know.

    Attributes:
        text: in words, for people.
        dcmtk: what DCMTK's findscu prints in the same case, at warning level; empty where it prints nothing.
    """

    text: str
    dcmtk: str = ""


class Outcome(NamedTuple):
    """How it went.

    Attributes:
        end: success, cancelled (because it was asked for), failed (status) or broken (error).
        received: pending responses that were read.
        unreadable: pending responses that were not.
        elapsed: seconds from the start of the run.
        status: the last final status, or None where there was none.
        error: what ended a failed or broken run, or left responses unreadable; None for plain success.
        cut_short: the peer ended before it had sent all it has, as far as its status tells.
        warnings: responses with status 0xFF01 (optional keys not supported).
    """

    end: End
    received: int
    unreadable: int
    elapsed: float
    status: int | None = None
    error: FindtuiError | None = None
    cut_short: bool = False
    warnings: int = 0


class Finished(NamedTuple):
    """The last event of every run."""

    outcome: Outcome


Event = Requesting | Negotiated | QuerySent | Matches | Unreadable | Cancelling | Answered | Closing | Warned | Finished
