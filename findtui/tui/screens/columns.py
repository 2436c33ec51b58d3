"""The columns of the results: which, and in what order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

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
from findtui.tui.results import Column, default_columns
from findtui.tui.screens.dialog import Dialog
from findtui.tui.widgets.cells import clip, fit

TITLE_WIDTH: Final = 20
PATH_WIDTH: Final = 47
"""Cells for what a column is called, and for its path behind that."""


class ColumnsScreen(Dialog[tuple[str, ...]]):
    """Chosen columns first, in their order; then what else the query asks for. An empty answer restores the usual.

    Args:
        shown: paths of the columns that are shown.
        question: what else there could be.
        left_out: why there is no room for some of them, in few words, by path.
    """

    TITLE_TEXT = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show_or_hide", "show/hide", priority=True),
        Binding("ctrl+s", "answer", "done", priority=True),
        Binding("ctrl+up", "move(-1)", "left", priority=True),
        Binding("ctrl+down", "move(1)", "right", priority=True),
        Binding("ctrl+r", "restore", "usual", priority=True),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, shown: tuple[str, ...], question: Question, left_out: Mapping[str, str]) -> None:
        super().__init__()
        self._left_out = left_out
        self._chosen = list(shown)
        known = [row.path for row in attributes(question.model, question.level or None)]
        asked = [key.partition("=")[0] for key in question.keys]
        usual = {column.path: column.title for column in default_columns(question.model, question.level)}
        self._titles = {_plain(path): title for path, title in usual.items()}
        paths = {_plain(path): path for path in [*shown, *usual, *asked, *known]}
        self._others = [path for plain, path in paths.items() if plain not in set(map(_plain, shown))]
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
        typed = self.query_one(Input).value.strip()
        words = typed.casefold().split()
        self._listed = [
            path
            for path in [*self._chosen, *self._others]
            if all(word in f"{self._title(path)} {path}".casefold() for word in words)
        ]
        if typed and _plain(typed) not in map(_plain, self._listed) and self._problem(typed) == "":
            self._listed.append(typed)
        listing = self.query_one(OptionList)
        listing.clear_options()
        for path in self._listed:
            mark = "●" if path in self._chosen else "○" if path in self._others else "+"
            title = fit(self._title(path), TITLE_WIDTH)
            reason = self._left_out.get(path, "") if path in self._chosen else ""
            why = f"  left out: {reason}" if reason else ""
            where = clip(visible(path), PATH_WIDTH - len(why), middle=True)
            listing.add_option(Option(Content.assemble(f"{mark} {title} ", (where, "dim"), why)))
        if self._listed:
            listing.highlighted = min(highlighted, len(self._listed) - 1)
        self.query_one(".problem", Static).update("" if self._listed else Content(self._problem(typed)))

    def _title(self, path: str) -> str:
        title = self._titles.get(_plain(path))
        if title is None:
            title = "" if self._problem(path) else Column.of(path).title
            self._titles[_plain(path)] = title
        return title

    @staticmethod
    def _problem(path: str) -> str:
        """Why a path names no attribute; empty where it does."""
        try:
            Column.of(path)
        except FindtuiError as error:
            return visible(f"✖ {error.message}")
        return ""

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
        """Show or hide the column."""
        path = self._path
        if path is None:
            return
        if path in self._chosen:
            self._chosen.remove(path)
            self._others.insert(0, path)
        else:
            if path in self._others:
                self._others.remove(path)
            self._chosen.append(path)
        self._show(self.query_one(OptionList).highlighted or 0)

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


def _plain(path: str) -> str:
    """A path as columns have it: an item that is not named is the first."""
    return path.replace("[0]", "")
