"""A server on loopback that plays a script to whoever connects: how peers behave, and misbehave, in tests.

A script is a function that is given a `Conversation`. It runs in a thread of its own for each connection, reads and
sends raw bytes, and waits for events of the test where timing matters. What it raises fails the test that runs it.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.net import pdus

PATIENCE = 60.0
"""Seconds after which a script or its end gives up; no test that passes comes near."""


class Conversation:
    """One connection, from the server's side.

    Attributes:
        sock: the connection.
        received: whole PDUs read so far, as (type, body).
        stop: set when the server is being closed; scripts that wait give up then.
    """

    def __init__(self, sock: socket.socket, stop: threading.Event) -> None:
        self.sock = sock
        self.received: list[tuple[int, bytes]] = []
        self.stop = stop

    def read_exactly(self, count: int) -> bytes:
        """So many bytes, or fewer at the end of the connection."""
        data = b""
        while len(data) < count:
            chunk = self.sock.recv(count - len(data))
            if not chunk:
                break
            data += chunk
        return data

    def read_pdu(self) -> tuple[int, bytes]:
        """The next PDU as (type, body); type 0 where the client has closed."""
        head = self.read_exactly(6)
        if len(head) < 6:
            return 0, head
        kind, length = struct.unpack(">BxL", head)
        received = kind, self.read_exactly(length)
        self.received.append(received)
        return received

    def read_message(self) -> tuple[bytes, bytes]:
        """The next message: command set and data set (empty where there is none)."""
        parts = {True: b"", False: b""}
        wanted = {True}
        while wanted:
            kind, body = self.read_pdu()
            if kind != pdus.P_DATA:
                raise ConnectionAbortedError(f"the client sent a PDU of type {kind} where a message was expected")
            while body:
                length, _, header = struct.unpack_from(">LBB", body)
                command, last = bool(header & 1), bool(header & 2)
                parts[command] += body[6 : 4 + length]
                body = body[4 + length :]
                if last:
                    wanted.discard(command)
                    if command and not parts[True].endswith(struct.pack("<H", pdus.NO_DATA_SET)):
                        wanted.add(False)
        return parts[True], parts[False]

    def accept(self, answer: bytes | None = None) -> bytes:
        """Read the A-ASSOCIATE-RQ and accept it; gives the request's body."""
        kind, body = self.read_pdu()
        if kind != pdus.ASSOCIATE_RQ:
            raise ConnectionAbortedError(f"the client sent a PDU of type {kind} where a request was expected")
        self.send(pdus.associate() if answer is None else answer)
        return body

    def query(self) -> tuple[bytes, bytes]:
        """Accept, and read the C-FIND-RQ with its identifier."""
        self.accept()
        return self.read_message()

    def send(self, *data: bytes) -> None:
        """Send all of it."""
        self.sock.sendall(b"".join(data))

    def drip(self, data: bytes, pause: float) -> None:
        """Send byte by byte until the server is closed or the client is gone."""
        for byte in data:
            self.sock.sendall(bytes((byte,)))
            if self.stop.wait(pause):
                return

    def end(self) -> None:
        """Answer a release request, or take an abort or a closed connection."""
        while True:
            kind, _ = self.read_pdu()
            if kind == pdus.RELEASE_RQ:
                self.send(pdus.release_rp())
            elif kind in (0, pdus.ABORT):
                return

    def reset(self) -> None:
        """Break the connection off with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def silence(self) -> None:
        """Say nothing and read nothing until the test is over."""
        self.stop.wait(PATIENCE)

    def until_closed(self) -> bytes:
        """Read until the client has closed the connection; gives what it still sent."""
        data = b""
        while chunk := self.sock.recv(65536):
            data += chunk
        return data


Script = Callable[[Conversation], None]


class ScriptedServer:
    """Plays `script` to every connection; a context manager.

    Args:
        script: what to do.
        tls: wraps each connection first, where given.
        host: address to listen on.

    Attributes:
        port: where it listens.
        conversations: one for each connection so far.
    """

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._script = script
        self._tls = tls
        self._stop = threading.Event()
        self._failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self.conversations: list[Conversation] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name="scripted server", daemon=True)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        # Closing alone does not wake a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(PATIENCE)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            if thread.is_alive():
                raise AssertionError("the script did not end: the client left its connection open")
        if error is None and self._failures:
            raise self._failures[0]

    @property
    def received(self) -> list[tuple[int, bytes]]:
        """Every PDU that the first client sent and that its script read."""
        return self.conversations[0].received

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._play, args=(sock,), name="script", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _play(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            conversation = Conversation(sock, self._stop)
            self.conversations.append(conversation)
            self._script(conversation)
        except ConnectionError:
            # The client went away: tests look at what the client says about that.
            pass
        except BaseException as error:
            self._failures.append(error)
        finally:
            sock.close()
