"""Panel 5: what findscu would print, live, and the command line that does the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from findtui.dicom.visible import visible
from findtui.export.narrative import Level, Line
from findtui.tui.actions import Scope, bindings
from findtui.tui.masking import masked_command
from findtui.tui.panels.loglines import LONGEST, Entry, LogLines
from findtui.tui.panels.panel import NarrowedPanel, NarrowLine

LEVELS: Final = (Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR)


class LogPanel(NarrowedPanel):
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
        self._lines = LogLines()
        self._text = ""
        self._command = ""

    def compose(self) -> ComposeResult:
        """Title, a line to narrow the log, the log, and the command."""
        yield self.compose_title()
        yield NarrowLine("narrow")
        yield self._lines
        yield Static(id="command")

    def on_mount(self) -> None:
        """Say what is shown."""
        self._say_level()

    @property
    def target(self) -> LogLines:
        """The lines take the keys."""
        return self._lines

    @property
    def level(self) -> Level:
        """Lines of this level and above are shown."""
        return self._lines.level

    @property
    def entries(self) -> deque[Entry]:
        """All lines that are kept."""
        return self._lines.entries

    def add(self, lines: Iterable[Line], when: datetime) -> None:
        """Add lines of the run; one with several lines of text becomes several."""
        self._lines.add(
            Entry(when, line.level, visible(text if len(text) <= LONGEST else f"{text[:LONGEST]}…"))
            for line in lines
            for text in line.text.splitlines() or [""]
        )

    def show_command(self, command: str) -> None:
        """Show the command line that does the same."""
        self._command = command
        # It has one line, whatever it says.
        self.query_one("#command", Static).update(Content(visible(self.command)), layout=False)

    @property
    def command(self) -> str:
        """The command line as it is shown."""
        return masked_command(self._command) if self.masked else self._command

    @property
    def masked(self) -> bool:
        """Whether what tells of patients is left out."""
        return self._lines.masked

    @masked.setter
    def masked(self, masked: bool) -> None:
        if masked != self.masked:
            self._lines.masked = masked
            self._lines.refresh()
            self.show_command(self._command)

    @property
    def text(self) -> str:
        """The lines that are shown."""
        return self._lines.text

    def narrow(self, text: str) -> None:
        """Show only lines that hold the text."""
        self._text = text
        self._lines.narrow(self.level, text)

    def _say_level(self) -> None:
        self.say(aside=f"{self.level.name.lower()} and above")

    def do_level(self) -> None:
        """The next level."""
        self._lines.narrow(LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)], self._text)
        self._say_level()

    def do_follow(self) -> None:
        """To the end, and stay there."""
        self._lines.follow()

    def do_copy(self) -> None:
        """Copy all lines that are shown."""
        self.post_message(self.CopyWanted(self.text))
