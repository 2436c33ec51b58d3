"""A findscu command line that the user has, pasted."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.tui.screens.dialog import Dialog


class PasteScreen(Dialog[str]):
    """Takes a command of one line or several, and says what it asks before it is opened.

    Args:
        text: that was pasted already.
    """

    TITLE_TEXT = "Paste a command line"
    DEFAULT_CSS = """
    PasteScreen TextArea { height: 7; border: none; padding: 0 1; background: $surface; }
    PasteScreen TextArea:focus { background: $panel; }
    PasteScreen #meaning { height: auto; min-height: 2; margin-top: 1; color: $text-muted; }
    PasteScreen #meaning.-wrong { color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "answer", "open", priority=True)]

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text

    def body(self) -> ComposeResult:
        """An example, room for the command, and what it means."""
        yield Static("A findscu command, such as  findscu -W -k PatientName=M* pacs 104", classes="question")
        yield TextArea(soft_wrap=True, show_line_numbers=False, compact=True, tab_behavior="focus")
        yield Static(id="meaning")

    def on_mount(self) -> None:
        """Type at once."""
        area = self.query_one(TextArea)
        area.text = self._text
        area.move_cursor(area.document.end)
        area.focus()

    @on(TextArea.Changed)
    def _changed(self) -> None:
        text = self.query_one(TextArea).text
        meaning, _ = _meaning(text) if text.strip() else ("", False)
        self._say(meaning, wrong=False)

    def action_answer(self) -> None:
        """Open it, unless it cannot be understood; what was pasted stays to be mended."""
        text = self.query_one(TextArea).text
        meaning, wrong = _meaning(text)
        if wrong:
            self._say(f"✖ {meaning}", wrong=True)
        else:
            self.dismiss(text)

    def _say(self, words: str, *, wrong: bool) -> None:
        said = self.query_one("#meaning", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(visible(words)))


def _meaning(text: str) -> tuple[str, bool]:
    """What a command asks of whom, or why it cannot be understood, and which of the two."""
    from findtui.command.command_line import from_command_line, left_out

    try:
        peer, query, _ = from_command_line(text)
        ignored = left_out(text)
    except FindtuiError as error:
        return f"{error.message}. {error.remedy}" if error.remedy else error.message, True
    count = len(query.keys)
    parts = [f"asks {peer.called_ae_title} at {peer}", query.model.name, f"{count} key{'s' * (count != 1)}"]
    parts += [path.name for path in query.files]
    if ignored:
        parts.append(f"left out, for they concern no query: {' '.join(ignored)}")
    return " · ".join(parts), False
