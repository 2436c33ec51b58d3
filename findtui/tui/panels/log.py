"""Panel 5: what findscu would print, live, and the command line that does the same."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, RichLog, Static

from findtui.dicom.visible import visible
from findtui.export.narrative import Level, Line
from findtui.tui.actions import Scope, bindings
from findtui.tui.panels.panel import Panel

LIMIT: Final = 5_000
"""Lines that are kept."""

LEVELS: Final = (Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR)
_STYLES: Final = {Level.WARN: "bold", Level.ERROR: "bold", Level.FATAL: "bold", Level.DEBUG: "dim"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: when, how important, and what."""

    when: datetime
    level: Level
    text: str

    def __str__(self) -> str:
        return f"{self.when:%H:%M:%S}.{self.when.microsecond // 1000:03d} {self.level.letter} {self.text}"


class LogPanel(Panel):
    """The log, filtered by level and text, with the command line under it."""

    NUMBER = 5
    TITLE = "Log"
    SCOPE = Scope.LOG
    HELP: ClassVar[str | None] = (
        "What findscu would print with -v or -d, as it happens: association, contexts, messages, statuses and times."
        " The last line is the command line that does what the application just did."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LOG)]

    @dataclass
    class CopyWanted(Message):
        """The lines that are shown are to be copied."""

        text: str

    def __init__(self) -> None:
        super().__init__(id="log")
        self.entries: deque[Entry] = deque(maxlen=LIMIT)
        self.level = Level.INFO
        self._text = ""

    def compose(self) -> ComposeResult:
        """Title, a line to narrow the log, the log, and the command."""
        yield self.compose_title()
        yield Input(placeholder="narrow", id="log-filter", compact=True)
        yield RichLog(id="log-lines", max_lines=LIMIT, wrap=False, min_width=0)
        yield Static(id="command")

    def on_mount(self) -> None:
        """The line to narrow the log comes with its key."""
        self.query_one(Input).display = False
        self._say_level()

    @property
    def target(self) -> RichLog:
        """The lines take the keys."""
        return self.query_one(RichLog)

    def add(self, line: Line, when: datetime) -> None:
        """Add a line of the run; one with several lines of text becomes several."""
        for text in line.text.splitlines() or [""]:
            entry = Entry(when, line.level, visible(text))
            self.entries.append(entry)
            if self._fits(entry):
                self._write(entry)

    def show_command(self, command: str) -> None:
        """Show the command line that does the same."""
        self.query_one("#command", Static).update(Content(visible(command)))

    @property
    def text(self) -> str:
        """The lines that are shown."""
        return "\n".join(str(entry) for entry in self.entries if self._fits(entry))

    def _fits(self, entry: Entry) -> bool:
        return entry.level >= self.level and self._text.casefold() in entry.text.casefold()

    def _write(self, entry: Entry) -> None:
        self.query_one(RichLog).write(Text(str(entry), style=_STYLES.get(entry.level, ""), no_wrap=True))

    def _rewrite(self) -> None:
        lines = self.query_one(RichLog)
        lines.clear()
        for entry in self.entries:
            if self._fits(entry):
                self._write(entry)
        self._say_level()

    def _say_level(self) -> None:
        self.say(aside=f"{self.level.name.lower()} and above")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the log as one types."""
        event.stop()
        self._text = event.value
        self._rewrite()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the lines."""
        event.stop()
        self.enter()

    def do_filter(self) -> None:
        """Narrow the log."""
        line = self.query_one(Input)
        line.display = True
        line.focus()

    def do_close(self) -> None:
        """Show all again, or give the room back."""
        line = self.query_one(Input)
        if line.display:
            line.value = ""
            line.display = False
            self.enter()
        else:
            self.post_message(self.Left())

    def do_level(self) -> None:
        """The next level."""
        self.level = LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]
        self._rewrite()

    def do_follow(self) -> None:
        """To the end, and stay there."""
        lines = self.query_one(RichLog)
        lines.auto_scroll = True
        lines.scroll_end(animate=False)

    def do_copy(self) -> None:
        """Copy the lines that are shown."""
        self.post_message(self.CopyWanted(self.text))
