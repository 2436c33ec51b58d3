"""What is shown while no peer is saved yet."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from findtui.tui.screens.dialog import Dialog


class FirstStart(Dialog[str]):
    """Three ways to begin."""

    TITLE_TEXT = "findtui"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer('add')", "add a peer"),
        Binding("d", "answer('demo')", "demo hospital"),
        Binding("P", "answer('paste')", "paste a command"),
    ]

    def body(self) -> ComposeResult:
        """What findtui is, and how to begin."""
        yield Static(Content("findtui asks DICOM servers for worklists and studies."))
        yield Static(Content("\nNo server is saved yet.\n"))
        for key, what, note in (
            ("a", "add one: host, port, titles", "t then tests it"),
            ("d", "look around in the demo hospital", "nothing leaves this machine"),
            ("P", "paste a findscu command line", "one that you have"),
        ):
            line = Content.assemble("  ", (key, "bold"), f"   {what:<36}", (note, "dim"))
            yield Static(line, classes="choice", id=f"choice-{key}")

    def on_click(self, event: object) -> None:
        """A click on a line is as good as its key."""
        widget = getattr(event, "widget", None)
        answers = {"choice-a": "add", "choice-d": "demo", "choice-P": "paste"}
        if widget is not None and widget.id in answers:
            self.dismiss(answers[widget.id])

    def action_answer(self, how: str) -> None:
        """Begin this way."""
        self.dismiss(how)
