"""What the grid, the identifier and the key editor have in common: many lines, one of them under the cursor."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget


class Lines(ScrollView, can_focus=True):
    """Lines that are drawn when they come into sight, however many there are.

    A subclass says how many lines there are and draws one; it calls `lines_changed` when their number or what they
    show has changed.
    """

    ALLOW_SELECT = False
    HEADER_HEIGHT: ClassVar[int] = 0

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", "up", show=False),
        Binding("down,j", "cursor_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
        Binding("home", "first", "first", show=False),
        Binding("end", "last", "last", show=False),
        Binding("left", "cursor_left", "left", show=False),
        Binding("right", "cursor_right", "right", show=False),
    ]

    _base: Style | None = None
    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the line under the cursor."""

    @property
    def line_count(self) -> int:
        """How many lines there are, the header not counted."""
        raise TypeError(f"{type(self).__name__} does not say how many lines it has")

    def draw(self, index: int, width: int) -> Strip:
        """One line, exactly this wide."""
        raise TypeError(f"{type(self).__name__} does not draw its lines")

    def draw_header(self, width: int) -> Strip:
        """The line that stays on top."""
        return Strip.blank(width)

    def chosen(self, index: int) -> None:
        """A line was clicked twice."""

    def header_clicked(self, x: int) -> None:
        """The header was clicked at this column of cells."""

    def clicked(self, index: int, x: int) -> None:
        """A line was clicked at this column of cells."""
        self.move_to(index)

    # Geometry.

    @property
    def page_height(self) -> int:
        """Lines that are in sight at a time."""
        return max(self.scrollable_content_region.height - self.HEADER_HEIGHT, 0)

    @property
    def line_width(self) -> int:
        """Cells that a line has."""
        return self.scrollable_content_region.width

    @property
    def in_sight(self) -> range:
        """Indices of the lines that are in sight."""
        top = self.scroll_offset.y
        return range(top, min(top + self.page_height, self.line_count))

    def lines_changed(self, first: int = 0) -> None:
        """Draw anew what is in sight of the lines that changed; the cursor stays within the lines.

        Args:
            first: index of the first line that changed.
        """
        # A width of 1 never brings up a horizontal scrollbar.
        size = Size(1, self.line_count + self.HEADER_HEIGHT)
        if size != self.virtual_size:
            self._resize_to(size)
        self.cursor = self.validate_cursor(self.cursor)
        if first < self.scroll_offset.y + self.page_height:
            self.refresh()

    def _resize_to(self, size: Size) -> None:
        """Take in that there are more lines, or fewer.

        Where the scrollbar stays it alone changes: no need to lay out, and draw, the whole screen.
        """
        if self.styles.overflow_y != "scroll":
            self.virtual_size = size
            return
        self.set_reactive(Widget.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a line."""
        return max(0, min(cursor, self.line_count - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw the two lines concerned, and bring the cursor into sight."""
        for index in (before, now):
            self.refresh_line(index + self.HEADER_HEIGHT)
        self.show_cursor()

    def show_cursor(self) -> None:
        """Scroll so that the cursor is in sight."""
        height = self.page_height
        if height <= 0:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            top = self.cursor
        elif self.cursor >= top + height:
            top = self.cursor - height + 1
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Everything has another place."""
        self.lines_changed()
        self.show_cursor()

    # Drawing.

    @property
    def rich_style(self) -> Style:
        """As Textual works it out from all that is around; once for all lines that are drawn together."""
        return super().rich_style if self._base is None else self._base

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw some lines."""
        self._base = super().rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._base = None

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width = self.line_width
        if y < self.HEADER_HEIGHT:
            return self.draw_header(width)
        index = y - self.HEADER_HEIGHT + self.scroll_offset.y
        if not 0 <= index < self.line_count:
            return Strip.blank(width, self.rich_style)
        return self.draw(index, width)

    # Moving.

    def move_to(self, index: int) -> None:
        """Put the cursor on a line, as the user does."""
        self.cursor = index

    def action_cursor_up(self) -> None:
        """One line up."""
        self.move_to(self.cursor - 1)

    def action_cursor_down(self) -> None:
        """One line down."""
        self.move_to(self.cursor + 1)

    def action_page_up(self) -> None:
        """One page up."""
        self.move_to(self.cursor - max(self.page_height - 1, 1))

    def action_page_down(self) -> None:
        """One page down."""
        self.move_to(self.cursor + max(self.page_height - 1, 1))

    def action_first(self) -> None:
        """To the first line."""
        self.move_to(0)

    def action_last(self) -> None:
        """To the last line."""
        self.move_to(self.line_count - 1)

    def action_cursor_left(self) -> None:
        """Whatever lies left."""

    def action_cursor_right(self) -> None:
        """Whatever lies right."""

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a second one chooses the line."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        if offset.y < self.HEADER_HEIGHT:
            self.header_clicked(offset.x)
            return
        index = offset.y - self.HEADER_HEIGHT + self.scroll_offset.y
        if not 0 <= index < self.line_count:
            return
        self.clicked(index, offset.x)
        if event.chain == 2:
            self.chosen(index)
