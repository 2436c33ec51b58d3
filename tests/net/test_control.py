"""Stopping a run from another thread, at every moment of it."""

from __future__ import annotations

import socket
import threading

import pytest

from findtui.dicom.query import Query
from findtui.errors import AssociationLost
from findtui.net import commands
from findtui.net.control import Control
from findtui.net.events import Answered, Cancelling, Closing, End, Event, Finished, Matches, QuerySent, Warned
from findtui.net.find import find
from findtui.net.peer import Peer
from tests.net import pdus
from tests.net.asking import BRIEF_GRACE, PATIENT, QUERY, run
from tests.net.scripted import Conversation, Script


def later(action: threading.Event, stop: object) -> threading.Thread:
    """A thread that stops the run as soon as `action` is set."""

    def wait() -> None:
        assert action.wait(20)
        stop()  # type: ignore[operator]

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("how", ["cancel", "abort"])
def test_a_run_that_is_stopped_before_it_begins_does_not_connect(how: str) -> None:
    control = Control()
    getattr(control, how)()
    events = list(find(Peer("127.0.0.1", 1), QUERY, control))
    assert [type(event).__name__ for event in events] == ["Requesting", "Finished"]
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome.end is End.CANCELLED


@pytest.mark.parametrize("how", ["cancel", "abort"])
def test_a_connection_that_is_waited_for_can_be_given_up(how: str) -> None:
    # A listener with a full queue takes no connection and refuses none.
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        control, asked = Control(), threading.Event()
        thread = later(asked, getattr(control, how))
        events = []
        for event in find(Peer("127.0.0.1", listener.getsockname()[1], timeouts=PATIENT), QUERY, control):
            asked.set()
            events.append(event)
        thread.join()
        assert isinstance(events[-1], Finished)
        assert events[-1].outcome.end is End.CANCELLED


@pytest.mark.parametrize("how", ["cancel", "abort"])
def test_an_association_request_that_is_not_answered_can_be_given_up(how: str) -> None:
    control, asked = Control(), threading.Event()
    thread = later(asked, getattr(control, how))

    def script(peer: Conversation) -> None:
        peer.read_pdu()
        asked.set()
        peer.until_closed()

    outcome = run(script, control=control).outcome
    thread.join()
    assert (outcome.end, outcome.error) == (End.CANCELLED, None)


def test_cancel_sends_c_cancel_and_takes_what_still_comes() -> None:
    control, told = Control(), threading.Event()
    thread = later(told, control.cancel)

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        assert peer.read_message()[0] == commands.cancel_request(1)
        peer.send(pdus.pending(), pdus.final(0xFE00))
        peer.end()

    result = run(script, control=control, on_event=lambda event: told.set() if isinstance(event, Matches) else None)
    thread.join()
    assert (result.outcome.end, result.outcome.received, result.outcome.error) == (End.CANCELLED, 2, None)
    assert len(result.of(Cancelling)) == 1
    assert result.kinds[-1] == pdus.RELEASE_RQ


def test_a_cancel_that_is_ignored_ends_in_an_abort_after_the_grace_time() -> None:
    control, told = Control(), threading.Event()
    thread = later(told, control.cancel)

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        peer.read_message()
        peer.until_closed()

    result = run(
        script,
        control=control,
        timeouts=BRIEF_GRACE,
        on_event=lambda event: told.set() if isinstance(event, Matches) else None,
    )
    thread.join()
    assert (result.outcome.end, result.outcome.received, result.outcome.error) == (End.CANCELLED, 1, None)
    assert result.of(Closing)[0].abort


def test_a_peer_that_floods_and_ignores_the_cancel_is_aborted_too() -> None:
    control = Control()

    def script(peer: Conversation) -> None:
        peer.query()
        block = pdus.pending() * 500
        while not peer.stop.is_set():
            peer.send(block)

    result = run(
        script,
        control=control,
        timeouts=BRIEF_GRACE,
        on_event=lambda event: control.cancel() if isinstance(event, Matches) else None,
    )
    assert result.outcome.end is End.CANCELLED
    assert result.outcome.received == len(result.responses) > 0
    assert len(result.of(Cancelling)) == 1


def leave(peer: Conversation) -> None:
    peer.query()
    peer.send(pdus.pending() * 3)


def break_off(peer: Conversation) -> None:
    leave(peer)
    peer.reset()


@pytest.mark.usefixtures("late_cancel")
@pytest.mark.parametrize(("script", "why"), [(leave, "Broken pipe"), (break_off, "Connection reset by peer")])
def test_a_cancel_that_comes_too_late_costs_none_of_the_responses(script: Script, why: str) -> None:
    result = run(script, query=Query(keys=QUERY.keys, cancel_after=1))
    assert len(result.of(Cancelling)) == 1
    (warning,) = result.of(Warned)
    assert f"cannot be told to cancel ({why})" in warning.text
    assert warning.dcmtk.splitlines() == [
        "E: Cancel Request Failed: 0006:020e DIMSE Failed to send message",
        f"E: 0006:031d TCP I/O Error ({why}) occurred in routine: writeDataPDU",
    ]
    assert [response.number for response in result.responses] == [1, 2, 3]
    assert result.outcome.end is End.BROKEN
    assert isinstance(result.outcome.error, AssociationLost)


@pytest.mark.usefixtures("late_cancel")
def test_the_final_answer_of_a_peer_that_is_told_too_late_counts() -> None:
    def script(peer: Conversation) -> None:
        leave(peer)
        peer.send(pdus.final())

    result = run(script, query=Query(keys=QUERY.keys, cancel_after=1))
    assert (len(result.of(Warned)), len(result.responses), len(result.of(Answered))) == (1, 3, 1)


def test_abort_ends_at_once_and_keeps_what_came() -> None:
    control, told = Control(), threading.Event()
    thread = later(told, control.abort)

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        peer.end()

    result = run(script, control=control, on_event=lambda event: told.set() if isinstance(event, Matches) else None)
    thread.join()
    assert (result.outcome.end, result.outcome.received) == (End.CANCELLED, 1)
    assert result.kinds[-1] == pdus.ABORT


def test_a_cancel_leaves_the_other_queries_of_the_run_unasked() -> None:
    control = Control()

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.final())
        peer.end()

    def stop(event: Event) -> None:
        if isinstance(event, QuerySent):
            control.cancel()

    result = run(script, query=Query(keys=QUERY.keys, repeat=5), control=control, on_event=stop)
    assert result.outcome.end is End.CANCELLED
    assert len(result.of(QuerySent)) == 1


def test_control_may_be_used_again_and_again_and_after_the_run() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.final())
        peer.end()

    control = Control()
    assert run(script, control=control).outcome.end is End.SUCCESS
    for _ in range(100_000):
        control.cancel()
    control.abort()
    assert control.aborted
    assert control.cancelled


def test_an_interrupt_in_the_middle_leaves_nothing_open() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        peer.end()

    def interrupt(event: Event) -> None:
        if isinstance(event, Matches):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(script, on_event=interrupt)
