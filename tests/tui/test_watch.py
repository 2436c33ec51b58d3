"""Keeping watch: what is new, changed and gone, what a refresh may cost, and how old the list is."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from findtui.dicom.query import Query
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.errors import AssociationLost, PeerTimeout, QueryFailed
from findtui.net.control import Control
from findtui.net.events import Answered, Cancelling, End, Event, Finished, Matches, Negotiated, Outcome, Requesting
from findtui.net.peer import Peer
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui import clock
from findtui.tui.app import FindtuiApp
from findtui.tui.panels.stateline import StateLine
from findtui.tui.results import Change
from findtui.tui.screens.peer_test import PeerTest
from findtui.tui.worker import Find
from tests.tui.conftest import MOMENT, PATIENCE, main, shown, state, until
from tests.tui.identifiers import STEP, worklist

LOST = AssociationLost("pacs:104 closed the connection in the middle of the query")
SILENT = PeerTimeout("pacs:104 did not send the next message within 4 s", remedy="Look whether the peer is busy")
FULL = QueryFailed("pacs:104 ended the query with status 0xA700, refused: out of resources")


class Asked:
    """An engine whose answers a test hands out: each run takes the next one.

    Attributes:
        queries: that were asked.
        gate: where it is given, a run waits for it before its last event.
    """

    def __init__(self, *answers: Sequence[Event]) -> None:
        self.queries: list[Query] = []
        self.gate: threading.Event | None = None
        self.reached = threading.Event()
        self.answers = list(answers)

    def __call__(self, peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        """The events of the next answer; the last one is given for ever."""
        self.queries.append(query)
        *events, last = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        yield Requesting(peer)
        yield Negotiated(EXPLICIT_LITTLE, 0, 0, 0.01)
        yield from events
        if self.gate is not None:
            self.reached.set()
            assert self.gate.wait(PATIENCE)
            if control.cancelled:
                last = Finished(Outcome(End.CANCELLED, _count(events), 0, 0.2))
        yield last


def _count(events: Sequence[Event]) -> int:
    return sum(len(event.responses) for event in events if isinstance(event, Matches))


def answer(responses: Sequence[Response], end: End = End.SUCCESS, **more: object) -> list[Event]:
    """Responses, and how they ended."""
    outcome = Outcome(end, len(responses), 0, 0.2, **more)  # type: ignore[arg-type]
    return [*([Matches(list(responses))] if responses else []), Finished(outcome)]


def cut_short(responses: Sequence[Response]) -> list[Event]:
    """Responses of a peer that has had enough."""
    first, last = answer(responses, End.FAILED, status=0xA700, error=FULL, cut_short=True)
    return [first, Answered(1, len(responses) + 1, 0xA700, "refused: out of resources"), last]


def items(*numbers: int) -> list[Response]:
    """The worklist items of these numbers."""
    return [worklist(number) for number in numbers]


Open = Callable[..., FindtuiApp]
"""The engine, and the keys that are asked."""


@pytest.fixture
def opened(paths: Paths) -> Open:
    """Makes an application on an engine; it asks at once."""

    def make(engine: Find, *keys: str) -> FindtuiApp:
        profile = Profile.make(name="Ward", host="127.0.0.1", port=104, model="worklist", keys=keys or ("PatientName",))
        ProfileStore(paths.profiles).save(profile)
        return FindtuiApp(paths, profile="Ward", run=True, find=engine)

    return make


async def rested(pilot: Pilot[None], runs: int, engine: Asked) -> None:
    """Wait until so many runs have been asked for and have ended."""
    await until(pilot, lambda: main(pilot).level and len(engine.queries) == runs and not main(pilot).running, "the end")


async def again(pilot: Pilot[None], engine: Asked) -> None:
    """Let the watch come round."""
    runs = len(engine.queries)
    main(pilot)._ask_again()
    await rested(pilot, runs + 1, engine)


def aside(pilot: Pilot[None]) -> str:
    """What stands on the right of the title of the results."""
    return main(pilot).results_panel.head.aside.plain


def line(pilot: Pilot[None], part: str) -> str:
    """A part of the state line."""
    return main(pilot).query_one(StateLine).texts[("crumbs", "state", "figures").index(part)]


def explained(pilot: Pilot[None]) -> str:
    """What is explained over the results."""
    explanation = main(pilot).results_panel.query_one("#explanation", Static)
    return str(explanation.content) if explanation.display else ""


def numbers(pilot: Pilot[None]) -> list[str]:
    """Accession numbers as they stand on the screen, with the mark of what changed."""
    store = shown(pilot).store
    column = [column.title for column in store.columns].index("Accession")
    marks = {row: change.value for row, change in store.changes.items()}
    return [f"{marks.get(row, '')}{int(store.cell(row, column)[3:])}" for row in store.view]


async def test_changes_are_marked_counted_and_stay_until_they_are_seen(opened: Open) -> None:
    changed = [worklist(1, "PatientComments=fasting"), *items(3, 4)]
    engine = Asked(answer(items(0, 1, 2, 3)), answer(changed), answer(changed))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("down", "down", "w")
        await rested(pilot, 2, engine)
        assert numbers(pilot) == ["-0", "~1", "-2", "3", "+4"]
        assert aside(pilot) == "+1 ~1 -2"
        assert state(pilot) == "● complete 3"
        response = main(pilot).response
        assert response is not None
        assert str(response.to_dataset().AccessionNumber) == "ACC000002", "the cursor is on its response"
        await again(pilot, engine)
        assert numbers(pilot) == ["-0", "~1", "-2", "3", "+4"]
        await pilot.press("u")
        await until(pilot, lambda: numbers(pilot) == ["1", "3", "4"], "the marks to go")
        assert aside(pilot) == ""


def told(pilot: Pilot[None]) -> str:
    """What is told of the response under the cursor in few words."""
    summary = main(pilot).detail_panel.query_one("#summary", Static)
    return str(summary.content) if summary.display else ""


async def tells(pilot: Pilot[None], text: str) -> None:
    """Wait until this is told of it."""
    await until(pilot, lambda: told(pilot).startswith(text), text)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_changed_and_when_is_told_of_the_response_under_the_cursor(
    opened: Open, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = worklist(1, f"{STEP}ScheduledProcedureStepStatus=STARTED", "PatientComments=fasting")
    engine = Asked(answer(items(0, 1, 2)), answer([moved, *items(2, 3)]), answer([moved, *items(2, 3)]))
    app = opened(engine)
    async with app.run_test(size=size) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("plus")
        assert any("nothing is marked" in note.message for note in app._notifications)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        monkeypatch.setattr(clock, "now", lambda: MOMENT + timedelta(minutes=5))
        await again(pilot, engine)
        assert numbers(pilot) == ["-0", "~1", "2", "+3"]
        expected = {
            0: "- gone since 09:41   Accession ACC000000",
            1: "~ changed at 09:41: PatientComments nothing → fasting, Status nothing → STARTED   Accession ACC000001",
            3: "+ new since 09:41   Accession ACC000003",
        }
        grid = main(pilot).results_panel.grid
        assert grid is not None
        for key, place in (("home", 0), ("plus", 1), ("plus", 3), ("plus", 0), ("minus", 3), ("minus", 1)):
            await pilot.press(key)
            assert grid.cursor == place
            await tells(pilot, expected[place])
        await pilot.press("down")
        await until(pilot, lambda: "since" not in told(pilot) and "changed" not in told(pilot), "nothing to tell")
        await pilot.press("slash", *"ACC000002", "enter")
        await until(pilot, lambda: grid.line_count == 1, "the filter")
        await pilot.press("plus")
        assert any("Nothing shown is new" in note.message for note in app._notifications)
        await pilot.press("u")
        await until(pilot, lambda: not shown(pilot).store.changes, "the marks to go")
        assert not shown(pilot).store.since
        assert not shown(pilot).store.before


async def test_what_changed_twice_is_told_against_what_was_seen_and_masked(opened: Open) -> None:
    answers = [[worklist(1, f"PatientName={name}")] for name in ("ONE", "TWO", "THREE", "ONE")]
    engine = Asked(*map(answer, answers))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        for expected in ("Patient ONE → TWO", "Patient ONE → THREE"):
            await again(pilot, engine) if main(pilot).watching else await pilot.press("w")
            await tells(pilot, f"~ changed at 09:41: {expected}")
        await pilot.press("m")
        await until(pilot, lambda: re.search(r"Patient Patient \d → Patient \d", told(pilot)), "the mask")
        await again(pilot, engine)
        await tells(pilot, "~ changed at 09:41: it is as it was again")


async def test_a_list_does_not_jump_where_nobody_moved_the_cursor(opened: Open) -> None:
    engine = Asked(answer(items(*range(60))), answer(items(*range(1, 60))))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await again_by_hand(pilot, engine)
        grid = main(pilot).results_panel.grid
        assert grid is not None
        assert (grid.cursor, grid.scroll_offset.y) == (0, 0)
        assert numbers(pilot)[:2] == ["-0", "1"]


async def again_by_hand(pilot: Pilot[None], engine: Asked) -> None:
    """Ask again by the key."""
    runs = len(engine.queries)
    await pilot.press("r")
    await rested(pilot, runs + 1, engine)


@pytest.mark.parametrize(
    ("worse", "words"),
    [
        (answer(items(7), End.BROKEN, error=LOST), "◷ 3 as of 09:41, refresh failed: peer closed the connection"),
        (answer([], End.CANCELLED), "◷ 3 as of 09:41, refresh cancelled"),
        (cut_short(items(7)), "◷ 3 as of 09:41, refresh cut short by the peer (A700 out of resources)"),
    ],
    ids=["broken", "cancelled", "cut short"],
)
async def test_what_is_worse_keeps_the_list_and_says_since_when(
    opened: Open, worse: list[Event], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Asked(answer(items(0, 1, 2)), worse, worse, answer(items(0, 1, 2)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("space")
        monkeypatch.setattr(clock, "now", lambda: MOMENT + timedelta(hours=1))
        await again_by_hand(pilot, engine)
        assert state(pilot) == words
        assert numbers(pilot) == ["0", "1", "2"]
        monkeypatch.setattr(clock, "now", lambda: MOMENT + timedelta(days=1))
        await again_by_hand(pilot, engine)
        assert state(pilot) == words.replace("09:41", "2026-11-22 09:41"), "a time of yesterday has its date"
        await again_by_hand(pilot, engine)
        assert state(pilot) == "● complete 3"
        assert shown(pilot).store.marked == {0}


async def test_an_incomplete_list_comes_back_where_nothing_better_comes(opened: Open) -> None:
    part, nothing = answer(items(0, 1, 2), End.BROKEN, error=LOST), answer([], End.BROKEN, error=SILENT)
    engine = Asked(part, nothing, answer(items(0), End.BROKEN, error=LOST), answer(items(2, 1, 0, 5)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        assert state(pilot) == "✖ broken off after 3: peer closed the connection"
        await pilot.press("down", "space")
        for why in ("time-out", "peer closed the connection"):
            await again_by_hand(pilot, engine)
            assert state(pilot) == f"◷ 3 (incomplete) as of 09:41, refresh failed: {why}"
            assert numbers(pilot) == ["0", "1", "2"]
            assert shown(pilot).store.marked == {1}
        await again_by_hand(pilot, engine)
        assert state(pilot) == "● complete 4"
        assert numbers(pilot) == ["2", "1", "0", "5"], "of a list that was incomplete, nothing is known to be new"
        assert shown(pilot).store.marked == {1}


async def test_what_a_limited_peer_does_not_send_is_not_gone(opened: Open) -> None:
    engine = Asked(
        cut_short(items(0, 1, 2)), cut_short([worklist(0), worklist(2, "PatientComments=late"), worklist(9)])
    )
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        assert numbers(pilot) == ["0", "~2", "9"]
        assert state(pilot) == "▲ 3, cut short by the peer (A700 out of resources)"


async def test_an_incomplete_list_under_watch_stays_in_sight_meanwhile(opened: Open) -> None:
    engine = Asked(cut_short(items(0, 1, 2)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        engine.gate = threading.Event()
        main(pilot)._ask_again()
        await until(pilot, lambda: engine.reached.is_set() and state(pilot).startswith("◐"), "the refresh to run")
        assert numbers(pilot) == ["0", "1", "2"]
        assert state(pilot) == "◐ refreshing, 3 so far"
        engine.gate.set()
        await rested(pilot, 3, engine)


async def test_what_is_done_while_a_refresh_runs_holds_after_it(opened: Open) -> None:
    engine = Asked(answer(items(*range(20))))
    app = opened(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await rested(pilot, 1, engine)
        engine.gate = threading.Event()
        await pilot.press("r")
        await until(pilot, engine.reached.is_set, "the refresh to run")
        await pilot.press("m", "x", "slash", *"ct0", "enter", "S", "space")
        engine.gate.set()
        await rested(pilot, 2, engine)
        store = shown(pilot).store
        assert (store.filter_text, store.raw, store.sort_reverse) == ("ct0", True, True)
        assert store.mask is not None, "what was masked meanwhile stays so"
        assert len(store.marked) == 1
        assert "/ ct0: " in aside(pilot)


async def test_today_is_another_day_after_midnight_and_the_list_says_so(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Asked(answer(items(0, 1)), answer([], End.BROKEN, error=SILENT), answer(items(1, 2)))
    app = opened(engine, "PatientName", "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate=today")
    async with app.run_test(size=(200, 30)) as pilot:
        await rested(pilot, 1, engine)
        assert line(pilot, "crumbs") == "Ward ▸ Modality worklist ▸ today (2026-11-22)"
        monkeypatch.setattr(clock, "now", lambda: MOMENT + timedelta(hours=14, minutes=20))
        await pilot.press("w")
        await rested(pilot, 2, engine)
        assert "today (2026-11-22)" in line(pilot, "crumbs"), "what is kept is of the day before"
        await again(pilot, engine)
        assert [query.keys[1].value for query in engine.queries] == ["20261122", "20261123", "20261123"]
        assert "today (2026-11-23)" in line(pilot, "crumbs")
        assert aside(pilot) == "2026-11-23 since 00:01  +1"
        assert numbers(pilot) == ["1", "+2"], "what is not asked for any more is not gone"
        await pilot.press("u")
        await until(pilot, lambda: aside(pilot) == "", "the remark to go")


async def test_the_history_keeps_what_somebody_asked_and_not_the_watch(opened: Open, paths: Paths) -> None:
    engine = Asked(answer(items(0)), answer([], End.BROKEN, error=SILENT))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        kept = paths.history.read_text()
        assert kept
        for _ in range(3):
            await again(pilot, engine)
        assert paths.history.read_text() == kept


async def test_a_watch_goes_on_after_a_run_that_could_not_be_asked(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Asked(answer(items(0)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        with monkeypatch.context() as broken:
            broken.setattr(FindtuiApp, "ready_peer", _no_peer)
            main(pilot)._ask_again()
            await until(pilot, lambda: main(pilot)._alarm is not None, "the next alarm")
        assert main(pilot).watching
        await pilot.press("ctrl+w")
        assert main(pilot)._alarm is None
        assert "⟳ paused" in line(pilot, "figures")
        await pilot.press("ctrl+w", "w")
        assert main(pilot)._alarm is None
        assert not main(pilot).watching


async def _no_peer(*_: object) -> None:
    return None


async def test_a_second_cancel_does_not_wait_for_the_peer(opened: Open) -> None:
    waiting, controls = threading.Event(), []

    def deaf(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        controls.append(control)
        yield Requesting(peer)
        yield Negotiated(EXPLICIT_LITTLE, 0, 0, 0.01)
        yield Matches(items(0, 1))
        assert waiting.wait(PATIENCE)
        yield Cancelling(1, 1)
        yield Finished(Outcome(End.CANCELLED, 2, 0, 0.2))

    app = opened(deaf)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: controls and state(pilot) == "◐ 2 so far", "responses")
        await pilot.press("c")
        assert state(pilot) == "◐ 2 so far, cancelling, c again aborts"
        assert (controls[0].cancelled, controls[0].aborted) == (True, False)
        await pilot.press("c")
        assert controls[0].aborted
        waiting.set()
        await until(pilot, lambda: state(pilot) == "▲ cancelled, 2 kept", "the end")
        assert numbers(pilot) == ["0", "1"]


async def test_nothing_matches_only_where_the_peer_said_so(opened: Open) -> None:
    engine = Asked(answer([], End.CANCELLED), answer([]))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        assert explained(pilot).startswith("The query was cancelled before anything came")
        await again_by_hand(pilot, engine)
        assert explained(pilot).startswith("Nothing matches.")


async def test_a_peer_that_was_not_reached_is_to_be_tested_and_one_that_answered_is_not(opened: Open) -> None:
    engine = Asked(answer([], End.BROKEN, error=LOST), answer([], End.FAILED, error=FULL))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        assert explained(pilot).splitlines()[-1].startswith("1, then t, tests the peer step by step")
        await pilot.press("1", "t")
        await until(pilot, lambda: isinstance(app.screen, PeerTest), "the test")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is main(pilot), "the test to close")
        await again_by_hand(pilot, engine)
        assert explained(pilot) == f"✖ {FULL.message}"


async def test_why_is_explained_over_what_came_and_can_be_put_away(opened: Open) -> None:
    broken = answer(items(0, 1), End.BROKEN, error=SILENT)
    engine = Asked(broken, broken, answer(items(0, 1, 2)), broken)
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        words = "✖ pacs:104 did not send the next message within 4 s\nLook whether the peer is busy"
        assert explained(pilot) == words
        grid = main(pilot).results_panel.grid
        assert grid is not None
        assert grid.region.height > 10
        await pilot.press("escape")
        assert not explained(pilot)
        await again_by_hand(pilot, engine)
        assert not explained(pilot), "the same again is not told again"
        await again_by_hand(pilot, engine)
        await again_by_hand(pilot, engine)
        assert explained(pilot) == words, "after a good answer it is"
        assert line(pilot, "state") == "◷ 3 as of 09:41, refresh failed: time-out"


async def test_keys_that_were_edited_do_not_claim_the_list(opened: Open) -> None:
    engine = Asked(answer(items(0, 1)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        assert aside(pilot) == ""
        await pilot.press("2", "a", *"PatientID=7", "enter")
        await until(pilot, lambda: "keys edited: r asks anew" in aside(pilot), "the remark")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: aside(pilot) == "", "the remark to go")
        await pilot.press("ctrl+y", "3", "r")
        await rested(pilot, 2, engine)
        assert aside(pilot) == ""


async def test_a_filter_never_makes_a_part_look_whole(opened: Open) -> None:
    engine = Asked(cut_short(items(*range(10))), answer(items(*range(5, 15))))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("slash", *"room=ct", "enter")
        assert aside(pilot) == "/ Room=ct: 8 of 10 that came"
        await again_by_hand(pilot, engine)
        assert aside(pilot) == "/ Room=ct: 8 of 10  -5"
        assert {Change.GONE} == set(shown(pilot).store.changes.values())


async def test_another_query_is_not_watched_and_waits_for_nothing(opened: Open) -> None:
    engine = Asked(answer(items(0, 1)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        engine.gate = threading.Event()
        main(pilot)._ask_again()
        await until(pilot, engine.reached.is_set, "a run")
        main(pilot).use_question(main(pilot).question.having_keys(("PatientID",)))
        assert (main(pilot).watching, main(pilot).running) == (False, False)
        assert state(pilot) == "○ idle"
        engine.gate.set()
        await pilot.press("r")
        await rested(pilot, 4, engine)
        assert state(pilot) == "● complete 2"


async def test_another_interval_holds_at_once_and_nonsense_does_not(opened: Open) -> None:
    engine = Asked(answer(items(0, 1)))
    app = opened(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rested(pilot, 1, engine)
        await pilot.press("w")
        await rested(pilot, 2, engine)
        before = main(pilot)._alarm
        await pilot.press("W")
        await until(pilot, lambda: app.screen is not main(pilot), "the question")
        await pilot.press("ctrl+u", *"1", "enter")
        assert app.screen is not main(pilot), "one second is not enough"
        await pilot.press("ctrl+u", *"003600000", "enter")
        assert app.screen is not main(pilot), "over a month is too long"
        await pilot.press("ctrl+u", "1")
        await pilot.press("0", "enter")
        await until(pilot, lambda: app.screen is main(pilot), "the answer")
        assert app.settings.watch_interval == 10
        await until(pilot, lambda: main(pilot)._alarm is not before, "another alarm")
        assert "⟳ every 10 s" in line(pilot, "figures")
