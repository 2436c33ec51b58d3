"""Panel 3: the responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

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
from findtui.tui.remedies import remedy_of

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.results import ResultStore
    from findtui.tui.widgets.grid import ResultGrid


@dataclass(frozen=True, slots=True)
class Standing:
    """How the responses that are shown stand to the question.

    Attributes:
        remarks: what is to be known of them.
        so_far: behind their count where there may be more, such as "so far".
    """

    remarks: tuple[str, ...] = ()
    so_far: str = ""


class ResultsPanel(NarrowedPanel):
    """The grid, the line that filters it, and what went wrong, explained in place."""

    NUMBER = 3
    TITLE = "Results"
    SCOPE = Scope.RESULTS
    HELP: ClassVar[str | None] = (
        "The responses, as they came. Enter goes down a level where the model has one, else to the whole identifier;"
        " Backspace comes back without asking again. While watching, + marks what is new, ~ what changed and - what is"
        " gone; the keys + and - go from one to the next, u takes the marks away. A filter such as room=ct01 looks in"
        " one column."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RESULTS)]

    class SelectionChanged(Message):
        """Another response is under the cursor, or none."""

    class WidthsChanged(Message):
        """The user gave a column a width."""

    def __init__(self) -> None:
        super().__init__(id="results")
        self._grid: ResultGrid | None = None
        self._sought = ""
        self._explained = ""
        self._put_away = ""
        self._standing = Standing()

    def compose(self) -> ComposeResult:
        """Title, the filter, room for the grid, and for words where there is no grid to show."""
        yield self.compose_title()
        yield NarrowLine("text, or column=text")
        yield Static(id="explanation")
        yield Vertical(id="results-body")

    def on_mount(self) -> None:
        """There is nothing to explain yet."""
        self.explain(None)

    async def furnish(self, store: ResultStore, widths: Mapping[str, int]) -> None:
        """Put the grid in.

        Args:
            store: the responses that it shows.
            widths: cells of columns that the user gave a width, by their path.
        """
        from findtui.tui.widgets.grid import ResultGrid

        self._grid = ResultGrid(store, widths)
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
        """Say what went wrong and what to do about it, and a hint where there is nothing to show yet.

        Where there are responses the explanation stands over them, until Escape puts it away.
        """
        explanation = self.query_one("#explanation", Static)
        beside = error is not None and bool(self.store)
        away = beside and self._put_away == str(error)
        self._explained = "" if error is None else str(error)
        explanation.set_class(error is not None, "-error")
        explanation.set_class(beside, "-beside")
        content = Content(hint)
        if error is not None:
            text = visible(error.message, keep_line_breaks=True)
            content = Content.assemble("✖ ", (text, "bold"))
            if error.remedy:
                content = Content.assemble(content, "\n", (remedy_of(error), "$foreground"))
            if hint:
                content = Content.assemble(content, "\n", (hint, "$text-muted"))
        explanation.display = (error is not None or bool(hint)) and not away
        explanation.update(content, layout=explanation.display)
        self.query_one("#results-body").set_class(error is not None and not beside, "-empty")

    def explain_anew(self) -> None:
        """What was put away is told when it comes again."""
        self._put_away = ""

    def do_close(self) -> None:
        """Close the filter, or put the explanation away, or give the room back."""
        explanation = self.query_one("#explanation", Static)
        if not self.line.display and explanation.display and explanation.has_class("-beside"):
            self._put_away = self._explained
            explanation.display = False
        else:
            super().do_close()

    def remark(self, standing: Standing) -> None:
        """Say in the title how the responses stand to the question."""
        if standing != self._standing:
            self._standing = standing
            self.refresh_title()

    def refresh_title(self) -> None:
        """Say what is to be known of the responses, how much of them is shown, and in which order."""
        store = self.store
        if store is None:
            return
        parts = [*self._standing.remarks, _counts(store, self._standing.so_far), _changes(store)]
        if store.marked:
            parts.append(f"{len(store.marked):,} marked")
        if store.sort_column is not None:
            arrow = "▼" if store.sort_reverse else "▲"
            parts.append(f"by {store.columns[store.sort_column].title} {arrow}")
        self.say(aside=Content("  ".join(visible(part) for part in parts if part)))

    # By their names and not with `@on`, as the grid is loaded after the first paint.

    def on_result_grid_highlighted(self, event: ResultGrid.Highlighted) -> None:
        """Tell of another response under the cursor."""
        event.stop()
        self.post_message(self.SelectionChanged())

    async def on_result_grid_opened(self, event: ResultGrid.Opened) -> None:
        """Go down a level, or to the identifier."""
        event.stop()
        await self.action_act("open")

    def on_result_grid_header_selected(self) -> None:
        """Say how the responses are sorted."""
        self.refresh_title()

    def on_result_grid_marks_changed(self) -> None:
        """Say how many are marked."""
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
        with line.prevent(Input.Changed):
            line.value = store.filter_as_typed if store.filter_text else ""
        line.display = bool(store.filter_text)

    def seek(self, text: str) -> bool:
        """Jump to the next response that holds the text; says whether there is one."""
        self._sought = text
        return self._grid is not None and self._grid.seek(text)

    def do_next(self) -> None:
        """To the next response that holds the text."""
        self._seek_on(backwards=False)

    def do_previous(self) -> None:
        """To the one before."""
        self._seek_on(backwards=True)

    def _seek_on(self, *, backwards: bool) -> None:
        if self._grid is None:
            return
        if not self._sought:
            self.app.notify("Nothing was looked for yet: f does", markup=False, timeout=3)
        elif not self._grid.seek(self._sought, backwards=backwards):
            self.app.notify(f"Nothing shown holds {visible(self._sought)!r}", markup=False, timeout=3)

    def do_next_change(self) -> None:
        """To the next response that is new, changed or gone."""
        self._seek_change(backwards=False)

    def do_previous_change(self) -> None:
        """To the one before."""
        self._seek_change(backwards=True)

    def _seek_change(self, *, backwards: bool) -> None:
        if self._grid is not None and not self._grid.seek_change(backwards=backwards):
            self.app.notify("Nothing shown is new, changed or gone", markup=False, timeout=3)

    def do_sort(self) -> None:
        """Sort by the column under the cursor; where that is done already, go back to the order of arrival."""
        if self._grid is not None:
            column = self._grid.cursor_column
            self._grid.sort(None if self._grid.store.sort_column == column else column)
            self.refresh_title()

    def do_sort_reverse(self) -> None:
        """Turn the order round; without one, sort by the column under the cursor, the largest first."""
        if self._grid is not None:
            store = self._grid.store
            if store.sort_column is None:
                self._grid.sort(self._grid.cursor_column, True)
            else:
                self._grid.sort(store.sort_column, not store.sort_reverse)
            self.refresh_title()

    def do_narrower(self) -> None:
        """Take room from the column under the cursor."""
        self._widen(-1)

    def do_wider(self) -> None:
        """Give room to the column under the cursor."""
        self._widen(1)

    def _widen(self, cells: int) -> None:
        if self._grid is not None:
            self._grid.widen(cells)
            self.post_message(self.WidthsChanged())

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


def _counts(store: ResultStore, so_far: str) -> str:
    """How many of the responses are shown, where these are not all."""
    shown, came = len(store.view), len(store)
    if store.total > came:
        shown = sum(row < came for row in store.view)
    reading = "" if store.complete else ", reading on"
    if store.filter_text:
        return f"/ {store.filter_as_typed}: {shown:,} of {came:,}{f' {so_far}' if so_far else ''}{reading}"
    return f"{shown:,} of {came:,}{reading}" if shown < came else ""


def _changes(store: ResultStore) -> str:
    """How many responses are new, changed and gone."""
    if not store.changes:
        return ""
    from findtui.tui.results.changes import Change

    counts = Counter(store.changes.values())
    return " ".join(f"{change.value}{counts[change]:,}" for change in Change if counts[change])
