"""The grid of responses: a window onto a `ResultStore` of any size."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from findtui.dicom.response import Response
from findtui.dicom.visible import visible
from findtui.tui import clock
from findtui.tui.results import Diff, ResultStore
from findtui.tui.results.changes import Change
from findtui.tui.results.columns import Kind
from findtui.tui.results.folding import fold
from findtui.tui.results.order import place_of
from findtui.tui.results.store import MOMENT
from findtui.tui.widgets.cells import clip, fit, fit_marked, segments, width_of
from findtui.tui.widgets.columns import Slot, Wish, arrange
from findtui.tui.widgets.lines import Lines

MARGIN: Final = 4
"""Cells at the left for the cursor, the change and the mark, and one of air."""

CURSOR_MARK: Final = "▸"
USER_MARK: Final = "●"
ASCENDING: Final = "▲"
DESCENDING: Final = "▼"
_LONGEST_FILTER: Final = 24
"""Cells of the filter's text where the grid says that it hides everything."""
_AIR: Final = 4
_STRIPS: Final = 512
_READ_ON: Final = 0.001
"""Seconds between two slices of reading cells."""
_REFRESH: Final = 0.25
"""Seconds after which rows that a sort or filter has let in since are shown."""
_PAUSE: Final = 0.25
"""Seconds without another response after which cells are read that nobody looks at yet."""


