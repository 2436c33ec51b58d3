"""The lines of the log: those of some importance that hold a text, the newest in sight unless one looks back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from findtui.export.narrative import Level
from findtui.tui.masking import masked_line
from findtui.tui.widgets.cells import fit
from findtui.tui.widgets.lines import Lines

LIMIT: Final = 10_000
"""Lines that are kept."""

LONGEST: Final = 4_096
"""Characters of a line that are kept."""


class Entry(NamedTuple):
    """One line: when, how important, and what. Thousands of them come in a moment."""

    when: datetime
    level: Level
    text: str

    def __str__(self) -> str:
        return f"{self.when:%H:%M:%S}.{self.when.microsecond // 1000:03d} {self.level.letter} {self.text}"


class LogLines(Lines):
    """A bounded log.

    Attributes:
        entries: all lines that are kept, oldest first.
        masked: what tells of patients is left out.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--debug", "log--warn", "log--error", "log--cursor"}
    DEFAULT_CSS = """
    LogLines {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .log--debug { color: $quiet; }
        & > .log--warn { color: $text-warning; }
        & > .log--error { color: $text-error; text-style: bold; }
        &:focus > .log--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.entries: deque[Entry] = deque(maxlen=LIMIT)
        self.level = Level.INFO
        self.masked = False
        self._words = ""
        self._shown: deque[Entry] = deque(maxlen=LIMIT)
        self._following = True

    def add(self, entries: Iterable[Entry]) -> None:
        """Add lines at the end."""
        entries = list(entries)
        self.entries.extend(entries)
        self._shown.extend(entry for entry in entries if self._fits(entry))
        self._changed()

    def narrow(self, level: Level, text: str) -> None:
        """Show only lines of a level and above that hold a text."""
        self.level, self._words = level, text.casefold()
        self._shown = deque((entry for entry in self.entries if self._fits(entry)), LIMIT)
        self._changed()

    def follow(self) -> None:
        """To the end, and stay there."""
        self._following = True
        self._changed()

    @property
    def text(self) -> str:
        """The lines that are shown."""
        return "\n".join(map(self._line, self._shown))

    def _line(self, entry: Entry) -> str:
        return str(entry._replace(text=masked_line(entry.text)) if self.masked else entry)

    def _fits(self, entry: Entry) -> bool:
        return entry.level >= self.level and (not self._words or self._words in entry.text.casefold())

    def _changed(self) -> None:
        self.lines_changed()
        if self._following:
            self.cursor = max(self.line_count - 1, 0)
            self.show_cursor()

    def move_to(self, index: int) -> None:
        """Look back, or follow again from the last line."""
        super().move_to(index)
        self._following = self.cursor >= self.line_count - 1

    @property
    def line_count(self) -> int:
        """Lines that are shown."""
        return len(self._shown)

    def draw(self, index: int, width: int) -> Strip:
        """One line, cut at the edge."""
        entry = self._shown[index]
        style = self.rich_style
        if entry.level >= Level.WARN:
            name = "log--error" if entry.level >= Level.ERROR else "log--warn"
            style += self.get_component_rich_style(name, partial=True)
        elif entry.level < Level.INFO:
            style += self.get_component_rich_style("log--debug", partial=True)
        if index == self.cursor and self.has_focus:
            style += self.get_component_rich_style("log--cursor", partial=True)
        return Strip([Segment(fit(f" {self._line(entry)}", width), style)]).adjust_cell_length(width, style)
