"""What is laid over the main screen: a box with a title, and a line of keys under it."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from findtui.tui.failsafe import Failsafe
from findtui.tui.widgets.footer import KeyFooter

T = TypeVar("T")


class Dialog(Failsafe, ModalScreen[T | None]):
    """A box over the main screen; Escape closes it without an answer.

    Attributes:
        TITLE_TEXT: on its border.
    """

    TITLE_TEXT: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "close")]

    def compose(self) -> ComposeResult:
        """The box, filled by `body`."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self.heading).markup
            yield from self.body()
        yield KeyFooter()

    @property
    def heading(self) -> str:
        """The text on the border."""
        return self.TITLE_TEXT

    @property
    def unsaved(self) -> bool:
        """Whether something that was typed is lost when it is closed now."""
        return False

    def body(self) -> ComposeResult:
        """What is in the box."""
        yield Static()

    async def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
