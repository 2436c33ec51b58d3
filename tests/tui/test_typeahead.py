"""Keys that come all at once, as over a slow line or from a script: each means what it means in its turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.profile_editor import ProfileEditor
from tests.tui.conftest import PATIENCE, complete, main, save_demo, shown, until
from tests.tui.forms import closed, opened

_CHARACTERS = {".": "full_stop", "/": "slash", "*": "asterisk", "-": "minus"}


def _at_once(pilot: Pilot[None], *keys: str) -> None:
    """Press keys without giving the application a moment between them."""
    for key in keys:
        pilot.app.post_message(Key(_CHARACTERS.get(key, key), key if len(key) == 1 else None))


def _typed(pilot: Pilot[None], fields: Iterable[str]) -> list[str]:
    return [pilot.app.screen.query_one(f"#field-{field}", Input).value for field in fields]


async def test_what_is_typed_for_a_field_lands_in_no_other(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        _at_once(pilot, "1", "a", *"PACS", "tab", *"10.0.0.1", "tab", *"11112")
        await opened(pilot, ProfileEditor)
        fields = ("name", "host", "port")
        await until(pilot, lambda: _typed(pilot, fields) == ["PACS", "10.0.0.1", "11112"], "three fields")
        _at_once(pilot, "escape", "enter")
        await closed(pilot)


async def test_a_panel_a_row_and_a_value(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        _at_once(pilot, "2", "down", "down", "down", "f2", *"-1", "enter", "3", "down")
        panel = main(pilot).keys_panel
        await until(pilot, lambda: "StartDate=today-1" in " ".join(panel.question.keys), "the new value")


async def test_a_filter_is_typed_to_its_end(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        _at_once(pilot, "/", *"ACC000041", "enter", "space")
        store = shown(pilot).store
        await until(pilot, lambda: store.filter_text and len(store.marked) == 1, "one response to be marked")


class InAHurry(FindtuiApp):
    """An application whose user types before there is anything on the screen."""

    def on_load(self) -> None:
        for key in ("slash", *"müller", "ctrl+j"):
            self.post_message(Key(key, key if len(key) == 1 else None))
        super().on_load()


async def test_what_is_typed_before_there_is_a_screen_waits_for_it(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = InAHurry(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await until(pilot, lambda: shown(pilot).store.filter_text == "müller", "the filter")
        await until(pilot, lambda: app.focused is main(pilot).results_panel.grid, "the responses to have the keys")
    assert not app.settings.mask


async def test_what_is_stuck_keeps_nobody_elses_keys(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        stuck, over = app.focused, asyncio.Event()
        assert stuck is not None
        stuck.call_later(over.wait)
        _at_once(pilot, "down", "ctrl+p")
        deadline = time.monotonic() + PATIENCE
        while app.screen is main(pilot):
            assert time.monotonic() < deadline, "the second key has waited for the first for good"
            await asyncio.sleep(0.01)
        over.set()
        await pilot.press("escape")
        await closed(pilot)
