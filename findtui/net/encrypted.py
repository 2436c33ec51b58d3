"""A connection under TLS, for `transport`'s ways of waiting. Apart, because only a query with TLS needs `ssl`."""

from __future__ import annotations

import errno
import os
import select
import ssl

from findtui.net.transport import CHUNK, Deadline, Transport, Waiter


class TLSTransport(Transport):
    """An encrypted connection, after its handshake."""

    _sock: ssl.SSLSocket

    def __init__(self, sock: ssl.SSLSocket, waiter: Waiter) -> None:
        super().__init__(sock, waiter)
        self._receive_events = select.POLLIN
        self._send_events = select.POLLOUT
        self._come_already = b""

    def receive(self) -> bytes | None:
        """As of a plain one. Reads before any wait, so that no record stays behind in the TLS layer."""
        if self._come_already:
            come, self._come_already = self._come_already, b""
            return come
        try:
            return self._sock.recv(CHUNK)
        except ssl.SSLWantReadError:
            self._receive_events = select.POLLIN
        except ssl.SSLWantWriteError:
            self._receive_events = select.POLLOUT
        except ssl.SSLEOFError:
            return b""
        return None

    def wait(self, deadline: Deadline) -> bool:
        return self._waiter.wait(self._sock, self._receive_events, deadline)

    def _send(self, data: memoryview) -> int | None:
        try:
            return self._sock.send(data)
        except ssl.SSLWantReadError:
            self._send_events = select.POLLIN
        except ssl.SSLWantWriteError:
            self._send_events = select.POLLOUT
        except (ssl.SSLEOFError, ConnectionError) as error:
            self._raise_alert()
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
        return None

    def _raise_alert(self) -> None:
        """Raise the SSLError for an alert that lies unread, which says why the peer has closed the connection."""
        try:
            # Data may lie before it, or instead of it.
            self._come_already += self._sock.recv(CHUNK)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError, ssl.SSLWantWriteError, ConnectionError):
            return
