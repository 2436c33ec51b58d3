"""Errors for people made of what went wrong on the wire."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from findtui.errors import (
    AssociationLost,
    AssociationRejected,
    FindtuiError,
    NetworkError,
    NoPresentationContext,
    PeerTimeout,
    ProtocolViolation,
    QueryFailed,
)
from findtui.net import explain
from findtui.net.commands import Answer
from findtui.net.faults import Aborted, BadPDU, Closed, Fault, Malformed, ReleaseRequested
from findtui.net.pdus import HEAD_LENGTH
from findtui.net.peer import Peer
from findtui.net.transport import Deadline, Expired

NETWORK_CLOSED: Final = "0006:0317 Peer aborted Association (or never connected)"
CUT_OFF: Final = "0006:0310 DUL network closed"
READ_TIMEOUT: Final = "0006:031a DUL network read timeout"


class Phase(Enum):
    """How far an association has come; the value is how DCMTK's findscu begins its error line then."""

    REQUEST = "Association Request Failed"
    QUERY = "Find SCU Failed"
    RELEASE = "Association Release Failed"


QUERY: Final = "query"
"""The usual errand of an association."""


class Where(NamedTuple):
    """What was going on when something went wrong.

    Attributes:
        phase: of the association.
        errand: what it was for, in a word.
        opening: the first bytes that the peer ever sent.
        unfinished: bytes that had come of a PDU of which more was due.
        data_set_due: whether a data set was to come, not a command set.
    """

    phase: Phase
    errand: str = QUERY
    opening: bytes = b""
    unfinished: int = 0
    data_set_due: bool = False

    @property
    def when(self) -> str:
        """In words."""
        return {
            Phase.REQUEST: "instead of answering the association request",
            Phase.QUERY: f"in the middle of the {self.errand}",
            Phase.RELEASE: "instead of answering the release request",
        }[self.phase]

    @property
    def kept(self) -> str:
        """That nothing was lost, as the end of a sentence."""
        return "; all responses had come before that" if self.phase is Phase.RELEASE and self.errand == QUERY else ""

    @property
    def has_head(self) -> bool:
        """Whether the unfinished PDU has said how long it is."""
        return self.unfinished >= HEAD_LENGTH

    @property
    def dcmtk_exit_status(self) -> int:
        """After the acceptance DCMTK's own abort goes well, and its status hides the failure."""
        return 0 if self.phase is Phase.QUERY else 2

    def reading(self, condition: str) -> str:
        """The condition with what DCMTK says before it when it fails to read a PDU."""
        if self.phase is not Phase.QUERY:
            return condition
        message = "" if self.data_set_due else "0006:020d DIMSE Failed to receive message\n"
        return f"{message}0006:020c DIMSE Read PDV failed\n{condition}"

    @property
    def dcmtk_lost(self) -> str:
        """The lines that DCMTK prints for a connection that has ended."""
        if self.has_head:
            return dcmtk_lines(self.phase, self.reading(CUT_OFF))
        return NETWORK_CLOSED if self.phase is Phase.QUERY else dcmtk_lines(self.phase, NETWORK_CLOSED)


def dcmtk_lines(phase: Phase, condition: str) -> str:
    """The error lines that DCMTK prints: in a query, those after `Find Failed` and the dump of its keys."""
    lines = f"{phase.value}: {condition}"
    return f"{condition}\n{lines}" if phase is Phase.QUERY else lines


def failure(fault: Fault | Expired | OSError, peer: Peer, where: Where) -> NetworkError:
    """The error for a fault.

    Args:
        fault: what happened.
        peer: with whom.
        where: and when.
    """
    match fault:
        case Expired():
            return _timeout(fault.deadline, peer, where)
        case Malformed():
            return _violation(fault, peer, where)
        case Aborted():
            return _aborted(fault, peer, where)
        case ReleaseRequested():
            return AssociationLost(
                f"{peer} asked to release the association {where.when}",
                remedy="Look into the peer's log",
                dcmtk="0006:0319 DUL Peer Requested Release\nProtocol Error: Peer requested release (Aborting)",
            )
        case Closed():
            return _closed("", peer, where)
        case OSError():
            if (broken := _tls_failure(fault, peer, where)) is not None:
                return broken
            return _closed(fault.strerror or str(fault), peer, where)
    raise TypeError(f"{type(fault).__name__} is no fault of the network") from fault


