"""One line to be typed, and a question with two answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from findtui.dicom.visible import visible
from findtui.tui.screens.dialog import Dialog


class AskScreen(Dialog[str]):
    """Asks for a line of text.

    Args:
        title: on the border.
        question: above the line; may be several lines.
        value: to start from.
        secret: do not show what is typed.
        check: says what is wrong with a text, empty where nothing is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "answer", "OK", priority=True)]

    def __init__(
        self,
        title: str,
        question: str = "",
        value: str = "",
        *,
        secret: bool = False,
        check: Callable[[str], str] = lambda _: "",
    ) -> None:
        super().__init__()
        self._title_text = title
        self._question = question
        self._value = value
        self._secret = secret
        self._check = check

    @property
    def heading(self) -> str:
        """The text on the border."""
        return self._title_text

    def body(self) -> ComposeResult:
        """The question, the line, and what is wrong with it."""
        if self._question:
            yield Static(Content(visible(self._question, keep_line_breaks=True)), classes="question")
        yield Input(self._value, password=self._secret, compact=True)
        yield Static(classes="problem")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        problem = self._check(event.value) if event.value else ""
        self.query_one(".problem", Static).update(Content(f"✖ {visible(problem)}" if problem else ""))

    def action_answer(self) -> None:
        """Answer, unless something is wrong with the text."""
        text = self.query_one(Input).value
        if problem := self._check(text):
            self.query_one(".problem", Static).update(Content(f"✖ {visible(problem)}"))
            return
        self.dismiss(text)


class ConfirmScreen(Dialog[bool]):
    """Asks before something is lost.

    Args:
        title: on the border.
        question: what would happen.
        yes: what the Enter key does, in a word or two.
        no: what Escape does.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, title: str, question: str, yes: str, no: str = "leave it as it is") -> None:
        super().__init__()
        self._title_text = title
        self._question = question
        self._bindings.key_to_bindings.pop("escape", None)
        self._bindings.bind("enter", "confirm", yes)
        self._bindings.bind("y", "confirm", yes, show=False)
        self._bindings.bind("escape", "cancel", no)
        self._bindings.bind("n", "cancel", no, show=False)

    @property
    def heading(self) -> str:
        """The text on the border."""
        return self._title_text

    def body(self) -> ComposeResult:
        """The question."""
        yield Static(Content(visible(self._question, keep_line_breaks=True)), classes="question")

    def action_confirm(self) -> None:
        """Yes."""
        self.dismiss(True)
