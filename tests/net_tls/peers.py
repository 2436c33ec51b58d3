"""The other side: a TLS server for one test, peers that are none, and the ClientHello that came."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from findtui.net.control import Control
from findtui.net.encrypted import TLSTransport
from findtui.net.peer import Peer, Timeouts
from findtui.net.tls.context import PreparedContext, prepare
from findtui.net.tls.handshake import connect_tls
from findtui.net.tls.settings import TLSSession, TLSSettings
from findtui.net.transport import Deadline, Transport, Waiter

PATIENCE = 20.0
GREETING = b"at your service"


@dataclass(frozen=True)
class ClientHello:
    """What a client offered (RFC 8446 section 4.1.2): numbers as on the wire, names in words."""

    suites: tuple[int, ...]
    versions: tuple[int, ...]
    server_name: str | None
    protocols: tuple[str, ...]
    signature_algorithms: tuple[int, ...]


def parse_hello(record: bytes) -> ClientHello:
    """Parse the first record of a client."""
    body = memoryview(record)[9:]
    newest = struct.unpack_from(">H", body)[0]
    body = body[34:]
    body = body[1 + body[0] :]
    (length,) = struct.unpack_from(">H", body)
    suites = _numbers(body[2 : 2 + length])
    body = body[2 + length :]
    body = body[1 + body[0] + 2 :]
    extensions: dict[int, bytes] = {}
    while body:
        kind, length = struct.unpack_from(">HH", body)
        extensions[kind] = bytes(body[4 : 4 + length])
        body = body[4 + length :]
    name = extensions.get(0)
    alpn = extensions.get(16, b"")[2:]
    protocols = []
    while alpn:
        protocols.append(alpn[1 : 1 + alpn[0]].decode())
        alpn = alpn[1 + alpn[0] :]
    return ClientHello(
        tuple(suite for suite in suites if suite != 0x00FF),
        _numbers(extensions[43][1:]) if 43 in extensions else (newest,),
        name[5:].decode() if name else None,
        tuple(protocols),
        _numbers(extensions.get(13, b"")[2:]),
    )


def _numbers(data: bytes | memoryview) -> tuple[int, ...]:
    return struct.unpack(f">{len(data) // 2}H", data)


def read_record(connection: socket.socket) -> bytes:
    """The first TLS record, left in the socket."""
    connection.settimeout(PATIENCE)
    header = connection.recv(5, socket.MSG_PEEK | socket.MSG_WAITALL)
    length = 5 + int.from_bytes(header[3:5], "big")
    return connection.recv(length, socket.MSG_PEEK | socket.MSG_WAITALL)


@dataclass
class Served:
    """What a server saw."""

    port: int
    hellos: list[ClientHello] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def listening(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port whose connections are handled one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.settimeout(PATIENCE)
                        handle(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
            assert not thread.is_alive()


@contextmanager
def tls_server(context: ssl.SSLContext) -> Iterator[Served]:
    """A server that greets whoever comes through the handshake."""
    served = Served(0)

    def handle(connection: socket.socket) -> None:
        served.hellos.append(parse_hello(read_record(connection)))
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured:
            try:
                secured.do_handshake()
                secured.sendall(GREETING)
                secured.recv(1)
            except OSError as error:
                served.errors.append(str(error))
                # Unread bytes would turn the close into a reset, which can overtake the alert.
                socket.socket.shutdown(secured, socket.SHUT_WR)
                while socket.socket.recv(secured, 4096):
                    pass

    with listening(handle) as port:
        served.port = port
        yield served


def peer_at(port: int, tls: TLSSettings, acse: float = PATIENCE) -> Peer:
    return Peer("127.0.0.1", port, tls=tls, timeouts=Timeouts(acse=acse))


def ready(settings: TLSSettings) -> PreparedContext:
    """Prepared for a peer that nobody connects to; a password is never asked for."""

    def ask(prompt: str) -> str:
        raise AssertionError(prompt)

    return prepare(settings, peer_at(104, settings), ask)


@contextmanager
def waiter() -> Iterator[Waiter]:
    """Of a run that nobody stops."""
    control = Control()
    with control.attached() as alarm:
        yield Waiter(control, alarm, Deadline())


@contextmanager
def connected(port: int, settings: TLSSettings, acse: float = PATIENCE) -> Iterator[tuple[TLSTransport, TLSSession]]:
    """Connect and shake hands; nothing is left of the connection, however it ends."""
    sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
    try:
        with waiter() as waits:
            transport, session = connect_tls(sock, waits, peer_at(port, settings, acse), Deadline.after(acse, ""))
            try:
                yield transport, session
            finally:
                transport.close()
    finally:
        assert sock.fileno() == -1


def received(transport: Transport) -> bytes:
    """The first that comes."""
    deadline = Deadline.after(PATIENCE, "")
    while (come := transport.receive()) is None:
        transport.wait(deadline)
    return come


def greeted(port: int, settings: TLSSettings, acse: float = PATIENCE) -> TLSSession:
    """Connect, shake hands and read the server's greeting."""
    with connected(port, settings, acse) as (transport, session):
        assert received(transport) == GREETING
    return session


def findscu() -> str:
    """DCMTK's findscu; skips the test where it is missing and may be missing."""
    program = shutil.which("findscu")
    if program is None and not os.environ.get("FINDTUI_REQUIRE_PEERS"):
        pytest.skip("findscu (Debian package dcmtk) is not installed")
    assert program is not None, "findscu (Debian package dcmtk) is not installed"
    return program