def _tls_failure(fault: OSError, peer: Peer, where: Where) -> NetworkError | None:
    """The error where TLS failed after the handshake; in TLS 1.3 a peer refuses this side's certificate only then."""
    if peer.tls is None:
        return None
    import ssl

    from findtui.net.tls.refusals import explain_ssl_error, said

    if not isinstance(fault, ssl.SSLError):
        return None
    if where.phase is Phase.REQUEST:
        error = explain_ssl_error(fault, peer.tls, peer)
        error.dcmtk = where.dcmtk_lost
        return error
    words = said(fault)
    return _closed(words, peer, where, "ended TLS" if "alert" in words else "broke TLS")


def _timeout(deadline: Deadline, peer: Peer, where: Where) -> PeerTimeout:
    seconds = f"{deadline.timeout:g} s"
    if deadline.option == "--total-timeout":
        return PeerTimeout(
            f"the run with {peer} had not ended after {seconds}",
            remedy="Ask for less, or raise --total-timeout",
            dcmtk_exit_status=where.dcmtk_exit_status,
        )
    if where.phase is Phase.RELEASE:
        # What still comes then is data, and none of it is waited for.
        where = where._replace(unfinished=0)
    answered = "sent all responses, but did not answer" if where.errand == QUERY else "did not answer"
    what, condition = {
        ("--acse-timeout", Phase.REQUEST): ("did not answer the association request", READ_TIMEOUT),
        ("--acse-timeout", Phase.RELEASE): (f"{answered} the release request", READ_TIMEOUT),
        ("--dimse-timeout", Phase.QUERY): (
            "did not send the next message", "0006:0207 DIMSE No data available (timeout in non-blocking mode)"
        ),
    }.get((deadline.option, where.phase), ("neither sent nor took what was due", ""))  # fmt: skip
    if where.unfinished and not where.has_head:
        condition = where.reading(READ_TIMEOUT)
    return PeerTimeout(
        f"{peer} {what} within {seconds}",
        remedy=f"Look whether the peer is busy, or raise {deadline.option}",
        dcmtk=where.dcmtk_lost if where.has_head or not condition else dcmtk_lines(where.phase, condition),
        dcmtk_exit_status=where.dcmtk_exit_status,
    )


_STRANGERS: Final = (
    (b"HTTP/", "speaks HTTP, not DICOM", "Give the DICOM port, not the web server's"),
    (b"\x15\x03", "answered with a TLS alert", "It wants an encrypted connection: add +tls or +tla"),
    (b"\x16\x03", "answered in TLS", "It wants an encrypted connection: add +tls or +tla"),
    (b"SSH-", "speaks SSH, not DICOM", "Give the DICOM port"),
    (b"220", "speaks FTP or SMTP, not DICOM", "Give the DICOM port"),
)


def _violation(fault: Malformed, peer: Peer, where: Where) -> ProtocolViolation:
    message, remedy = f"{peer} sent {fault.what}", "Look into the peer's log; its software breaks the DICOM standard"
    if where.phase is Phase.REQUEST:
        for beginning, who, advice in _STRANGERS:
            if where.opening.startswith(beginning):
                message, remedy = f"{peer} {who}", advice
    condition = where.reading(fault.dcmtk) if isinstance(fault, BadPDU) else fault.dcmtk
    return ProtocolViolation(
        message + where.kept,
        remedy=remedy,
        dcmtk=dcmtk_lines(where.phase, condition),
        dcmtk_exit_status=where.dcmtk_exit_status,
    )


