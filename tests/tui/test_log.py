"""The log: what findscu would print, by level and text, copied, saved, and with the command line under it."""

from __future__ import annotations

import shlex
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from findtui.export.narrative import NETWORK, Level, Line
from findtui.net.events import Matches
from findtui.tui.app import FindtuiApp
from findtui.tui.deeds.asking import FEW, TOLD
from findtui.tui.panels.loglines import LIMIT, LogLines
from tests.tui.conftest import MOMENT, complete, main, shown, until
from tests.tui.identifiers import worklist


def lines(pilot: Pilot[None]) -> list[str]:
    """What the log shows."""
    return main(pilot).log_panel.text.splitlines()


async def test_it_tells_the_run_and_ends_with_the_command_line(app: FindtuiApp) -> None:
    async with app.run_test(size=(160, 50)) as pilot:
        await complete(pilot)
        log = main(pilot).log_panel
        text = log.text
        for words in ("I Requesting Association", "I Association Accepted (Max Send PDV", "I Sending Find Request"):
            assert words in text
        assert lines(pilot)[-1].endswith("I Releasing Association")
        assert "09:41:07.112" in text
        command = shlex.split(log.command)
        assert command[:3] == ["findtui", "findscu", "-W"]
        assert command[-2:] == ["127.0.0.1", str(app.profiles[0]["port"])]
        await until(pilot, lambda: "findtui findscu -W" in _last_line(pilot), "the command line")


def _last_line(pilot: Pilot[None]) -> str:
    screen = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
    return screen[-2]


async def test_levels_and_texts_narrow_it(app: FindtuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        await pilot.press("5")
        usual = len(lines(pilot))
        await pilot.press("v")
        assert lines(pilot) == []
        await pilot.press("v", "v")
        assert main(pilot).log_panel.level is Level.DEBUG
        assert len(lines(pilot)) > usual
        assert any(" D " in line for line in lines(pilot))
        assert any("Message Type                  : C-FIND RSP" in line for line in lines(pilot))
        await pilot.press("slash")
        await pilot.press(*"releasing")
        await until(pilot, lambda: len(lines(pilot)) == 1, "what holds the text")
        await pilot.press("escape")
        await until(pilot, lambda: len(lines(pilot)) > usual, "everything")


async def test_it_is_copied_and_saved_as_it_is_shown(
    app: FindtuiApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("TMUX", raising=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        await pilot.press("5", "y")
        await until(pilot, lambda: app.clipboard == "\n".join(lines(pilot)), "the copy")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.focused, Input), "the question")
        app.screen.query_one(Input).value = "run.log"
        await pilot.press("enter")
        await until(pilot, (tmp_path / "run.log").is_file, "the file")
        log = main(pilot).log_panel
        assert (tmp_path / "run.log").read_text("utf-8") == f"{log.text}\n{log.command}\n"
        assert stat.S_IMODE((tmp_path / "run.log").stat().st_mode) == 0o600
        # What is there is not lost unasked, and what cannot be written is said.
        await until(pilot, lambda: len(app.screen_stack) == 2, "the log again")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.focused, Input), "the question")
        app.screen.query_one(Input).value = "run.log"
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.query(Input) and len(app.screen_stack) > 2, "the question")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the log again")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.focused, Input), "the question")
        app.screen.query_one(Input).value = "gone/run.log"
        await pilot.press("enter")
        await until(
            pilot, lambda: any("cannot write" in (note.title or "") for note in app._notifications), "the reason"
        )


async def test_it_is_bounded_and_nothing_in_it_acts(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        log = main(pilot).log_panel
        await pilot.press("5")
        hostile = "[red]\x1b[2J\u202eabc\u200b" + "x" * 5_000
        log.add([Line(Level.WARN, NETWORK, f"{number} {hostile}") for number in range(LIMIT + 10)], MOMENT)
        await pilot.pause()
        assert len(log.entries) == LIMIT
        assert max(len(entry.text) for entry in log.entries) < 5_000
        shown = [strip.text for strip in app.screen._compositor.render_strips()]
        assert all(line.isprintable() for line in shown)
        assert any(f"W {LIMIT + 9} [red]\\x1b[2J\\u202eabc\\u200bxxx" in line for line in shown)
        # Who looks back is not pulled to the end by what comes.
        await pilot.press("home")
        log.add([Line(Level.INFO, NETWORK, "one more")], MOMENT)
        await pilot.pause()
        assert log.query_one(LogLines).cursor == 0
        await pilot.press("g")
        assert log.query_one(LogLines).cursor == LIMIT - 1


async def test_responses_are_listed_as_findscu_lists_them(app: FindtuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        said = [line.partition(" I ")[2] for line in lines(pilot)]
        count = len(shown(pilot).store)
        assert [line for line in said if line.startswith("Find Response")] == [
            f"Find Response: {number} (Pending)" for number in range(1, count + 1)
        ]
        at = said.index("Find Response: 1 (Pending)")
        assert said[at - 1] == "---------------------------"
        assert said[at + 1 : at + 3] == ["", "# Dicom-Data-Set"]
        assert sum(line.startswith("(0010,0010) PN [") for line in said) == count
        assert not any("Received Find Response" in line for line in said)
        assert "Sending Find Request (MsgID 1)" in said
        assert "Received Final Find Response (Success)" in said


async def test_a_flood_is_counted_and_not_listed(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        screen = main(pilot)
        before = len(lines(pilot))
        many = [worklist(number) for number in range(TOLD + 50)]
        screen._begin_to_tell(screen.question)
        screen._narrate([Matches(many)], MOMENT)
        screen._narrate([Matches(many)], MOMENT)
        screen._narrate([Matches(many[:FEW])], MOMENT)
        told = lines(pilot)[before:]
        assert sum("Find Response:" in line for line in told) == TOLD + FEW
        left = [line.partition(" I ")[2] for line in told if "not listed" in line]
        assert [line.split()[0] for line in left] == ["50", str(TOLD + 50)]
