"""The state of an answer in words: the one line that a user looks at to know how much to believe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from findtui.dicom.visible import visible
from findtui.errors import AssociationRejected, FindtuiError, PeerTimeout
from findtui.net.events import End, Outcome
from findtui.tui import clock


class Phase(Enum):
    """How far a run has come."""

    IDLE = "idle"
    CONNECTING = "connecting"
    NEGOTIATED = "negotiated"
    RECEIVING = "receiving"
    CANCELLING = "cancelling"
    ENDED = "ended"


class Tone(Enum):
    """What a colour would say; never said by colour alone. The value is the component class of the state line."""

    QUIET = "state--quiet"
    BUSY = "state--busy"
    GOOD = "state--good"
    PARTIAL = "state--partial"
    BAD = "state--bad"


@dataclass(frozen=True, slots=True)
class Words:
    """A mark, what it means, and its tone."""

    mark: str
    text: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"


@dataclass(slots=True)
class RunState:
    """One run, as far as the state line tells of it.

    Attributes:
        phase: how far it has come.
        received: responses so far.
        unreadable: of them, how many could not be read.
        elapsed: seconds so far, or in all.
        rate: responses a second, over the last second.
        outcome: how it has ended.
        ended: when it has.
        meaning: the last final status in words, such as "A700 out of resources".
        refreshes: what came before stays in sight until this run has ended.
        stale_since: when what is shown was fetched, if a refresh after that failed.
        kept: responses that are shown from the run before, if a refresh failed.
        kept_whole: and they were all that there was.
    """

    phase: Phase = Phase.IDLE
    received: int = 0
    unreadable: int = 0
    elapsed: float = 0.0
    rate: float = 0.0
    outcome: Outcome | None = None
    ended: datetime | None = None
    meaning: str = ""
    refreshes: bool = False
    stale_since: datetime | None = None
    kept: int = 0
    kept_whole: bool = True

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self.phase not in (Phase.IDLE, Phase.ENDED)

    def words(self) -> Words:
        """The state in words."""
        match self.phase:
            case Phase.IDLE:
                return Words("○", "idle", Tone.QUIET)
            case Phase.CONNECTING:
                return Words("◌", "connecting", Tone.BUSY)
            case Phase.NEGOTIATED:
                return Words("◌", "negotiated", Tone.BUSY)
            case Phase.RECEIVING:
                unreadable = f", {self.unreadable:,} unreadable" if self.unreadable else ""
                so_far = f"{self.received:,} so far{unreadable}"
                return Words("◐", f"refreshing, {so_far}" if self.refreshes else so_far, Tone.BUSY)
            case Phase.CANCELLING:
                so_far = f"{self.received:,} so far, " if self.received else ""
                return Words("◐", f"{so_far}cancelling, c again aborts", Tone.BUSY)
        return self._end()

    def figures(self) -> tuple[str, ...]:
        """When, how fast and how long, for beside the words; the most telling first."""
        if self.phase is Phase.IDLE:
            return ()
        when = f"at {moment(self.ended)}" if self.ended is not None and self.stale_since is None else ""
        rate = f"{self.rate:,.0f}/s" if self.phase is Phase.RECEIVING and self.rate >= 1 else ""
        return tuple(text for text in (when, rate, f"{self.elapsed:.1f} s") if text)

    def staleness(self) -> str:
        """How many responses are shown from when, where a refresh failed."""
        if self.stale_since is None:
            return ""
        incomplete = "" if self.kept_whole else " (incomplete)"
        return f"{self.kept:,}{incomplete} as of {moment(self.stale_since)}"

    def _end(self) -> Words:
        outcome = self.outcome
        if outcome is None:
            return Words("○", "idle", Tone.QUIET)
        if self.stale_since is not None:
            return Words("◷", f"{self.staleness()}, {_refresh(outcome, self.meaning)}", Tone.PARTIAL)
        received = f"{outcome.received:,}"
        unreadable = f", {outcome.unreadable:,} unreadable" if outcome.unreadable else ""
        if outcome.end is End.SUCCESS and not outcome.cut_short:
            return Words("●", f"complete {received}{unreadable}", Tone.PARTIAL if unreadable else Tone.GOOD)
        if outcome.end is End.CANCELLED:
            return Words("▲", f"cancelled, {received} kept{unreadable}", Tone.PARTIAL)
        if outcome.cut_short and outcome.received:
            why = f" ({self.meaning})" if self.meaning else ""
            return Words("▲", f"{received}, cut short by the peer{why}{unreadable}", Tone.PARTIAL)
        if outcome.received:
            how, why = ("failed", self.meaning) if outcome.end is End.FAILED else ("broken off", "")
            return Words("✖", f"{how} after {received}: {why or reason(outcome)}{unreadable}", Tone.BAD)
        if isinstance(outcome.error, AssociationRejected) or outcome.end is End.FAILED:
            return Words("✖", f"refused: {self.meaning or reason(outcome)}{unreadable}", Tone.BAD)
        return Words("✖", f"{reason(outcome)}{unreadable}", Tone.BAD)


def _refresh(outcome: Outcome, meaning: str) -> str:
    if outcome.end is End.CANCELLED:
        return "refresh cancelled"
    if outcome.cut_short and outcome.received:
        return f"refresh cut short by the peer{f' ({meaning})' if meaning else ''}"
    why = "time-out" if isinstance(outcome.error, PeerTimeout) else meaning or reason(outcome)
    return f"refresh failed: {why}"


def moment(then: datetime) -> str:
    """A time of today as HH:MM, any other with its date."""
    return f"{then:%H:%M}" if then.date() == clock.now().date() else f"{then:%Y-%m-%d %H:%M}"


def reason(outcome: Outcome) -> str:
    """Why a run did not end well, without what was tried and with whom."""
    return short(outcome.error) if outcome.error is not None else "no reason is known"


_PEER: Final = re.compile(r"\S+:\d+ ")
_ASIDE: Final = re.compile(r"( in the middle of the query)?( \([^()]*\))?$")


def short(error: FindtuiError) -> str:
    """An error's reason in few words: what stands behind the peer's name, without what is said in brackets."""
    first = visible(error.message).partition("\n")[0]
    what = _PEER.match(first)
    if what is None:
        return _ASIDE.sub("", first).rpartition(": ")[2] or first
    done, _, why = first[what.end() :].partition(": ")
    return _ASIDE.sub("", why or f"peer {done}")
