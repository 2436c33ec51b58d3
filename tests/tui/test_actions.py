"""The registry of actions: each does something, says why when it cannot, and is told of everywhere."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

import pytest

from findtui.tui.actions import ACTIONS, BY_ID, PANELS, Action, Scope, Situation, bindings
from findtui.tui.app import FindtuiApp
from findtui.tui.keynames import key_name
from findtui.tui.screens.main import MainScreen
from tests.tui.conftest import PATIENCE, complete, main, until

DOCS = Path(__file__).parents[2] / "docs" / "application.md"
KEYMAP = Path(__file__).parents[2] / "config" / "keymap.toml"


def keys_of(action: Action) -> list[str]:
    return [key.strip() for key in action.keys.split(",")]


def test_ids_are_unique_and_texts_are_there() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for action in ACTIONS:
        assert action.text
        assert action.help
        assert action.keys
        assert action.scopes


def test_a_key_means_one_thing_in_a_panel() -> None:
    for panel in PANELS:
        used: dict[str, list[str]] = defaultdict(list)
        for action in ACTIONS:
            if panel in action.scopes:
                for key in keys_of(action):
                    used[key].append(action.id)
        assert {key: ids for key, ids in used.items() if len(ids) > 1} == {}


def test_a_panels_key_hides_no_other_meaning_of_it() -> None:
    everywhere = {key: action.id for action in ACTIONS if Scope.MAIN in action.scopes for key in keys_of(action)}
    for panel in PANELS:
        for action in ACTIONS:
            if panel in action.scopes:
                for key in keys_of(action):
                    assert everywhere.get(key, action.id) == action.id


def test_bindings_carry_ids_for_the_keymap() -> None:
    for scope in Scope:
        assert [binding.id for binding in bindings(scope)] == [row.id for row in ACTIONS if scope in row.scopes]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_a_reason_is_words_and_goes_away(action: Action) -> None:
    busy = Situation(True, True, 1, True, True, 5, True, 1, True, True, 9)
    idle = Situation(False, True, 1, True, True, 5, True, 1, True, True, 9)
    assert "" in (action.disabled(busy), action.disabled(idle))
    reason = action.disabled(Situation())
    assert reason == reason.strip()


async def test_every_action_has_somebody_who_does_it(app: FindtuiApp) -> None:
    async with app.run_test(size=(160, 50)) as pilot:
        await complete(pilot)
        screen = main(pilot)
        panels = {
            Scope.PEERS: screen.peers_panel,
            Scope.KEYS: screen.keys_panel,
            Scope.RESULTS: screen.results_panel,
            Scope.DETAIL: screen.detail_panel,
            Scope.LOG: screen.log_panel,
        }
        for action in ACTIONS:
            for scope in action.scopes:
                owner = screen if scope is Scope.MAIN else panels[scope]
                assert owner.deed(action.id) is not None, (action.id, scope)


ELSEWHERE = {"quit", "editor", "value_editor", "theme"}
"""Pressed in tests of their own."""


@pytest.mark.parametrize("scope", list(Scope), ids=lambda scope: scope.name.lower())
async def test_every_key_can_be_pressed(app: FindtuiApp, scope: Scope) -> None:
    """The first key of each action, where it belongs: a dialog may open, and Escape closes it."""
    panel = "results" if scope is Scope.MAIN else scope.name.lower()
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        for action in ACTIONS:
            if action.id in ELSEWHERE or scope is not action.scopes[0]:
                continue
            main(pilot).go_to(panel)
            await pilot.pause()
            await pilot.press(keys_of(action)[0])
            await pilot.pause()
            deadline = time.monotonic() + PATIENCE
            while not isinstance(app.screen, MainScreen):
                # A dialog that has only just come may not have its keys yet.
                assert time.monotonic() < deadline, f"{action.id} does not close"
                await pilot.press("escape")
                await pilot.pause()
        await until(pilot, lambda: not main(pilot).running, "the last query to end")
        assert main(pilot).level is not None
        assert not [note.message for note in app._notifications if "findtui itself failed" in (note.title or "")]


async def test_a_key_that_can_do_nothing_says_why(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("c")
        await until(
            pilot, lambda: any("nothing is running" in note.message for note in app._notifications), "the reason"
        )


async def test_keys_can_be_given_to_other_actions(app: FindtuiApp) -> None:
    app.paths.config.mkdir(parents=True, exist_ok=True)
    app.paths.keymap.write_text('[keys]\nmask = "f9"\n')
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("m")
        assert not app.settings.mask
        await pilot.press("f9")
        assert app.settings.mask


def test_the_documentation_tells_of_every_action() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for action in ACTIONS:
        row = f"| `{action.id}` | {key_name(action.keys)} | {action.help} |"
        assert row in text, row


def test_the_example_keymap_names_every_action_with_its_keys() -> None:
    text = KEYMAP.read_text(encoding="utf-8")
    for action in ACTIONS:
        assert f'# {action.id} = "{action.keys}"' in text
