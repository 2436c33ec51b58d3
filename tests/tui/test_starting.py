"""Coming, going, and what goes wrong in between: nothing closes the application but its user."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.widgets import Input

from findtui.demo.behaviour import Behaviour
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.net.control import Control
from findtui.net.events import Event
from findtui.net.find import find as engine
from findtui.net.peer import Peer
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.failsafe import EXIT_STATUS
from findtui.tui.screens.ask import ConfirmScreen
from findtui.tui.screens.profile_editor import ProfileEditor
from tests.tui.conftest import complete, main, save_demo, shown, state, until
from tests.tui.forms import opened
from tests.tui.terminal import Terminal


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


async def test_a_failure_on_the_way_out_does_not_change_how_it_ended(
    paths: Paths, server: DemoServer, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).furnished, "the panels")
        app.exit(return_code=0)
        app._handle_exception(ZeroDivisionError())
    assert app.return_code == 0
    assert "failed" not in capsys.readouterr().err
    assert "findtui itself failed" in caplog.text
    caplog.clear()


def test_what_textual_does_with_errors_is_where_we_look_for_it() -> None:
    for owner, name in ((MessagePump, "_dispatch_message"), (App, "_register_child"), (App, "_handle_exception")):
        assert callable(getattr(owner, name)), "findtui.tui.failsafe hangs on this name"


# The user's own editor.


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Make a shell script the user's editor; `$1` is the file."""
    program = tmp_path / "an editor"
    program.write_text(f"#!/bin/sh\nset -e\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("EDITOR", f"'{program}'")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "lent"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "lent").mkdir(exist_ok=True)
    monkeypatch.setattr(FindtuiApp, "suspend", lambda _: nullcontext())  # There is no terminal to lend here.


async def test_the_query_and_a_value_go_through_the_editor(
    paths: Paths, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_demo(paths, server, keys=("PatientName=A*", "PatientID"))
    seen = tmp_path / "seen"
    editor(
        tmp_path,
        monkeypatch,
        f'stat -c \'%a\' "$1" "$(dirname "$1")" > \'{seen}\'; sed -i -e \'s/^PatientName=.*/PatientName=M*/\' "$1"',
    )
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).question.keys, "the query")
        await pilot.press("2", "E")
        await until(pilot, lambda: main(pilot).question.keys == ("PatientName=M*", "PatientID"), "the keys")
        assert seen.read_text().split() == ["600", "700"]
        editor(tmp_path, monkeypatch, "printf 'B^C\\n' > \"$1\"")
        await pilot.press("home", "ctrl+e")
        await until(pilot, lambda: main(pilot).question.keys == ("PatientName=B^C", "PatientID"), "the value")
        assert list((tmp_path / "lent").iterdir()) == []


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('echo PatientID > "$1"; exit 3', "ended with status 3"),
        ("kill -9 $$", "was ended by signal 9"),
        ('rm "$1"', "cannot be handed to an editor"),
        ("printf '\\377' > \"$1\"", "cannot be handed to an editor"),
        (None, "cannot be started: No such file or directory"),
        ("", "cannot be started: No closing quotation"),
    ],
)
async def test_an_editor_that_fails_leaves_the_query_as_it_was(
    script: str | None,
    reason: str,
    paths: Paths,
    server: DemoServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save_demo(paths, server, keys=("PatientName=A*",))
    lent = []

    @contextmanager
    def suspend(_: FindtuiApp) -> Iterator[None]:
        """As Textual's: what raises inside never gives the terminal back."""
        lent.append("taken")
        yield
        lent.append("given back")

    editor(tmp_path, monkeypatch, script or "")
    monkeypatch.setattr(FindtuiApp, "suspend", suspend)
    if script is None:
        monkeypatch.setenv("EDITOR", "/no/such/editor")
    elif not script:
        monkeypatch.setenv("EDITOR", "vi '")
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).question.keys, "the query")
        await pilot.press("2", "E")
        await until(pilot, lambda: told(app), "the complaint")
        assert reason in told(app)[0]
        assert main(pilot).question.keys == ("PatientName=A*",)
        assert list((tmp_path / "lent").iterdir()) == []
        assert lent in ([], ["taken", "given back"])


