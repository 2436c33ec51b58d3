"""Panel 4: the whole identifier of the response under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from findtui.dicom.visible import visible
from findtui.tui.actions import Scope, bindings
from findtui.tui.panels.panel import NarrowedPanel, NarrowLine

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.results import Mask
    from findtui.tui.session import Session
    from findtui.tui.widgets.detail import IdentifierTree


class DetailPanel(NarrowedPanel):
    """The identifier as a tree, or as a few words while there is little room."""

    NUMBER = 4
    TITLE = "Identifier"
    SCOPE = Scope.DETAIL
    HELP: ClassVar[str | None] = (
        "Everything that the peer sent about the response under the cursor: tag, VR, keyword, length and value. What"
        " deviates from the standard is marked ✖ with the reason. Enter, or left and right, fold what is marked ▾ and"
        " unfold what is marked ▸: sequences, items, and values longer than their line. / searches."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DETAIL)]

    def __init__(self) -> None:
        super().__init__(id="detail")
        self._tree: IdentifierTree | None = None

    def compose(self) -> ComposeResult:
        """Title, few words, and room for the tree."""
        yield self.compose_title()
        yield Static(id="summary")
        yield NarrowLine("search")
        yield Vertical(id="detail-body")

    async def furnish(self) -> None:
        """Put the tree in."""
        from findtui.tui.widgets.detail import IdentifierTree

        self._tree = IdentifierTree()
        await self.query_one("#detail-body").mount(self._tree)

    @property
    def identifier(self) -> IdentifierTree | None:
        """The tree, once it is there."""
        return self._tree

    @property
    def target(self) -> IdentifierTree | None:
        """The tree takes the keys."""
        return self._tree

    def show(
        self,
        response: Response | None,
        title: str,
        summary: str,
        changed: str,
        session: Session,
        mask: Mask | None,
    ) -> None:
        """Show an identifier.

        Args:
            response: whose, or None.
            title: for the line on top.
            summary: for where there is little room.
            changed: what became of the response while it was watched, in words; empty where nothing did.
            session: says in which character set it is read.
            mask: hides the patient; None shows all.
        """
        self.say(title=Content(visible(title) or self.TITLE))
        line = self.query_one("#summary", Static)
        line.set_class(bool(changed), "-changed")
        told = Content.assemble((changed, "bold"), "   " if changed else "", summary)
        line.update(told, layout=line.display or bool(changed))
        if self._tree is not None:
            forced, fallback = session.forced or None, session.fallback or None
            self._tree.show(response, forced, fallback=fallback, mask=mask)

    def on_identifier_tree_moved(self) -> None:
        """Say what is to be said of what is shown, and of what is under the cursor."""
        self.say(aside="  ".join(filter(None, (self._deviations(), self._found(), self._length()))))

    def on_descendant_focus(self) -> None:
        """Only who has the keys is told of what is under the cursor."""
        self.on_identifier_tree_moved()

    def on_descendant_blur(self) -> None:
        """The keys go elsewhere."""
        self.on_identifier_tree_moved()

    def on_resize(self) -> None:
        """Whether the tree has a column for lengths hangs on its width."""
        self.on_identifier_tree_moved()

    def _found(self) -> str:
        if self._tree is None or not self.line.value.strip():
            return ""
        return f"/ {self._tree.found:,} found" if self._tree.found else "/ nothing found"

    def _deviations(self) -> str:
        if self._tree is None:
            return ""
        if self._tree.problem:
            return f"✖ unreadable: {visible(self._tree.problem)}"
        count = self._tree.complaints
        return f"▲ deviates in {count:,} place{'s' if count > 1 else ''}" if count else ""

    def _length(self) -> str:
        """Of the element under the cursor, where there is no column for it."""
        node = self._tree.node if self._tree is not None else None
        if self._tree is None or node is None or not node.length.isdecimal():
            return ""
        if self._tree.shows_lengths or not self._tree.has_focus:
            return ""
        return f"{int(node.length):,} byte{'' if node.length == '1' else 's'}"

    def narrow(self, text: str) -> None:
        """Search as one types."""
        if self._tree is not None:
            self._tree.search(text)

    def do_open(self) -> None:
        """Unfold what is under the cursor, or fold it."""
        if self._tree is not None:
            self._tree.action_toggle_fold()

    def do_to_results(self) -> None:
        """Back to the results."""
        self.post_message(self.Left())

    def do_copy(self) -> None:
        """Copy the value under the cursor."""
        if self._tree is not None:
            self._tree.copy_value()

    def do_copy_path(self) -> None:
        """Copy the path of the attribute under the cursor."""
        if self._tree is not None:
            self._tree.copy_path()

    def do_add(self) -> None:
        """Make the attribute under the cursor a key of the next query."""
        if self._tree is not None:
            self._tree.make_key()

    def do_bytes(self) -> None:
        """Show the bytes of the element under the cursor, or put them away."""
        if self._tree is not None:
            self._tree.toggle_bytes()

    def do_next(self) -> None:
        """To the next place that holds the text."""
        if self._tree is not None:
            self._tree.search_next()

    def do_previous(self) -> None:
        """To the one before."""
        if self._tree is not None:
            self._tree.search_next(backwards=True)
