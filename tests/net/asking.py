"""Runs of `find` against a scripted peer, and what is left of them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.dicom.response import Response
from findtui.net.control import Control
from findtui.net.events import Event, Finished, Matches, Outcome
from findtui.net.find import find
from findtui.net.peer import Peer, Timeouts
from tests.net.scripted import Script, ScriptedServer

QUERY = Query(keys=(Key.parse("PatientName=*"),))
SHORT = Timeouts(connect=60, socket=2, acse=2, dimse=2)
"""For peers that are expected to keep one waiting, after what they answer in time on a busy machine, too."""

PATIENT = Timeouts(connect=60, socket=60, acse=60, dimse=60, cancel_grace=60)
"""For peers that are expected to answer."""

BRIEF_GRACE = Timeouts(cancel_grace=0.3)
"""For peers that ignore a cancel."""

T = TypeVar("T")


@dataclass
class Run:
    """Everything that a run told, and what its peer received."""

    events: list[Event]
    received: list[tuple[int, bytes]]

    @property
    def outcome(self) -> Outcome:
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last.outcome

    @property
    def responses(self) -> list[Response]:
        return [response for event in self.of(Matches) for response in event.responses]

    @property
    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def kinds(self) -> list[int]:
        """Types of the PDUs that the peer received."""
        return [kind for kind, _ in self.received]


def run(
    script: Script,
    *,
    query: Query = QUERY,
    timeouts: Timeouts = PATIENT,
    control: Control | None = None,
    on_event: Callable[[Event], None] | None = None,
    **peer: object,
) -> Run:
    """Play a script and ask the peer that plays it; `peer` is as of `Peer`."""
    with ScriptedServer(script) as server:
        events = []
        for event in find(Peer("127.0.0.1", server.port, timeouts=timeouts, **peer), query, control):  # type: ignore[arg-type]
            events.append(event)
            if on_event is not None:
                on_event(event)
    return Run(events, server.received if server.conversations else [])
