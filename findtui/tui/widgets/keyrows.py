"""The lines of the key editor: keys under their sequences, or with their whole paths."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import takewhile
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from findtui.dicom.visible import visible
from findtui.tui.masking import DOTS
from findtui.tui.results.mask import HIDDEN
from findtui.tui.widgets.cells import clip, fit, width_of
from findtui.tui.widgets.keynotes import KeyNote
from findtui.tui.widgets.lines import Lines

ADD_A_KEY: Final = "+ add a key"
_KIND_WIDTH: Final = 7
_VR_WIDTH: Final = 3
_LEAST_VALUE: Final = 10
_LEAST_NOTE: Final = 12
_COMFORTABLE_NOTE: Final = 24
Steps = tuple[str, ...]
"""Sequences that are gone into, each with its item: `("RequestAttributesSequence[0]",)`."""


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
        sequence: for the line of a sequence, the sequences gone into, the last one with its item.
        keys: indices of the keys in it.
        summary: of what is in it, where it is folded.
    """

    key: int | None
    label: str
    note: KeyNote | None = None
    sequence: Steps = ()
    keys: tuple[int, ...] = ()
    summary: str = ""


def rows(notes: Sequence[KeyNote], *, as_tree: bool, folded: Collection[Steps] = ()) -> list[Row]:
    """The lines for some keys, with one to add another at the end.

    Args:
        notes: about each key.
        as_tree: keys stand under their sequences; else with their whole paths.
        folded: sequences whose keys are not shown.
    """
    found: list[Row] = []
    opened: Steps = ()
    for index, note in enumerate(notes):
        if not as_tree or not note.steps:
            found.append(Row(index, visible(note.path), note))
            opened = ()
            continue
        parents = tuple(str(step) for step in note.steps[:-1])
        shared = _shared(parents, opened)
        hidden = any(parents[:depth] in folded for depth in range(1, shared + 1))
        for depth in range(shared, len(parents)):
            if not hidden:
                sequence = parents[: depth + 1]
                hidden = sequence in folded
                found.append(_header(notes, index, sequence, folded=hidden))
        opened = parents
        if not hidden:
            label = str(note.steps[-1])
            found.append(Row(index, "  " * len(parents) + ("." if parents else "") + label, note))
    found.append(Row(None, ADD_A_KEY))
    return found


def _shared(first: Steps, second: Steps) -> int:
    """How many steps two ways have in common from their beginning."""
    count = 0
    while count < min(len(first), len(second)) and first[count] == second[count]:
        count += 1
    return count


def _header(notes: Sequence[KeyNote], start: int, sequence: Steps, *, folded: bool) -> Row:
    depth = len(sequence)
    keys = tuple(
        takewhile(lambda index: tuple(map(str, notes[index].steps[:-1][:depth])) == sequence, range(start, len(notes)))
    )
    label = "  " * (depth - 1) + sequence[-1]
    if not folded:
        return Row(None, label, sequence=sequence, keys=keys)
    matching = sum(notes[index].matches for index in keys)
    wrong = sum(notes[index].wrong for index in keys)
    parts = [f"{len(keys)} key{'s' * (len(keys) != 1)}"]
    parts += [f"{matching} matching"] * bool(matching)
    parts += [f"✖ {wrong} wrong"] * bool(wrong)
    return Row(None, label, sequence=sequence, keys=keys, summary=", ".join(parts))


