"""The main screen on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from findtui.tui.app import FindtuiApp
from tests.tui.conftest import complete, shown, state, until


async def test_opens_on_todays_worklist(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert state(pilot) == f"● complete {len(shown(pilot).store)}"
        assert len(shown(pilot).store) > 20


async def test_three_keys_export_it(app: FindtuiApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("e")
        await until(pilot, lambda: app.screen.query("#target"), "the dialog")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the end of the export")
        lines = (tmp_path / "responses.csv").read_text("utf-8-sig").splitlines()
        assert len(lines) == len(shown(pilot).store) + 1
