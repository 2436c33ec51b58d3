"""Panel 2: the keys of the query."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from findtui.tui.actions import Scope, bindings
from findtui.tui.panels.panel import Panel
from findtui.tui.question import Question

if TYPE_CHECKING:
    from findtui.tui.widgets.keyeditor import KeyEditor


class KeysPanel(Panel):
    """The editor of the query's keys, and beside its title what model and level they are for."""

    NUMBER = 2
    TITLE = "Keys"
    SCOPE = Scope.KEYS
    HELP: ClassVar[str | None] = (
        "What is asked. A key with a value must match; one without is only asked for. Values are checked as you type:"
        " the note beside one says how it will match, or what is wrong with it. Dates may be words: today, today-7,"
        " now-2h, week, month-1, 2026-11-01..today. Space folds a sequence; on its line, a adds a key to the item, D"
        " makes another item like it, and Del takes it out."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.KEYS)]

    class Replaced(Message):
        """Another question stands in the editor, or the same with other settings."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._question = Question()
        self._editor: KeyEditor | None = None

    def compose(self) -> ComposeResult:
        """Title and room for the editor, which comes after the first paint."""
        yield self.compose_title()
        yield Vertical(id="keys-body")

    async def furnish(self) -> None:
        """Put the editor in."""
        from findtui.tui.widgets.keyeditor import KeyEditor

        editor = KeyEditor()
        await self.query_one("#keys-body").mount(editor)
        self._editor = editor
        self._show()

    @property
    def question(self) -> Question:
        """What the editor holds."""
        if self._editor is None:
            return self._question
        return self._editor.question

    @question.setter
    def question(self, question: Question) -> None:
        self._question = question
        self._show()
        self.post_message(self.Replaced())

    def _show(self) -> None:
        if self._editor is not None:
            self._editor.show(self._question)
        self.refresh_title()

    def refresh_title(self) -> None:
        """Say model, level and what else there is to the question."""
        question = self.question
        parts = [question.model.name]
        if question.level:
            parts.append(f"level {question.level}")
        parts += [f"file {path.name}" for path in question.files]
        if question.character_set:
            parts.append(question.character_set)
        if question.repeat > 1:
            parts.append(f"{question.repeat} times")
        if question.cancel_after:
            parts.append(f"cancel after {question.cancel_after}")
        self.say(aside=Content(" · ".join(parts)))

    @property
    def editor(self) -> KeyEditor | None:
        """The editor, once it is there."""
        return self._editor

    def hide_patients(self, masked: bool) -> None:
        """Hide the values that tell of a patient, or show them."""
        from findtui.tui.widgets.keyrows import KeyRows

        for lines in self.query(KeyRows):
            lines.masked = masked
            lines.refresh()

    def do_close(self) -> None:
        """Give the room back."""
        self.post_message(self.Left())

    def do_add(self) -> None:
        """Type a new key."""
        if self._editor is not None:
            self._editor.add()

    def do_edit(self) -> None:
        """Type in the key under the cursor."""
        if self._editor is not None:
            self._editor.edit()

    def do_delete(self) -> None:
        """Take the key under the cursor out."""
        if self._editor is not None:
            self._editor.delete()

    def do_duplicate(self) -> None:
        """A second key like the one under the cursor."""
        if self._editor is not None:
            self._editor.duplicate()

    def do_move_up(self) -> None:
        """Move the key up."""
        if self._editor is not None:
            self._editor.move_up()

    def do_move_down(self) -> None:
        """Move the key down."""
        if self._editor is not None:
            self._editor.move_down()

    def do_undo(self) -> None:
        """Take the last change back."""
        if self._editor is not None:
            self._editor.undo()

    def do_redo(self) -> None:
        """Make it again."""
        if self._editor is not None:
            self._editor.redo()

    def do_raw(self) -> None:
        """Keys under their sequences, or with their whole paths."""
        if self._editor is not None:
            self._editor.toggle_form()
