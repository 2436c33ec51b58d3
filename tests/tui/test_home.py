"""At home in a terminal: keys, palette, help, clipboard, masks, and terminals without colour."""

from __future__ import annotations

import os
import re
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input, Static

from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.tui import clipboard
from findtui.tui.actions import ACTIONS, Scope
from findtui.tui.app import FindtuiApp
from findtui.tui.keymap import understand
from findtui.tui.keynames import key_name, key_of
from findtui.tui.masking import masked_command, masked_key, masked_line
from findtui.tui.results import Mask
from findtui.tui.screens.help import HelpScreen
from tests.tui.conftest import complete, main, save_demo, shown, until
from tests.tui.terminal import Terminal


def told(pilot: Pilot[None]) -> str:
    """Everything that was said in passing."""
    return "\n".join(f"{note.title} {note.message}" for note in pilot.app._notifications)


def written(pilot: Pilot[None]) -> str:
    """Everything that stands on the screen."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


# Keys.


def test_keys_are_read_as_they_are_shown() -> None:
    for action in ACTIONS:
        for key in action.keys.split(","):
            assert key_of(key) == key
            assert key_of(key_name(key)) == key
    names = {"del": "delete", "Esc": "escape", "CTRL+R": "ctrl+r", "?": "question_mark", "ctrl++": "ctrl+plus"}
    for name, key in names.items():
        assert key_of(name) == key


@given(st.text(max_size=12))
def test_what_is_no_key_is_known(text: str) -> None:
    key = key_of(text)
    assert not key or key_of(key) == key_of(key_name(key)) == key


def test_a_keymap_is_understood_and_its_faults_are_named() -> None:
    keys, problems = understand({"run": "F5, ctrl+r", "watch": "f5", "mask": "e", "export": "foo"})
    assert keys == {"run": "f5,ctrl+r", "mask": "e"}
    assert problems == [
        ("watch", "F5 was given to run and to watch: run keeps it"),
        ("export", "export: there is no key 'foo'"),
        ("mask", "e is the key of export, too, which now has none"),
    ]


def test_keys_of_two_panels_do_not_meet() -> None:
    assert understand({"test": "f7", "undo": "f7"}) == ({"test": "f7", "undo": "f7"}, [])
    # Keys that change places are no conflict.
    assert understand({"run": "w", "watch": "r"}) == ({"run": "w", "watch": "r"}, [])


async def test_faults_of_the_keymap_are_told_at_the_start(app: FindtuiApp) -> None:
    app.paths.config.mkdir(parents=True, exist_ok=True)
    app.paths.settings.write_text("theme = 5\n")
    app.paths.keymap.write_text('[keys]\nmask = "Del"\nrun = "nokey"\nfly = "f"\n')
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await until(pilot, lambda: "there is no key 'nokey'" in told(pilot), "the fault")
        assert f"{app.paths.keymap}: 3 faults\nline 2: Del is the key of delete, too" in told(pilot)
        assert "\nline 3: run: there is no key 'nokey'\nline 4: there is no action 'fly'" in told(pilot)
        # What is wrong with the settings is told beside it.
        assert f"{app.paths.settings}, line 1: theme must be a text" in told(pilot)
        # A key that does not exist takes nothing away.
        await pilot.press("delete")
        assert app.settings.mask
        assert pilot.app.screen.active_bindings["r"].binding.id == "run"


# Finding out.


async def test_the_palette_has_every_action_with_its_key(app: FindtuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        offered = list(app.get_system_commands(app.screen))
        commands = {}
        for action in ACTIONS:
            about = f"{action.help} ({key_name(action.keys)})"
            commands[action.id] = next(command for command in offered if command.help.startswith(about))
        # What cannot be done says why; what belongs to another panel goes there.
        assert "nothing is running" in commands["cancel"].help
        await commands["cancel"].callback()
        await until(pilot, lambda: "nothing is running" in told(pilot), "the reason")
        test = commands["test"]
        assert test.title == "Test, in 1 Peers"
        await test.callback()
        await until(pilot, lambda: len(app.screen_stack) > 2, "the test")
        await pilot.press("escape")


async def test_help_is_about_the_panel_one_is_in(app: FindtuiApp) -> None:
    app.paths.config.mkdir(parents=True, exist_ok=True)
    app.paths.keymap.write_text('[keys]\nbytes = "ctrl+shift+f9,f10"\n')
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("4", "?")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        text = [str(line.content) for line in app.screen.query(Static)]
        assert any("Enter" in line and "open what is under the cursor" in line for line in text)
        # Own keys are shown, and do not run into what they do.
        assert any("Ctrl+Shift+F9 F10  the bytes of the element" in line for line in text)


# Copying.


def test_terminals_without_a_clipboard_are_known() -> None:
    assert clipboard.why_not({"TERM": "xterm-256color"}) == ""
    assert "linux" in clipboard.why_not({"TERM": "linux"})
    assert clipboard.why_not({"TERM": "linux", "TMUX": "/tmp/socket,1,0"}) == ""


def test_what_was_copied_is_said_on_one_line() -> None:
    here = {"TERM": "xterm"}
    assert clipboard.described("ACC1", "AccessionNumber", here) == "AccessionNumber: ACC1"
    assert clipboard.described("a\nb", "the log", here) == "the log: 2 lines"
    assert clipboard.described("x" * 61, "", here) == "61 characters"
    assert clipboard.described("\x1b[2J", "", here) == "\\x1b[2J"
    assert "some terminals" in clipboard.described("x" * 80_000, "", here)
    assert "screen" in clipboard.described("x", "", {"STY": "1.tty"})


@pytest.mark.skipif(sys.platform == "win32", reason="tmux is not there")
def test_tmux_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tmux"
    # One that is too old for -w.
    program.write_text(f'#!/bin/sh\n[ "$2" = -w ] && exit 1\ncat > "{tmp_path}/kept"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert clipboard.tell_tmux("Müller", {"TMUX": "x"})
    assert (tmp_path / "kept").read_text("utf-8") == "Müller"
    assert not clipboard.tell_tmux("Müller", {})


async def test_nothing_copied_fails_silently(app: FindtuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("TMUX", raising=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("4")
        tree = main(pilot).detail_panel.identifier
        assert tree is not None
        tree.go_to("MedicalAlerts")
        await pilot.press("y")
        await until(pilot, lambda: "MedicalAlerts is empty" in told(pilot), "why not")
        tree.go_to("AccessionNumber")
        await pilot.press("y")
        await until(pilot, lambda: "Copied AccessionNumber: ACC" in told(pilot), "what")
        monkeypatch.setenv("TERM", "linux")
        await pilot.press("p")
        await until(pilot, lambda: "this terminal (linux) has no clipboard" in told(pilot), "why not")


# Masks.


def test_texts_that_name_patients_are_masked() -> None:
    assert masked_line("(0010,0010) PN [Doe^John]   #   8, 1 PatientName") == (
        "(0010,0010) PN ••••   #   8, 1 PatientName"
    )
    assert masked_line("    (0010,0020) LO [P 1]") == "    (0010,0020) LO ••••"
    assert masked_line("(0008,0060) CS [CT]  # 2, 1 Modality") == "(0008,0060) CS [CT]  # 2, 1 Modality"
    assert masked_key("PatientName=DOE*") == "PatientName=••••"
    assert masked_key("(0010,0030)=19610302") == "(0010,0030)=••••"
    assert masked_key("Modality=CT") == "Modality=CT"
    assert masked_key("ReferencedPatientSequence[0].PatientID=7") == "ReferencedPatientSequence[0].PatientID=••••"
    assert masked_key("nonsense=1") == "nonsense=1"
    command = "findtui findscu -W -k 'PatientName=O'\"'\"'Neil*' -k Modality=CT pacs 104"
    assert masked_command(command) == "findtui findscu -W -k 'PatientName=••••' -k Modality=CT pacs 104"
    assert masked_command("# it's no command") == "# it's no command"


def test_a_patient_has_one_number_however_the_name_is_shown() -> None:
    mask = Mask()
    assert mask.shown(0x00100010, "Rossi, Chiara") == mask.shown(0x00100010, "Rossi^Chiara") == "Patient 1"


async def test_no_panel_tells_who_the_patients_are(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, model="patient")
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(160, 50)) as pilot:
        await complete(pilot)
        response = main(pilot).response
        assert response is not None
        dataset = response.to_dataset()
        secrets = [str(dataset.PatientID), str(dataset.PatientName.family_name), str(dataset.PatientBirthDate)]
        await pilot.press("5", "v", "v", "v", "3", "enter")
        await until(pilot, lambda: len(main(pilot).session.levels) == 2 and not main(pilot).running, "the studies")
        await complete(pilot)
        await pilot.press("5")
        assert any(secret in written(pilot) for secret in secrets)
        await pilot.press("m")
        text = main(pilot).log_panel.text + main(pilot).log_panel.command
        assert not [line for line in text.splitlines() if any(secret in line for secret in secrets)]
        assert "••••" in text
        await pilot.press("3")
        await until(pilot, lambda: shown(pilot).store.complete, "all cells")
        await pilot.pause()
        assert not [line for line in written(pilot).splitlines() if any(secret in line for secret in secrets)]
        # Nor does what is said of a copy.
        await pilot.press("2")
        editor = main(pilot).keys_panel.editor
        assert editor is not None
        index = next(index for index, key in enumerate(editor.texts) if key.startswith("PatientID="))
        await pilot.press("home", *["down"] * index, "y")
        await until(pilot, lambda: "Copied" in told(pilot), "what was copied")
        assert not [secret for secret in secrets if secret in told(pilot)]
        await pilot.press("3")
        # Nor does the history.
        await pilot.press("h")
        await until(pilot, lambda: len(app.screen_stack) > 2, "the history")
        await pilot.pause()
        assert not [secret for secret in secrets if secret in written(pilot)]


# Terminals.


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_without_colour_the_terminals_own_is_used(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
        "LINES": "24",
    }
    with Terminal([sys.executable, "-m", "findtui"], environment) as terminal:
        terminal.wait_for(re.compile(rb"No server is saved yet"))
        terminal.press(b"\x11")
        assert terminal.ended() == 0
    came = terminal.output
    # Neither colours of 256 nor of 16 million.
    assert b"38;5;" not in came
    assert b"48;5;" not in came
    assert b"38;2;" not in came
    assert b"48;2;" not in came


async def test_every_size_at_any_moment(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        for keys in (("e",), ("?",), ("ctrl+p",), ("5", "slash")):
            await pilot.press(*keys)
            for width, height in ((130, 40), (20, 5), (1, 1), (40, 10)):
                await pilot.resize_terminal(width, height)
                await until(pilot, partial(_has_lines, pilot, height), f"{height} lines")
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 2, "the dialog to close")
        assert "findtui itself failed" not in told(pilot)


def _has_screens(pilot: Pilot[None], count: int) -> bool:
    return len(pilot.app.screen_stack) == count


def _has_lines(pilot: Pilot[None], count: int) -> bool:
    return len(written(pilot).split("\n")) == count


async def test_the_mouse_does_what_keys_do(app: FindtuiApp) -> None:
    async with app.run_test(size=(160, 50)) as pilot:
        await complete(pilot)
        screen = main(pilot)
        for panel in (screen.log_panel, screen.keys_panel, screen.detail_panel, screen.results_panel):
            await pilot.click(panel.head, offset=(4, 0))
            await until(pilot, partial(panel.has_class, "-current"), f"panel {panel.NUMBER}")
        grid, tree = screen.results_panel.grid, screen.detail_panel.identifier
        assert grid is not None
        assert tree is not None
        await pilot.click(grid, offset=(10, 5))
        await until(pilot, lambda: grid.cursor == 4, "the response")
        await pilot.click(grid, offset=(6, 0))
        await until(pilot, lambda: shown(pilot).store.sort_column is not None, "the order")
        await pilot.click(tree, offset=(10, 4))
        await until(pilot, lambda: tree.cursor == 4 and screen.detail_panel.has_class("-current"), "the element")
        # To press here, go there and let go does nothing, and breaks nothing.
        await pilot.mouse_down(grid, offset=(3, 3))
        await pilot.hover(tree, offset=(3, 3))
        await pilot.mouse_up(screen.log_panel, offset=(3, 3))
        # Twice opens: the worklist has no level below, so the identifier.
        await pilot.click(grid, offset=(10, 6), times=2)
        await until(pilot, lambda: app.focused is tree, "the identifier")
        await pilot.press("m", "h")
        await until(pilot, lambda: app.screen.query("#choices"), "the history")
        await pilot.click("#choices", offset=(3, 0))
        await until(pilot, lambda: len(app.screen_stack) == 2, "the choice")
        await until(pilot, lambda: not screen.running and screen.results_panel.has_class("-current"), "the answer")
        assert "findtui itself failed" not in told(pilot)


def test_every_scope_has_a_place_to_go_to() -> None:
    assert {scope.name for scope in Scope} == {"MAIN", "PEERS", "KEYS", "RESULTS", "DETAIL", "LOG"}


async def test_no_text_acts_on_the_screen(paths: Paths, server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    hostile = "[red]x[/] \u202e\u200b\u2066"
    save_demo(paths, server, name=hostile, keys=(f"PatientName={hostile}*", "PatientID"))
    app = FindtuiApp(paths, profile=hostile, run=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and not main(pilot).running, "an answer")
        await pilot.pause()
        here = ((), ("Y",), ("2", "y"), ("1", "y"))
        dialogs = (("h",), ("1", "delete"), ("1", "f2"), ("ctrl+s",), ("t",))
        for keys in (*here, *dialogs):
            await pilot.press(*keys)
            await until(pilot, partial(_has_screens, pilot, 3 if keys in dialogs else 2), f"the dialog of {keys}")
            await pilot.pause()
            text = written(pilot)
            assert not [(keys, line) for line in text.split("\n") if not line.isprintable()]
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 2, "the dialog to close")
        assert "[red]x[/] \\u202e\\u200b\\u2066" in written(pilot)
        assert "findtui itself failed" not in told(pilot)


async def test_what_a_peer_sent_does_not_act_while_it_is_edited(app: FindtuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        main(pilot).add_key("PatientComments", "a\x1b[2J\x9b\u202eb\u3000c")
        await pilot.press("2", "end", "up", "f2")
        await until(pilot, lambda: isinstance(app.focused, Input), "the line")
        assert isinstance(app.focused, Input)
        assert "\x1b" in app.focused.value
        await until(pilot, lambda: "a[2Jb\u3000c" in written(pilot), "what can be shown")
        assert "\x1b" not in written(pilot)


async def test_a_broken_file_of_peers_is_told_where_its_panel_is_not_seen(paths: Paths) -> None:
    paths.profiles.parent.mkdir(parents=True, exist_ok=True)
    paths.profiles.write_text('[[profile]]\nname = "A"\nport = not a number\n')
    app = FindtuiApp(paths, command="findscu -W -k PatientName 127.0.0.1 104")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "profiles.toml" in told(pilot), "the reason")


async def test_not_quite_so_wide_the_peers_take_room_only_with_the_keys(app: FindtuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        screen = main(pilot)
        assert not screen.peers_panel.display
        assert screen.detail_panel.size.width > 50
        assert screen.results_panel.size.width > 64
        await pilot.press("1")
        await until(pilot, lambda: screen.peers_panel.display, "the peers")
        await pilot.press("escape")
        await until(pilot, lambda: not screen.peers_panel.display, "the room")
        await pilot.resize_terminal(140, 40)
        await until(pilot, lambda: screen.peers_panel.display, "the peers")


async def test_a_search_does_not_stay_in_the_summary(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        panel = main(pilot).detail_panel
        await pilot.press("4", "slash", *"date", "enter")
        await until(pilot, lambda: panel.line.display, "the line")
        await pilot.press("3")
        await until(pilot, lambda: not panel.line.display, "the line to go")
        assert "found" not in panel.head.aside.plain


async def test_what_is_said_in_passing_leaves_the_summary_in_sight(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await complete(pilot)
        app.notify("Patients are hidden", timeout=3600)
        await until(pilot, lambda: app.screen.query("Toast"), "what is said")
        await until(pilot, lambda: app.screen.query("Toast").first().region.height, "its place")
        toast, summary = app.screen.query("Toast").first(), main(pilot).detail_panel.query_one("#summary")
        assert toast.region.height == 1
        assert toast.region.width < 40
        assert not toast.region.overlaps(summary.region)


async def test_what_cannot_be_kept_is_said_once(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    paths.history.parent.parent.mkdir(parents=True, exist_ok=True)
    paths.history.parent.write_text("a file where the directory should be")
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)

        def complaints() -> list[str]:
            return [note.title for note in app._notifications if "history" in note.title]

        await until(pilot, lambda: len(complaints()) == 1, "the complaint")
        app._told_until.clear()
        before = shown(pilot).state
        await pilot.press("r")
        await until(pilot, lambda: shown(pilot).state is not before and not main(pilot).running, "the second run")
        assert len(complaints()) == 1
