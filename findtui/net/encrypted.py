"""A connection under TLS, for `transport`'s ways of waiting. Apart, because only a query with TLS needs `ssl`."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from findtui.net.transport import Deadline, Transport, Waiter

if TYPE_CHECKING:
    import socket

RECORD: Final = 16384
"""The most bytes that one record holds (RFC 8446 section 5.1)."""


class TLSTransport(Transport):
    """An encrypted connection.

    TLS is given bytes that have come, and gives bytes to send: with a socket of its own, OpenSSL reads on for as long
    as a peer keeps sending what is none of the caller's business, and no time-out could end that.

    Args:
        sock: connected; is made non-blocking and owned from here on.
        waiter: of the run.
        context: of a client.
        server_name: for server name indication, or None.

    Attributes:
        tls: what is known of the session.
    """

    def __init__(self, sock: socket.socket, waiter: Waiter, context: ssl.SSLContext, server_name: str | None) -> None:
        super().__init__(sock, waiter)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self._unsent = b""
        self._early = b""
        self._ended = False
        self._failure: ssl.SSLError | None = None
        self._in_vain = False

    def shake_hands(self, deadline: Deadline, look: Callable[[bytes], None]) -> None:
        """Make the handshake.

        Args:
            deadline: for all of it.
            look: called with each piece that comes, before it is believed; what it raises ends the handshake.

        Raises:
            ssl.SSLError: no agreement.
            Expired, Stopped: as `Waiter.wait`.
            OSError: the connection broke.
        """
        # Whoever speaks first speaks no TLS.
        chunk = super().receive()
        while True:
            if chunk is not None:
                look(chunk)
                self._feed(chunk)
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.send(b"", deadline)
            else:
                # More may have come with the end of it.
                self._early = self._decrypted()
                return self.send(b"", deadline)
            while (chunk := super().receive()) is None:
                self._waiter.wait(self._sock, select.POLLIN, deadline)
            self._waiter.check(deadline)

    def receive(self) -> bytes | None:
        """As of a plain one. Whatever has come is decrypted, so that nothing stays behind in the TLS layer."""
        self._in_vain = False
        if self._early:
            early, self._early = self._early, b""
            return early
        if self._failure is None and not self._ended:
            if not self._answered():
                return None
            chunk = super().receive()
            if chunk is None:
                return None
            self._feed(chunk)
            if plain := self._decrypted():
                return plain
        if self._failure is not None:
            raise self._failure
        self._in_vain = not self._ended
        return b"" if self._ended else None

    def wait(self, deadline: Deadline) -> bool:
        # Records without a byte for the caller are no answer, however many of them come.
        if self._in_vain:
            self._waiter.check(deadline)
        return self._waiter.wait(self._sock, select.POLLOUT if self._unsent else select.POLLIN, deadline)

    def close(self) -> None:
        """Close the socket, with what TLS still has to say; again is harmless."""
        with contextlib.suppress(OSError):
            self._sock.send(self._sealed(b"", last=True))
        super().close()

    def _sealed(self, data: bytes, *, last: bool = False) -> bytes:
        if data:
            try:
                self.tls.write(data)
            except ssl.SSLError as error:
                # It has failed before, and `receive` tells of what.
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
        if last:
            # TLS's own farewell (RFC 8446 section 6.1). It fails by waiting for the peer's, or for want of a session.
            with contextlib.suppress(ssl.SSLError):
                self.tls.unwrap()
        sealed, self._unsent = self._unsent + self._outgoing.read(), b""
        return sealed

    def _feed(self, chunk: bytes) -> None:
        if chunk:
            self._incoming.write(chunk)
        else:
            self._incoming.write_eof()

    def _decrypted(self) -> bytes:
        """What the bytes that have come say. What goes wrong behind it is kept until it has been taken."""
        pieces = []
        try:
            while piece := self.tls.read(RECORD):
                pieces.append(piece)
            self._ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLEOFError:
            self._ended = True
        except ssl.SSLError as error:
            self._failure = error
        return b"".join(pieces)

    def _answered(self) -> bool:
        """Send what TLS has to say for itself; whether the peer has taken it, and so may say more."""
        self._unsent = self._sealed(b"")
        try:
            while self._unsent:
                self._unsent = self._unsent[self._sock.send(self._unsent) :]
        except BlockingIOError:
            return False
        except OSError:
            # What the peer has said before it went is there all the same.
            self._unsent = b""
        return True
