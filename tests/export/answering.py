"""A server that answers each C-FIND with given bytes, to hold what findtui writes beside what DCMTK writes."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Sequence
from types import TracebackType

from findtui.dicom.transfer import TransferSyntax

_CONTEXT = 1


class AnsweringServer:
    """Takes one association on a port of its own and answers every C-FIND-RQ with the identifiers.

    Args:
        identifiers: data sets in the transfer syntax, deflated where it is a deflated one.
        syntax: the one that is accepted for the first presentation context, proposed or not.
    """

    def __init__(self, identifiers: Sequence[bytes], syntax: TransferSyntax) -> None:
        self._syntax = syntax
        self._messages = [message for identifier in identifiers for message in _pending(identifier)]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.requests: list[bytes] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> AnsweringServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self._thread.join(20)

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(20)
            stream = connection.makefile("rb")
            try:
                self._converse(connection, stream.read)
            except OSError:
                return
            finally:
                stream.close()

    def _converse(self, connection: socket.socket, read: object) -> None:
        assert callable(read)
        identifier = b""
        while len(header := read(6)) == 6:
            kind, length = header[0], struct.unpack(">I", header[2:])[0]
            body = read(length)
            if kind == 1:
                connection.sendall(_accept(body, self._syntax.uid))
            elif kind == 4:
                flags, data = body[5], body[6:]
                if not flags & 1:
                    identifier += data
                    if flags & 2:
                        self.requests.append(identifier)
                        identifier = b""
                        connection.sendall(b"".join(self._messages) + _final())
            elif kind == 5:
                connection.sendall(struct.pack(">BBII", 6, 0, 4, 0))
                return
            else:
                return


def _pdu(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBI", kind, 0, len(body)) + body


def _item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(body)) + body


def _accept(request: bytes, syntax_uid: str) -> bytes:
    context = _item(0x21, bytes([_CONTEXT, 0, 0, 0]) + _item(0x40, syntax_uid.encode()))
    user = _item(0x50, _item(0x51, struct.pack(">I", 16384)) + _item(0x52, b"1.2.3"))
    return _pdu(2, request[:68] + _item(0x10, b"1.2.840.10008.3.1.1.1") + context + user)


def _command(status: int, with_data: bool) -> bytes:
    def element(number: int, value: bytes) -> bytes:
        return struct.pack("<HHI", 0, number, len(value)) + value

    body = element(0x0002, b"1.2.840.10008.5.1.4.31")
    body += element(0x0100, struct.pack("<H", 0x8020)) + element(0x0120, struct.pack("<H", 1))
    body += element(0x0800, struct.pack("<H", 0x0001 if with_data else 0x0101))
    body += element(0x0900, struct.pack("<H", status))
    return element(0x0000, struct.pack("<I", len(body))) + body


def _pdv(flags: int, data: bytes) -> bytes:
    return _pdu(4, struct.pack(">IBB", len(data) + 2, _CONTEXT, flags) + data)


def _pending(identifier: bytes) -> list[bytes]:
    pieces = [identifier[start : start + 16000] for start in range(0, len(identifier), 16000)] or [b""]
    return [
        _pdv(3, _command(0xFF00, True)),
        *(_pdv(0, piece) for piece in pieces[:-1]),
        _pdv(2, pieces[-1]),
    ]


def _final() -> bytes:
    return _pdv(3, _command(0, False))
