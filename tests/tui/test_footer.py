"""The line of keys: what matters most, in the room that there is, under the names that keys have everywhere."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from findtui.tui.actions import BY_ID, FOOTERS, PANELS
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.export import ExportScreen
from findtui.tui.widgets.footer import FooterKey, KeyFooter, fitting
from tests.tui.conftest import complete, main, until
from tests.tui.forms import opened


def footer(pilot: Pilot[None]) -> str:
    """What stands in the last line of the screen."""
    line = pilot.app.screen.query_one(KeyFooter)
    return line.render_line(0).text.strip()


def test_what_does_not_fit_is_left_out_but_for_the_last() -> None:
    keys = [FooterKey(key, "text") for key in "abcdef"]
    assert fitting(keys, 100) == (2, keys)
    assert fitting(keys, 6 * 6 + 5) == (1, keys)
    assert fitting(keys, 20) == (1, [keys[0], keys[1], keys[-1]])
    assert fitting(keys, 3) == (1, [keys[-1]])
    assert fitting([], 10)[1] == []


def test_the_registry_knows_what_stands_in_the_footers() -> None:
    assert set(FOOTERS) == set(PANELS)
    for places in FOOTERS.values():
        assert places[-1] == ("help",)
        assert all(action in BY_ID for place in places for action in place)


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (80, 24), (160, 50)], ids=str)
async def test_every_size_has_keys(app: FindtuiApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await complete(pilot)
        await until(pilot, lambda: "? help" in footer(pilot), "the help")
        if size[0] >= 40:
            assert "Enter open" in footer(pilot)
            assert "r run" in footer(pilot)
        if size[0] >= 80:
            assert all(text in footer(pilot) for text in ("e export", "/ filter", "w watch", "1 peers", "5 log"))


async def test_keys_have_one_name_everywhere(app: FindtuiApp) -> None:
    async with app.run_test(size=(160, 50)) as pilot:
        await complete(pilot)
        await pilot.press("1")
        await until(pilot, lambda: "F2 edit  Del delete" in footer(pilot), "the keys of the peers")
        await pilot.press("h")
        await until(pilot, lambda: "Enter choose" in footer(pilot), "the history")
        assert "F2 edit" in footer(pilot)
        assert "Ctrl+y copy command" in footer(pilot)


async def test_cancel_takes_the_place_of_run(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await until(pilot, lambda: "r run" in footer(pilot) and "c cancel" not in footer(pilot), "run")
        before = footer(pilot)
        main(pilot).running = True
        main(pilot).refresh_state()
        await until(pilot, lambda: "c cancel" in footer(pilot) and "r run" not in footer(pilot), "cancel")
        # Nothing behind it moves.
        assert footer(pilot).index("w watch") == before.index("w watch")
        main(pilot).running = False


async def test_a_click_presses_the_key(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await until(pilot, lambda: "? help" in footer(pilot), "the help")
        line = pilot.app.screen.query_one(KeyFooter)
        await pilot.click(line, offset=(footer(pilot).index("2 keys") + 2, 0))
        await until(pilot, lambda: main(pilot).keys_panel.has_class("-current"), "the keys")
        await pilot.hover(line, offset=(2, 0))
        assert line.tooltip
        # Between two keys there is nothing to press.
        await until(pilot, lambda: "F2 edit" in footer(pilot), "the keys of the editor")
        await pilot.click(line, offset=(79, 0))
        assert main(pilot).keys_panel.has_class("-current")


async def test_own_keys_stand_in_the_footer(app: FindtuiApp) -> None:
    app.paths.config.mkdir(parents=True, exist_ok=True)
    app.paths.keymap.write_text('[keys]\nrun = "F9"\nhelp = "ctrl+g"\n')
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await until(pilot, lambda: "F9 run" in footer(pilot) and "Ctrl+g help" in footer(pilot), "the new keys")


async def test_who_types_is_told_how_to_end_it(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("slash", "x")
        await until(pilot, lambda: footer(pilot) == "Enter done  Esc close  F1 help", "the keys")
        await pilot.press("escape")
        await until(pilot, lambda: "Enter open" in footer(pilot), "the keys of the results")


async def test_an_open_list_of_choices_is_left_with_its_own_keys(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("e")
        await opened(pilot, ExportScreen)
        before = footer(pilot)
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: footer(pilot) == "Enter choose  Esc close the list", "the keys of the list")
        await pilot.press("escape")
        await until(pilot, lambda: "choose directory" in footer(pilot), "the keys of the dialog")
        assert before.endswith("Esc close")
        assert footer(pilot).endswith("Esc close")
