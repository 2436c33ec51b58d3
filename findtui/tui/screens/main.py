"""The main screen: five numbered panels under one line that says how the answer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.geometry import Size

from findtui.tui.actions import Scope, Situation, bindings
from findtui.tui.deeds.desk import CURRENT
from findtui.tui.deeds.leaving import Leaving
from findtui.tui.deeds.looking import Looking
from findtui.tui.deeds.queries import Queries
from findtui.tui.panels.detail import DetailPanel
from findtui.tui.panels.keys import KeysPanel
from findtui.tui.panels.log import LogPanel
from findtui.tui.panels.peers import PeersPanel
from findtui.tui.panels.results import ResultsPanel
from findtui.tui.panels.stateline import StateLine
from findtui.tui.session import Session
from findtui.tui.widgets.footer import ActionFooter

if TYPE_CHECKING:
    from findtui.tui.app import FindtuiApp
    from findtui.tui.widgets.detail import IdentifierTree


class MainScreen(Queries, Looking, Leaving):
    """Where one is all day."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MAIN)]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__(id="main")
        self.session = Session()
        self.furnished = False

    def compose(self) -> ComposeResult:
        """The panels without what takes time to load."""
        self._take_size(self.app.size)
        yield StateLine()
        with Horizontal(id="body", classes=CURRENT):
            yield PeersPanel()
            with Vertical(id="right", classes=CURRENT):
                yield KeysPanel()
                with Horizontal(id="answer", classes=CURRENT):
                    yield ResultsPanel().add_class(CURRENT, update=False)
                    yield DetailPanel()
        yield LogPanel()
        yield ActionFooter()

    def _take_size(self, size: Size) -> None:
        """Have the classes of the terminal's size before anything is laid out in it: Textual has them after that."""
        for breakpoints, cells in (
            (self.findtui.HORIZONTAL_BREAKPOINTS, size.width),
            (self.findtui.VERTICAL_BREAKPOINTS, size.height),
        ):
            taken = max(row for row in breakpoints if row[0] <= cells)[1]
            self.update_classes({name: name == taken for _, name in breakpoints}, update=False)

    def on_resize(self, event: Resize) -> None:
        """What was laid out for another size is not laid out in this one, and painted, before it is laid out anew."""
        self._take_size(event.size)
        self.app.stylesheet.update(self)

    def on_mount(self) -> None:
        """Say that nothing was asked yet, and let the application go on once this is on the screen."""
        self.refresh_state()

    async def furnish(self) -> None:
        """Put in the parts that need the dictionary, after the first paint."""
        from findtui.tui.question import Question

        await self.keys_panel.furnish()
        await self.results_panel.furnish(self.findtui.make_store(Question()), self.findtui.settings.widths)
        await self.detail_panel.furnish()
        self.furnished = True

    # By their names and not with `@on`, as the widgets that send these are loaded after the first paint.

    def on_key_editor_changed(self) -> None:
        """What is asked has changed."""
        self._question_changed()

    @on(KeysPanel.Replaced)
    def _question_changed(self) -> None:
        self.keys_panel.refresh_title()
        self.refresh_state(actions=False)

    def on_key_editor_run_requested(self) -> None:
        """Ask what the editor holds."""
        self.do_run()

    def on_identifier_tree_make_key(self, event: IdentifierTree.MakeKey) -> None:
        """Make an attribute a key of the next query."""
        self.add_key(event.path, event.value)

    @on(ResultsPanel.SelectionChanged)
    def _selection_changed(self) -> None:
        self.show_response()

    @on(ResultsPanel.WidthsChanged)
    def _widths_changed(self) -> None:
        self.keep_widths()

    @property
    def situation(self) -> Situation:
        """What actions ask for."""
        level = self.level
        store = level.store if level is not None else None
        return Situation(
            running=self.running,
            peer=self.session.peer is not None,
            profiles=len(self.findtui.profiles),
            profile=self.furnished and self.peers_panel.profile is not None,
            keys=bool(level and level.question.keys),
            responses=len(store) if store is not None else 0,
            selected=self.response is not None,
            depth=max(0, len(self.session.levels) - 1),
            watching=self.watching,
            changes=level is not None and bool(level.changes),
            log=len(self.log_panel.entries),
        )


def main_screen(app: FindtuiApp) -> MainScreen:
    """The main screen of the application, whatever lies over it."""
    return next(screen for screen in app.screen_stack if isinstance(screen, MainScreen))
