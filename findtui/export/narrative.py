"""A run told as findscu's log tells it: events into lines with a level and a logger.

What headless prints to its log and what the application shows in its log panel come from here. Values that a peer chose
stand in one line each and with their control characters visible, so that no line can be forged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from findtui.dicom import uid_names
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.dicom.visible import visible
from findtui.errors import AssociationLost
from findtui.net.events import (
    Answered,
    Cancelling,
    Closing,
    Event,
    Finished,
    Matches,
    Negotiated,
    QuerySent,
    Requesting,
    Unreadable,
    Warned,
)
from findtui.net.explain import dcmtk_status

if TYPE_CHECKING:
    from pathlib import Path

    from findtui.dicom.models import InformationModel
    from findtui.dicom.response import Response
    from findtui.dicom.transfer import TransferSyntax
    from findtui.errors import FindtuiError

NETWORK: Final = "dcmtk.dcmnet"
RESPONSES: Final = "dcmtk.dcmnet.responses"
APPLICATION: Final = "dcmtk.apps.findscu"

_RULE: Final = "---------------------------"
_STATUS_TEXTS: Final = {
    0xFF00: "Pending: Matches are continuing",
    0xFF01: "Pending: Matches are continuing - Warning: Unsupported optional keys",
    0x0000: "Success: Matching is complete",
    0xFE00: "Cancel: Matching terminated due to Cancel Request",
    0xA700: "Refused: Out of resources",
    0xA900: "Error: Data Set does not match SOP Class",
    0x0122: "Refused: SOP Class not supported",
}


class Level(IntEnum):
    """How much a line matters, with the numbers of Python's logging and the letters that findscu prints."""

    ALL = 0
    TRACE = 5
    DEBUG = 10
    INFO = 20
    WARN = 30
    ERROR = 40
    FATAL = 50
    OFF = 100

    @property
    def letter(self) -> str:
        """The first letter, which stands in front of every line."""
        return self.name[0]


class Line(NamedTuple):
    """One message; it may have several lines of text."""

    level: Level
    logger: str
    text: str