def _aborted(fault: Aborted, peer: Peer, where: Where) -> AssociationLost:
    what = "aborted the association" if where.phase is Phase.QUERY else "aborted"
    return AssociationLost(
        f"{peer} {what} {where.when} ({explain.abort(fault.source, fault.reason)}){where.kept}",
        remedy="Look into the peer's log" if where.phase is not Phase.RELEASE else "",
        dcmtk=where._replace(unfinished=0).dcmtk_lost,
        dcmtk_exit_status=where.dcmtk_exit_status,
    )


def _closed(reason: str, peer: Peer, where: Where, what: str = "closed the connection") -> AssociationLost:
    cut = ", in the middle of a PDU" if where.unfinished else ""
    remedy = {
        Phase.REQUEST: f"It may not know this host or may want {_wish(peer)}: look into its log",
        Phase.QUERY: "Look into the peer's log",
        Phase.RELEASE: "",
    }[where.phase]
    return AssociationLost(
        f"{peer} {what} {where.when}{cut}{f' ({reason})' if reason else ''}{where.kept}",
        remedy=remedy,
        dcmtk=where.dcmtk_lost,
        dcmtk_exit_status=where.dcmtk_exit_status,
    )


def cancel_failed(error: OSError, peer: Peer) -> tuple[str, str]:
    """The warning, in words and in DCMTK's, for a cancel request that a broken connection did not take."""
    reason = error.strerror or str(error)
    return (
        f"{peer} cannot be told to cancel ({reason}); what it has sent is taken",
        "E: Cancel Request Failed: 0006:020e DIMSE Failed to send message\n"
        f"E: 0006:031d TCP I/O Error ({reason}) occurred in routine: writeDataPDU",
    )


def _wish(peer: Peer) -> str:
    """What a peer that just closes the connection may have missed."""
    if peer.tls is None:
        return "TLS"
    return "another client certificate" if peer.tls.certificate_file else "a client certificate (--enable-tls)"


def rejected(result: int, source: int, reason: int, peer: Peer) -> AssociationRejected:
    """The error for an A-ASSOCIATE-RJ; the codes are as they came."""
    words = explain.rejection(result, source, reason, peer.calling_ae_title, peer.called_ae_title)
    return AssociationRejected(
        f"{peer} rejected the association: {words.reason} "
        f"({'permanent' if words.permanent else 'transient'}, by {words.source})",
        remedy=words.remedy,
        dcmtk=words.dcmtk,
    )


def no_context(peer: Peer, model: str, result: int | None, remarks: tuple[str, ...]) -> NoPresentationContext:
    """The error for an association without a context to ask in.

    Args:
        peer: who accepted it.
        model: the information model that was asked for, in words.
        result: of its presentation context; None where the peer did not mention it.
        remarks: on the peer's answer.
    """
    remedy = {
        3: "Choose another information model: it may know the patient root, the study root or the worklist",
        4: "Propose other transfer syntaxes (-x=, -xi)",
    }.get(result or 0, "Look into the peer's log")
    remark = f" ({'; '.join(remarks)})" if remarks else ""
    # With nothing but foreign contexts DCMTK goes on until it looks for its own.
    foreign = result is None and remarks
    return NoPresentationContext(
        f"{peer} accepted the association but not {model}: {explain.context_result(result)}{remark}",
        remedy=remedy,
        dcmtk="No Presentation Context\nFind SCU Failed: 0006:0208 DIMSE No valid Presentation Context ID"
        if foreign
        else "No Acceptable Presentation Contexts",
        dcmtk_exit_status=0 if foreign else 2,
    )


def query_failed(answer: Answer, comment: str, offending: tuple[str, ...], peer: Peer) -> FindtuiError:
    """The error for a final status other than success."""
    status = explain.status(answer.status)
    said = ", which nobody had sent" if answer.status == explain.CANCEL else ""
    said += f": {comment}" if comment else ""
    about = f" (offending: {', '.join(offending)})" if offending else ""
    return QueryFailed(
        f"{peer} ended the query with status 0x{answer.status:04X}, {status.meaning}{said}{about}",
        remedy=status.remedy or "Look into the peer's log",
    )
