"""A server that behaves in another way each time it is asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.net.events import Finished, Outcome
from findtui.net.find import find
from findtui.net.peer import Peer, Timeouts
from tests.hostile.behaviour import Behaviour, answering
from tests.hostile.catalogue import BEHAVIOURS
from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer

LASTING = (
    "drip", "silent", "silence", "ever", "never", "without end", "ignores", "now and then", "million", "bomb", "MiB",
)  # fmt: skip
"""Words in the names of behaviours that wait for a time-out, take seconds or hold much memory: unfit for a soak."""

TIMEOUTS = Timeouts(connect=2, socket=2, acse=2, dimse=2, total=5, cancel_grace=1)


def quick_behaviours() -> list[Behaviour]:
    """A part of those that are over in a moment, with a well-behaved one now and then."""
    quick = [b for b in BEHAVIOURS if not b.arguments and not any(word in b.name for word in LASTING)][::4]
    good = Behaviour(
        "answering", "as it should", answering(*[pdus.pending()] * 500, pdus.final()), frozenset((0,)), 500, (), ()
    )
    return [behaviour for bad in quick for behaviour in (bad, good)]


class FlakyServer(ScriptedServer):
    """Plays the quick behaviours in turn, for ever."""

    def __init__(self) -> None:
        behaviours = itertools.cycle(quick_behaviours())

        def script(conversation: Conversation) -> None:
            next(behaviours).script(conversation)

        super().__init__(script)

    def forget(self) -> None:
        """Let go of conversations that are over: they would look like a leak."""
        self.conversations.clear()
        self._threads[:] = [thread for thread in self._threads if thread.is_alive()]


def ask(port: int, each: Callable[[object], None] = lambda event: None) -> Outcome:
    """One query, to its end."""
    peer = Peer("127.0.0.1", port, timeouts=TIMEOUTS)
    for event in find(peer, Query(keys=(Key.parse("PatientName"),))):
        each(event)
        if isinstance(event, Finished):
            return event.outcome
    raise AssertionError("a run without end")
