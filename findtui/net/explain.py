"""What codes of the standard mean, and what to do about them, in words."""

from __future__ import annotations

from typing import Final, NamedTuple

PENDING: Final = 0xFF00
PENDING_WARNING: Final = 0xFF01
SUCCESS: Final = 0x0000
CANCEL: Final = 0xFE00


class Status(NamedTuple):
    """A status of a C-FIND-RSP (PS3.4 tables C.4-1 and K.4-1, PS3.7 annex C).

    Attributes:
        code: as it came.
        meaning: in words.
        remedy: what can be done, a sentence without its full stop; empty where there is nothing to be done.
        cut_short: whether it says that the peer had more than it sent.
    """

    code: int
    meaning: str
    remedy: str = ""
    cut_short: bool = False


_KEYS_REMEDY: Final = "Look at the keys: the level, the values, and whether this peer knows the information model"
_LOG_REMEDY: Final = "Look into the peer's log, or ask with fewer or simpler keys"
_MORE_REMEDY: Final = "Narrow the query, such as by date, so that fewer responses match"

_STATUSES: Final = {
    status.code: status
    for status in (
        Status(SUCCESS, "success: matching is complete"),
        Status(PENDING, "pending: matches are continuing"),
        Status(PENDING_WARNING, "pending: matches are continuing, but optional keys were not supported"),
        Status(CANCEL, "cancel: matching was ended by a cancel request", "", cut_short=True),
        Status(0xA700, "refused: out of resources", _MORE_REMEDY, cut_short=True),
        Status(0xA900, "error: the identifier does not match the SOP class", _KEYS_REMEDY),
        Status(0x0105, "no such attribute", _KEYS_REMEDY),
        Status(0x0106, "invalid attribute value", _KEYS_REMEDY),
        Status(0x0107, "warning: attribute list error", _KEYS_REMEDY),
        Status(0x0110, "processing failure", _LOG_REMEDY),
        Status(0x0111, "duplicate SOP instance", _LOG_REMEDY),
        Status(0x0112, "no such SOP instance", _KEYS_REMEDY),
        Status(0x0113, "no such event type", _LOG_REMEDY),
        Status(0x0114, "no such argument", _LOG_REMEDY),
        Status(0x0115, "invalid argument value", _KEYS_REMEDY),
        Status(0x0116, "warning: attribute value out of range", _KEYS_REMEDY),
        Status(0x0117, "invalid SOP instance", _KEYS_REMEDY),
        Status(0x0118, "no such SOP class", "Choose another information model"),
        Status(0x0119, "class-instance conflict", _KEYS_REMEDY),
        Status(0x0120, "missing attribute", _KEYS_REMEDY),
        Status(0x0121, "missing attribute value", _KEYS_REMEDY),
        Status(0x0122, "refused: SOP class not supported", "Choose another information model"),
        Status(0x0123, "no such action", _LOG_REMEDY),
        Status(
            0x0124, "refused: not authorized", "Ask the peer's administrator to let this AE title ask this question"
        ),
        Status(0x0210, "duplicate invocation", "Ask again"),
        Status(0x0211, "unrecognized operation", "Make sure that this is a query service, with its AE title and port"),
        Status(0x0212, "mistyped argument", _LOG_REMEDY),
        Status(0x0213, "resource limitation", _MORE_REMEDY, cut_short=True),
        Status(0xB001, "warning: more matches than the peer sends", _MORE_REMEDY, cut_short=True),
        Status(0xC100, "failed: more than one match found", _MORE_REMEDY),
        Status(0xC200, "failed: unable to support the requested template", _KEYS_REMEDY),
    )
}


def status(code: int) -> Status:
    """Explain a status; one that the standard does not have is explained by its class."""
    known = _STATUSES.get(code)
    if known is not None:
        return known
    match code >> 12:
        case 0xA:
            return Status(code, "refused", _LOG_REMEDY, cut_short=code >> 8 == 0xA7)
        case 0xB:
            return Status(code, "warning: the peer had something to say about its answer", _MORE_REMEDY, cut_short=True)
        case 0xC:
            return Status(code, "failed: unable to process", _LOG_REMEDY)
    return Status(code, "a status that the standard does not have", _LOG_REMEDY)


def dcmtk_status(code: int) -> str:
    """The status as DCMTK's findscu prints it."""
    names = {
        SUCCESS: "Success",
        PENDING: "Pending",
        PENDING_WARNING: "Pending: WarningUnsupportedOptionalKeys",
        CANCEL: "Cancel: MatchingTerminatedDueToCancelRequest",
        0xA700: "Refused: OutOfResources",
        0xA900: "Error: DataSetDoesNotMatchSOPClass",
        0x0122: "Refused: SOPClassNotSupported",
    }
    return names.get(code) or ("Failed: UnableToProcess" if code >> 12 == 0xC else f"Unknown Status: 0x{code:x}")


