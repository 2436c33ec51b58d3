"""A list to choose from, narrowed as one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from findtui.dicom.visible import visible
from findtui.tui.screens.dialog import Dialog


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list.

    Attributes:
        id: what is answered.
        text: what it says, on the left.
        note: what else it says, dimmed, on the right.
    """

    id: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answer.

    Attributes:
        id: of the line.
        how: "open", or the id of another key that the list was given.
    """

    id: str
    how: str = "open"


class ChooseScreen(Dialog[Chosen]):
    """A list with a line to type in above it.

    Args:
        title: on the border.
        choices: the lines.
        current: id of the line to start on.
        empty: said where there is nothing to choose from.
        keys: more ways to answer: id, key and text of each.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose('open')", "choose", priority=True),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        current: str = "",
        empty: str = "There is nothing here yet.",
        keys: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        super().__init__()
        self._title_text = title
        self._choices = list(choices)
        self._shown: list[Choice] = []
        self._current = current
        self._empty = empty
        for how, key, text in keys:
            self._bindings.bind(key, f"choose('{how}')", text)

    @property
    def heading(self) -> str:
        """The text on the border."""
        return self._title_text

    def body(self) -> ComposeResult:
        """The line to type in and the list."""
        yield Input(placeholder="type to narrow the list", id="narrow", compact=True)
        yield OptionList(id="choices", compact=True)
        yield Static(id="empty")

    def on_mount(self) -> None:
        """Show everything."""
        self._narrow("")
        choices = self.query_one(OptionList)
        ids = [choice.id for choice in self._shown]
        if self._current in ids:
            choices.highlighted = ids.index(self._current)
        self.query_one(Input).focus()

    @on(Input.Changed, "#narrow")
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self._shown = [
            choice
            for choice in self._choices
            if all(word in f"{choice.text} {choice.note}".casefold() for word in words)
        ]
        # What begins as it was typed comes before what holds the words somewhere.
        self._shown.sort(key=lambda choice: not _bare(choice.text).startswith(_bare(text)))
        choices = self.query_one(OptionList)
        choices.clear_options()
        width = max((Content(visible(choice.text)).cell_length for choice in self._shown), default=0)
        choices.add_options([Option(self._prompt(choice, min(width, 44))) for choice in self._shown])
        if self._shown:
            choices.highlighted = 0
        choices.display = bool(self._shown)
        nothing = self.query_one("#empty", Static)
        nothing.update(Content("Nothing here has all these words." if self._choices else self._empty))
        nothing.display = not self._shown

    @staticmethod
    def _prompt(choice: Choice, width: int) -> Content:
        text = Content(visible(choice.text))
        if not choice.note:
            return text
        air = " " * (max(0, width - text.cell_length) + 2)
        return Content.assemble(text, air, (visible(choice.note), "dim"))

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_choose("open")

    def action_move(self, offset: int) -> None:
        """Move the cursor of the list while the keys go to the line above it."""
        choices = self.query_one(OptionList)
        if self._shown:
            choices.highlighted = min(max((choices.highlighted or 0) + offset, 0), len(self._shown) - 1)

    def action_choose(self, how: str) -> None:
        """Answer with the line under the cursor."""
        index = self.query_one(OptionList).highlighted
        if index is not None and index < len(self._shown):
            self.dismiss(Chosen(self._shown[index].id, how))


def _bare(text: str) -> str:
    """A text without case and punctuation."""
    return " ".join("".join(character if character.isalnum() else " " for character in text.casefold()).split())