class Narrative:
    """Tells one run.

    Args:
        model: the information model that is asked.
        enabled: whether lines of a level and logger are wanted; asked once, at the start.
        show: makes the listing of a response; None for the plain one.
        after: the lines that follow those of a response, where progress is told; None for nothing.
        files: the query's, which an error names in place of the keys.
    """

    def __init__(
        self,
        model: InformationModel,
        enabled: Callable[[Level, str], bool],
        show: Callable[[Response], str] | None = None,
        after: Callable[[Response], Iterable[Line]] | None = None,
        files: Sequence[Path] = (),
    ) -> None:
        self._model = model
        self._files = files
        self._debug = enabled(Level.DEBUG, NETWORK)
        self._info = enabled(Level.INFO, NETWORK)
        self._responses = enabled(Level.INFO, RESPONSES)
        self._show = show or _listing
        self._after = after if self._info else None
        self._asking: QuerySent | None = None
        self._asked = -1
        self._message_id = 0
        self._told: FindtuiError | None = None

    @property
    def shows_responses(self) -> bool:
        """Whether the identifiers of responses are told, and not just their numbers or nothing."""
        return self._responses

    def tell(self, event: Event) -> Iterator[Line]:
        """The lines for this event; those that nobody wants may be left out."""
        match event:
            case Matches():
                for response in event.responses:
                    yield from self._response(response)
                    if self._after is not None:
                        yield from self._after(response)
            case Unreadable():
                yield from _unreadable(event)
            case Warned():
                yield from _prefixed(event.dcmtk, Level.WARN)
                if event.text:
                    yield Line(Level.WARN, NETWORK, visible(event.text))
            case Finished():
                yield from self._error(event.outcome.error)
            case QuerySent():
                self._asking, self._message_id = event, event.message_id
                yield from self._query(event)
            case Answered():
                self._asking = None
                yield from self._answer(event)
            case Closing():
                yield from self._error(event.error)
                yield Line(Level.INFO, NETWORK, _ending(event))
            case _ if self._info or self._debug:
                yield from self._progress(event)

    def _error(self, error: FindtuiError | None) -> Iterator[Line]:
        """What went wrong, once, after what was being asked."""
        if error is None or error is self._told:
            return
        self._told = error
        if self._asking is not None and error.dcmtk:
            yield from _lost_query(self._asking, self._files)
            self._asking = None
        yield from error_lines(error)

    def _progress(self, event: Event) -> Iterator[Line]:
        match event:
            case Requesting():
                yield from self._detail(lambda: f"Request Parameters:\n{event.description}")
                yield Line(Level.INFO, NETWORK, "Requesting Association")
            case Negotiated():
                yield from self._detail(lambda: f"Association Parameters Negotiated:\n{event.description}")
                if event.tls is not None:
                    session = event.tls
                    yield from self._detail(lambda: f"TLS: {session.version}, {session.suite}")
                yield Line(Level.INFO, NETWORK, f"Association Accepted (Max Send PDV: {event.max_send_pdv})")
            case Cancelling():
                text = f"Sending Cancel Request (MsgID {event.message_id}, PresID {event.context_id})"
                yield Line(Level.INFO, NETWORK, text)

    def _detail(self, text: Callable[[], str]) -> Iterator[Line]:
        if self._debug:
            yield Line(Level.DEBUG, NETWORK, text())

    def _query(self, event: QuerySent) -> Iterator[Line]:
        if not self._info:
            return
        if self._debug:
            yield Line(Level.INFO, NETWORK, "Sending Find Request")
            yield Line(Level.DEBUG, NETWORK, _find_request(event.message_id, self._model.uid))
        else:
            yield Line(Level.INFO, NETWORK, f"Sending Find Request (MsgID {event.message_id})")
        # DCMTK prints what it is about to encode: as it was made or read at first, as it went out when it goes again.
        sent = event.position == self._asked
        syntax = event.transfer_syntax if sent else event.identifier.read_as or EXPLICIT_LITTLE
        self._asked = event.position
        yield Line(Level.INFO, NETWORK, f"Request Identifiers:\n{_keys(event, syntax, sent=sent)}")

    def _response(self, response: Response) -> Iterator[Line]:
        number, status = response.number, response.status
        if self._debug:
            yield Line(Level.INFO, NETWORK, f"Received Find Response {number}")
            yield Line(Level.DEBUG, NETWORK, _find_response(self._model.uid, self._message_id, status, "present"))
            if self._responses:
                yield Line(Level.DEBUG, NETWORK, f"Response Identifiers:\n{self._show(response)}\n")
        elif self._responses:
            yield Line(Level.INFO, RESPONSES, _RULE)
            yield Line(Level.INFO, RESPONSES, f"Find Response: {number} ({dcmtk_status(status)})")
            yield Line(Level.INFO, RESPONSES, f"{self._show(response)}\n")
        elif self._info:
            yield Line(Level.INFO, NETWORK, f"Received Find Response {number} ({dcmtk_status(status)})")

    def _answer(self, event: Answered) -> Iterator[Line]:
        if not self._info:
            return
        if self._debug:
            yield Line(Level.INFO, NETWORK, "Received Final Find Response")
            yield Line(
                Level.DEBUG, NETWORK, _find_response(self._model.uid, event.message_id, event.status, "none", event)
            )
        else:
            yield Line(Level.INFO, NETWORK, f"Received Final Find Response ({dcmtk_status(event.status)})")


def error_lines(error: FindtuiError, level: Level = Level.ERROR) -> Iterator[Line]:
    """What DCMTK prints in this case, line by line, then what is wrong and what can be done."""
    yield from _prefixed(error.dcmtk, level)
    if error.message != error.dcmtk:
        yield Line(level, APPLICATION, visible(str(error)))
    elif error.remedy:
        yield Line(level, APPLICATION, visible(error.remedy))


