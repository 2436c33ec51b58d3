"""The words of the state line, and the thread behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from findtui.dicom.query import Query
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.errors import (
    AssociationLost,
    AssociationRejected,
    FindtuiError,
    PeerTimeout,
    QueryFailed,
    TLSHandshakeFailed,
    UnreadableResponses,
)
from findtui.net.control import Control
from findtui.net.events import End, Event, Finished, Matches, Negotiated, Outcome, Requesting
from findtui.net.peer import Peer
from findtui.tui.panels.stateline import arranged
from findtui.tui.state import Phase, RunState, Tone, short
from findtui.tui.worker import GRACE_LENGTH, LIMIT, LIMIT_LENGTH, LONGEST_ANSWER, Find, Run
from tests.tui.conftest import MOMENT

PEER = Peer("pacs", 104)
PATIENCE = 60


def ended(outcome: Outcome, meaning: str = "", **more: object) -> RunState:
    state = RunState(Phase.ENDED, outcome=outcome, meaning=meaning, elapsed=outcome.elapsed)
    for name, value in more.items():
        setattr(state, name, value)
    return state


REJECTED = AssociationRejected("pacs:104 refused the association: called AE title not recognised")
LOST = AssociationLost("pacs:104 broke off: peer closed the connection")
FAILED = QueryFailed("pacs:104 ended the query with status 0xA700: out of resources")
SILENT = PeerTimeout("pacs:104 did not answer: time-out")
UNPINNED = TLSHandshakeFailed("the certificate is not the pinned one (subject CN=pacs)")


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        (RunState(), "○ idle", Tone.QUIET),
        (RunState(Phase.CONNECTING), "◌ connecting", Tone.BUSY),
        (RunState(Phase.NEGOTIATED), "◌ negotiated", Tone.BUSY),
        (RunState(Phase.RECEIVING, 1312), "◐ 1,312 so far", Tone.BUSY),
        (RunState(Phase.RECEIVING, 7, 2), "◐ 7 so far, 2 unreadable", Tone.BUSY),
        (RunState(Phase.CANCELLING, 40), "◐ 40 so far, cancelling, c again aborts", Tone.BUSY),
        (ended(Outcome(End.SUCCESS, 38, 0, 0.2)), "● complete 38", Tone.GOOD),
        (
            ended(Outcome(End.SUCCESS, 36, 2, 0.2, error=UnreadableResponses("2 of 38"))),
            "● complete 36, 2 unreadable",
            Tone.PARTIAL,
        ),
        (ended(Outcome(End.CANCELLED, 40, 0, 0.2)), "▲ cancelled, 40 kept", Tone.PARTIAL),
        (
            ended(Outcome(End.FAILED, 500, 0, 0.2, 0xA700, FAILED, cut_short=True), "A700 out of resources"),
            "▲ 500, cut short by the peer (A700 out of resources)",
            Tone.PARTIAL,
        ),
        (
            ended(Outcome(End.BROKEN, 12, 0, 0.2, error=LOST)),
            "✖ broken off after 12: peer closed the connection",
            Tone.BAD,
        ),
        (ended(Outcome(End.BROKEN, 0, 0, 0.2, error=REJECTED)), "✖ refused: called AE title not recognised", Tone.BAD),
        (
            ended(Outcome(End.BROKEN, 0, 0, 9, error=SILENT), stale_since=datetime(2026, 11, 22, 9, 41), kept=38),
            "◷ 38 as of 09:41, refresh failed: time-out",
            Tone.PARTIAL,
        ),
        (ended(Outcome(End.FAILED, 0, 0, 0.2, 0xC001, FAILED), "C001 unable"), "✖ refused: C001 unable", Tone.BAD),
        (ended(Outcome(End.BROKEN, 0, 9, 0.2, error=SILENT)), "✖ time-out, 9 unreadable", Tone.BAD),
        (ended(Outcome(End.BROKEN, 0, 0, 0.2, error=UNPINNED)), "✖ the certificate is not the pinned one", Tone.BAD),
    ],
)
def test_words(state: RunState, words: str, tone: Tone) -> None:
    assert str(state.words()) == words
    assert state.words().tone is tone


def test_words_show_what_would_act_on_a_terminal() -> None:
    error = AssociationLost("pacs: \x1b[2J\u202egone")
    assert str(ended(Outcome(End.BROKEN, 0, 0, 1, error=error)).words()) == "✖ \\x1b[2J\\u202egone"


def answers(count: int, *, size: int = 1) -> list[Event]:
    responses = [Response(number, b"", EXPLICIT_LITTLE) for number in range(size)]
    return [Requesting(PEER), *(Matches(responses) for _ in range(count)), Finished(Outcome(End.SUCCESS, count, 0, 1))]


def test_everything_arrives_in_order_with_one_wake_for_the_first_of_it_and_one_for_the_end() -> None:
    woken = threading.Semaphore(0)
    events = answers(50)
    run = Run(PEER, Query(), lambda _: woken.release(), lambda *_: iter(events))
    run.start()
    for _ in range(2):
        assert woken.acquire(timeout=PATIENCE)
    assert run.over
    assert run.take() == events
    assert run.abandon(PATIENCE)
    assert not woken.acquire(blocking=False)


def test_a_full_queue_makes_the_engine_wait() -> None:
    made, batches = 0, 2 * LIMIT // 500
    full = threading.Event()
    batch = [Response(number, b"", EXPLICIT_LITTLE) for number in range(500)]

    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        nonlocal made
        for _ in range(batches):
            made += 1
            if made > LIMIT // 500:
                full.set()
            yield Matches(batch)
        yield Finished(Outcome(End.SUCCESS, made, 0, 1))

    woken = threading.Event()
    run = Run(PEER, Query(), lambda _: woken.set(), find)
    run.start()
    assert full.wait(PATIENCE)
    assert made == LIMIT // 500 + 1
    heard: list[Event] = []
    while not any(isinstance(event, Finished) for event in heard):
        assert woken.wait(PATIENCE)
        woken.clear()
        heard += run.take()
    assert made == batches
    assert len(heard) == batches + 1


def heard_of(find: Find) -> list[Event]:
    """Everything that a run tells, taken as it comes."""
    woken = threading.Event()
    run = Run(PEER, Query(), lambda _: woken.set(), find)
    run.start()
    heard: list[Event] = []
    while not any(isinstance(event, Finished) for event in heard):
        assert woken.wait(PATIENCE)
        woken.clear()
        heard += run.take()
    return heard


def test_large_responses_fill_the_queue_sooner() -> None:
    made = 0
    full = threading.Event()
    large = Response(1, bytes(LIMIT_LENGTH // 2), EXPLICIT_LITTLE)
    woken = threading.Event()

    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        nonlocal made
        for _ in range(9):
            made += 1
            if made > 2:
                full.set()
            yield Matches([large])
        yield Finished(Outcome(End.SUCCESS, made, 0, 1))

    run = Run(PEER, Query(), lambda _: woken.set(), find)
    run.start()
    assert full.wait(PATIENCE)
    assert made == 3
    assert run.abandon(PATIENCE)


@pytest.mark.parametrize("obeys", [True, False], ids=["obeys the cancel", "ignores the cancel"])
def test_an_answer_without_end_is_broken_off_and_that_is_said(obeys: bool) -> None:
    large = Response(1, bytes(4 * 1024 * 1024), EXPLICIT_LITTLE)
    sent = 0

    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        nonlocal sent
        while not (control.cancelled if obeys else control.aborted):
            sent += 1
            yield Matches([large])
        yield Finished(Outcome(End.CANCELLED, sent, 0, 1))

    finished = heard_of(find)[-1]
    assert sent <= (LONGEST_ANSWER + GRACE_LENGTH) // len(large.identifier) + 1
    assert isinstance(finished, Finished)
    assert finished.outcome.end is End.BROKEN
    words = str(ended(finished.outcome).words())
    assert words == f"✖ broken off after {sent}: peer sent more than the 160 MiB of responses that are kept"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PeerTimeout("[::1]:104 did not send the next message within 4 s"),
         "peer did not send the next message within 4 s"),
        (AssociationLost("10.0.0.9:104 aborted the association in the middle of the query (by its user)"),
         "peer aborted the association"),
        (AssociationLost("pacs:104 closed the connection in the middle of the query, in the middle of a PDU (reset)"),
         "peer closed the connection in the middle of the query, in the middle of a PDU"),
        (AssociationRejected("pacs:104 rejected the association: called AE title X not recognised (permanent, by it)"),
         "called AE title X not recognised"),
        (QueryFailed("no connection to pacs:104: Connection refused"), "Connection refused"),
        (QueryFailed("pacs:104 ended the query with status 0xA700, full: told to: fail"), "told to: fail"),
    ],
)  # fmt: skip
def test_a_reason_is_short_and_says_who(error: FindtuiError, words: str) -> None:
    assert short(error) == words


def ended_at(moment: datetime) -> RunState:
    return ended(Outcome(End.SUCCESS, 1, 0, 0.2), ended=moment)


def test_a_list_says_when_it_came() -> None:
    assert ended_at(MOMENT).figures() == ("at 09:41", "0.2 s")
    assert ended_at(MOMENT - timedelta(days=1)).figures() == ("at 2026-11-21 09:41", "0.2 s")
    assert RunState(Phase.RECEIVING, received=12, rate=1240.4, elapsed=0.3).figures() == ("1,240/s", "0.3 s")
    assert RunState().figures() == ()


CRUMBS = ("Ward", "Patient root", "A very long name, with many given names", "STUDY")


@pytest.mark.parametrize(
    ("width", "places", "words", "figures"),
    [
        (120, " ▸ ".join(CRUMBS), "● complete 38", "⟳ every 60 s  at 09:41  0.2 s"),
        (100, "Ward ▸ Patient root ▸ A very long name, w… ▸ STUDY", "● complete 38", "⟳ every 60 s  at 09:41  0.2 s"),
        (90, "Ward ▸ … ▸ A very long name, w… ▸ STUDY", "● complete 38", "⟳ every 60 s  at 09:41  0.2 s"),
        (78, "Ward ▸ … ▸ A very long name, w… ▸ STUDY", "● complete 38", "⟳ every 60 s  at 09:41"),
        (60, "Ward ▸ … ▸ A very long… ▸ STUDY", "● complete 38", "⟳ every 60 s"),
        (50, "Ward ▸ … ▸ STUDY", "● complete 38", "⟳ every 60 s"),
        (40, "Ward", "● complete 38", "⟳ every 60 s"),
        (20, "Ward", "● complete 38", ""),
        (12, "Ward", "● com…", ""),
    ],
)
def test_the_words_come_first_where_there_is_little_room(width: int, places: str, words: str, figures: str) -> None:
    found = arranged(CRUMBS, "● complete 38", ("⟳ every 60 s", "at 09:41", "0.2 s"), width)
    assert found == (places, words, figures)
    assert sum(map(len, found)) + 2 + 2 * bool(figures) <= width


def test_a_figure_that_has_no_room_gives_it_to_the_next() -> None:
    figures = ("⟳ every 60 s", "at 09:41", "0.2 s")
    assert arranged(("Demo server", "Modality worklist"), "● complete 58", figures, 38) == (
        "Demo server", "● complete 58", "at 09:41"
    )  # fmt: skip


def test_where_one_is_stands_there_while_nothing_was_asked() -> None:
    assert arranged(CRUMBS[:2], "○ idle", (), 60) == ("Ward ▸ Patient root", "○ idle", "")


@pytest.mark.parametrize("error", [LOST, ValueError("a mistake of ours")])
def test_what_goes_wrong_in_the_thread_becomes_an_event(error: Exception) -> None:
    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        yield Negotiated(EXPLICIT_LITTLE, 0, 0, 0.0)
        yield Matches([Response(1, b"", EXPLICIT_LITTLE)])
        raise error

    finished = heard_of(find)[-1]
    assert isinstance(finished, Finished)
    assert finished.outcome.end is End.BROKEN
    assert finished.outcome.received == 1
    assert str(error).partition(".")[0] in str(finished.outcome.error)


def test_a_run_that_is_abandoned_is_cancelled_then_aborted() -> None:
    seen: list[str] = []
    started = threading.Event()

    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        yield Requesting(peer)
        started.set()
        while not control.aborted:
            if control.cancelled and "cancelled" not in seen:
                seen.append("cancelled")
        seen.append("aborted")

    run = Run(PEER, Query(), lambda _: None, find)
    run.start()
    assert started.wait(PATIENCE)
    assert run.abandon(0.2)
    assert seen == ["cancelled", "aborted"]
