"""A machine that is too busy for its timers."""

from __future__ import annotations

import pytest
from textual.timer import Timer

from findtui.demo.behaviour import Behaviour
from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from tests.tui.conftest import complete, save_demo, shown, state, until

MOMENT = 0.05
"""Seconds that may pass on a busy machine between two lines of code."""


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's timers for a moment, and no more than one, are missed and never go off."""
    run = Timer._run

    async def too_late(timer: Timer) -> None:
        if timer._repeat != 0 or timer._interval > MOMENT:
            await run(timer)

    monkeypatch.setattr(Timer, "_run", too_late)


@pytest.mark.usefixtures("busy")
async def test_an_answer_is_taken_and_read_to_its_end(paths: Paths, server: DemoServer) -> None:
    server.behaviour = Behaviour(large=5_000)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert state(pilot) == "● complete 5,000"
        await until(pilot, lambda: shown(pilot).store.complete, "all cells to be read")