class KeyRows(Lines):
    """The keys as lines: kind, path, VR, value and note.

    Attributes:
        masked: values that tell of a patient are hidden, unless they are being edited.
    """

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

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "fold", "fold", show=False)]

    field: reactive[Field] = reactive(Field.VALUE, repaint=False, init=False)

    class Moved(Message):
        """The cursor is on another line or field."""

    class EditRequested(Message):
        """The key under the cursor is to be edited."""

    class Folded(Message):
        """A sequence is to be folded or unfolded.

        Attributes:
            sequence: the sequences gone into.
            folded: fold it; None for the other way round.
        """

        def __init__(self, sequence: Steps, folded: bool | None) -> None:
            super().__init__()
            self.sequence = sequence
            self.folded = folded

    def __init__(self) -> None:
        super().__init__()
        self.masked = False
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

    def go_to_sequence(self, sequence: Steps) -> None:
        """Put the cursor on the line of a sequence, if it is there."""
        self.cursor = next((index for index, row in enumerate(self._rows) if row.sequence == sequence), self.cursor)

    def shows(self, key: int) -> bool:
        """Whether a key has a line."""
        return any(row.key == key for row in self._rows)

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
        """To the path; a sequence is folded."""
        if self.row.sequence:
            self.post_message(self.Folded(self.row.sequence, True))
        self.field = Field.PATH

    def action_cursor_right(self) -> None:
        """To the value; a sequence is unfolded."""
        if self.row.sequence:
            self.post_message(self.Folded(self.row.sequence, False))
        self.field = Field.VALUE

    def action_fold(self) -> None:
        """Fold or unfold the sequence under the cursor, or fold the one that the key is in."""
        row = self.row
        if row.sequence:
            self.post_message(self.Folded(row.sequence, None))
        elif row.note is not None and len(row.note.steps) > 1:
            self.post_message(self.Folded(tuple(map(str, row.note.steps[:-1])), True))

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
        """Cells of path, value and note: where there is not room for all, notes give way first, then paths."""
        room = self.line_width - 1 - _KIND_WIDTH - 1 - _VR_WIDTH - 1
        shown = [row for row in self._rows if row.note is not None]
        path = max((width_of(row.label) for row in shown), default=0)
        values = max((width_of(visible(row.note.value)) for row in shown if row.note is not None), default=0)
        path = min(max(path, 12), max(room - _LEAST_VALUE - _LEAST_NOTE, room * 45 // 100))
        left = room - path
        value = min(max(values, 16 if left >= 16 + _COMFORTABLE_NOTE else _LEAST_VALUE), max(left - _LEAST_NOTE, 8))
        value = min(value, left)
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
            return Strip([Segment(clip(f" {self._line_of(row)}", width), quiet)]).adjust_cell_length(width, base)
        note = self._shown(row.note)
        path, value, rest = self._widths()
        wrong = base if here or not note.wrong else self.get_component_rich_style("keys--wrong")
        chosen = base + self.get_component_rich_style("keys--field", partial=True)
        strong = base + self.get_component_rich_style("keys--value", partial=True) if not here else base
        words = f"✖ {note.note}" if note.wrong else note.note
        parts = [
            Segment(" ", base),
            Segment(fit("match" if note.matches else "return", _KIND_WIDTH), quiet),
            Segment(fit(row.label, path, middle=True), chosen if here and self.field is Field.PATH else base),
            Segment(" ", base),
            Segment(fit(note.vr, _VR_WIDTH), quiet),
            Segment(fit(visible(note.value), value), chosen if here and self.field is Field.VALUE else strong),
            Segment(" ", base),
            Segment(fit(words, rest), wrong if note.wrong else quiet),
        ]
        return Strip(parts).adjust_cell_length(width, base)

    def _shown(self, note: KeyNote) -> KeyNote:
        if not (self.masked and note.value and note.steps and note.steps[-1].tag in HIDDEN):
            return note
        return replace(note, value=DOTS, note="masked", wrong=False)

    def _line_of(self, row: Row) -> str:
        """The line of a sequence, or the last one."""
        if not row.sequence:
            return row.label
        mark = "▸" if row.summary else "▾"
        name = row.label.lstrip()
        indent = " " * (_KIND_WIDTH - 2 + len(row.label) - len(name))
        return f"{indent}{mark} {name}" + (f"   {row.summary}" if row.summary else "")
