"""Errors for people made of what went wrong on the wire."""

from __future__ import annotations

from enum import Enum
from typing import Final

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
from findtui.net.peer import Peer
from findtui.net.transport import Deadline, Expired

NETWORK_CLOSED: Final = "0006:0317 Peer aborted Association (or never connected)"
READ_TIMEOUT: Final = "0006:031a DUL network read timeout"


class Phase(Enum):
    """How far an association has come; the value is how DCMTK's findscu begins its error line then."""

    REQUEST = "Association Request Failed"
    QUERY = "Find SCU Failed"
    RELEASE = "Association Release Failed"


QUERY: Final = "query"
"""The usual errand of an association."""


def _when(phase: Phase, errand: str) -> str:
    return {
        Phase.REQUEST: "instead of answering the association request",
        Phase.QUERY: f"in the middle of the {errand}",
        Phase.RELEASE: "instead of answering the release request",
    }[phase]


def _kept(phase: Phase, errand: str) -> str:
    """That nothing was lost, as the end of a sentence."""
    return "; all responses had come before that" if phase is Phase.RELEASE and errand == QUERY else ""


def dcmtk_lines(phase: Phase, condition: str) -> str:
    """The error lines that DCMTK prints: in a query, those after `Find Failed` and the dump of its keys."""
    lines = f"{phase.value}: {condition}"
    return f"{condition}\n{lines}" if phase is Phase.QUERY else lines


def failure(
    fault: Fault | Expired | OSError, peer: Peer, phase: Phase, *, opening: bytes = b"", errand: str = QUERY
) -> NetworkError:
    """The error for a fault.

    Args:
        fault: what happened.
        peer: with whom.
        phase: when.
        opening: the first bytes that the peer ever sent.
        errand: what the association was for.
    """
    match fault:
        case Expired():
            return _timeout(fault.deadline, peer, phase, errand)
        case Malformed():
            return _violation(fault, peer, phase, opening, errand)
        case Aborted():
            return _aborted(fault, peer, phase, errand)
        case ReleaseRequested():
            return AssociationLost(
                f"{peer} asked to release the association {_when(Phase.QUERY, errand)}",
                remedy="Look into the peer's log",
                dcmtk="0006:0319 DUL Peer Requested Release\nProtocol Error: Peer requested release (Aborting)",
            )
        case Closed():
            return _closed(fault.reason, peer, phase, errand, partial=fault.partial)
        case OSError():
            if (broken := _tls_failure(fault, peer, phase, errand)) is not None:
                return broken
            return _closed(fault.strerror or str(fault), peer, phase, errand)
    raise TypeError(f"{type(fault).__name__} is no fault of the network") from fault


def _tls_failure(fault: OSError, peer: Peer, phase: Phase, errand: str) -> NetworkError | None:
    """The error where TLS failed after the handshake; in TLS 1.3 a peer refuses this side's certificate only then."""
    if peer.tls is None:
        return None
    import ssl

    from findtui.net.tls.refusals import explain_ssl_error, said

    if not isinstance(fault, ssl.SSLError):
        return None
    if phase is Phase.REQUEST:
        error = explain_ssl_error(fault, peer.tls, peer)
        error.dcmtk = dcmtk_lines(Phase.REQUEST, NETWORK_CLOSED)
        return error
    words = said(fault)
    return _closed(words, peer, phase, errand, what="ended TLS" if "alert" in words else "broke TLS")


def _exit_status(phase: Phase) -> int:
    # After the acceptance DCMTK's own abort goes well, and its status hides the failure.
    return 0 if phase is Phase.QUERY else 2


