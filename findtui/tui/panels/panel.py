"""What the panels have in common: a number, a line that carries the title, and actions of their own."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from findtui.tui.acting import Acting
from findtui.tui.actions import Scope


class PanelTitle(Widget):
    """A rule across the panel with its number, its title, and what it has to say on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"title--rule", "title--number"}

    title: reactive[Content] = reactive(Content(""))
    aside: reactive[Content] = reactive(Content(""))

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        self.number = number
        self.set_reactive(PanelTitle.title, Content(title))

    def render(self) -> RenderResult:
        """One line; what is on the right gives way to the title."""
        rule = self.get_visual_style("title--rule")
        number = self.get_visual_style("title--number")
        # The panel that has the keys is told by the weight of its rule, and not by its colour alone.
        line = "━" if isinstance(self.parent, Widget) and self.parent.has_class("-current") else "─"
        width = self.size.width
        left = Content.assemble((line, rule), (str(self.number), number), " ", self.title, " ")
        right = Content.assemble(" ", self.aside, " ", (line, rule)) if self.aside.plain else Content("")
        if left.cell_length + right.cell_length + 2 > width:
            right = right.truncate(max(0, width - left.cell_length - 2), ellipsis=True)
        left = left.truncate(width, ellipsis=True)
        fill = max(0, width - left.cell_length - right.cell_length)
        return Content.assemble(left, (line * fill, rule), right)


class Panel(Acting, Vertical):
    """A numbered part of the main screen.

    Attributes:
        NUMBER: the key that goes there.
        TITLE: in words.
        SCOPE: of its actions.
        HELP: what it is, for the help.
    """

    class Left(Message):
        """The panel gives its room back."""

    NUMBER: ClassVar[int]
    TITLE: ClassVar[str]
    SCOPE: ClassVar[Scope]
    HELP: ClassVar[str | None] = None

    def compose_title(self) -> PanelTitle:
        """The line on top."""
        return PanelTitle(self.NUMBER, self.TITLE)

    @property
    def head(self) -> PanelTitle:
        """The line on top, once it is there."""
        return self.query_one(PanelTitle)

    def say(self, title: Content | str | None = None, aside: Content | str | None = None) -> None:
        """Change the line on top."""
        if title is not None:
            self.head.title = title if isinstance(title, Content) else Content(title)
        if aside is not None:
            self.head.aside = aside if isinstance(aside, Content) else Content(aside)

    @property
    def target(self) -> Widget | None:
        """What takes the keys when the panel is gone to; None where nothing can."""
        return next((widget for widget in self.query("*").results(Widget) if widget.can_focus and widget.display), None)

    def enter(self) -> None:
        """Take the keys."""
        if self.target is not None:
            self.screen.set_focus(self.target)

    def on_click(self, event: Click) -> None:
        """A click on the title goes to the panel."""
        if isinstance(event.widget, PanelTitle):
            self.enter()


class NarrowLine(Input):
    """A line to type in that comes with its key and goes with Escape."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, compact=True)
        self.display = False


class NarrowedPanel(Panel):
    """A panel that shows only what holds the text of its `NarrowLine`."""

    @property
    def line(self) -> NarrowLine:
        """The line to type in."""
        return self.query_one(NarrowLine)

    def narrow(self, text: str) -> None:
        """Show only what holds the text; all for an empty one."""

    @on(Input.Changed, "NarrowLine")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.narrow(event.value)

    @on(Input.Submitted, "NarrowLine")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.enter()

    def do_filter(self) -> None:
        """Open the line."""
        self.line.display = True
        self.line.focus()

    def do_close(self) -> None:
        """Close the line and show all; without one, give the room back."""
        if not self.line.display:
            self.post_message(self.Left())
            return
        self.put_line_away()
        self.enter()

    def put_line_away(self) -> None:
        """Close the line and show all."""
        self.line.value = ""
        self.line.display = False
