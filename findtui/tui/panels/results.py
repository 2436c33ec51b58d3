"""Panel 3: the responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.tui.actions import Scope, bindings
from findtui.tui.panels.panel import NarrowedPanel, NarrowLine
from findtui.tui.widgets.grid import ResultGrid

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.results import ResultStore


class ResultsPanel(NarrowedPanel):
    """The grid, the line that filters it, and what went wrong, explained in place."""

    NUMBER = 3
    TITLE = "Results"
    SCOPE = Scope.RESULTS
    HELP: ClassVar[str | None] = (
        "The responses, as they came. Enter goes down a level where the model has one, else to the whole identifier;"
        " Backspace comes back without asking again. While watching, + marks what is new, ~ what changed and - what is"
        " gone; u takes the marks away. A filter such as room=ct01 looks in one column."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RESULTS)]

    class SelectionChanged(Message):
        """Another response is under the cursor, or none."""

    def __init__(self) -> None:
        super().__init__(id="results")
        self._grid: ResultGrid | None = None
        self._sought = ""

    def compose(self) -> ComposeResult:
        """Title, the filter, room for the grid, and for words where there is no grid to show."""
        yield self.compose_title()
        yield NarrowLine("text, or column=text")
        yield Static(id="explanation")
        yield Vertical(id="results-body")

    def on_mount(self) -> None:
        """There is nothing to explain yet."""
        self.explain(None)

    async def furnish(self, store: ResultStore) -> None:
        """Put the grid in."""
        self._grid = ResultGrid(store)
        await self.query_one("#results-body").mount(self._grid)

    @property
    def grid(self) -> ResultGrid | None:
        """The grid, once it is there."""
        return self._grid

    @property
    def target(self) -> ResultGrid | None:
        """The grid takes the keys."""
        return self._grid

    @property
    def store(self) -> ResultStore | None:
        """The responses that are shown."""
        return None if self._grid is None else self._grid.store

    @property
    def selected(self) -> Response | None:
        """The response under the cursor."""
        return None if self._grid is None else self._grid.response

    def explain(self, error: FindtuiError | None, hint: str = "") -> None:
        """Say what went wrong and what to do about it, or a hint where there is nothing to show yet."""
        explanation = self.query_one("#explanation", Static)
        explanation.set_class(error is not None, "-error")
        if error is not None:
            text = visible(error.message, keep_line_breaks=True)
            content = Content.assemble("✖ ", (text, "bold"))
            if error.remedy:
                content = Content.assemble(content, "\n  ", visible(error.remedy, keep_line_breaks=True))
            explanation.update(content)
        else:
            explanation.update(Content(hint))
        explanation.display = error is not None or bool(hint)
        self.query_one("#results-body").set_class(error is not None, "-empty")

    def refresh_title(self) -> None:
        """Say how much is shown, how it is sorted and what the filter is."""
        store = self.store
        if store is None:
            return
        parts = []
        if store.filter_text:
            parts.append(f"/ {store.filter_text}: {len(store.view):,} of {len(store):,}")
        if store.marked:
            parts.append(f"{len(store.marked):,} marked")
        if store.sort_column is not None:
            arrow = "▼" if store.sort_reverse else "▲"
            parts.append(f"by {store.columns[store.sort_column].title} {arrow}")
        self.say(aside=Content("  ".join(map(visible, parts))))

    @on(ResultGrid.Highlighted)
    def _highlighted(self, event: ResultGrid.Highlighted) -> None:
        event.stop()
        self.post_message(self.SelectionChanged())

    @on(ResultGrid.Opened)
    async def _opened(self, event: ResultGrid.Opened) -> None:
        event.stop()
        await self.action_act("open")

    @on(ResultGrid.HeaderSelected)
    @on(ResultGrid.MarksChanged)
    def _view_changed(self) -> None:
        self.refresh_title()

    def narrow(self, text: str) -> None:
        """Show only responses that hold the text, in any column or (`column=text`) in one."""
        if self._grid is None:
            return
        name, equals, wanted = text.partition("=")
        column = None
        if equals:
            titles = [column.title.casefold() for column in self._grid.store.columns]
            fits = [index for index, title in enumerate(titles) if title.startswith(name.strip().casefold())]
            column = fits[0] if fits else None
        self._grid.filter(wanted if column is not None else text, column)
        self.refresh_title()

    def show_filter(self) -> None:
        """Let the line say what the responses that are shown now are filtered by."""
        store, line = self.store, self.line
        if store is None or line.has_focus:
            return
        column = store.filter_column
        prefix = f"{store.columns[column].title}=" if column is not None and store.filter_text else ""
        with line.prevent(Input.Changed):
            line.value = f"{prefix}{store.filter_text}"
        line.display = bool(store.filter_text)

    def seek(self, text: str) -> bool:
        """Jump to the next response that holds the text; says whether there is one."""
        self._sought = text
        return self._grid is not None and self._grid.seek(text)

    def do_next(self) -> None:
        """To the next response that holds the text."""
        if self._grid is not None:
            self._grid.seek(self._sought)

    def do_previous(self) -> None:
        """To the one before."""
        if self._grid is not None:
            self._grid.seek(self._sought, backwards=True)

    def do_sort(self) -> None:
        """Sort by the next column."""
        self._sort(step=1)

    def do_sort_reverse(self) -> None:
        """Turn the order round."""
        self._sort(step=0)

    def _sort(self, step: int) -> None:
        if self._grid is None:
            return
        store = self._grid.store
        current = store.sort_column
        reverse = not store.sort_reverse if step == 0 else False
        column = 0 if current is None else (current + step) % max(len(store.columns), 1)
        self._grid.sort(column, reverse)
        self.refresh_title()

    def do_mark(self) -> None:
        """Mark the response, or take its mark away."""
        if self._grid is not None:
            self._grid.toggle_mark()
            self.refresh_title()

    def do_mark_shown(self) -> None:
        """Mark all that is shown, or none."""
        if self._grid is not None:
            self._grid.mark_shown()
            self.refresh_title()
