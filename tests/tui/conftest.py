"""An application on a made-up hospital, at a moment that does not pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Self

import pytest
from textual.pilot import Pilot

import findtui.demo.hospital
import findtui.demo.server
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.net.control import Control
from findtui.net.events import Event, Finished, Negotiated
from findtui.net.peer import Peer
from findtui.store.fields import Value
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui import clock
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.main import MainScreen, main_screen
from findtui.tui.session import Level
from tests.tui.settled import wait_until_settled

MOMENT = datetime(2026, 11, 22, 9, 41, 7, 112000, timezone(timedelta(hours=1)))
PATIENCE = 60.0


class Today(date):
    """The day of that moment, for servers that follow the day."""

    @classmethod
    def today(cls) -> Self:
        """That day."""
        return cls(MOMENT.year, MOMENT.month, MOMENT.day)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, nothing is animated, and the user's own settings are far away."""
    monkeypatch.setattr(clock, "now", lambda: MOMENT)
    for module in (findtui.demo.hospital, findtui.demo.server):
        monkeypatch.setattr(module, "date", Today)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)
    wait_until_settled(monkeypatch)


@pytest.fixture(autouse=True)
def nothing_failed_inside(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What findtui told its user and went on from is no less a defect; a test that wants it clears the log."""
    yield
    failed = [record for record in caplog.get_records("call") if record.name == "findtui.tui.failsafe"]
    assert not failed, [record.exc_text or record.exc_info for record in failed]


@pytest.fixture(scope="session")
def hospital() -> Hospital:
    """The hospital of that day, shared by tests that do not change it."""
    return Hospital(MOMENT.date())


@pytest.fixture
def server(hospital: Hospital) -> Iterator[DemoServer]:
    """A server of the hospital, on a port of its own."""
    with DemoServer(hospital=hospital) as running:
        yield running


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Directories for settings and state that nobody used before."""
    return Paths(tmp_path / "config", tmp_path / "state")


def save_demo(paths: Paths, server: DemoServer, **values: Value) -> Profile:
    """Save the server as a peer, for the worklist."""
    profile = Profile.make(
        **{"name": "Demo Hospital", "host": "127.0.0.1", "port": server.port, "called_ae_title": "DEMO", **values}
    )
    ProfileStore(paths.profiles).save(profile)
    return profile


@pytest.fixture
def app(paths: Paths, server: DemoServer) -> FindtuiApp:
    """An application that opens on today's worklist."""
    save_demo(paths, server)
    return FindtuiApp(paths, profile="Demo Hospital", run=True)


def steady_find(port: int) -> Callable[[Peer, Query, Control], Iterator[Event]]:
    """The engine, with the peer's port put in and every duration made the same."""

    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        from findtui.net.find import find as engine

        for event in engine(peer._replace(port=port), query, control):
            match event:
                case Negotiated():
                    yield event._replace(elapsed=0.008)
                case Finished():
                    yield event._replace(outcome=event.outcome._replace(elapsed=0.2))
                case _:
                    yield event

    return find


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str) -> None:
    """Let the application go on until something holds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        await pilot.pause()
        if condition():
            return
        assert time.monotonic() < deadline, f"waited {PATIENCE:g} s for {what}"
        await asyncio.sleep(0.01)


def main(pilot: Pilot[None]) -> MainScreen:
    """The main screen, whatever lies over it."""
    assert isinstance(pilot.app, FindtuiApp)
    return main_screen(pilot.app)


def shown(pilot: Pilot[None]) -> Level:
    """The level that is shown."""
    level = main(pilot).level
    assert level is not None
    return level


def state(pilot: Pilot[None]) -> str:
    """The words of the state line."""
    level = main(pilot).level
    return "" if level is None else str(level.state.words())


async def complete(pilot: Pilot[None]) -> None:
    """Wait for a query that has brought responses and has ended."""
    await until(
        pilot, lambda: len(pilot.app.screen_stack) > 1 and state(pilot).startswith(("●", "▲", "✖")), "an answer"
    )
