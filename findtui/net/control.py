"""How another thread, or a signal handler, stops a run."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Control:
    """Stops one run. Thread-safe, and safe in a signal handler of the thread that runs.

    Make one for each run and hand it to `find`. It may be used at any time: before the run has begun, while it
    connects, and after it has ended (which then has no effect).
    """

    def __init__(self) -> None:
        self._cancelled = False
        self._aborted = False
        self._waker: socket.socket | None = None
        # Reentrant, because a signal handler may come in while its own thread holds it.
        self._lock = threading.RLock()

    @property
    def cancelled(self) -> bool:
        """Whether the run is to end, at the latest after its grace time."""
        return self._cancelled or self._aborted

    @property
    def aborted(self) -> bool:
        """Whether the run is to end at once."""
        return self._aborted

    def cancel(self) -> None:
        """Send C-CANCEL and take what still comes; abort when `Timeouts.cancel_grace` is over.

        Before the query has been sent the run just ends.
        """
        self._cancelled = True
        self._wake()

    def abort(self) -> None:
        """Send A-ABORT and end at once. What came before is kept."""
        self._aborted = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._waker is not None:
                # A full buffer means that the run has been woken already.
                with contextlib.suppress(BlockingIOError):
                    self._waker.send(b"\0")

    @contextmanager
    def attached(self) -> Iterator[socket.socket]:
        """A socket for the run to wait on beside its own: readable when something has been asked for."""
        alarm, waker = socket.socketpair()
        alarm.setblocking(False)
        waker.setblocking(False)
        with alarm, waker:
            with self._lock:
                self._waker = waker
                if self.cancelled:
                    self._wake()
            try:
                yield alarm
            finally:
                with self._lock:
                    self._waker = None