async def test_a_query_goes_on_behind_the_editor(
    paths: Paths, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.behaviour = Behaviour(large=6_000)
    save_demo(paths, server)
    done = tmp_path / "done"
    editor(tmp_path, monkeypatch, f"touch '{tmp_path}/open'; while [ ! -e '{done}' ]; do sleep 0.05; done")
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).session.peer, "the peer")
        await pilot.press("2", "E")
        await until(pilot, lambda: (tmp_path / "open").exists(), "the editor")
        try:
            # More than the queue to the screen holds: an engine that nobody listens to would wait.
            main(pilot).do_run()
            await until(pilot, lambda: state(pilot) == "● complete 6,000", "the answer")
            # What Ctrl+C sends to everybody in the terminal is the editor's.
            signal.raise_signal(signal.SIGINT)
        finally:
            done.touch()
        await until(pilot, lambda: not [w for w in app.workers if w.group == "editor" and w.is_running], "its end")
        assert app.is_running


READY = re.compile(rb"complete \d+")


def test_a_real_terminal_is_lent_to_the_editor_and_taken_back(paths: Paths, server: DemoServer, tmp_path: Path) -> None:
    save_demo(paths, server)
    config = tmp_path / "findtui"
    paths.config.rename(config)
    program = tmp_path / "edit"
    program.write_text(
        "#!/bin/sh\nprintf 'the editor has it\\n'; test -t 0 && test -t 1 || exit 1\n"
        "printf 'PatientName=M*\\nPatientID\\n' > \"$1\"\n"
    )
    program.chmod(0o700)
    environment = os.environ | {
        "EDITOR": str(program), "TERM": "xterm-256color", "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"),
    }  # fmt: skip
    environment.pop("VISUAL", None)
    with Terminal([sys.executable, "-m", "findtui", "--run"], environment) as terminal:
        terminal.wait_for(READY)
        terminal.press(b"2")
        terminal.press(b"E")
        terminal.wait_for(re.compile(rb"the editor has it"))
        # Back on the screen, with the keys that the editor left.
        terminal.wait_for(re.compile(rb"\x1b\[\?1049h"))
        terminal.wait_for(re.compile(rb"M\*"))
        terminal.press(b"r")
        history = tmp_path / "state/findtui/history.jsonl"
        terminal.read_until(lambda: len(history.read_text().splitlines()) == 2, "the second run")
        terminal.press(b"\x11")
        assert terminal.ended() == 0
    asked = [json.loads(line)["keys"] for line in history.read_text().splitlines()]
    assert asked[-1] == ["PatientName=M*", "PatientID"]
    assert b"Traceback" not in terminal.output


# Leaving.


@pytest.mark.parametrize("silent", [False, True])
async def test_leaving_during_a_query_releases_or_aborts_the_association(
    silent: bool, paths: Paths, hospital: Hospital
) -> None:
    behaviour = Behaviour(silent=True) if silent else Behaviour(large=100_000, delay=0.05)
    ended: list[str] = []
    with DemoServer(hospital=hospital, behaviour=behaviour) as server:
        save_demo(paths, server)
        app = FindtuiApp(paths, profile="Demo Hospital", run=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: state(pilot).startswith(("◌ negotiated", "◐")), "the association")
            run = main(pilot)._run
            assert run is not None
            await pilot.press("ctrl+q")
            await until(pilot, lambda: app.return_code is not None, "the end")
            assert not run._thread.is_alive()
            ended += [thread.name for thread in threading.enumerate() if thread.name == "findtui-query"]
    assert ended == []
    assert app.return_code == 0