def _timeout(deadline: Deadline, peer: Peer, phase: Phase, errand: str) -> PeerTimeout:
    seconds = f"{deadline.timeout:g} s"
    if deadline.option == "--total-timeout":
        return PeerTimeout(
            f"the run with {peer} had not ended after {seconds}",
            remedy="Ask for less, or raise --total-timeout",
            dcmtk_exit_status=_exit_status(phase),
        )
    what, condition = {
        ("--acse-timeout", Phase.REQUEST): ("did not answer the association request", READ_TIMEOUT),
        ("--acse-timeout", Phase.RELEASE): (
            f"{'sent all responses, but ' if errand == QUERY else ''}did not answer the release request", READ_TIMEOUT
        ),
        ("--dimse-timeout", Phase.QUERY): (
            "did not send the next message", "0006:0207 DIMSE No data available (timeout in non-blocking mode)"
        ),
    }.get((deadline.option, phase), ("neither sent nor took what was due", NETWORK_CLOSED))  # fmt: skip
    lines = condition if condition == NETWORK_CLOSED and phase is Phase.QUERY else dcmtk_lines(phase, condition)
    return PeerTimeout(
        f"{peer} {what} within {seconds}",
        remedy=f"Look whether the peer is busy, or raise {deadline.option}",
        dcmtk=lines,
        dcmtk_exit_status=_exit_status(phase),
    )


_STRANGERS: Final = (
    (b"HTTP/", "speaks HTTP, not DICOM", "Give the DICOM port, not the web server's"),
    (b"\x15\x03", "answered with a TLS alert", "It wants an encrypted connection: add +tls or +tla"),
    (b"\x16\x03", "answered in TLS", "It wants an encrypted connection: add +tls or +tla"),
    (b"SSH-", "speaks SSH, not DICOM", "Give the DICOM port"),
    (b"220", "speaks FTP or SMTP, not DICOM", "Give the DICOM port"),
)


def _violation(fault: Malformed, peer: Peer, phase: Phase, opening: bytes, errand: str) -> ProtocolViolation:
    message, remedy = f"{peer} sent {fault.what}", "Look into the peer's log; its software breaks the DICOM standard"
    if phase is Phase.REQUEST:
        for beginning, who, advice in _STRANGERS:
            if opening.startswith(beginning):
                message, remedy = f"{peer} {who}", advice
    condition = fault.dcmtk
    if phase is Phase.QUERY and isinstance(fault, BadPDU):
        condition = f"0006:020d DIMSE Failed to receive message\n0006:020c DIMSE Read PDV failed\n{condition}"
    return ProtocolViolation(
        message + _kept(phase, errand),
        remedy=remedy,
        dcmtk=dcmtk_lines(phase, condition),
        dcmtk_exit_status=_exit_status(phase),
    )


def _aborted(fault: Aborted, peer: Peer, phase: Phase, errand: str) -> AssociationLost:
    what = "aborted the association" if phase is Phase.QUERY else "aborted"
    return AssociationLost(
        f"{peer} {what} {_when(phase, errand)} ({explain.abort(fault.source, fault.reason)}){_kept(phase, errand)}",
        remedy="Look into the peer's log" if phase is not Phase.RELEASE else "",
        dcmtk=NETWORK_CLOSED if phase is Phase.QUERY else dcmtk_lines(phase, NETWORK_CLOSED),
        dcmtk_exit_status=_exit_status(phase),
    )


def _closed(
    reason: str, peer: Peer, phase: Phase, errand: str, *, partial: bool = False, what: str = "closed the connection"
) -> AssociationLost:
    cut = ", in the middle of a PDU" if partial else ""
    remedy = {
        Phase.REQUEST: f"It may not know this host or may want {_wish(peer)}: look into its log",
        Phase.QUERY: "Look into the peer's log",
        Phase.RELEASE: "",
    }[phase]
    return AssociationLost(
        f"{peer} {what} {_when(phase, errand)}{cut}{f' ({reason})' if reason else ''}{_kept(phase, errand)}",
        remedy=remedy,
        dcmtk=NETWORK_CLOSED if phase is Phase.QUERY else dcmtk_lines(phase, NETWORK_CLOSED),
        dcmtk_exit_status=_exit_status(phase),
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
