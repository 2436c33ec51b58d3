"""The engine in this process, against every peer that misbehaves: it ends, and leaves nothing behind."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from findtui.command.arguments import interpret
from findtui.command.build import make_peer, make_query
from findtui.command.grammar import parse
from findtui.dicom.query import Query
from findtui.net.control import Control
from findtui.net.events import Cancelling, End, Event, Finished, Matches, Negotiated, Outcome, QuerySent, Requesting
from findtui.net.find import find
from findtui.net.peer import Peer, Timeouts
from tests.hostile.behaviour import Behaviour, answering
from tests.hostile.catalogue import BEHAVIOURS
from tests.hostile.ending import PLACES, Place
from tests.hostile.headless import TIMEOUTS
from tests.net import pdus
from tests.net.scripted import Conversation, Script, ScriptedServer

GROUPS = 6
AT_ONCE = 16
PATIENCE = 30.0
LONG = Timeouts(connect=60, socket=60, acse=60, dimse=60, cancel_grace=0.3)


def asked(behaviour: Behaviour, port: int) -> tuple[Peer, Query]:
    """What headless would ask."""
    words = [*TIMEOUTS, *behaviour.arguments, "-k", "PatientName", "127.0.0.1", str(port)]
    arguments = interpret(parse(words))
    return make_peer(arguments), make_query(arguments)


def ended(events: Iterator[Event]) -> tuple[Outcome, int]:
    """How a run ended, and how many responses it told of."""
    told = 0
    for event in events:
        if isinstance(event, Matches):
            told += len(event.responses)
        elif isinstance(event, Finished):
            return event.outcome, told
    raise AssertionError("a run without end")


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No thread and no descriptor more than before, whatever the test did."""
    gc.collect()
    threads, files = set(threading.enumerate()), open_files()
    yield
    gc.collect()
    left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    assert not left
    assert open_files() <= files


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True, scope="module")
def everything_loaded() -> None:
    """What is opened once, and for good, has been opened before the first count."""
    for name in ("answers as it should", "deflated as it should be"):
        assert not problems(next(behaviour for behaviour in BEHAVIOURS if behaviour.name == name))


def problems(behaviour: Behaviour) -> list[str]:
    """What is wrong with a query to such a peer, in words."""
    with ScriptedServer(behaviour.script) as server:
        outcome, told = ended(find(*asked(behaviour, server.port)))
    status = 0 if outcome.error is None else outcome.error.exit_status
    found = []
    if status not in behaviour.statuses:
        found.append(f"status {status} ({outcome.error})")
    if told != outcome.received or (behaviour.kept >= 0 and told != behaviour.kept):
        found.append(f"{told} responses told of, {outcome.received} counted, {behaviour.kept} sent")
    if outcome.error is not None and "127.0.0.1" not in str(outcome.error):
        found.append(f"it does not say with whom: {outcome.error}")
    if (outcome.end in (End.SUCCESS, End.CANCELLED) and not outcome.unreadable) != (status == 0):
        found.append(f"it is called {outcome.end}")
    return [f"{behaviour}: {'; '.join(found)}"] if found else []


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_run_ends_and_tells_the_truth(group: int) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [problem for each in pool.map(problems, BEHAVIOURS[group::GROUPS]) for problem in each]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", [Requesting, Negotiated, QuerySent, Matches, Cancelling])
def test_an_iterator_that_is_closed_early_aborts(kind: type[Event]) -> None:
    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(pdus.pending() * 3)
        while conversation.read_pdu()[0] not in (0, pdus.ABORT):
            continue

    with ScriptedServer(script) as server:
        query = asked(BEHAVIOURS[0], server.port)[1]._replace(cancel_after=2)
        events = find(Peer("127.0.0.1", server.port, timeouts=LONG), query)
        for event in events:
            if isinstance(event, kind):
                break
        events.close()
    if kind is Requesting:
        assert not server.conversations
    else:
        assert server.received[-1][0] == pdus.ABORT


def ended_by(
    stop: Callable[[Control], None],
    script: Script,
    reached: threading.Event,
    arguments: tuple[str, ...] = (),
    kept: int = 0,
) -> Outcome:
    """A run with long time-outs that another thread stops once its peer is at a place and `kept` responses came."""
    outcomes: list[Outcome] = []
    taken = threading.Event()

    def watched(events: Iterator[Event]) -> Iterator[Event]:
        told = 0
        for event in events:
            told += len(event.responses) if isinstance(event, Matches) else 0
            if told >= kept:
                taken.set()
            yield event

    with ScriptedServer(script) as server:
        query = asked(Behaviour("", "", script, frozenset(), 0, (), arguments), server.port)[1]
        control = Control()
        peer = Peer("127.0.0.1", server.port, timeouts=LONG)
        thread = threading.Thread(target=lambda: outcomes.append(ended(watched(find(peer, query, control)))[0]))
        thread.start()
        assert reached.wait(PATIENCE)
        assert taken.wait(PATIENCE)
        stop(control)
        thread.join(PATIENCE)
        try:
            assert not thread.is_alive(), "the run goes on"
        finally:
            control.abort()
            thread.join(PATIENCE)
    return outcomes[0]


def stopped(place: Place, stop: Callable[[Control], None]) -> Outcome:
    """A run that another thread stops while its peer is silent in this place."""
    reached = threading.Event()

    def script(conversation: Conversation) -> None:
        place.lead(conversation)
        reached.set()
        # Whatever else is sent, such as the cancel, is taken in silence.
        conversation.until_closed()

    return ended_by(stop, script, reached, place.arguments, place.kept)


@pytest.mark.parametrize("stop", [Control.cancel, Control.abort], ids=["cancel", "abort"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_another_thread_can_stop_it_in_every_place(place: Place, stop: Callable[[Control], None]) -> None:
    outcome = stopped(place, stop)
    assert (outcome.end, outcome.received) == (End.CANCELLED, place.kept)


@pytest.mark.parametrize(
    ("flood", "received"),
    [(pdus.pending(), True), (pdus.pending(b""), True), (pdus.pending(b"\xff" * 40), False)],
    ids=["responses", "nothing", "rubbish"],
)
def test_a_run_can_be_stopped_while_its_peer_floods(flood: bytes, received: bool) -> None:
    reached = threading.Event()

    def script(conversation: Conversation) -> None:
        conversation.query()
        while not conversation.stop.is_set():
            conversation.send(flood * 50)
            reached.set()

    outcome = ended_by(Control.cancel, script, reached)
    assert outcome.end is End.CANCELLED
    assert bool(outcome.received) == received
    assert bool(outcome.unreadable) != received


def test_a_run_can_be_stopped_while_its_peer_floods_the_release() -> None:
    reached = threading.Event()

    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(pdus.pending(), pdus.final())
        conversation.read_pdu()
        while not conversation.stop.is_set():
            conversation.send(pdus.pending() * 50)
            reached.set()

    outcome = ended_by(Control.cancel, script, reached)
    assert outcome.end is End.CANCELLED
    assert outcome.received == 1


def test_a_run_after_all_of_that_is_as_good_as_the_first() -> None:
    good = Behaviour("", "good", answering(pdus.pending(), pdus.final()), frozenset((0,)), 1, (), ())
    assert not problems(good)
