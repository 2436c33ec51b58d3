"""A C-FIND SCP that recites a script and records every word of its peer."""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from pydicom import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from tests.interop import pdu as wire
from tests.interop.pdu import AssociationRequest

PENDING = 0xFF00
_PATIENCE = 30


@dataclass(frozen=True)
class Reply:
    """One C-FIND response: its status, its identifier where it has one, and further command elements.

    An identifier that is bytes is sent as it is.
    """

    status: int
    identifier: Dataset | bytes | None = None
    command: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True)
class Script:
    """What the server does.

    Attributes:
        replies: to each C-FIND request, in this order.
        choose: which of the proposed transfer syntaxes is taken; None takes none.
        reject: result, source and reason of a rejection.
        max_pdu: what the server receives.
        abort_after: abort instead of sending the reply with this number (from 0).
        close_after: close the connection instead of sending the reply with this number.
        wait_for_cancel: after this many replies, wait for a C-CANCEL and end with 0xFE00.
        ignore_release: close the connection where a release response is due.
    """

    replies: tuple[Reply, ...] = (Reply(0),)
    choose: Callable[[tuple[str, ...]], str] | None = lambda proposed: proposed[0]
    reject: tuple[int, int, int] | None = None
    max_pdu: int = 16384
    abort_after: int | None = None
    close_after: int | None = None
    wait_for_cancel: int | None = None
    ignore_release: bool = False


@dataclass(frozen=True)
class Message:
    """A DIMSE message of the peer.

    Attributes:
        context_id: on which it came.
        command: elements of the command set, group length left out.
        identifier: the data set's bytes, inflated where it came deflated; None where there was none.
    """

    context_id: int
    command: dict[int, bytes]
    identifier: bytes | None


@dataclass
class Record:
    """What one peer did on one connection.

    Attributes:
        request: the association request.
        messages: in their order.
        end: "release", "abort SOURCE REASON" or "closed".
    """

    request: AssociationRequest | None = None
    messages: list[Message] = field(default_factory=list)
    end: str = ""


class Recorder:
    """Listens on a free port of this machine; one connection at a time is taken and recorded.

    Attributes:
        script: for the connections to come.
    """

    def __init__(self) -> None:
        self.script = Script()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._records: list[tuple[object, Record]] = []
        self._done = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="recorder", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port = self._listener.getsockname()[1]
        assert isinstance(port, int)
        return port

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(_PATIENCE)

    def take(self) -> list[Record]:
        """The records of the connections that were made so far, and forget them."""
        # A connection of the server's own comes after all the others: when it is over, they are.
        with socket.create_connection(("127.0.0.1", self.port), _PATIENCE) as own:
            address = own.getsockname()
            own.shutdown(socket.SHUT_WR)
            while own.recv(1024):
                continue
        with self._done:
            assert self._done.wait_for(lambda: bool(self._records) and self._records[-1][0] == address, _PATIENCE)
            records, self._records = self._records[:-1], []
        return [record for _, record in records]

    def _serve(self) -> None:
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError:
                return
            record = Record()
            with connection:
                connection.settimeout(_PATIENCE)
                try:
                    _Conversation(connection, self.script, record).hold()
                except (OSError, EOFError):
                    record.end = record.end or "closed"
            with self._done:
                self._records.append((address, record))
                self._done.notify_all()


