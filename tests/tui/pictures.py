"""Every screen that there is, and the keys that lead to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import complete, main, shown, until

Steps = Callable[[Pilot[None]], Awaitable[None]]


@dataclass(frozen=True)
class Picture:
    """A screen and the way to it.

    Attributes:
        name: of the file.
        keys: pressed once the worklist is there.
        dialog: the keys open a dialog.
        model: of the peer.
        ready: what must hold before the picture is taken; None for nothing more.
        everywhere: is looked at in every theme.
    """

    name: str
    keys: tuple[str, ...] = ()
    dialog: bool = False
    model: str = "worklist"
    ready: Callable[[Pilot[None]], object] | None = None
    everywhere: bool = False

    async def reach(self, pilot: Pilot[None]) -> None:
        """Go there."""
        await complete(pilot)
        for key in self.keys:
            await pilot.press(key)
            await pilot.pause()
        if self.dialog:
            await until(pilot, lambda: len(pilot.app.screen_stack) > 2, f"the dialog of {self.name}")
        if self.ready is not None:
            ready = self.ready
            await until(pilot, lambda: ready(pilot), self.name)
        await until(pilot, lambda: shown(pilot).store.complete, "all cells")
        grid = main(pilot).results_panel.grid
        assert grid is not None
        # Columns are as wide as what has been in sight, which is a matter of chance while rows are coming in.
        grid.refresh_cells()
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False
        await pilot.pause()


def _tested(pilot: Pilot[None]) -> bool:
    return bool(getattr(pilot.app.screen, "finished", False))


def _offered(pilot: Pilot[None]) -> bool:
    return bool(pilot.app.screen.query_one("#key-offers").display)


def _drilled(pilot: Pilot[None]) -> bool:
    return len(main(pilot).session.levels) == 2 and not main(pilot).running and len(shown(pilot).store) > 0


PICTURES = (
    Picture("worklist", everywhere=True),
    Picture("studies", model="study"),
    Picture("peers", ("1",)),
    Picture("keys", ("2",), everywhere=True),
    Picture("typing", ("2", "a", "M", "o", "d", "a"), ready=_offered),
    Picture("identifier", ("4", "down", "down", "down"), everywhere=True),
    Picture("log", ("5",), everywhere=True),
    Picture("zoom", ("4", "z")),
    Picture("filter", ("slash", "c", "t", "0", "1")),
    Picture("marked", ("space", "down", "space", "down", "down", "s", "s")),
    Picture("masked", ("m",)),
    Picture("raw", ("x",)),
    Picture("help", ("question_mark",), dialog=True),
    Picture("palette", ("ctrl+p",), dialog=True),
    Picture("templates", ("t",), dialog=True),
    Picture("history", ("h",), dialog=True),
    Picture("model", ("M",), dialog=True),
    Picture("columns", ("o",), dialog=True),
    Picture("decode", ("d",), dialog=True),
    Picture("options", ("ctrl+o",), dialog=True),
    Picture("paste", ("P",), dialog=True),
    Picture("interval", ("W",), dialog=True),
    Picture("save", ("ctrl+s",), dialog=True),
    Picture("profile", ("1", "f2"), dialog=True),
    Picture("profile-association", ("1", "f2", "f6"), dialog=True),
    Picture("profile-tls", ("1", "f2", "f6", "f6"), dialog=True, everywhere=True),
    Picture("profile-query", ("1", "f2", "f6", "f6", "f6"), dialog=True),
    Picture("test", ("1", "t"), dialog=True, ready=_tested, everywhere=True),
    Picture("export", ("e",), dialog=True, everywhere=True),
    Picture("drill", ("enter",), model="study", ready=_drilled),
    Picture("delete", ("1", "delete"), dialog=True),
)
