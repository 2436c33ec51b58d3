"""Coming, going, and what goes wrong in between: nothing closes the application but its user."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.net.control import Control
from findtui.net.events import Event
from findtui.net.find import find as engine
from findtui.net.peer import Peer
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.failsafe import EXIT_STATUS
from tests.tui.conftest import complete, main, save_demo, shown, state, until


def told(app: FindtuiApp) -> list[str]:
    """What stands on the screen as a complaint."""
    return [note.title for note in app._notifications if note.severity == "error"]


def fail(*_: object) -> None:
    """Something that nobody foresaw."""
    raise ZeroDivisionError("[bold]no such thing[/]")


def in_a_timer(pilot: Pilot[None]) -> None:
    main(pilot).set_timer(0.01, fail)


def in_an_interval_of_a_panel(pilot: Pilot[None]) -> None:
    main(pilot).results_panel.set_interval(0.05, fail, repeat=3)


def in_a_callback(pilot: Pilot[None]) -> None:
    main(pilot).call_after_refresh(fail)


def in_a_message_of_the_screen(pilot: Pilot[None]) -> None:
    main(pilot).call_later(fail)


def in_a_message_of_a_widget(pilot: Pilot[None]) -> None:
    grid = main(pilot).results_panel.grid
    assert grid is not None
    grid.call_later(fail)


def in_a_worker_of_the_application(pilot: Pilot[None]) -> None:
    async def work() -> None:
        fail()

    pilot.app.run_worker(work(), exit_on_error=False)


@pytest.mark.parametrize(
    "arrange",
    [
        in_a_timer,
        in_an_interval_of_a_panel,
        in_a_callback,
        in_a_message_of_the_screen,
        in_a_message_of_a_widget,
        in_a_worker_of_the_application,
    ],
)
async def test_an_error_that_nobody_foresaw_is_told_and_ends_nothing(
    arrange: Callable[[Pilot[None]], None], paths: Paths, server: DemoServer, caplog: pytest.LogCaptureFixture
) -> None:
    save_demo(paths, server)
    asked = []

    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        asked.append(query)
        return engine(peer, query, control)

    app = FindtuiApp(paths, profile="Demo Hospital", run=True, find=find)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        arrange(pilot)
        await until(pilot, lambda: told(app), "the complaint")
        assert "findtui itself failed (test_starting.py, line" in told(app)[0]
        assert told(app)[0].endswith("ZeroDivisionError: [bold]no such thing[/]")
        # All of it goes on: keys, the query, and the widget that failed.
        before = len(shown(pilot).store)
        await pilot.press("r")
        await until(pilot, lambda: len(asked) == 2, "the query")
        await until(pilot, lambda: state(pilot) == f"● complete {before}", "its answer")
        await pilot.press("down")
        await until(pilot, lambda: main(pilot).results_panel.selected is not None, "the cursor")
        assert app.return_code is None
    assert app.return_code in (None, 0)
    caplog.clear()


@pytest.mark.parametrize("key", ["h", "w", "1", "z", "o"])
async def test_a_key_whose_action_fails_is_told(
    key: str, paths: Paths, server: DemoServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        deed = {"h": "do_history", "w": "do_watch", "1": "do_peers", "z": "do_zoom", "o": "do_columns"}[key]
        monkeypatch.setattr(type(main(pilot)), deed, fail)
        await pilot.press(key)
        await until(pilot, lambda: told(app), "the complaint")
        monkeypatch.undo()
        await pilot.press("5")
        await until(pilot, lambda: app.focused is main(pilot).log_panel.target, "the log")
    caplog.clear()


async def test_a_screen_that_cannot_be_shown_is_left_with_a_word(
    paths: Paths, server: DemoServer, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: main(pilot).furnished, "the panels")
        main(pilot).set_interval(0.001, fail)
        await until(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == EXIT_STATUS
    printed = capsys.readouterr().err
    assert "findtui itself failed" in printed
    assert "Traceback" not in printed
    caplog.clear()


def test_what_textual_does_with_errors_is_where_we_look_for_it() -> None:
    for owner, name in ((MessagePump, "_dispatch_message"), (App, "_register_child"), (App, "_handle_exception")):
        assert callable(getattr(owner, name)), "findtui.tui.failsafe hangs on this name"
