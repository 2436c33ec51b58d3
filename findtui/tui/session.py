"""What the application is about: a peer, and the levels that were gone down with their questions and answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.net.events import (
    Answered,
    Cancelling,
    End,
    Event,
    Finished,
    Matches,
    Negotiated,
    Requesting,
    Unreadable,
)
from findtui.net.peer import Peer
from findtui.store.profiles import Profile
from findtui.tui.question import Question
from findtui.tui.state import Phase, RunState

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.results import Diff, ResultStore

_RATE_SPAN: Final = 1.0
"""Seconds over which the rate is measured."""


@dataclass(slots=True)
class Level:
    """One question and its answer; going down a level puts another one on top.

    Attributes:
        question: what is asked.
        title: what it is about, for the line that says where one is; empty for the first.
        store: the responses that are shown.
        state: of the last run, for the state line.
        pending: where the responses of a refresh gather until it is complete; None where they are shown at once.
        changes: what a refresh changed, until it is seen; None where nothing was compared.
        fetched: when what is shown was complete.
        error: what ended the last run, to be explained in place.
        arrivals: times and counts, for the rate.
    """

    question: Question
    store: ResultStore
    title: str = ""
    state: RunState = field(default_factory=RunState)
    pending: ResultStore | None = None
    changes: Diff | None = None
    fetched: datetime | None = None
    error: FindtuiError | None = None
    arrivals: deque[tuple[float, int]] = field(default_factory=deque)

    def begin(self, pending: ResultStore | None) -> None:
        """A run starts.

        Args:
            pending: where its responses gather while the complete answer to the same question stays; None shows them
                as they come.
        """
        self.pending = pending
        if pending is None:
            self.store.clear()
            self.changes = None
            self.fetched = None
        self.state = RunState(Phase.CONNECTING)
        self.error = None
        self.arrivals.clear()

    @property
    def refreshes(self) -> bool:
        """Whether asking again would be a refresh of a complete answer."""
        return self.fetched is not None

    def hear(self, event: Event, elapsed: float, now: datetime) -> list[Response]:
        """Take in an event of the run; returns responses that are to be shown at once.

        Args:
            event: in the order of the run.
            elapsed: seconds since its start.
            now: local time.
        """
        state = self.state
        state.elapsed = elapsed
        match event:
            case Requesting():
                state.phase = Phase.CONNECTING
            case Negotiated():
                state.phase = Phase.NEGOTIATED
            case Matches():
                return self._matches(event.responses, elapsed)
            case Unreadable():
                state.unreadable += 1
            case Cancelling():
                state.phase = Phase.CANCELLING
            case Answered():
                state.meaning = "" if event.status == 0 else f"{event.status:04X} {visible(event.meaning)}"
            case Finished():
                self._finished(event, now)
        return []

    def _matches(self, responses: list[Response], elapsed: float) -> list[Response]:
        state = self.state
        if state.phase is not Phase.CANCELLING:
            state.phase = Phase.RECEIVING
        state.received += len(responses)
        self.arrivals.append((elapsed, state.received))
        while self.arrivals[0][0] < elapsed - _RATE_SPAN and len(self.arrivals) > 1:
            self.arrivals.popleft()
        first_time, first_count = self.arrivals[0]
        span = elapsed - first_time
        state.rate = (state.received - first_count) / span if span > 0.2 else state.received / max(elapsed, 0.05)
        if self.pending is not None:
            self.pending.append(responses)
            return []
        return responses

    def _finished(self, event: Finished, now: datetime) -> None:
        state, outcome = self.state, event.outcome
        state.phase, state.outcome, state.elapsed = Phase.ENDED, outcome, outcome.elapsed
        self.error = outcome.error
        complete = outcome.end is End.SUCCESS and not outcome.cut_short
        if complete:
            self.fetched = now
            if self.pending is not None:
                self.changes = self.pending.compare(self.store)
                self.pending.take_marks(self.store)
                self.store, self.pending = self.pending, None
        elif self.pending is not None:
            # A refresh that did not succeed changes nothing but the state line.
            state.stale_since, state.kept = self.fetched, len(self.store)
            self.pending = None


@dataclass(slots=True)
class Session:
    """Whom the application talks to, and how deep it has gone.

    Attributes:
        name: of the peer, as the user calls it.
        peer: whom to ask; None where none is chosen.
        profile: the saved peer, if it is one.
        levels: from the first question down; never empty once a peer is chosen.
        fallback: character set that responses without one are read in; empty for none.
        forced: character set that all responses are read in, whatever they declare; empty for none.
    """

    name: str = ""
    peer: Peer | None = None
    profile: Profile | None = None
    levels: list[Level] = field(default_factory=list)
    fallback: str = ""
    forced: str = ""

    @property
    def level(self) -> Level | None:
        """The one that is shown."""
        return self.levels[-1] if self.levels else None

    def crumbs(self) -> Iterator[str]:
        """Where one is: peer, model, and what was gone into."""
        if self.peer is None:
            return
        yield visible(self.name)
        if not self.levels:
            return
        first = self.levels[0].question
        yield first.model.name
        yield from (visible(level.title) for level in self.levels[1:])
        words = self.levels[-1].question.words() if len(self.levels) == 1 else self.levels[-1].question.level
        if words:
            yield visible(words)