class _Conversation:
    def __init__(self, connection: socket.socket, script: Script, record: Record) -> None:
        self._connection = connection
        self._script = script
        self._record = record
        self._syntaxes: dict[int, str] = {}
        self._max_pdu = 0
        self._last: Reply | None = None
        self._encoded = b""

    def hold(self) -> None:
        """Talk until the association ends."""
        kind, content = self._read_pdu()
        assert kind == wire.A_ASSOCIATE_RQ, kind
        request = self._record.request = wire.parse_association_request(content)
        self._max_pdu = request.max_pdu
        if self._script.reject is not None:
            self._send(wire.association_reject(*self._script.reject))
            self._until_closed("rejected")
            return
        self._accept(request)
        parts: dict[int, bytes] = {0: b"", 1: b""}
        while True:
            kind, content = self._read_pdu()
            if kind == wire.P_DATA:
                self._take_fragments(content, parts)
            elif kind == wire.A_RELEASE_RQ:
                if not self._script.ignore_release:
                    self._send(wire.pdu(wire.A_RELEASE_RP, bytes(4)))
                self._until_closed("release")
                return
            else:
                assert kind == wire.A_ABORT, kind
                self._record.end = f"abort {content[2]} {content[3]}"
                return

    def _accept(self, request: AssociationRequest) -> None:
        results = []
        for context in request.contexts:
            if self._script.choose is None:
                results.append((context.id, 4, context.transfer_syntaxes[0]))
            else:
                chosen = self._script.choose(context.transfer_syntaxes)
                self._syntaxes[context.id] = chosen
                results.append((context.id, 0, chosen))
        self._send(wire.association_accept(request, results, self._script.max_pdu))

    def _take_fragments(self, content: bytes, parts: dict[int, bytes]) -> None:
        position = 0
        while position < len(content):
            length, context_id, control = struct.unpack_from(">IBB", content, position)
            parts[control & 1] += content[position + 6 : position + 4 + length]
            position += 4 + length
            if not control & 2:
                continue
            command = wire.parse_command(parts[1])
            if control & 1 and wire.number(command[wire.DATA_SET_TYPE]) != wire.NO_DATA_SET:
                continue
            identifier = None if control & 1 else self._plain(context_id, parts[0])
            parts[0] = parts[1] = b""
            self._take_message(context_id, command, identifier)

    def _plain(self, context_id: int, data: bytes) -> bytes:
        return zlib.decompress(data, -zlib.MAX_WBITS) if self._syntaxes[context_id] == wire.DEFLATED else data

    def _take_message(self, context_id: int, command: dict[int, bytes], identifier: bytes | None) -> None:
        command.pop(0, None)
        self._record.messages.append(Message(context_id, command, identifier))
        field_ = wire.number(command[wire.COMMAND_FIELD])
        if field_ == wire.C_FIND_RQ:
            self._recite(context_id, command[wire.MESSAGE_ID])
        elif field_ == wire.C_CANCEL_RQ and self._script.wait_for_cancel is not None:
            self._reply(context_id, command[wire.RESPONDED_TO], Reply(0xFE00))

    def _recite(self, context_id: int, message_id: bytes) -> None:
        script = self._script
        for index, reply in enumerate(script.replies):
            if index == script.abort_after:
                self._send(wire.abort())
                raise EOFError
            if index == script.close_after:
                raise EOFError
            if index == script.wait_for_cancel:
                return
            self._reply(context_id, message_id, reply)

    def _reply(self, context_id: int, message_id: bytes, reply: Reply) -> None:
        elements = {
            0x00000002: self._record_uid(context_id),
            wire.COMMAND_FIELD: struct.pack("<H", wire.C_FIND_RSP),
            wire.RESPONDED_TO: message_id,
            wire.DATA_SET_TYPE: struct.pack("<H", wire.NO_DATA_SET if reply.identifier is None else 1),
            wire.STATUS: struct.pack("<H", reply.status),
            **dict(reply.command),
        }
        data = reply.identifier
        if isinstance(data, Dataset):
            if reply is not self._last:
                self._last, self._encoded = reply, encode(data, self._syntaxes[context_id])
            data = self._encoded
        self._send(wire.message(context_id, wire.command(elements), data, self._max_pdu))

    def _record_uid(self, context_id: int) -> bytes:
        assert self._record.request is not None
        uid = next(one.abstract_syntax for one in self._record.request.contexts if one.id == context_id).encode()
        return uid + b"\0" * (len(uid) % 2)

    def _send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def _until_closed(self, end: str) -> None:
        self._record.end = end
        if self._script.ignore_release:
            return
        while self._connection.recv(4096):
            continue

    def _read_pdu(self) -> tuple[int, bytes]:
        kind, _, length = struct.unpack(">BBI", self._read(6))
        return kind, self._read(length)

    def _read(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            piece = self._connection.recv(length - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data


def encode(identifier: Dataset, transfer_syntax: str) -> bytes:
    """The bytes of a data set, by pydicom."""
    buffer = DicomBytesIO()
    buffer.is_little_endian = transfer_syntax != wire.BIG
    buffer.is_implicit_VR = transfer_syntax == wire.IMPLICIT
    write_dataset(buffer, identifier)
    data = buffer.getvalue()
    if transfer_syntax != wire.DEFLATED:
        return data
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = compressor.compress(data) + compressor.flush()
    return deflated + b"\0" * (len(deflated) % 2)