def _prefixed(dcmtk: str, level: Level) -> Iterator[Line]:
    """DCMTK's lines; one that brings the letter of its level along has that level."""
    for text in dcmtk.split("\n") if dcmtk else ():
        own = _LETTERS.get(text[:3])
        yield Line(own or level, NETWORK, visible(text[3:] if own else text))


_LETTERS: Final = {f"{level.letter}: ": level for level in (Level.FATAL, Level.ERROR, Level.WARN, Level.INFO)}


def _ending(event: Closing) -> str:
    if isinstance(event.error, AssociationLost) and "Peer aborted" in event.error.dcmtk:
        return "Peer Aborted Association"
    return "Aborting Association" if event.abort else "Releasing Association"


def _keys(event: QuerySent, syntax: TransferSyntax, *, sent: bool) -> str:
    from findtui.export.dump import dump_lines

    return "\n".join(dump_lines(event.identifier, syntax, sent=sent)) + "\n"


def _lost_query(event: QuerySent, files: Sequence[Path]) -> Iterator[Line]:
    if files:
        yield Line(Level.ERROR, NETWORK, visible(f"Find Failed, file: {files[event.position]}:"))
        return
    yield Line(Level.ERROR, NETWORK, "Find Failed, query keys:")
    head = "\n# Dicom-File-Format\n\n# Dicom-Meta-Information-Header\n# Used TransferSyntax: Little Endian Explicit"
    yield Line(Level.ERROR, NETWORK, f"{head}\n{_keys(event, event.transfer_syntax, sent=True)}")


def _unreadable(event: Unreadable) -> Iterator[Line]:
    response = event.response
    text = f"response {response.number} cannot be read: {response.reason}"
    yield Line(Level.ERROR, NETWORK, visible(text))


def _listing(response: Response) -> str:
    from findtui.export.dump import dump

    return dump(response)


def _name(uid: str) -> str:
    return uid_names.name_of(uid) or uid


def _find_request(message_id: int, model_uid: str) -> str:
    return "\n".join(
        (
            "===================== OUTGOING DIMSE MESSAGE ====================",
            "Message Type                  : C-FIND RQ",
            "Presentation Context ID       : 1",
            f"Message ID                    : {message_id}",
            f"Affected SOP Class UID        : {_name(model_uid)}",
            "Data Set                      : present",
            "Priority                      : medium",
            "======================= END DIMSE MESSAGE =======================",
        )
    )


def _status_text(status: int) -> str:
    """The status as DCMTK's dumps of messages have it: what the standard does not name, by its class."""
    known = _STATUS_TEXTS.get(status)
    if known is not None:
        return known
    match status >> 8:
        case 0xA9:
            return _STATUS_TEXTS[0xA900]
        case group if group >> 4 == 0xC:
            return "Failed: Unable to process"
        case group if group >> 4 == 0xB or status in (0x0001, 0x0107, 0x0116):
            return "Warning"
        case group if group >> 4 == 0xA or group in (0x01, 0x02):
            return "Failure"
    return "Unknown Status Code (non-standard)"


def _find_response(model_uid: str, message_id: int, status: int, data_set: str, final: Answered | None = None) -> str:
    meaning = _status_text(status)
    lines = [
        "===================== INCOMING DIMSE MESSAGE ====================",
        "Message Type                  : C-FIND RSP",
        f"Message ID Being Responded To : {message_id}",
        f"Affected SOP Class UID        : {_name(model_uid)}",
        f"Data Set                      : {data_set}",
        f"DIMSE Status                  : 0x{status:04x}: {meaning}",
    ]
    if final is not None:
        if final.comment:
            lines.append(f"Error Comment                 : {visible(final.comment)}")
        if final.offending:
            lines.append(f"Offending Element             : {visible(', '.join(final.offending))}")
    lines.append("======================= END DIMSE MESSAGE =======================")
    return "\n".join(lines)
