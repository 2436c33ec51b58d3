"""A C-FIND server that costs nothing: a process of its own with every answer built beforehand.

The called AE title says how many responses are wanted: `N5000`.
"""

from __future__ import annotations

import multiprocessing
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

from tests.bench import requests
from tests.bench.responses import command, encoded, pdu

CONTEXT_ID = 1
COMMAND_LAST = 3
DATA_LAST = 2


class Asked(NamedTuple):
    """What an answer has to repeat from its request."""

    message_id: int
    sop_class: bytes


DISTINCT = 50_000
EXPLICIT_LITTLE = b"1.2.840.10008.1.2.1"


def _blob(count: int, asked: Asked, identifiers: list[bytes]) -> bytes:
    head = pdu(CONTEXT_ID, COMMAND_LAST, command(0xFF00, asked.message_id, True, asked.sop_class))
    return b"".join(
        head + pdu(CONTEXT_ID, DATA_LAST, identifiers[i % len(identifiers)]) for i in range(min(count, DISTINCT))
    )


def _accept(request: bytes) -> bytes:
    """A-ASSOCIATE-AC for explicit VR little endian in the one context (PS3.8 section 9.3.3)."""

    def item(kind: int, body: bytes) -> bytes:
        return struct.pack(">BBH", kind, 0, len(body)) + body

    context = item(0x21, bytes((CONTEXT_ID, 0, 0, 0)) + item(0x40, EXPLICIT_LITTLE))
    user = item(0x50, item(0x51, struct.pack(">L", 16384)) + item(0x52, b"1.2.826.0.1.99999.9"))
    body = request[:68] + item(0x10, b"1.2.840.10008.3.1.1.1") + context + user
    return struct.pack(">BBL", 2, 0, len(body)) + body


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data


def _read_pdu(connection: socket.socket) -> tuple[int, bytes]:
    head = _read(connection, 6)
    return head[0], _read(connection, int.from_bytes(head[2:6], "big"))


def _asked(body: bytes, before: Asked) -> tuple[Asked, bool]:
    """What the command in a P-DATA-TF asks for, if there is one, and whether an identifier ends in it."""
    asked, control, position = before, 0, 0
    while position < len(body):
        control = body[position + 5]
        end = position + 4 + int.from_bytes(body[position : position + 4], "big")
        if control == COMMAND_LAST:
            elements = dict(_elements(body[position + 6 : end]))
            asked = Asked(int.from_bytes(elements[0x0110], "little"), elements[0x0002])
        position = end
    return asked, control == DATA_LAST


def _elements(command: bytes) -> Iterator[tuple[int, bytes]]:
    """Element numbers and values of a command set."""
    position = 0
    while position < len(command):
        _, number, length = struct.unpack_from("<HHL", command, position)
        position += 8 + length
        yield number, command[position - length : position]


class _Answers:
    """The answers to one count, built when it is first asked for: a warm-up run pays for that."""

    def __init__(self) -> None:
        self._identifiers: list[bytes] = []
        self._blobs: dict[tuple[int, Asked], bytes] = {}

    def parts(self, count: int, asked: Asked) -> list[bytes]:
        wanted = min(count, DISTINCT)
        while len(self._identifiers) < wanted:
            self._identifiers.append(encoded(len(self._identifiers)))
        key = (wanted, asked)
        if key not in self._blobs:
            self._blobs[key] = _blob(wanted, asked, self._identifiers)
        final = pdu(CONTEXT_ID, COMMAND_LAST, command(0x0000, asked.message_id, False, asked.sop_class))
        return [self._blobs[key]] * (count // wanted if wanted else 0) + [final]


def _serve_one(connection: socket.socket, answers: _Answers) -> None:
    _, request = _read_pdu(connection)
    count = int(request[4:20].decode("ascii").strip().removeprefix("N"))
    connection.sendall(_accept(request))
    asked = Asked(0, b"")
    while True:
        kind, body = _read_pdu(connection)
        if kind == 5:
            connection.sendall(struct.pack(">BBLL", 6, 0, 4, 0))
            return
        if kind != 4:
            return
        asked, complete = _asked(body, asked)
        if complete:
            for part in answers.parts(count, asked):
                connection.sendall(part)


def _serve(ready: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _Answers()
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        ready.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    _serve_one(connection, answers)
                except (EOFError, ConnectionError):
                    continue


@contextmanager
def bench_server() -> Iterator[int]:
    """Start the server; the port is what it listens on."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


def drain(port: int, count: int) -> int:
    """Take `count` responses in with nothing but a socket: the limit of what a client can do. Returns the bytes."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(requests.associate(f"N{count}"))
        _read_pdu(connection)
        connection.sendall(requests.find())
        final = pdu(CONTEXT_ID, COMMAND_LAST, command(0x0000, 1, has_identifier=False))
        buffer = bytearray(1 << 20)
        tail = b""
        total = 0
        while not tail.endswith(final):
            taken = connection.recv_into(buffer)
            if not taken:
                raise EOFError
            total += taken
            tail = (tail + bytes(buffer[max(0, taken - len(final)) : taken]))[-len(final) :]
    return total
