"""How a question is asked: character set, repetitions, cancel after, query files."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Input, Static

from findtui.dicom.visible import visible
from findtui.store.fields import BY_KEY, Value, expanded
from findtui.tui.question import Question
from findtui.tui.screens.form import Form, FormRow, read_rows

_KEYS: Final = ("character_set", "repeat", "cancel_after", "new_vrs", "files")


class QueryOptions(Form[Question]):
    """What else there is to a question beside its keys.

    Args:
        question: to start from.
    """

    TITLE_TEXT = "Query options"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "answer", "OK", priority=True)]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def body(self) -> ComposeResult:
        """One row for each."""
        question = self._question
        values: tuple[Value, ...] = (
            question.character_set,
            question.repeat,
            question.cancel_after,
            question.new_vrs,
            tuple(map(str, question.files)),
        )
        for key, value in zip(_KEYS, values, strict=True):
            yield FormRow(BY_KEY[key], value)
        yield Static(classes="problem")
        yield Static(classes="hint")

    @on(Input.Changed)
    def _changed(self) -> None:
        for row in self.query(FormRow):
            row.judge()
            if row.has_focus_within:
                self._explain(row)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Say below what the field is that has the keys: beside it there may be no room."""
        row = next((node for node in event.widget.ancestors if isinstance(node, FormRow)), None)
        if row is not None:
            self._explain(row)
        self.refresh_bindings()

    def _explain(self, row: FormRow) -> None:
        self.query_one(".problem", Static).update(Content(row.judgement().text if row.judged else ""))
        self.query_one(".hint", Static).update(Content(f"{row.field.text}: {row.field.help}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where there is something to choose from, Enter chooses."""
        if action == "answer":
            return isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_answer(self) -> None:
        """Ask like this, unless something is wrong."""
        values, problem = read_rows(self.query(FormRow))
        if problem:
            self.query_one(".problem", Static).update(Content(f"✖ {visible(problem)}"))
            return
        repeat, cancel_after, files = values["repeat"], values["cancel_after"], values["files"]
        if isinstance(repeat, int) and isinstance(cancel_after, int) and isinstance(files, tuple):
            self.dismiss(
                replace(
                    self._question,
                    character_set=str(values["character_set"]),
                    repeat=repeat,
                    cancel_after=cancel_after,
                    new_vrs=bool(values["new_vrs"]),
                    files=tuple(map(expanded, files)),
                )
            )
