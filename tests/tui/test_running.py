"""What happens while a query runs, and when things go wrong."""

from __future__ import annotations

import json
import select
import signal
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pydicom import Dataset
from textual.geometry import Size
from textual.timer import Timer, TimerCallback
from textual.widgets import Static

from findtui.demo.behaviour import Behaviour
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.net.control import Control
from findtui.net.events import End, Event, Finished, Outcome, Requesting
from findtui.net.peer import Peer
from findtui.store.paths import Paths
from findtui.store.profiles import ProfileStore
from findtui.tui.app import FindtuiApp
from findtui.tui.deeds import asking
from findtui.tui.panels.stateline import StateLine
from findtui.tui.screens.main import MainScreen
from tests.tui.conftest import MOMENT, complete, main, save_demo, shown, state, until


async def test_a_failed_refresh_keeps_the_old_list(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        before = len(shown(pilot).store)
        server.behaviour = Behaviour(rejection="called-ae-title")
        await pilot.press("r")
        await until(pilot, lambda: "refresh failed" in state(pilot), "the failure")
        assert state(pilot).startswith(f"◷ {before} as of 09:41, refresh failed: ")
        assert len(shown(pilot).store) == before
        server.behaviour = Behaviour()
        await pilot.press("r")
        await until(pilot, lambda: state(pilot) == f"● complete {before}", "a good answer")


async def test_what_came_before_a_break_stays(paths: Paths, server: DemoServer) -> None:
    server.behaviour = Behaviour(abort_after=5)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert state(pilot).startswith("✖ broken off after 5: ")
        assert len(shown(pilot).store) == 5


async def test_a_limit_of_the_peer_is_told(paths: Paths, server: DemoServer) -> None:
    server.behaviour = Behaviour(limit=7)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert state(pilot).startswith("▲ 7, cut short by the peer (A700")


async def test_leaving_during_a_query_ends_the_association(paths: Paths, server: DemoServer) -> None:
    server.behaviour = Behaviour(large=100_000, delay=0.01)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: main(pilot).running and len(shown(pilot).store) > 0, "responses")
        run = main(pilot)._run
        assert run is not None
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running or app._exit, "the application to leave")
    assert not run._thread.is_alive()


@pytest.mark.parametrize("left_behind", [False, True])
async def test_leaving_twice_waits_for_no_peer(
    left_behind: bool, paths: Paths, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ENDING", 100.0)
    stopped = threading.Event()

    def deaf(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        yield Requesting(peer)
        with control.attached() as alarm:
            while not control.aborted:
                select.select([alarm], [], [])
                alarm.recv(16)
        stopped.set()
        yield Finished(Outcome(End.CANCELLED, 0, 0, 0.1))

    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True, find=deaf)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: main(pilot).running and main(pilot)._run is not None, "the query")
        if left_behind:
            main(pilot).use_question(main(pilot).question.having_keys(()))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "aborts it" in "".join(note.message for note in app._notifications), "the word")
        await pilot.press("x")
        assert app.return_code is None
        assert not stopped.is_set(), "the peer has its time"
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code == 0, "the end")
    assert stopped.is_set()