class ResultGrid(Lines):
    """Responses in rows, attributes in columns.

    The owner fills the store and calls `refresh_rows` after that. Sorting by a click, moving and marking the grid does
    itself; messages tell of it. The cursor stays on its response, also from one run to the next.
    """

    HEADER_HEIGHT = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header",
        "grid--header-cursor",
        "grid--cursor",
        "grid--cursor-cell",
        "grid--new",
        "grid--changed",
        "grid--gone",
        "grid--mark",
        "grid--found",
    }
    DEFAULT_CSS = """
    ResultGrid {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .grid--header { color: $text-muted; text-style: none; }
        & > .grid--header-cursor { color: $foreground; text-style: bold; }
        & > .grid--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        & > .grid--cursor-cell { text-style: bold; }
        &:focus > .grid--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:focus > .grid--cursor-cell { text-style: bold underline; }
        & > .grid--new { color: $text-success; text-style: bold; }
        & > .grid--changed { color: $text-warning; text-style: bold; }
        & > .grid--gone { color: $text-muted; text-style: italic; }
        & > .grid--mark { color: $text-accent; text-style: bold; }
        & > .grid--found { text-style: bold underline; }
    }
    """

    cursor_column: reactive[int] = reactive(0, repaint=False, init=False)
    """Index of the column under the cursor, in the store's columns."""

    @dataclass
    class Highlighted(Message):
        """Another response is under the cursor.

        Attributes:
            row: of the store; None where nothing is shown.
        """

        row: int | None

    @dataclass
    class Opened(Message):
        """A row was clicked twice.

        Attributes:
            row: of the store.
        """

        row: int

    class MarksChanged(Message):
        """The user marked rows, or took marks away."""

    @dataclass
    class HeaderSelected(Message):
        """The grid has been sorted by a click on a header.

        Attributes:
            column: its index.
        """

        column: int

    def __init__(self, store: ResultStore, widths: Mapping[str, int] | None = None) -> None:
        super().__init__()
        self._store = store
        self._diff: Diff | None = None
        self._row: int | None = None
        # The response that the cursor was on in the run before and that has not come yet in this one.
        self._awaited: tuple[int, Response] | None = None
        self._looked_at = 0
        self._moved = False
        self._told: Response | None = None
        self._reading_on = False
        self._refreshed = 0.0
        # Responses at the last look, and when that had become more.
        self._total, self._grew = 0, 0.0
        self._first_column = 0
        self._kept: int | None = None
        self._natural: list[int] = []
        self._own = dict(widths or {})
        self._measured: set[int] = set()
        self._slots: list[Slot] = []
        self._more = False
        self._words: list[str] = []
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(_STRIPS)
        self._forget_widths()

    # What is shown.

    @property
    def store(self) -> ResultStore:
        """The responses that are shown."""
        return self._store

    @property
    def row(self) -> int | None:
        """Row of the store under the cursor; None where nothing is shown."""
        view = self._store.view
        return view[self.cursor] if 0 <= self.cursor < len(view) else None

    @property
    def response(self) -> Response | None:
        """The response under the cursor."""
        row = self.row
        return None if row is None else self._store.response(row)

    @property
    def value(self) -> str:
        """The text of the cell under the cursor."""
        row = self.row
        return "" if row is None else self._store.cell(row, self.cursor_column)

    def show(self, store: ResultStore, diff: Diff | None = None) -> None:
        """Show a store, with the cursor on the same response as before where it has that.

        Args:
            store: the one that is shown already, or another.
            diff: what became of the responses since the run before, to be marked; None for no marks.
        """
        if store is not self._store:
            self._await_response()
            self._store = store
            self.cursor_column = min(self.cursor_column, max(len(store.columns) - 1, 0))
            self._forget_widths()
        if diff is not self._diff:
            store.show_changes(diff)
            self._diff = diff
        self._words = fold(store.filter_text).split()
        self._strips.clear()
        self.refresh_rows()

    def refresh_rows(self, first: int = 0) -> None:
        """Take in that the store has more responses, another order or other marks.

        Args:
            first: index of the first line that is another than before.
        """
        self._follow_cursor()
        self.lines_changed(first)
        self._arrange()
        self._tell()
        self._go_on_reading()

    def refresh_cells(self) -> None:
        """Take in that cells read differently: masked, as sent, in another character set or in other columns."""
        self.cursor_column = min(self.cursor_column, max(len(self._store.columns) - 1, 0))
        self._forget_widths()
        self.refresh_rows()

    def _read_on(self) -> None:
        """Read cells while nothing else is to be done; what is in sight has been read on the spot."""
        self._reading_on = False
        store = self._store
        now = time.monotonic()
        if store.total != self._total:
            self._total, self._grew = store.total, now
        if now - self._grew < _PAUSE and not store.arranged:
            # What streams in goes first: it has to share the processor with this.
            self._go_on_reading(_PAUSE)
            return
        store.read(MOMENT)
        if store.complete or now - self._refreshed > _REFRESH:
            self._refreshed = now
            self.refresh_rows()
        else:
            self._go_on_reading()

    def _go_on_reading(self, wait: float = _READ_ON) -> None:
        if not self._store.complete and not self._reading_on and self.is_attached:
            self._reading_on = True
            clock.later(self, wait, self._read_on)

    def filter(self, text: str, column: int | None = None) -> None:
        """Show only rows that hold every word of a text, in any column or in one."""
        self._store.filter(text, column)
        self._words = fold(text).split()
        self._strips.clear()
        self.refresh_rows()
        self.show_cursor()

    def sort(self, column: int | None, reverse: bool = False) -> None:
        """Sort by a column; the cursor stays on its response and in sight."""
        self._store.sort(column, reverse)
        if column is not None:
            self.cursor_column = column
        self.refresh_rows()
        self.show_cursor()

    def seek(self, text: str, *, backwards: bool = False) -> bool:
        """Put the cursor on the next row that holds every word of a text; says whether there is one."""
        return self._go(self._store.seek(text, self.cursor, backwards=backwards))

    def seek_change(self, *, backwards: bool = False) -> bool:
        """Put the cursor on the next row that is new, changed or gone; says whether there is one."""
        return self._go(self._store.seek_change(self.cursor, backwards=backwards))

    def _go(self, place: int | None) -> bool:
        if place is not None:
            self.move_to(place)
        return place is not None

    def toggle_mark(self) -> None:
        """Mark the response under the cursor, or take its mark away."""
        row = self.row
        if row is not None:
            self._store.toggle_mark(row)
            self.refresh_line(self.cursor + self.HEADER_HEIGHT)
            self.post_message(self.MarksChanged())

    def mark_shown(self) -> None:
        """Mark all that is shown, or take all these marks away."""
        self._store.mark_shown()
        self.refresh()
        self.post_message(self.MarksChanged())

    # The cursor.

    @property
    def line_count(self) -> int:
        """Rows that are shown."""
        return len(self._store.view)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row, as the user does."""
        self._awaited = None
        self._moved = True
        self.cursor = index

    def return_to(self, response: Response, top: int) -> None:
        """Put the cursor back on a response, with the lines where they were; not where it is not shown any more.

        Args:
            response: that the cursor was on when the store was left.
            top: index of the line that was the first in sight then.
        """
        row = self._store.row_of(self._store.identity(response), response)
        if row is not None:
            self.move_to(place_of(self._store.view, row, self.cursor))
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
            self.show_cursor()

    def watch_cursor(self, before: int, now: int) -> None:
        """Remember the row, and tell."""
        super().watch_cursor(before, now)
        self._row = self.row
        self._measure()
        self._tell()

    def _follow_cursor(self) -> None:
        """Keep the cursor on its row, and the row in its place on the screen, when the rows around it change."""
        store, view = self._store, self._store.view
        if not store.total:
            self._await_response()
        if self._awaited is not None:
            found = store.row_of(*self._awaited, self._looked_at)
            self._looked_at = store.total
            if found is not None:
                self._row, self._awaited, self._moved = found, None, True
        if not self._moved:
            place = 0
            self._row = view[0] if len(view) else None
        else:
            place = self.cursor if self._row is None else place_of(view, self._row, self.cursor)
        if place == self.cursor:
            return
        top = self.scroll_offset.y + place - self.cursor
        self.set_reactive(Lines.cursor, place)
        self.lines_changed()
        self.scroll_to(y=max(top, 0), animate=False, force=True, immediate=True)

    def _await_response(self) -> None:
        """Go back to the response under the cursor when it comes again."""
        if self._told is not None:
            self._awaited = self._store.identity(self._told), self._told
        self._looked_at = 0
        self._row, self._moved = None, False

    def _tell(self) -> None:
        response = self.response
        if response is not self._told:
            self._told = response
            self.post_message(self.Highlighted(self.row))

    def action_cursor_left(self) -> None:
        """To the column on the left."""
        self.cursor_column = max(self.cursor_column - 1, 0)

    def action_cursor_right(self) -> None:
        """To the column on the right."""
        self.cursor_column = min(self.cursor_column + 1, max(len(self._store.columns) - 1, 0))

    def watch_cursor_column(self, before: int, now: int) -> None:
        """Bring the column into sight."""
        self._kept = now
        self._first_column = min(self._first_column, now)
        self._arrange()
        while now not in self._shown and self._first_column < now:
            self._first_column += 1
            self._arrange()
        self.refresh()

    @property
    def _shown(self) -> set[int]:
        return {slot.column for slot in self._slots}

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """The wheel sideways moves by columns."""
        event.stop()
        self.action_cursor_right()

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """The wheel sideways moves by columns."""
        event.stop()
        self.action_cursor_left()

    def clicked(self, index: int, x: int) -> None:
        """Go to the row and the column."""
        self.move_to(index)
        column = self._column_at(x)
        if column is not None:
            self.cursor_column = column

    def chosen(self, index: int) -> None:
        """Open the row."""
        row = self.row
        if row is not None:
            self.post_message(self.Opened(row))

    def header_clicked(self, x: int) -> None:
        """Sort by the column, or turn its order round."""
        column = self._column_at(x)
        if column is None:
            return
        reverse = self._store.sort_column == column and not self._store.sort_reverse
        self.sort(column, reverse)
        self.post_message(self.HeaderSelected(column))

    def _column_at(self, x: int) -> int | None:
        return next((slot.column for slot in self._slots if slot.left <= x <= slot.left + slot.width), None)

    # Widths.

    def _forget_widths(self) -> None:
        self._strips.clear()
        self._natural = [width_of(column.title) for column in self._store.columns]
        self._measured.clear()
        self._first_column = min(self._first_column, max(len(self._natural) - 1, 0))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """What comes into sight may be wider."""
        super().watch_scroll_y(old_value, new_value)
        self._measure()

    def _measure(self) -> None:
        """Widen columns for what is in sight; they never become narrower, so that nothing jumps."""
        view = self._store.view
        grown = False
        for index in self.in_sight:
            row = view[index]
            if row in self._measured:
                continue
            self._measured.add(row)
            for column, text in enumerate(self._store.cells(row)):
                width = width_of(text)
                if width > self._natural[column]:
                    self._natural[column] = width
                    grown = True
        if grown:
            self._arrange()

    def _arrange(self) -> None:
        """Give the columns their places."""
        before = (self._slots, self._more)
        wishes = [self._wish(index) for index in range(len(self._natural))]
        self._slots, self._more = arrange(wishes, self._first_column, MARGIN, self.line_width - 2)
        if self._kept is None and self._slots and self.cursor_column not in self._shown:
            self.set_reactive(ResultGrid.cursor_column, self._slots[0].column)
        if before != (self._slots, self._more):
            self._strips.clear()
            self.refresh()

    def widen(self, cells: int) -> None:
        """Make the column under the cursor so much wider, or narrower; it then keeps this width."""
        slot = next((slot for slot in self._slots if slot.column == self.cursor_column), None)
        if slot is not None:
            path = self._store.columns[slot.column].path
            self._own[path] = max(slot.width + cells, 1)
            self._kept = slot.column
            self._arrange()

    @property
    def left_out(self) -> Mapping[str, str]:
        """Why columns are not in sight, in few words, by their path."""
        shown, store = self._shown, self._store
        return {
            column.path: "no room"
            if not self._wish(index).spare
            else "all alike"
            if store.cell(0, index)
            else "all empty"
            for index, column in enumerate(store.columns)
            if store.total and index not in shown
        }

    @property
    def own_widths(self) -> Mapping[str, int]:
        """Cells of the columns that were given a width, by their path."""
        return dict(self._own)

    def forget_own_widths(self, paths: Sequence[str]) -> None:
        """Let these columns be as wide as what they show again."""
        self._own = {path: cells for path, cells in self._own.items() if path not in paths}
        self._arrange()

    def _wish(self, index: int) -> Wish:
        store, column = self._store, self._store.columns[index]
        own = self._own.get(column.path)
        if own is not None:
            return Wish(own, own, own)
        natural = self._natural[index]
        if not self._measured:
            # Titles alone have air between them.
            natural = max(natural, min(natural + _AIR, column.min_width))
        if store.sort_column == index:
            natural = max(natural, width_of(column.title) + 2)
        # The column that the user went to or sorts by stays.
        free = index not in (self._kept, store.sort_column)
        if not store.total:
            spare = free and column.spare
        else:
            dull = column.spare and store.total > 1
            spare = free and store.constant(index) and (dull or not store.cell(0, index))
        return Wish(natural, column.min_width, column.max_width, spare)

    def on_resize(self, event: events.Resize) -> None:
        """Everything has another place."""
        self._strips.clear()
        super().on_resize(event)
        self._measure()
        self._arrange()
        self.call_after_refresh(self._measure)

    def lines_changed(self, first: int = 0) -> None:
        """Draw anew what is in sight of the lines that changed, from the index `first` on."""
        super().lines_changed(first)
        self._measure()

    # Drawing.

    def notify_style_update(self) -> None:
        """Colours have changed."""
        super().notify_style_update()
        self._strips.clear()

    def draw_header(self, width: int) -> Strip:
        """Titles, with the sort mark; arrows at the edges where there are more columns."""
        store = self._store
        style = self.get_component_rich_style("grid--header")
        current = self.get_component_rich_style("grid--header-cursor")
        parts = [Segment(("‹" if self._first_column else " ").ljust(MARGIN), style)]
        at = MARGIN
        for slot in self._slots:
            column = store.columns[slot.column]
            title = fit(column.title, slot.width, right=column.right_aligned)
            if slot.column == store.sort_column:
                mark = DESCENDING if store.sort_reverse else ASCENDING
                title = fit_marked(column.title, mark, slot.width, right=column.right_aligned)
            parts.append(Segment(" " * (slot.left - at), style))
            title_style = current if slot.column == self.cursor_column else style
            title_style += Style.from_meta({"column": slot.column})
            parts.append(Segment(title, title_style))
            at = slot.left + slot.width
        parts.append(Segment(" " * (width - 1 - at) + ("›" if self._more else " "), style))
        return Strip(parts).adjust_cell_length(width, style)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen; where a filter leaves no response, say so in their place."""
        place = y - self.HEADER_HEIGHT - 1
        hides = len(self._store) and self._store.complete and not self.line_count and self._store.filter_text
        if not hides or place not in (0, 1):
            return super().render_line(y)
        came = len(self._store)
        wanted = clip(visible(self._store.filter_as_typed), _LONGEST_FILTER)
        which = f"all {came:,} responses" if came > 1 else "the only response"
        text = (f"The filter {wanted} hides {which}.", "Esc takes the filter away.")[place]
        style = self.get_component_rich_style("grid--header")
        line = Segment(fit(" " * MARGIN + text, self.line_width), style)
        return Strip([line]).adjust_cell_length(self.line_width, style)

    def draw(self, index: int, width: int) -> Strip:
        """One response."""
        row = self._store.view[index]
        here = index == self.cursor
        change = self._store.changes.get(row)
        marked = row in self._store.marked
        column = self.cursor_column if here else None
        key = (row, width, column, change, marked, self.has_focus)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._strip(row, width, here, change, marked)
        return strip

    def _strip(self, row: int, width: int, here: bool, change: Change | None, marked: bool) -> Strip:
        base = self.rich_style
        cursor = self.get_component_rich_style("grid--cursor", partial=True) if here else Style.null()
        line = base + cursor
        if change is Change.GONE:
            line = self.get_component_rich_style("grid--gone") + cursor
        parts = self._margin(line, here, change, marked)
        found = self.get_component_rich_style("grid--found", partial=True)
        only = self._store.filter_column
        texts = self._store.cells(row)
        at = MARGIN
        for slot in self._slots:
            column = self._store.columns[slot.column]
            text = fit(texts[slot.column], slot.width, right=column.right_aligned, middle=column.kind is Kind.UID)
            # Cells of their own, so that in a picture each begins at its place whatever the width of its glyphs.
            style = line + Style.from_meta({"column": slot.column})
            if here and slot.column == self.cursor_column:
                style += self.get_component_rich_style("grid--cursor-cell", partial=True)
            words: Sequence[str] = self._words if only in (None, slot.column) else ()
            parts.append(Segment(" " * (slot.left - at), line))
            parts += segments(text, style, words, found)
            at = slot.left + slot.width
        return Strip(parts).adjust_cell_length(width, line)

    def _margin(self, line: Style, here: bool, change: Change | None, marked: bool) -> list[Segment]:
        parts = [Segment(CURSOR_MARK if here else " ", line)]
        shown = " " if change is None else change.value
        parts.append(Segment(shown, self._mark_style(f"grid--{change.name.lower()}", line, here) if change else line))
        parts.append(Segment(USER_MARK if marked else " ", self._mark_style("grid--mark", line, here)))
        parts.append(Segment(" ", line))
        return parts

    def _mark_style(self, name: str, line: Style, here: bool) -> Style:
        # On the cursor's background its own colours are the ones that can be read.
        return line if here else self.get_component_rich_style(name)
