"""The application against peers that misbehave: it stays, says what happened, and keeps what came."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from textual.pilot import Pilot

from findtui.net.events import End, Outcome
from findtui.store.fields import Value
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.main import MainScreen, main_screen
from tests.hostile.behaviour import Behaviour, answering
from tests.hostile.catalogue import BEHAVIOURS
from tests.hostile.identifying import pending
from tests.hostile.injecting import DECLARED, IDENTIFIERS, RESPONSES, acting
from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer
from tests.tui.conftest import shown, state, until

TIMES: dict[str, Value] = {
    f"timeouts.{name}": seconds
    for name, seconds in {"connect": 2, "socket": 1, "acse": 1, "dimse": 1, "total": 4}.items()
}
PLAIN = [behaviour for behaviour in BEHAVIOURS if set(behaviour.arguments) <= {"--total-timeout", "2", "4", "6"}]
CHOSEN = PLAIN[::12]
QUICK = [b for b in PLAIN[5::9] if not any(word in b.name for word in ("silent", "drip", "ever", "never", "million"))]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Directories for settings and state that nobody used before."""
    return Paths(tmp_path / "config", tmp_path / "state")


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


def asking(paths: Paths, port: int) -> FindtuiApp:
    """An application that asks the peer on this port as soon as it is open."""
    profile = Profile.make(**{"name": "Odd", "host": "127.0.0.1", "port": port, **TIMES})
    ProfileStore(paths.profiles).save(profile)
    return FindtuiApp(paths, profile="Odd", run=True)


def screen(pilot: Pilot[None]) -> MainScreen:
    assert isinstance(pilot.app, FindtuiApp)
    return main_screen(pilot.app)


def has_ended(pilot: Pilot[None]) -> bool:
    if len(pilot.app.screen_stack) < 2 or screen(pilot).level is None:
        return False
    return shown(pilot).state.outcome is not None and not shown(pilot).state.running and not screen(pilot).running


def assert_alive(pilot: Pilot[None]) -> None:
    """It is still there, and nothing on it acts."""
    assert pilot.app.is_running
    assert pilot.app._exception is None
    picture = pilot.app.export_screenshot().replace("&#160;", " ")
    assert not [line[-300:] for line in picture.splitlines() if acting(line, allowed="\t\xa0")]


def problems(behaviour: Behaviour, outcome: Outcome) -> list[str]:
    status = 0 if outcome.error is None else outcome.error.exit_status
    found = []
    if status not in behaviour.statuses:
        found.append(f"status {status}: {outcome.error}")
    if behaviour.kept >= 0 and outcome.received != behaviour.kept:
        found.append(f"{outcome.received} received")
    return found


@pytest.mark.parametrize("behaviour", CHOSEN, ids=str)
async def test_it_says_what_happened_and_keeps_what_came(behaviour: Behaviour, paths: Paths) -> None:
    with ScriptedServer(behaviour.script) as server:
        app = asking(paths, server.port)
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: has_ended(pilot), "the end of the query")
            outcome = shown(pilot).state.outcome
            assert outcome is not None
            assert not problems(behaviour, outcome)
            assert len(shown(pilot).store) == outcome.received
            words = state(pilot)
            if outcome.end is not End.SUCCESS:
                assert words.startswith(("✖", "▲")), words
            if outcome.unreadable:
                assert f"{outcome.unreadable} unreadable" in words
            await pilot.press("3", "down", "4", "5")
            await pilot.pause()
            assert_alive(pilot)


async def test_it_outlives_one_after_the_other(paths: Paths) -> None:
    good = answering(pdus.pending(), pdus.final())
    scripts = itertools.chain([good], *((behaviour.script, good) for behaviour in QUICK))

    def script(conversation: Conversation) -> None:
        next(scripts)(conversation)

    with ScriptedServer(script) as server:
        app = asking(paths, server.port)
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: has_ended(pilot), "the first answer")
            for behaviour in QUICK:
                await again(pilot)
                assert state(pilot)[0] in "●▲✖◷", str(behaviour)
                assert len(shown(pilot).store), "a refresh that failed cost the old list"
                await again(pilot)
                assert state(pilot) == "● complete 1", str(behaviour)
            assert_alive(pilot)


async def again(pilot: Pilot[None]) -> None:
    """Ask again, and wait for the end."""
    before = shown(pilot).state
    outcome = before.outcome
    await pilot.press("r")
    await until(
        pilot, lambda: has_ended(pilot) and shown(pilot).state.outcome is not outcome, "the end of another query"
    )


@pytest.mark.parametrize("masked", [False, True], ids=["shown", "masked"])
async def test_text_that_wants_to_act_is_only_shown(masked: bool, paths: Paths) -> None:
    broken = pdus.final(0xA900, extra={0x00000902: b"\x1b]0;owned\x07[/b][@click=app.quit]x "})
    with ScriptedServer(answering(*RESPONSES, *map(pending, DECLARED), broken)) as server:
        app = asking(paths, server.port)
        async with app.run_test(size=(160, 50)) as pilot:
            await until(pilot, lambda: has_ended(pilot), "the end of the query")
            assert len(shown(pilot).store) == len(RESPONSES) + len(DECLARED)
            if masked:
                await pilot.press("m")
            await pilot.press("3", "home")
            for _ in range(len(IDENTIFIERS)):
                await pilot.press("down")
                await pilot.pause()
                assert_alive(pilot)
            await pilot.press("4", "down", "down", "down", "5", "end")
            await pilot.pause()
            assert_alive(pilot)
