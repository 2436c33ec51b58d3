"""The engine in a thread of its own.

The thread never touches a widget. It leaves events in a bounded queue and waits while that is full, so a fast peer is
slowed down and not buffered without end. The application is woken once, and not again before it has taken all there is
or the run is over.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from findtui.errors import FindtuiError, NetworkError
from findtui.net.events import End, Event, Finished, Matches, Outcome, Unreadable

if TYPE_CHECKING:
    from findtui.dicom.query import Query
    from findtui.net.control import Control
    from findtui.net.peer import Peer

INTERVAL: Final = 0.1
"""Seconds between two rounds in which the screen takes what came."""

LIMIT: Final = 50_000
"""Responses that may lie between the engine and the screen; a full queue makes the engine wait."""

LIMIT_LENGTH: Final = 64 * 1024 * 1024
"""Bytes of them that may lie there."""

LONGEST_ANSWER: Final = 160 * 1024 * 1024
"""Bytes of responses that are taken from one run, as all of them are kept: a peer may send without end."""

GRACE_LENGTH: Final = 8 * 1024 * 1024
"""Bytes that a peer may still send when it has been told to stop."""

RESPONSE_LENGTH: Final = 600
"""Bytes that a response takes beside those of its identifier, in the grid and its columns, about."""

_IDENTIFIER: Final = attrgetter("identifier")
_LOG: Final = logging.getLogger(__name__)

Find = Callable[["Peer", "Query", "Control"], Iterator[Event]]


class Run:
    """One run of a query.

    Args:
        peer: whom to ask.
        query: what to ask.
        wake: called from the thread when there is something to take; must be safe to call from there.
        find: the engine; findtui's own unless a test gives another.
    """

    def __init__(self, peer: Peer, query: Query, wake: Callable[[Run], object], find: Find | None = None) -> None:
        from findtui.net.control import Control

        self.peer = peer
        self.query = query
        self.control = Control()
        self.started = time.monotonic()
        self._wake = wake
        self._find = find
        self._events: list[Event] = []
        self._size = 0
        self._length = 0
        self._over = False
        self._abandoned = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="findtui-query", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether nothing more will come than what can be taken now."""
        return self._over

    def take(self) -> list[Event]:
        """What has come since the last call, in order."""
        with self._changed:
            events, self._events, self._size, self._length = self._events, [], 0, 0
            self._changed.notify()
        return events

    def abandon(self, timeout: float) -> bool:
        """End the association and throw away what still comes; says whether the thread ended within the time.

        Args:
            timeout: seconds to wait for the thread.
        """
        with self._changed:
            self._abandoned = True
            self._changed.notify()
        self.control.cancel()
        self._thread.join(timeout)
        if self._thread.is_alive():
            self.control.abort()
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        """The thread: nothing that goes wrong in here may end the application."""
        received = length = 0
        try:
            for event in self._engine()(self.peer, self.query, self.control):
                held = _length(event)
                if isinstance(event, Matches):
                    received += len(event.responses)
                    length += held
                    if length > LONGEST_ANSWER + GRACE_LENGTH:
                        self.control.abort()
                    elif length > LONGEST_ANSWER:
                        self.control.cancel()
                elif isinstance(event, Finished) and length > LONGEST_ANSWER:
                    event = Finished(self._too_long(event.outcome))
                self._put(event, held)
        except FindtuiError as error:
            self._put(self._broken(error, received))
        except Exception as error:
            _LOG.exception("the engine failed")
            failure = FindtuiError(
                f"findtui itself failed while asking {self.peer}: {type(error).__name__}: {error}",
                remedy="What came is kept. Please report this with the log.",
            )
            self._put(self._broken(failure, received))

    def _engine(self) -> Find:
        if self._find is not None:
            return self._find
        from findtui.net.find import find

        return find

    def _put(self, event: Event, length: int = 0) -> None:
        with self._changed:
            while (self._size >= LIMIT or self._length >= LIMIT_LENGTH) and not self._abandoned:
                self._changed.wait()
            if self._abandoned:
                return
            first = not self._events
            self._over = isinstance(event, Finished)
            self._events.append(event)
            self._size += len(event.responses) if isinstance(event, Matches) else 1
            self._length += length
        if first or self._over:
            self._wake(self)

    def _broken(self, error: FindtuiError, received: int) -> Finished:
        return Finished(Outcome(End.BROKEN, received, 0, time.monotonic() - self.started, error=error))

    def _too_long(self, outcome: Outcome) -> Outcome:
        if outcome.end is not End.CANCELLED:
            return outcome
        error = NetworkError(
            f"{self.peer} sent more than the {LONGEST_ANSWER >> 20} MiB of responses that are kept",
            remedy="Ask for less, or have findtui findscu write them to files: that has no such bound",
        )
        return outcome._replace(end=End.BROKEN, error=error)


def _length(event: Event) -> int:
    """Bytes of memory that an event holds, about."""
    if isinstance(event, Matches):
        return sum(map(len, map(_IDENTIFIER, event.responses))) + RESPONSE_LENGTH * len(event.responses)
    return len(event.response.identifier) if isinstance(event, Unreadable) else 0
