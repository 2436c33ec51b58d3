"""What the application is about: a peer, and the levels that were gone down with their questions and answers."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
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
    Outcome,
    Requesting,
    Unreadable,
)
from findtui.net.peer import Peer
from findtui.store.profiles import Profile
from findtui.tui.question import Question
from findtui.tui.state import Phase, RunState, moment

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.drill import Title
    from findtui.tui.results import Diff, ResultStore

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_RATE_SPAN: Final = 1.0
"""Seconds over which the rate is measured."""


@dataclass(slots=True)
class Level:
    """One question and its answer; going down a level puts another one on top.

    Attributes:
        question: what was asked last, or is to be asked first.
        title: whom or what it was gone down into; nothing for the first.
        store: the responses that are shown.
        state: of the last run, for the state line.
        asked: the values that its words for dates stand for in what is shown, by path.
        pending: where the responses of a refresh gather until it is complete; None where they are shown at once.
        before: what was shown before a run whose responses are shown at once, to fall back on if it fails.
        changes: what a refresh changed, until it is seen; None where nothing was compared.
        moved: that words for dates mean other days than in the answer before, until it is seen.
        fetched: when what is shown came.
        whole: what is shown was all that there was then.
        error: what ended the last run, to be explained in place.
        arrivals: times and counts, for the rate.
        gone_into: the response that was gone down into, and the first line in sight then, to come back to.
    """

    question: Question
    store: ResultStore
    title: Title | None = None
    state: RunState = field(default_factory=RunState)
    asked: Mapping[str, str] = field(default_factory=dict)
    pending: ResultStore | None = None
    before: ResultStore | None = None
    changes: Diff | None = None
    moved: str = ""
    fetched: datetime | None = None
    whole: bool = False
    error: FindtuiError | None = None
    arrivals: deque[tuple[float, int]] = field(default_factory=deque)
    gone_into: tuple[Response, int] | None = None
    _unreadable: int = 0
    _asking: Mapping[str, str] = field(default_factory=dict)

    def begin(self, question: Question, asked: Mapping[str, str], *, quietly: bool = False) -> None:
        """A run starts.

        The same question again is a refresh: of a whole answer, what is shown stays until the new one is whole, too;
        what was no whole answer gives way at once, and comes back if nothing better comes.

        Args:
            question: that is asked.
            asked: what its words for dates stand for, by path.
            quietly: what is shown stays until the end in any case: nobody has pressed a key.
        """
        again = question == self.question and self.fetched is not None
        self.question, self._asking = question, asked
        self.pending = self.before = None
        if again and (self.whole or quietly):
            self.pending = self.store.successor()
        elif again:
            self.before, self.store = self.store, self.store.successor()
            self.error = None
        else:
            self.store.clear()
            self.asked = asked
            self.changes, self.fetched, self.whole, self.moved = None, None, False, ""
            self.error = None
        self.state = RunState(Phase.CONNECTING, refreshes=self.pending is not None)
        self.arrivals.clear()

    def give_up(self, now: datetime) -> None:
        """The run is taken no more notice of: it ends as one that was cancelled."""
        self._finished(Finished(Outcome(End.CANCELLED, self.state.received, 0, self.state.elapsed)), now)

    def place(self, masked: bool) -> Iterator[str]:
        """What it is about, in words: of what was gone into and is still asked for, that; else what is looked for.

        Args:
            masked: leave out who the patients are.
        """
        if self.title is not None and self.title.holds(self.question):
            yield self.title.shown(masked)
            words = self.question.level
        else:
            words = self.question.words(self.asked, masked=masked)
        if words:
            yield visible(words)

    def seen(self) -> None:
        """The user has seen what changed."""
        self.changes, self.moved = None, ""
        if self.before is not None:
            self.before.show_changes(None)

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
            case Requesting() if state.phase is not Phase.CANCELLING:
                state.phase = Phase.CONNECTING
            case Negotiated() if state.phase is not Phase.CANCELLING:
                state.phase = Phase.NEGOTIATED
            case Matches():
                return self._matches(event.responses, elapsed)
            case Unreadable():
                state.unreadable += 1
                if state.phase is not Phase.CANCELLING:
                    state.phase = Phase.RECEIVING
            case Cancelling():
                state.phase = Phase.CANCELLING
            case Answered():
                said = visible(event.meaning).removeprefix("refused: ")
                # Of several queries on one association the first that failed is what ends the run badly.
                if event.status != 0 and not state.meaning:
                    state.meaning = f"{event.status:04X} {said}"
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
        state.phase, state.outcome, state.elapsed, state.ended = Phase.ENDED, outcome, outcome.elapsed, now
        self.error = outcome.error
        complete = outcome.end is End.SUCCESS and not outcome.cut_short
        came = self.store if self.pending is None else self.pending
        earlier = self.store if self.pending is not None else self.before
        refreshed, self.pending, self.before = self.pending is not None, None, None
        if earlier is not None:
            # The user may have looked otherwise at what was shown meanwhile.
            shown, hidden = (earlier, came) if refreshed else (came, earlier)
            hidden.look_like(shown)
        if earlier is not None and not _is_better(outcome, len(came), len(earlier), self.whole):
            if not refreshed:
                earlier.take_marks(came)
            self.store = earlier
            state.stale_since, state.kept, state.kept_whole = self.fetched, len(earlier), self.whole
            return
        if earlier is not None:
            self._compare(came, earlier, complete and outcome.unreadable <= self._unreadable, now)
        self.store, self.asked = came, self._asking
        if complete or len(came):
            self.fetched, self.whole, self._unreadable = now, complete, outcome.unreadable

    def _compare(self, came: ResultStore, earlier: ResultStore, complete: bool, now: datetime) -> None:
        moved = [value for path, value in self._asking.items() if value != self.asked.get(path)]
        # What the question does not ask for any more is not gone.
        self.changes = came.compare(earlier, now, all_before=self.whole, all_now=complete and not moved)
        came.take_marks(earlier)
        if days := [value for value in moved if _DAY.search(value) and ":" not in value]:
            self.moved = f"{', '.join(days)} since {moment(now)}"


def _is_better(outcome: Outcome, came: int, kept: int, whole: bool) -> bool:
    """Whether what came takes the place of what was shown, of which `whole` says that nothing was missing in it."""
    if outcome.end is End.SUCCESS and not outcome.cut_short:
        return True
    if whole:
        return outcome.cut_short and came >= kept
    return came >= kept or (outcome.end is End.CANCELLED and came > 0)


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

    def crumbs(self, *, masked: bool = False) -> Iterator[str]:
        """Where one is: peer, model, and what was gone into.

        Args:
            masked: leave out who the patients are.
        """
        if self.peer is None:
            return
        yield visible(self.name)
        if not self.levels:
            return
        first = self.levels[0].question
        yield first.model.name
        *above, last = self.levels
        yield from (level.title.shown(masked) for level in above if level.title is not None)
        yield from last.place(masked)
