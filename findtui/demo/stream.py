"""Pending C-FIND responses, written to the socket in large pieces.

pynetdicom sends one message a turn of its reactor, about a thousand a second. Here the command set, which is the same
for all responses, is encoded once, and many responses go out with one write.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

from pydicom import DataElement, Dataset, config
from pynetdicom.dimse_messages import C_FIND_RSP
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.dsutils import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynetdicom.events import Event

_FLUSH: Final = 64 * 1024
_LAST_COMMAND: Final = 0x03
_DATA: Final = 0x00
_LAST_DATA: Final = 0x02
# PDUs larger than this one help nobody, whatever the peer allows.
_LARGEST_PDU: Final = 64 * 1024

_PLACE: Final = "########"
_NUMBERED: Final = {
    "AccessionNumber": _PLACE,
    "PatientID": f"X{_PLACE}",
    "StudyInstanceUID": f"2.25.7{_PLACE}",
    "SeriesInstanceUID": f"2.25.8{_PLACE}",
    "SOPInstanceUID": f"2.25.9{_PLACE}",
}


class ResponseStream:
    """Takes the identifiers of pending responses to one request.

    Args:
        event: pynetdicom's, of the request.
    """

    def __init__(self, event: Event) -> None:
        self._socket = event.assoc.dul.socket
        context = event.context
        self._context_id = context.context_id
        self._request = event.request
        self._commands: dict[int, bytes] = {}
        limit = event.assoc.requestor.maximum_length or _LARGEST_PDU
        self._fragment = max(1, min(limit, _LARGEST_PDU) - 6)
        self._waiting = bytearray()

    def send(self, status: int, identifier: bytes) -> None:
        """Send a pending response, now or with the next ones."""
        if status not in self._commands:
            self._commands[status] = b"".join(self._pdus(_LAST_COMMAND & 1, _LAST_COMMAND, self._command(status)))
        self._waiting += self._commands[status]
        for pdu in self._pdus(_DATA, _LAST_DATA, identifier):
            self._waiting += pdu
        if len(self._waiting) >= _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Send what is waiting. A connection that is gone is noticed by the association, not here."""
        if self._waiting and self._socket is not None and self._socket.socket is not None:
            self._socket.send(bytes(self._waiting))
        self._waiting.clear()

    def _command(self, status: int) -> bytes:
        response = C_FIND()
        response.MessageIDBeingRespondedTo = self._request.MessageID
        response.AffectedSOPClassUID = self._request.AffectedSOPClassUID
        response.Status = status
        message = C_FIND_RSP()
        message.primitive_to_message(response)
        message.command_set.CommandDataSetType = 0x0001
        return encode(message.command_set, True, True) or b""

    def _pdus(self, control: int, last_control: int, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), self._fragment):
            piece = data[start : start + self._fragment]
            header = last_control if start + self._fragment >= len(data) else control
            length = len(piece) + 2
            yield struct.pack(">BBIIBB", 4, 0, length + 4, length, self._context_id, header) + piece


class Encoder:
    """Turns data sets into bytes in the transfer syntax of a request's context."""

    def __init__(self, event: Event) -> None:
        syntax = event.context.transfer_syntax
        self._implicit = syntax.is_implicit_VR
        self._little_endian = syntax.is_little_endian
        self._deflated = syntax.is_deflated

    def encode(self, identifier: Dataset) -> bytes:
        """The bytes of one identifier."""
        return self._finished(self._plain(identifier))

    def template(self, identifier: Dataset) -> Template:
        """An identifier whose numbers and UIDs are to be made anew for each response."""
        numbered = Dataset(identifier)
        for keyword, value in _NUMBERED.items():
            if keyword in numbered:
                old = numbered[keyword]
                numbered[keyword] = DataElement(old.tag, old.VR, value, validation_mode=config.IGNORE)
        return Template(self._plain(numbered).split(_PLACE.encode()), self)

    def _plain(self, identifier: Dataset) -> bytes:
        return encode(identifier, self._implicit, self._little_endian) or b""

    def _finished(self, data: bytes) -> bytes:
        if not self._deflated:
            return data
        compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        deflated = compressor.compress(data) + compressor.flush()
        return deflated + b"\0" * (len(deflated) % 2)


class Template:
    """An encoded identifier with places for a number of eight digits."""

    def __init__(self, parts: list[bytes], encoder: Encoder) -> None:
        self._parts = parts
        self._encoder = encoder

    def numbered(self, number: int) -> bytes:
        """The identifier with this number in all its places."""
        return self._encoder._finished((b"%08d" % number).join(self._parts))
