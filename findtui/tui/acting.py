"""How a key press becomes what an action of the registry does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from textual.dom import DOMNode

from findtui.tui.actions import BY_ID, Situation

if TYPE_CHECKING:

    class _App(Protocol):
        @property
        def situation(self) -> Situation: ...


class Acting(DOMNode):
    """Carries out actions: the action `run` in a method named `do_run`.

    What a panel does not do itself is left to its screen: to `do_peers_add` for the action `add` of the panel `peers`,
    or to `do_add`.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim in the footer what cannot be done; the key then says why."""
        if action != "act":
            return super().check_action(action, parameters)
        name = str(parameters[0])
        if self.deed(name) is None:
            return False
        return None if BY_ID[name].disabled(cast("_App", self.app).situation) else True

    async def action_act(self, name: str) -> None:
        """Do what the action of this id says."""
        deed = self.deed(name)
        result = deed() if deed is not None else None
        if inspect.isawaitable(result):
            await result

    def deed(self, name: str) -> Callable[[], object] | None:
        """The method that carries out an action here; None where there is none."""
        screen = self.screen
        for owner, method in ((self, f"do_{name}"), (screen, f"do_{self.id}_{name}"), (screen, f"do_{name}")):
            found: Callable[[], object] | None = getattr(owner, method, None)
            if found is not None:
                return found
        return None
