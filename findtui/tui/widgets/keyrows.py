"""The lines of the key editor: keys under their sequences, or with their whole paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from findtui.tui.widgets.cells import fit, width_of
from findtui.tui.widgets.keynotes import KeyNote
from findtui.tui.widgets.lines import Lines

ADD_A_KEY: Final = "+ add a key"
_KIND_WIDTH: Final = 7
_VR_WIDTH: Final = 3
_LEAST_NOTE: Final = 12


class Field(Enum):
    """What of a key is under the cursor."""

    PATH = "path"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Row:
    """A line.

    Attributes:
        key: index of the key; None for the line of a sequence that is gone into, and for the last line.
        label: what stands in the column of paths.
        note: about the key.
    """

    key: int | None
    label: str
    note: KeyNote | None = None


def rows(notes: Sequence[KeyNote], *, as_tree: bool) -> list[Row]:
    """The lines for some keys, with one to add another at the end."""
    found: list[Row] = []
    open_steps: tuple[str, ...] = ()
    for index, note in enumerate(notes):
        parents = tuple(str(step) for step in note.steps[:-1])
        if not as_tree or (note.wrong and not note.steps):
            found.append(Row(index, note.path, note))
            open_steps = ()
            continue
        shared = 0
        while shared < min(len(parents), len(open_steps)) and parents[shared] == open_steps[shared]:
            shared += 1
        found += [Row(None, "  " * depth + parents[depth]) for depth in range(shared, len(parents))]
        open_steps = parents
        label = str(note.steps[-1]) if note.steps else note.path
        found.append(Row(index, "  " * len(parents) + ("." if parents else "") + label, note))
    found.append(Row(None, ADD_A_KEY))
    return found


class KeyRows(Lines):
    """The keys as lines: kind, path, VR, value and note."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "keys--kind",
        "keys--quiet",
        "keys--wrong",
        "keys--value",
        "keys--cursor",
        "keys--field",
    }
    DEFAULT_CSS = """
    KeyRows {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .keys--kind { color: $text-muted; }
        & > .keys--quiet { color: $text-muted; }
        & > .keys--wrong { color: $text-error; }
        & > .keys--value { color: $foreground; text-style: bold; }
        & > .keys--cursor { background: $block-cursor-blurred-background; }
        & > .keys--field { text-style: bold; }
        &:focus > .keys--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:focus > .keys--field { text-style: bold underline; }
    }
    """

    field: reactive[Field] = reactive(Field.VALUE, repaint=False, init=False)

    class Moved(Message):
        """The cursor is on another line or field."""

    class EditRequested(Message):
        """The key under the cursor is to be edited."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = rows((), as_tree=True)

    def set_rows(self, found: list[Row]) -> None:
        """Show other lines."""
        self._rows = found
        self.lines_changed()
        self.post_message(self.Moved())

    @property
    def row(self) -> Row:
        """The line under the cursor."""
        return self._rows[min(self.cursor, len(self._rows) - 1)]

    def go_to_key(self, key: int) -> None:
        """Put the cursor on a key; on the last line where there is none with this index."""
        index = next((index for index, row in enumerate(self._rows) if row.key == key), len(self._rows) - 1)
        self.cursor = index

    @property
    def line_count(self) -> int:
        """Lines, the last one included."""
        return len(self._rows)

    def watch_cursor(self, before: int, now: int) -> None:
        """Tell."""
        super().watch_cursor(before, now)
        self.post_message(self.Moved())

    def watch_field(self) -> None:
        """Draw and tell."""
        self.refresh_line(self.cursor)
        self.post_message(self.Moved())

    def action_cursor_left(self) -> None:
        """To the path."""
        self.field = Field.PATH

    def action_cursor_right(self) -> None:
        """To the value."""
        self.field = Field.VALUE

    def clicked(self, index: int, x: int) -> None:
        """Go to the line and to what of it was clicked."""
        self.move_to(index)
        self.field = Field.PATH if x < self._widths()[0] + _KIND_WIDTH + 1 else Field.VALUE

    def chosen(self, index: int) -> None:
        """A second click edits."""
        self.post_message(self.EditRequested())

    def on_resize(self, event: events.Resize) -> None:
        """Everything has another place."""
        super().on_resize(event)
        self.post_message(self.Moved())

    # Drawing.

    def _widths(self) -> tuple[int, int, int]:
        """Cells of path, value and note."""
        room = self.line_width - 1 - _KIND_WIDTH - 1 - _VR_WIDTH - 1 - 1
        paths = max((width_of(row.label) for row in self._rows if row.note is not None), default=0)
        values = max((width_of(row.note.value) for row in self._rows if row.note is not None), default=0)
        path = max(min(max(paths, 12), room * 45 // 100), 8)
        left = room - path
        value = max(min(max(values, 16), left - _LEAST_NOTE), min(left, 8))
        return path, value, max(left - value, 0)

    def place(self, field: Field) -> Region:
        """Where a field of the line under the cursor is, within the widget."""
        path, value, note = self._widths()
        y = self.cursor - self.scroll_offset.y
        if field is Field.PATH:
            return Region(1 + _KIND_WIDTH, y, self.line_width - 1 - _KIND_WIDTH, 1)
        return Region(1 + _KIND_WIDTH + path + 1 + _VR_WIDTH, y, value + (0 if note >= _LEAST_NOTE else note), 1)

    def draw(self, index: int, width: int) -> Strip:
        """One line."""
        row = self._rows[index]
        here = index == self.cursor
        base = self.rich_style
        if here:
            base += self.get_component_rich_style("keys--cursor", partial=True)
        quiet = base if here else self.get_component_rich_style("keys--quiet")
        if row.note is None:
            label = row.label if row.label == ADD_A_KEY else " " * _KIND_WIDTH + row.label
            return Strip([Segment(f" {label}", quiet)]).adjust_cell_length(width, base)
        note = row.note
        path, value, rest = self._widths()
        wrong = base if here or not note.wrong else self.get_component_rich_style("keys--wrong")
        chosen = base + self.get_component_rich_style("keys--field", partial=True)
        strong = base + self.get_component_rich_style("keys--value", partial=True) if not here else base
        words = f"✖ {note.note}" if note.wrong else note.note
        parts = [
            Segment(" ", base),
            Segment(fit("match" if note.matches else "return", _KIND_WIDTH), quiet),
            Segment(fit(row.label, path), chosen if here and self.field is Field.PATH else base),
            Segment(" ", base),
            Segment(fit(note.vr, _VR_WIDTH), quiet),
            Segment(fit(note.value, value), chosen if here and self.field is Field.VALUE else strong),
            Segment(" ", base),
            Segment(fit(words, rest), wrong if note.wrong else quiet),
        ]
        return Strip(parts).adjust_cell_length(width, base)
