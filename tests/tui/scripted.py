"""A peer whose answers are those of the demo server, asked for once and told again: quick, and always the same."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pytest

import findtui.net.connect
import findtui.net.probe
from findtui.demo.behaviour import Behaviour
from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.dicom.response import PENDING, Response, UnreadableResponse
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.net.control import Control
from findtui.net.events import (
    Answered,
    Cancelling,
    Closing,
    End,
    Event,
    Finished,
    Matches,
    Negotiated,
    Outcome,
    Unreadable,
)
from findtui.net.find import find
from findtui.net.peer import Peer
from findtui.net.probe import ProbeStep
from findtui.tui import worker
from findtui.tui.deeds import asking

PORT: Final = 11112
"""What stands on the pictures; the server listens elsewhere."""
CLOSED: Final = 1
"""A port on which nobody listens."""

WILLING: Final = Behaviour()
Edit = Callable[[list[Event]], list[Event]]


def as_is(events: list[Event]) -> list[Event]:
    """What the server says."""
    return events


@dataclass(frozen=True)
class Answer:
    """How the peer answers one query.

    Attributes:
        behaviour: of the demo server.
        edit: changes what it says.
        hangs: after that, it says nothing more until the query is cancelled.
    """

    behaviour: Behaviour = WILLING
    edit: Edit = as_is
    hangs: bool = False


class ScriptedPeer:
    """The engine, with answers that were got from the server before.

    Args:
        server: answers what was never asked before.
    """

    def __init__(self, server: DemoServer) -> None:
        self._server = server
        self._known: dict[tuple[Behaviour, Peer, Query], list[Event]] = {}

    def find(self, answers: Sequence[Answer]) -> Callable[[Peer, Query, Control], Iterator[Event]]:
        """An engine whose queries are answered one by one like this; the last answer is given again and again."""
        left = list(answers)
        lock = threading.Lock()

        def engine(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
            with lock:
                answer = left.pop(0) if len(left) > 1 else left[0]
                events = answer.edit(self._events(answer.behaviour, peer, query))
            yield from events
            if answer.hangs:
                yield from _cancelled(
                    control, sum(len(event.responses) for event in events if isinstance(event, Matches))
                )

        return engine

    def _events(self, behaviour: Behaviour, peer: Peer, query: Query) -> list[Event]:
        asked = (behaviour, peer, query)
        if asked not in self._known:
            self._server.behaviour = behaviour
            self._known[asked] = [_steady(event) for event in find(peer, query)]
            self._server.behaviour = WILLING
        return list(self._known[asked])


def _steady(event: Event) -> Event:
    match event:
        case Negotiated():
            return event._replace(elapsed=0.008)
        case Finished():
            return event._replace(outcome=event.outcome._replace(elapsed=0.2))
        case _:
            return event


def _cancelled(control: Control, received: int) -> Iterator[Event]:
    waiting = threading.Event()
    while not control.cancelled:
        waiting.wait(0.01)
    yield Cancelling(1, 1)
    yield Answered(1, received + 1, 0xFE00, "matching terminated due to cancel request")
    yield Closing(abort=False)
    yield Finished(Outcome(End.CANCELLED, received, 0, 0.3, status=0xFE00))


# Edits.


def nothing_yet(events: list[Event]) -> list[Event]:
    """The association is being asked for."""
    return events[:1]


def first_responses(events: list[Event]) -> list[Event]:
    """Some responses came, and more are on their way."""
    begun: list[Event] = []
    for event in events:
        if isinstance(event, Matches):
            return [*begun, Matches(event.responses[:31])]
        begun.append(event)
    return begun


def some_unreadable(events: list[Event]) -> list[Event]:
    """Two identifiers are no data sets."""
    broken = [
        Unreadable(
            UnreadableResponse(number, b"\x10\x00", EXPLICIT_LITTLE, PENDING, "too few bytes for a tag at byte 0")
        )
        for number in (21, 22)
    ]
    at = next(index for index, event in enumerate(events) if isinstance(event, Answered))
    return _ended([*events[:at], *broken, *events[at:]], unreadable=2)


def multiplied(events: list[Event]) -> list[Event]:
    """Five thousand responses."""
    found = [row for event in events if isinstance(event, Matches) for row in event.responses]
    rows = [
        Response(number + 1, row.identifier, row.transfer_syntax)
        for number, row in zip(range(5_000), found * (5_000 // len(found) + 1), strict=False)
    ]
    at = next(index for index, event in enumerate(events) if isinstance(event, Matches))
    rest = [event for event in events[at:] if not isinstance(event, Matches)]
    return _ended([*events[:at], Matches(rows), *rest], received=5_000)


def before_changes(events: list[Event]) -> list[Event]:
    """The list as it was when nobody had touched it."""
    return _with_rows(events, lambda rows: rows[:2] + rows[3:])


def after_changes(events: list[Event]) -> list[Event]:
    """One came, one went, and one was moved to another room."""

    def change(rows: list[Response]) -> list[Response]:
        first = rows[0]
        moved = Response(first.number, first.identifier.replace(b"CT01", b"CT02"), first.transfer_syntax)
        return [moved, *rows[1:4], *rows[5:]]

    return _with_rows(events, change)


def only(*responses: Response) -> Edit:
    """These responses, whatever was asked."""
    return lambda events: _with_rows(events, lambda _: list(responses))


def _with_rows(events: list[Event], change: Callable[[list[Response]], list[Response]]) -> list[Event]:
    rows = change([row for event in events if isinstance(event, Matches) for row in event.responses])
    at = next(index for index, event in enumerate(events) if isinstance(event, Matches))
    rest = [event for event in events[at:] if not isinstance(event, Matches)]
    return _ended([*events[:at], Matches(rows), *rest], received=len(rows))


def _ended(events: list[Event], *, received: int | None = None, unreadable: int = 0) -> list[Event]:
    def corrected(outcome: Outcome) -> Outcome:
        return outcome._replace(received=outcome.received if received is None else received, unreadable=unreadable)

    return [Finished(corrected(event.outcome)) if isinstance(event, Finished) else event for event in events]


# Around the engine.


class _Standing:
    """A clock that stands still."""

    def __init__(self, moment: float) -> None:
        self._moment = moment

    def monotonic(self) -> float:
        return self._moment


def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run has taken three tenths of a second."""
    monkeypatch.setattr(worker, "time", _Standing(100.0))
    monkeypatch.setattr(asking, "time", _Standing(100.3))


def behind_port(monkeypatch: pytest.MonkeyPatch, server: DemoServer) -> None:
    """Let the server be found at a port that is always the same, and let a test of it always take as long."""
    resolve, engine = findtui.net.connect.look_up, findtui.net.probe.probe

    def look_up(*args: object) -> object:
        found = resolve(*args)  # type: ignore[arg-type]
        return [(family, (host, server.port if port == PORT else port)) for family, (host, port, *_) in found]

    def probe(peer: Peer, control: Control | None = None) -> Iterator[ProbeStep]:
        for step in engine(peer, control):
            yield replace(step, elapsed=0.002 if step.elapsed else 0.0, text=re.sub(r"\d+ ms", "2 ms", step.text))

    monkeypatch.setattr(findtui.net.connect, "look_up", look_up)
    monkeypatch.setattr(findtui.net.probe, "probe", probe)
