"""What is shown while no peer is saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from findtui.tui.screens.dialog import Dialog


@dataclass(frozen=True, slots=True)
class Beginning:
    """A way to begin.

    Attributes:
        id: what is answered.
        key: that chooses it.
        short: in two words or three.
        text: what it does.
        note: what else is to be known.
    """

    id: str
    key: str
    short: str
    text: str
    note: str


BEGINNINGS: Final = (
    Beginning("add", "a", "add a peer", "add one: host, port, titles", "t then tests it"),
    Beginning("demo", "d", "demo hospital", "look around in the demo hospital", "nothing leaves this machine"),
    Beginning("paste", "P", "paste a command", "paste a findscu command line", "one that you have"),
)


class FirstStart(Dialog[str]):
    """Three ways to begin."""

    TITLE_TEXT = "findtui"
    BINDINGS: ClassVar[list[BindingType]] = [Binding(way.key, f"answer('{way.id}')", way.short) for way in BEGINNINGS]

    def body(self) -> ComposeResult:
        """What findtui is, and how to begin."""
        yield Static(Content("findtui asks DICOM servers for worklists and studies."))
        yield Static(Content("\nNo server is saved yet.\n"))
        for way in BEGINNINGS:
            line = Content.assemble("  ", (way.key, "bold"), f"   {way.text:<36}", (way.note, "dim"))
            yield Static(line, classes="choice", id=f"choice-{way.id}")

    def on_click(self, event: Click) -> None:
        """A click on a line is as good as its key."""
        clicked = event.widget.id if event.widget is not None else None
        for way in BEGINNINGS:
            if clicked == f"choice-{way.id}":
                self.dismiss(way.id)

    def action_answer(self, how: str) -> None:
        """Begin this way."""
        self.dismiss(how)
