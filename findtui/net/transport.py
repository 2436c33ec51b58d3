"""A connected socket that never blocks, and waits that always end.

Everything runs in the caller's thread. A wait ends when the socket is ready, when a deadline passes, or when the run's
`Control` is used from elsewhere.
"""

from __future__ import annotations

import select
import socket
import time
from math import ceil, inf
from typing import TYPE_CHECKING, Final, NamedTuple

from findtui.net.control import Control

if TYPE_CHECKING:
    from typing import Self

CHUNK: Final = 256 * 1024
"""How much is taken from the socket at once, in bytes: hundreds of responses, and nothing that memory would notice."""

CANCEL_GRACE: Final = "cancel grace"
"""Stands where a deadline has its option."""

LONGEST_WAIT: Final = 1_000_000
"""The most seconds of one wait; longer ones are made of several, as poll counts milliseconds in 31 bits."""


class Deadline(NamedTuple):
    """When a wait is over.

    Attributes:
        at: a monotonic time; infinite for a wait without end.
        timeout: the seconds that it was given.
        option: the option of findscu that sets them.
    """

    at: float = inf
    timeout: float = inf
    option: str = ""

    @classmethod
    def after(cls, timeout: float | None, option: str) -> Self:
        """From now; None is without end."""
        return cls() if timeout is None else cls(time.monotonic() + timeout, timeout, option)

    def earlier(self, other: Deadline) -> Deadline:
        """Whichever comes first."""
        return self if self.at <= other.at else other


class Expired(Exception):
    """A deadline passed."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__(f"{deadline.option} {deadline.timeout:g}")
        self.deadline = deadline


class Stopped(Exception):
    """The run was stopped through its Control."""


class Waiter:
    """Waits for sockets, within deadlines, with an ear for the run's Control.

    Args:
        control: what may stop the run.
        alarm: its socket while the run is attached to it.
        total: end of the whole run.
    """

    def __init__(self, control: Control, alarm: socket.socket, total: Deadline) -> None:
        self.control = control
        self.total = total
        self.patient = False
        """Whether a cancel leaves waits as they are, because there is a query that can be cancelled."""
        self._alarm = alarm
        self._grace: float | None = None

    def hurry(self, grace: float) -> None:
        """Let the run end so many seconds after a cancel, wherever it waits."""
        self._grace = grace

    def check(self, deadline: Deadline | None = None) -> None:
        """Raise Stopped where the run is not to go on, Expired where its time, or that of the deadline, is over."""
        if self.control.aborted or (self.control.cancelled and not self.patient):
            raise Stopped
        if self._grace is not None and self.control.cancelled:
            self.total = self.total.earlier(Deadline.after(self._grace, CANCEL_GRACE))
            self._grace = None
        first = self.total if deadline is None else deadline.earlier(self.total)
        if time.monotonic() >= first.at:
            raise Expired(first)

    def wait(self, sock: socket.socket | int, events: int, deadline: Deadline) -> bool:
        """Wait until the socket is ready.

        Returns:
            True where it is; False where the caller is to look around and wait again, such as when the Control was
            used in a way that lets the run go on.

        Raises:
            Expired: the deadline, or the run's own, has passed.
            Stopped: the run is to end.
        """
        self.check()
        deadline = deadline.earlier(self.total)
        poll = select.poll()
        poll.register(sock, events)
        poll.register(self._alarm, select.POLLIN)
        remaining = deadline.at - time.monotonic()
        # Up to the next millisecond, so that the deadline is behind us when nothing has come.
        ready = poll.poll(None if remaining == inf else max(0, ceil(min(remaining, LONGEST_WAIT) * 1000)))
        if not ready and time.monotonic() >= deadline.at:
            raise Expired(deadline)
        self.check()
        descriptor = sock if isinstance(sock, int) else sock.fileno()
        if any(found == descriptor for found, _ in ready):
            return True
        if ready:
            self._alarm.recv(64)
        return False


class Transport:
    """A TCP connection; `encrypted.TLSTransport` is one with TLS.

    Args:
        sock: connected; is made non-blocking and owned from here on.
        waiter: of the run.
    """

    def __init__(self, sock: socket.socket, waiter: Waiter) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._waiter = waiter

    def receive(self) -> bytes | None:
        """What has come: up to CHUNK bytes, b"" at the end of the connection, None where nothing is there yet.

        Raises:
            OSError: the connection broke.
        """
        try:
            return self._sock.recv(CHUNK)
        except BlockingIOError:
            return None

    def wait(self, deadline: Deadline) -> bool:
        """Wait until `receive` may find something; as `Waiter.wait`."""
        return self._waiter.wait(self._sock, select.POLLIN, deadline)

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it.

        Raises:
            Expired, Stopped: as `Waiter.wait`.
            OSError: the connection broke.
        """
        rest = memoryview(self._sealed(data))
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except BlockingIOError:
                self._waiter.wait(self._sock, select.POLLOUT, deadline)

    def last_words(self, data: bytes, patience: float) -> bool:
        """Send and close, without exception: for an A-ABORT, which may well come too late.

        The peer is given `patience` seconds to take it and to close: a socket closed with unread bytes in it would
        throw away what was just sent.

        Returns:
            Whether the bytes went out.
        """
        end = time.monotonic() + patience
        try:
            sealed = self._sealed(data, last=True)
            sent = self._sock.send(sealed) == len(sealed)
            self._sock.shutdown(socket.SHUT_WR)
            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            while (remaining := end - time.monotonic()) > 0 and poll.poll(ceil(remaining * 1000)):
                if not self._sock.recv(CHUNK):
                    break
        except OSError:
            return False
        finally:
            self.close()
        return sent

    def detach(self) -> socket.socket:
        """The socket itself, for whoever takes it over."""
        return self._sock

    def close(self) -> None:
        """Close the socket; again is harmless."""
        self._sock.close()

    def _sealed(self, data: bytes, *, last: bool = False) -> bytes:
        """What goes over the wire to say it, and with `last` that there will be no more."""
        return data
