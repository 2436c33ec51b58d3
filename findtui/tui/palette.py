"""The command palette: every action of the registry by what it does, with its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand

from findtui.tui.acting import Acting
from findtui.tui.actions import ACTIONS, Action
from findtui.tui.keynames import key_name
from findtui.tui.panels.panel import Panel

if TYPE_CHECKING:
    from findtui.tui.screens.main import MainScreen


def commands(screen: MainScreen, own_keys: Mapping[str, str]) -> Iterator[SystemCommand]:
    """All actions: those of the panel that one is in, those of everywhere, and those of other panels.

    Args:
        screen: that they work on.
        own_keys: that the user gave to actions.
    """
    node = screen.focused or screen
    around = [place for place in node.ancestors_with_self if isinstance(place, Acting)]
    situation = screen.situation
    for action in ACTIONS:
        owner = next((place for place in around if place.deed(action.id)), None)
        reason = action.disabled(situation)
        about = f"{action.help} ({key_name(own_keys.get(action.id, action.keys))})"
        title = f"{action.text[0].upper()}{action.text[1:]}"
        if owner is None:
            title += f", in {action.scopes[0].value}"
        yield SystemCommand(title, f"{about}: {reason}" if reason else about, _performer(screen, owner, action))


def _performer(screen: MainScreen, owner: Acting | None, action: Action) -> Callable[[], Any]:
    async def perform() -> None:
        if reason := action.disabled(screen.situation):
            screen.tell(f"{action.text}: {reason}")
        elif owner is not None:
            await owner.action_act(action.id)
        else:
            panel = action.scopes[0].name.lower()
            screen.go_to(panel)
            await screen.query_one(f"#{panel}", Panel).action_act(action.id)

    return perform
