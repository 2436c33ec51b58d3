"""The state of an answer in words: the one line that a user looks at to know how much to believe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from findtui.dicom.visible import visible
from findtui.errors import AssociationRejected, FindtuiError
from findtui.net.events import End, Outcome


class Phase(Enum):
    """How far a run has come."""

    IDLE = "idle"
    CONNECTING = "connecting"
    NEGOTIATED = "negotiated"
    RECEIVING = "receiving"
    CANCELLING = "cancelling"
    ENDED = "ended"


class Tone(Enum):
    """What a colour would say; never said by colour alone. The value is the CSS class."""

    QUIET = "-quiet"
    BUSY = "-busy"
    GOOD = "-good"
    PARTIAL = "-partial"
    BAD = "-bad"


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
        outcome: when it has ended.
        meaning: the last final status in words, such as "A700 out of resources".
        stale_since: when what is shown was fetched, if a refresh after that failed.
        kept: responses that are shown from the run before, if a refresh failed.
    """

    phase: Phase = Phase.IDLE
    received: int = 0
    unreadable: int = 0
    elapsed: float = 0.0
    rate: float = 0.0
    outcome: Outcome | None = None
    meaning: str = ""
    stale_since: datetime | None = None
    kept: int = 0

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
                return Words("◐", f"{self.received:,} so far", Tone.BUSY)
            case Phase.CANCELLING:
                return Words("◐", f"{self.received:,} so far, cancelling", Tone.BUSY)
        return self._end()

    def figures(self) -> str:
        """Rate and time, for beside the words."""
        if self.phase is Phase.IDLE:
            return ""
        time = f"{self.elapsed:.1f} s"
        return f"{self.rate:,.0f}/s  {time}" if self.phase is Phase.RECEIVING and self.rate >= 1 else time

    def _end(self) -> Words:
        outcome = self.outcome
        if outcome is None:
            return Words("○", "idle", Tone.QUIET)
        if self.stale_since is not None:
            when = self.stale_since.strftime("%H:%M")
            return Words("◷", f"{self.kept:,} as of {when}, refresh failed: {reason(outcome)}", Tone.PARTIAL)
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
            return Words("✖", f"broken off after {received}: {reason(outcome)}{unreadable}", Tone.BAD)
        if isinstance(outcome.error, AssociationRejected) or outcome.end is End.FAILED:
            return Words("✖", f"refused: {self.meaning or reason(outcome)}", Tone.BAD)
        return Words("✖", reason(outcome), Tone.BAD)


def reason(outcome: Outcome) -> str:
    """Why a run did not end well, without what was tried and with whom."""
    return short(outcome.error) if outcome.error is not None else "no reason is known"


def short(error: FindtuiError) -> str:
    """An error's reason on one line: what stands behind the peer's name, where one is named."""
    first = visible(error.message).partition("\n")[0]
    return first.rpartition(": ")[2] or first
