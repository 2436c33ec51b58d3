"""What a panel is and what its keys do, made from the registry of actions."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from findtui.tui.actions import ACTIONS, Scope
from findtui.tui.keynames import key_name
from findtui.tui.panels.panel import Panel
from findtui.tui.screens.dialog import Dialog

_COLUMN = 12
_EVERYWHERE = """
Arrows or j k, PgUp PgDn, Home End move. Tab goes to the next panel.
A click goes there, a second one does what Enter does, and a click on a key at the bottom presses it."""


class HelpScreen(Dialog[None]):
    """Help for one panel; its own keys first, then those that work everywhere.

    Args:
        panel: to explain.
        own_keys: that the user gave to actions.
    """

    def __init__(self, panel: Panel, own_keys: Mapping[str, str]) -> None:
        super().__init__()
        self._own_keys = own_keys
        self._panel = panel

    @property
    def heading(self) -> str:
        """The text on the border."""
        return f"Help: {self._panel.NUMBER} {self._panel.TITLE}"

    def body(self) -> ComposeResult:
        """Words, then keys."""
        with VerticalScroll(id="help"):
            yield Static(Content(self._panel.HELP or ""))
            yield from self._table("In this panel", self._panel.SCOPE)
            yield from self._table("Everywhere", Scope.MAIN)
            yield Static(Content(_EVERYWHERE))

    def on_mount(self) -> None:
        """The text can be scrolled at once."""
        self.query_one("#help").focus()

    def _table(self, title: str, scope: Scope) -> ComposeResult:
        yield Static(Content.styled(f"\n{title}", "bold"))
        for action in ACTIONS:
            if scope in action.scopes:
                keys = key_name(self._own_keys.get(action.id, action.keys))
                yield Static(Content.assemble((f"  {keys:<{_COLUMN - 2}}  ", "bold"), action.help))
