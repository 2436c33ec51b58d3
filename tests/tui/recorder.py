"""A server between a client and another server that keeps what the client sends."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading

PATIENCE = 30


class Recorder:
    """Keeps what clients send, one entry for each connection, decrypted where it speaks TLS.

    Args:
        port: of the server behind it, which speaks no TLS.
        tls: to speak; None for a plain connection.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._target = port
        self._tls = tls
        six = socket.has_dualstack_ipv6()
        self._listener = socket.create_server(
            ("::" if six else "127.0.0.1", 0),
            family=socket.AF_INET6 if six else socket.AF_INET,
            dualstack_ipv6=six,
        )
        self.port: int = self._listener.getsockname()[1]
        self.sent: list[bytearray] = []
        self.sessions: list[str] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._closing = False
        self._finished = threading.Semaphore(0)
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._closing:
                client.close()
                return
            client.settimeout(PATIENCE)
            record = bytearray()
            self.sent.append(record)
            if self._tls is not None:
                encrypted = self._tls.wrap_socket(client, server_side=True)
                self.sessions.append(f"{encrypted.version()} {encrypted.cipher()} {encrypted.getpeercert()}")
                client = encrypted
            server = socket.create_connection(("127.0.0.1", self._target), timeout=PATIENCE)
            pumps = [
                threading.Thread(target=self._pump, args=(client, server, record)),
                threading.Thread(target=self._pump, args=(server, client, bytearray())),
            ]
            for pump in pumps:
                pump.start()
            self._threads += pumps

    def _pump(self, source: socket.socket, target: socket.socket, record: bytearray) -> None:
        with source, contextlib.suppress(OSError):
            while data := source.recv(65536):
                record += data
                try:
                    target.sendall(data)
                except OSError:
                    break
            target.shutdown(socket.SHUT_WR)
        self._finished.release()

    def wait(self, connections: int = 1) -> None:
        """Wait until so many more connections are over."""
        for _ in range(2 * connections):
            assert self._finished.acquire(timeout=PATIENCE), "a connection does not end"

    def close(self) -> None:
        """Stop listening and wait for all that goes on."""
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE).close()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()