async def test_every_size_at_any_moment(paths: Paths, server: DemoServer) -> None:
    server.behaviour = Behaviour(large=5_000)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        for width, height in ((200, 60), (20, 5), (81, 24), (1, 1), (119, 35), (120, 36), (80, 24)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
        await complete(pilot)
        assert state(pilot) == "● complete 5,000"


async def test_nothing_is_laid_out_for_the_size_before(app: FindtuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[tuple[int, bool]] = []
    layout = MainScreen._refresh_layout

    def watched(screen: MainScreen, size: Size | None = None, scroll: bool = False) -> None:
        if size is not None:
            laid_out.append((size.width, screen.has_class("-wide")))
        layout(screen, size, scroll)

    monkeypatch.setattr(MainScreen, "_refresh_layout", watched)
    async with app.run_test(size=(40, 10)) as pilot:
        await complete(pilot)
        for width, height in ((200, 60), (40, 10), (200, 60)):
            await pilot.resize_terminal(width, height)
            await until(pilot, partial(_has_width, main(pilot), width), "the size")
    assert {width for width, _ in laid_out} == {40, 200}
    assert all(wide == (width == 200) for width, wide in laid_out), laid_out


def _has_width(screen: MainScreen, width: int) -> bool:
    return screen.query_one(StateLine).outer_size.width == width


async def test_a_size_is_taken_though_its_moment_has_passed(app: FindtuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    timers = app.set_timer

    def missed(delay: float, callback: TimerCallback | None = None, *, name: str | None = None) -> Timer:
        return timers(delay, callback, name=name, pause=True)

    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        # A timer whose time is over before it runs does nothing, and on a busy machine that happens.
        monkeypatch.setattr(app, "set_timer", missed)
        for width in (100, 120):
            await pilot.resize_terminal(width, 30)
            await until(pilot, partial(_has_width, main(pilot), width), "the size")


HOSTILE = "[bold red]Bobby[/] \x1b[2J\x1b]0;x\x07\u202e\u200b[@click=app.quit]"


async def test_nothing_that_a_peer_sends_acts_on_the_screen(paths: Paths) -> None:
    hospital = Hospital(MOMENT.date())
    item: Dataset = next(
        row
        for row in hospital.worklist.items
        if row.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate == f"{MOMENT:%Y%m%d}"
    )
    hospital.worklist.change(
        item.AccessionNumber, PatientName=HOSTILE, PatientID=HOSTILE[:60], SpecificCharacterSet="ISO_IR 192"
    )
    with DemoServer(hospital=hospital) as server:
        save_demo(paths, server)
        app = FindtuiApp(paths, profile="Demo Hospital", run=True)
        async with app.run_test(size=(200, 60)) as pilot:
            await complete(pilot)
            for key in ("4", "5", "x", "h", "escape", "3", "y", "question_mark", "escape"):
                await pilot.press(key)
                await pilot.pause()
            picture = app.export_screenshot()
            assert "[bold" in picture.replace("&#160;", " ")
            assert "\\x1b[2J" in picture.replace("&#160;", " ")
            for bad in ("\x1b", "\u202e", "\u200b", "\x07"):
                assert bad not in picture
            assert app.is_running


async def test_history_runs_a_query_again(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        entry = json.loads(paths.history.read_text())
        assert entry["received"] == len(shown(pilot).store)
        assert entry["profile"] == "Demo Hospital"
        await pilot.press("h")
        await until(pilot, lambda: len(app.screen_stack) > 2, "the history")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2 and not main(pilot).running, "the answer")
        await complete(pilot)
        assert len(shown(pilot).store) == entry["received"]


async def test_another_character_set_is_remembered_for_the_peer(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("d")
        await until(pilot, lambda: app.screen.query("#narrow"), "the character sets")
        await pilot.press(*"greek", "enter")
        await until(pilot, lambda: main(pilot).session.forced == "ISO_IR 126", "the choice")
    assert ProfileStore(paths.profiles).load()[0]["fallback_character_set"] == "ISO_IR 126"


async def test_a_broken_profile_file_is_told_and_left(paths: Paths) -> None:
    paths.config.mkdir(parents=True)
    paths.profiles.write_text('[[profile]]\nname = "A"\nhost = "h"\nport = "x"\n')
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).furnished, "the panels")
        hint = main(pilot).query_one("#peers-empty", Static)
        await until(pilot, lambda: hint.region, "the reason, where the peers would be")
        assert not app._notifications, "it is told once"
        assert "line 4: port must be a whole number" in str(hint.content)
        assert app.screen is main(pilot), "nobody is told that no server is saved"
    assert 'port = "x"' in paths.profiles.read_text()


async def test_the_same_complaint_stands_on_the_screen_once(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: main(pilot).furnished, "the panels")
        for _ in range(3):
            app.notify("Not a directory", title="cannot write", markup=False, timeout=60)
        app.notify("Not a directory", title="cannot read", markup=False, timeout=60)
        await until(pilot, lambda: "cannot read" in [note.title for note in app._notifications], "the complaints")
        assert [note.title for note in app._notifications] == ["cannot write", "cannot read"]


async def test_a_signal_ends_the_query_and_gives_the_terminal_back(paths: Paths, hospital: Hospital) -> None:
    with DemoServer(hospital=hospital, behaviour=Behaviour(delay=0.2)) as slow:
        save_demo(paths, slow)
        app = FindtuiApp(paths, profile="Demo Hospital", run=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: main(pilot).level and len(shown(pilot).store), "responses")
            signal.raise_signal(signal.SIGTERM)
            await until(pilot, lambda: app.return_code is not None, "the end")
            assert not main(pilot).running
        assert app.return_code == 128 + signal.SIGTERM


async def test_masked_patients_are_nowhere_on_the_screen(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(200, 60)) as pilot:
        await complete(pilot)
        response = shown(pilot).store.response(0).to_dataset()
        await pilot.press("m")
        await pilot.pause()
        picture = app.export_screenshot().replace("&#160;", " ")
        assert str(response.PatientID) not in picture
        assert response.PatientName.family_name not in picture


async def test_marked_responses_alone_are_exported(
    paths: Paths, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        (tmp_path / "responses.csv").write_text("mine")
        for _ in range(2):
            await pilot.press("space", "down", "e")
            await until(pilot, lambda: app.screen.query("#target"), "the dialog")
            await pilot.press("enter")
            await until(pilot, lambda: len(app.screen_stack) == 2, "the end of the export")
    assert (tmp_path / "responses.csv").read_text() == "mine"
    assert len((tmp_path / "responses-2.csv").read_text("utf-8-sig").splitlines()) == 2
    assert len((tmp_path / "responses-3.csv").read_text("utf-8-sig").splitlines()) == 3


async def test_profiles_are_moved_copied_and_deleted(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    save_demo(paths, server, name="Second")
    store = ProfileStore(paths.profiles)

    def names() -> list[str]:
        return [profile.name for profile in store.load()]

    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: main(pilot).session.peer is not None, "the peer")
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("ctrl+down")
        await until(pilot, lambda: names() == ["Second", "Demo Hospital"], "the new order")
        await pilot.press("D")
        await until(pilot, lambda: app.screen.query("#field-name"), "the form")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: names() == ["Second", "Demo Hospital", "Demo Hospital 2"], "the copy")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the form to close")
        await pilot.press("delete")
        await until(pilot, lambda: len(app.screen_stack) > 2, "the question")
        await pilot.press("enter")
        await until(pilot, lambda: names() == ["Second", "Demo Hospital"], "the copy to go")


async def test_a_key_goes_to_the_panel_that_was_called_just_before(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        for _ in range(3):
            await pilot.press("1", "2", "4", "5")
            await until(pilot, lambda: app.focused is main(pilot).log_panel.target, "the log to have the keys")
            assert main(pilot).log_panel.display
            assert main(pilot).log_panel.region.height > 5
            await pilot.press("4")
            await until(pilot, lambda: main(pilot).detail_panel.region.height > 10, "room for the identifier")
            await pilot.press("3", "1", "t")
            await until(pilot, lambda: len(app.screen_stack) > 2, "the test of the peer")
            assert type(app.screen).__name__ == "PeerTest"
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 2, "the test to close")
