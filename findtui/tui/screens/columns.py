"""The columns of the results: which, and in what order."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from findtui.dicom.models import attributes
from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.tui.question import Question
from findtui.tui.screens.dialog import Dialog


class ColumnsScreen(Dialog[tuple[str, ...]]):
    """Chosen columns first, in their order; then what else the query asks for. An empty answer restores the usual.

    Args:
        shown: paths of the columns that are shown.
        question: what else there could be.
    """

    TITLE_TEXT = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show_or_hide", "show or hide", key_display="↵", priority=True),
        Binding("ctrl+up", "move(-1)", "left", priority=True),
        Binding("ctrl+down", "move(1)", "right", priority=True),
        Binding("ctrl+s", "answer", "done"),
        Binding("ctrl+d", "restore", "the usual"),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, shown: tuple[str, ...], question: Question) -> None:
        super().__init__()
        self._chosen = list(shown)
        known = [row.path for row in attributes(question.model, question.level or None)]
        asked = [key.partition("=")[0] for key in question.keys]
        self._others = [path for path in dict.fromkeys([*asked, *known]) if path not in shown]
        self._listed: list[str] = []

    def body(self) -> ComposeResult:
        """A line to narrow the list or name any path, and the list."""
        yield Input(placeholder="narrow, or type any attribute's path", id="narrow", compact=True)
        yield OptionList(id="choices", compact=True)
        yield Static(classes="problem")

    def on_mount(self) -> None:
        """Show what is chosen and what else there is."""
        self._show(0)
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show(0)

    def _show(self, highlighted: int) -> None:
        text = self.query_one(Input).value.casefold().strip()
        self._listed = [path for path in [*self._chosen, *self._others] if text in path.casefold()]
        listing = self.query_one(OptionList)
        listing.clear_options()
        for path in self._listed:
            mark = "●" if path in self._chosen else "○"
            listing.add_option(Option(Content(f"{mark} {visible(path)}")))
        if self._listed:
            listing.highlighted = min(highlighted, len(self._listed) - 1)

    @property
    def _path(self) -> str | None:
        index = self.query_one(OptionList).highlighted
        return self._listed[index] if index is not None and index < len(self._listed) else None

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_show_or_hide()

    def action_step(self, offset: int) -> None:
        """Move the cursor of the list while the keys go to the line."""
        listing = self.query_one(OptionList)
        if self._listed:
            listing.highlighted = min(max((listing.highlighted or 0) + offset, 0), len(self._listed) - 1)

    def action_show_or_hide(self) -> None:
        """Show or hide the column; where the list is empty, what was typed is a path."""
        path = self._path
        if path is None:
            self._add_typed()
            return
        if path in self._chosen:
            self._chosen.remove(path)
            self._others.insert(0, path)
        else:
            self._others.remove(path)
            self._chosen.append(path)
        self._show(self.query_one(OptionList).highlighted or 0)

    def _add_typed(self) -> None:
        from findtui.tui.results.columns import Column

        line, problem = self.query_one(Input), self.query_one(".problem", Static)
        try:
            path = Column.of(line.value.strip()).path
        except FindtuiError as error:
            problem.update(Content(visible(f"✖ {error.message}")))
            return
        problem.update("")
        self._chosen.append(path)
        line.value = ""

    def action_move(self, offset: int) -> None:
        """Move the column among those that are shown."""
        path = self._path
        if path not in self._chosen:
            return
        index = self._chosen.index(path)
        target = min(max(index + offset, 0), len(self._chosen) - 1)
        self._chosen.insert(target, self._chosen.pop(index))
        self._show(self._listed.index(path) + (target - index))

    def action_restore(self) -> None:
        """The usual columns of the model and level."""
        self.dismiss(())

    def action_answer(self) -> None:
        """Show these."""
        self.dismiss(tuple(self._chosen))