async def test_leaving_twice_is_leaving_once(paths: Paths, hospital: Hospital) -> None:
    with DemoServer(hospital=hospital, behaviour=Behaviour(silent=True)) as server:
        save_demo(paths, server)
        app = FindtuiApp(paths, profile="Demo Hospital", run=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: state(pilot).startswith("◌ negotiated"), "the association")
            await pilot.press("ctrl+q", "ctrl+q")
            await until(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == 0


# Starting.


@pytest.mark.parametrize("words", [[], ["demo"], ["--profile", "X", "--run"], ["open", "findscu pacs 104"]])
def test_without_a_terminal_nothing_is_painted(words: list[str], tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "findtui", *words],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stdout == b""
    assert ended.stderr.startswith(b"findtui: the application needs a terminal")
    assert b"\x1b" not in ended.stderr


async def test_a_profile_that_is_not_saved_is_told_with_those_that_are(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(app), "the complaint")
        assert told(app) == ["no peer is saved as 'Demo'"]
        assert "There are: Demo Hospital" in str([note.message for note in app._notifications])
        assert app.focused is main(pilot).peers_panel.target


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("findscu -W -k PatientName", "peer"),
        ("findscu --no-such-option pacs 104", "no-such-option"),
        ("findscu 'pacs 104", "quotation"),
        ("rm -rf pacs 104", ""),
    ],
)
async def test_a_command_line_that_cannot_be_opened_is_told(
    command: str, reason: str, paths: Paths, server: DemoServer
) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, command=command, run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(app), "the complaint")
        notes = " ".join(f"{note.title} {note.message}" for note in app._notifications)
        assert reason in notes
        assert not main(pilot).running


async def test_it_opens_on_the_last_peer_and_query(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, name="First")
    save_demo(paths, server, name="Second", keys=("PatientName", "PatientID"))
    app = FindtuiApp(paths, profile="Second")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).question.keys, "the query")
        await pilot.press("2", "home", "enter", *"M*", "enter")
        await until(pilot, lambda: main(pilot).question.keys == ("PatientName=M*", "PatientID"), "the key")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code is not None, "the end")
    again = FindtuiApp(paths)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(again.screen_stack) > 1 and main(pilot).question.keys, "the query")
        assert main(pilot).session.name == "Second"
        assert main(pilot).question.keys == ("PatientName=M*", "PatientID")
        assert not main(pilot).running
        await pilot.press("ctrl+q")
        await until(pilot, lambda: again.return_code is not None, "the end")
    assert (paths.last_queries.stat().st_mode & 0o777) == 0o600
    # By its name a peer is opened with its own query.
    named = FindtuiApp(paths, profile="Second")
    async with named.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(named.screen_stack) > 1 and main(pilot).question.keys, "the query")
        assert main(pilot).question.keys == ("PatientName", "PatientID")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: named.return_code is not None, "the end")
    assert "PatientName" not in paths.last_queries.read_text()


async def test_leaving_asks_once_where_a_form_would_be_lost(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("1", "a")
        await opened(pilot, ProfileEditor)
        await pilot.press(*"PACS", "ctrl+q")
        await opened(pilot, ConfirmScreen)
        await pilot.press("escape")
        await opened(pilot, ProfileEditor)
        assert app.screen.query_one("#field-name", Input).value == "PACS"
        assert app.return_code is None
        # Who presses it again means it.
        await pilot.press("ctrl+q")
        await opened(pilot, ConfirmScreen)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == 0


async def test_leaving_a_form_in_which_nothing_was_typed_asks_nothing(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("1", "a")
        await opened(pilot, ProfileEditor)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == 0


async def test_the_demo_is_not_the_last_peer(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, name="First")
    save_demo(paths, server, name="Second")
    app = FindtuiApp(paths, profile="Second")
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).session.peer, "the peer")
            await app.open_demo()
            await complete(pilot)
            assert app.settings.last_profile == "Second"
    finally:
        app.stop_demo()


async def test_a_query_that_cannot_be_kept_is_told_on_leaving(
    paths: Paths, server: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    save_demo(paths, server, keys=("PatientName=A*",))
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).question.keys, "the query")
        main(pilot).keys_panel.question = main(pilot).question.having_keys(("PatientName=B*",))
        paths.state.mkdir(parents=True, exist_ok=True)
        paths.last_queries.write_text("[broken")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == 0
    assert "the last query was not kept" in " ".join(capsys.readouterr().err.split())
    assert paths.last_queries.read_text() == "[broken"