class Rejection(NamedTuple):
    """An A-ASSOCIATE-RJ (PS3.8 table 9-21).

    Attributes:
        permanent: whether asking again later makes no sense.
        source, reason: in words.
        remedy: what can be done, without full stop.
        dcmtk: the lines that DCMTK prints.
    """

    permanent: bool
    source: str
    reason: str
    remedy: str
    dcmtk: str


_RESULTS: Final = {1: "Rejected Permanent", 2: "Rejected Transient"}
_SOURCES: Final = {
    1: ("the peer's application", "Service User"),
    2: ("the peer's network service", "Service Provider (ACSE Related)"),
    3: ("the peer's network service", "Service Provider (Presentation Related)"),
}
_LATER: Final = "Try again later"
_REASONS: Final = {
    (1, 1): ("no reason given", "No Reason", "Look into the peer's log"),
    (1, 2): ("application context name not supported", "App Context Name Not Supported", "Make sure this is DICOM"),
    (1, 3): ("calling AE title {calling} not recognised", "Calling AE Title Not Recognized",
             "Ask its administrator to add {calling}, or set another one with --aetitle"),
    (1, 7): ("called AE title {called} not recognised", "Called AE Title Not Recognized",
             "Ask its administrator for the right one, and set it with --call"),
    (2, 1): ("no reason given", "No Reason", "Look into the peer's log"),
    (2, 2): ("protocol version not supported", "Protocol Version Not Supported", "Make sure this is DICOM"),
    (3, 1): ("temporary congestion", "Temporary Congestion", _LATER),
    (3, 2): ("local limit exceeded", "Local Limit Exceeded", _LATER),
}  # fmt: skip


def rejection(result: int, source: int, reason: int, calling: str, called: str) -> Rejection:
    """Explain a rejection.

    Args:
        result, source, reason: as they came; DCMTK takes illegal ones for a permanent one by the user without reason.
        calling, called: the AE titles of the request.
    """
    remarks = []
    if result not in _RESULTS:
        remarks.append(f"Received invalid A-ASSOCIATE-RJ reject result 0x{result:04x}, using default.")
    if source not in _SOURCES:
        remarks.append(f"Received invalid A-ASSOCIATE-RJ reject source 0x{source:04x}, using default.")
    dcmtk_result = _RESULTS.get(result, "Rejected Permanent")
    known_source, dcmtk_source = _SOURCES.get(source, (f"source {source}, which the standard does not have", ""))
    known = _REASONS.get((source, reason))
    if known is None:
        if source in _SOURCES:
            remarks.append(
                f"Received invalid A-ASSOCIATE-RJ reject reason 0x{source << 8 | reason:04x}, using default."
            )
        words, dcmtk_reason = f"reason {reason}, which the standard does not have", "No Reason"
        remedy = "Look into the peer's log"
    else:
        words, dcmtk_reason, remedy = known
    lines = [
        *remarks,
        "Association Rejected:",
        f"Result: {dcmtk_result}, Source: {dcmtk_source or 'Service User'}",
        f"Reason: {dcmtk_reason}",
    ]
    titles = {"calling": calling, "called": called}
    return Rejection(result != 2, known_source, words.format(**titles), remedy.format(**titles), "\n".join(lines))


_ABORT_REASONS: Final = {
    0: "no reason given",
    1: "it did not know a PDU that it received",
    2: "it did not expect a PDU that it received",
    4: "it did not know a parameter of a PDU that it received",
    5: "it did not expect a parameter of a PDU that it received",
    6: "a parameter of a PDU that it received had an invalid value",
}


def abort(source: int, reason: int) -> str:
    """Explain an A-ABORT (PS3.8 section 9.3.8) in words."""
    if source == 2:
        return _ABORT_REASONS.get(reason, f"reason {reason}, which the standard does not have")
    return "by its application" if source == 0 else f"source {source}, which the standard does not have"


_CONTEXT_RESULTS: Final = {
    None: "it did not answer",
    0: "accepted",
    1: "rejected by its user",
    2: "rejected without reason",
    3: "it does not support the information model",
    4: "it supports none of the transfer syntaxes",
}


def context_result(result: int | None) -> str:
    """Explain what became of a presentation context (PS3.8 table 9-18) in words."""
    return _CONTEXT_RESULTS.get(result, f"result {result}, which the standard does not have")
