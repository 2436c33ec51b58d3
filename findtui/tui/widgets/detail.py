"""The whole identifier of a response, as lines that fold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from textwrap import wrap
from typing import ClassVar, Final

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from findtui.dicom.charset import CharacterSet
from findtui.dicom.response import Response
from findtui.dicom.walker import UnreadableIdentifier
from findtui.tui.results.folding import fold
from findtui.tui.results.identifier import Node, nodes
from findtui.tui.results.mask import Mask
from findtui.tui.results.table import Reading
from findtui.tui.widgets.cells import fit, segments, width_of
from findtui.tui.widgets.lines import Lines

FOLDED: Final = "▸"
UNFOLDED: Final = "▾"
WRONG: Final = "✖"
BYTES_A_LINE: Final = 16
MOST_BYTES: Final = 64 * 1024
"""Bytes of one element that are shown, as they are or as text."""

_MASKED: Final = "•••• masked"
_ITEM: Final = re.compile(r"\[[0-9]+\]")

_WIDE: Final = 76
"""Cells from which on there is room for the length."""


class _Kind(Enum):
    NODE = "node"
    NOTE = "note"
    VALUE = "value"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class _Line:
    kind: _Kind
    node: Node
    text: str = ""


class IdentifierTree(Lines):
    """Every element of an identifier: tag, VR, keyword, length, value, and what is wrong with it.

    What is folded, whose value or bytes are shown whole, and which attribute the cursor is on stay from one response to
    the next.

    Attributes:
        found: places that hold what is searched.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tree--tag",
        "tree--wrong",
        "tree--bytes",
        "tree--cursor",
        "tree--found",
    }
    DEFAULT_CSS = """
    IdentifierTree {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .tree--tag { color: $text-muted; }
        & > .tree--wrong { color: $text-error; }
        & > .tree--bytes { color: $text-muted; }
        & > .tree--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .tree--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        & > .tree--found { text-style: bold underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_fold", "fold", show=False),
    ]

    @dataclass
    class CopyRequested(Message):
        """Something is to be copied.

        Attributes:
            text: to be copied.
            what: in words, for saying so.
        """

        text: str
        what: str

    @dataclass
    class MakeKey(Message):
        """An attribute is to be a key of the next query.

        Attributes:
            path: in the notation of `-k`.
            value: that it had; empty for a sequence.
        """

        path: str
        value: str

    class Moved(Message):
        """Another element is under the cursor."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._elements: list[Node] = []
        self._lines: list[_Line] = []
        self._problem = ""
        self._mask: Mask | None = None
        self._folded: set[str] = set()
        self._unpacked: set[str] = set()
        self._spread: set[str] = set()
        self._words: list[str] = []
        self.found = 0
        self._keyword_width = 0

    # What is shown.

    def show(
        self,
        response: Response | None,
        character_set: str | None = None,
        *,
        fallback: str | None = None,
        mask: Mask | None = None,
    ) -> None:
        """Show a response.

        Args:
            response: whose identifier; None for nothing.
            character_set: the defined term(s) that all text is read in, whatever is declared; None to take the
                peer's word.
            fallback: the same for text where none is declared.
            mask: hides the patient.
        """
        at = self.node.path if self.node is not None else ""
        reading = Reading(True, CharacterSet.parse(character_set) if character_set else None, fallback)
        self._mask = mask
        self._problem = ""
        try:
            self._elements = nodes(response, reading) if response is not None else []
        except UnreadableIdentifier as error:
            self._elements, self._problem = [], error.reason
        self._keyword_width = max((_keyword_end(node) for node in _all(self._elements)), default=0)
        self._count()
        self._unfold()
        self.go_to(at)
        self.post_message(self.Moved())

    def watch_cursor(self, before: int, now: int) -> None:
        """Tell of it."""
        super().watch_cursor(before, now)
        self.post_message(self.Moved())

    @property
    def problem(self) -> str:
        """Why nothing can be shown; empty where all is well."""
        return self._problem

    @property
    def shows_lengths(self) -> bool:
        """Whether there is room for a column of lengths."""
        return self.line_width >= _WIDE

    @property
    def complaints(self) -> int:
        """In how many places the identifier deviates from the standard."""
        return sum(len(node.complaints) for node in _all(self._elements))

    @property
    def node(self) -> Node | None:
        """The element or item under the cursor."""
        return self._lines[self.cursor].node if 0 <= self.cursor < len(self._lines) else None

    @property
    def value(self) -> str:
        """The value under the cursor, decoded, on one line and masked where that is asked."""
        node = self.node
        return "" if node is None else self._shown(node, node.whole_text)

    @property
    def path(self) -> str:
        """The path of what is under the cursor, in the notation of `-k`."""
        return "" if self.node is None else self.node.path

    def copy_value(self) -> None:
        """Have the value under the cursor copied."""
        if self.node is not None:
            self.post_message(self.CopyRequested(self.value, self.node.keyword))

    def copy_path(self) -> None:
        """Have the path under the cursor copied."""
        if self.node is not None:
            self.post_message(self.CopyRequested(self.path, f"the path of {self.node.keyword}"))

    def make_key(self) -> None:
        """Have the attribute under the cursor made a key of the next query."""
        node = self.node
        if node is not None and node.element is not None:
            # Sequences of a query have one item (PS3.4 section C.2.2.2.6).
            self.post_message(self.MakeKey(_ITEM.sub("[0]", node.path), node.value))

    def go_to(self, path: str) -> None:
        """Put the cursor on the attribute with a path, or leave it where it is."""
        index = next((index for index, line in enumerate(self._lines) if line.node.path == path), None)
        if index is not None:
            self.cursor = index

    def on_resize(self, event: events.Resize) -> None:
        """Complaints are wrapped."""
        at = self.path
        self._unfold()
        self.go_to(at)
        super().on_resize(event)

    # Folding.

    def _unfold(self) -> None:
        self._lines = list(self._flat(self._elements))
        self.lines_changed()

    def _flat(self, found: Sequence[Node]) -> Iterator[_Line]:
        for node in found:
            yield _Line(_Kind.NODE, node)
            room = max(self.line_width - self._indent(node, self.line_width) - 5, 20)
            for complaint in self._complaints(node):
                wrapped = wrap(f"{WRONG} {complaint}", room, subsequent_indent="  ")
                yield from (_Line(_Kind.NOTE, node, text) for text in wrapped)
            if node.path in self._spread and not node.children:
                yield from (_Line(_Kind.VALUE, node, text) for text in self._value_lines(node, room))
            if node.path in self._unpacked and node.element is not None and node.element.items is None:
                yield from (_Line(_Kind.BYTES, node, text) for text in hex_lines(node.element.value))
            if node.path not in self._folded:
                yield from self._flat(node.children)

    def _complaints(self, node: Node) -> Iterator[str]:
        for complaint in node.complaints:
            yield "it deviates from the standard" if self._hides(node) else complaint

    def _value_lines(self, node: Node, room: int) -> Iterator[str]:
        yield from chop_cells(self._shown(node, node.text_of(MOST_BYTES)), room)
        if node.element is not None and len(node.element.value) > MOST_BYTES:
            yield f"… {len(node.element.value) - MOST_BYTES:,} more bytes"

    def action_toggle_fold(self) -> None:
        """Fold what is under the cursor, or unfold it; of a value, whether it is shown whole."""
        node = self.node
        if node is None:
            return
        if node.children:
            self._folded ^= {node.path}
        elif node.path in self._spread or self._is_cut(node):
            self._spread ^= {node.path}
        self._unfold()
        self.go_to(node.path)

    def action_cursor_left(self) -> None:
        """Fold, or go to what this lies in."""
        node = self.node
        if node is None:
            return
        if (node.children and node.path not in self._folded) or node.path in self._spread:
            self.action_toggle_fold()
            return
        parent = next((other for other in _all(self._elements) if any(child is node for child in other.children)), None)
        if parent is not None:
            self.go_to(parent.path)

    def action_cursor_right(self) -> None:
        """Unfold, or go into it."""
        node = self.node
        if node is None:
            return
        if node.path in self._folded or (self._is_cut(node) and node.path not in self._spread):
            self.action_toggle_fold()
        elif node.children:
            self.go_to(node.children[0].path)

    def toggle_bytes(self) -> None:
        """Show the bytes of the element under the cursor, or put them away."""
        node = self.node
        if node is not None and node.element is not None and node.element.items is None:
            self._unpacked ^= {node.path}
            self._unfold()
            self.go_to(node.path)

    def chosen(self, index: int) -> None:
        """A second click folds."""
        self.action_toggle_fold()

    # Searching.

    def search(self, text: str) -> bool:
        """Mark every word of a text wherever it stands, and go to the first place from the cursor on.

        Returns:
            Whether there is one.
        """
        self._words = fold(text).split()
        self.refresh()
        self._count()
        found = self._seek(0, 1)
        self.post_message(self.Moved())
        return found

    def _count(self) -> None:
        self.found = sum(map(self._holds, _all(self._elements))) if self._words else 0

    def search_next(self, *, backwards: bool = False) -> bool:
        """Go to the next place that holds what was searched; says whether there is one."""
        step = -1 if backwards else 1
        return self._seek(step, step)

    def _seek(self, first: int, step: int) -> bool:
        everything = list(_all(self._elements))
        if not self._words or not everything:
            return False
        start = next((index for index, node in enumerate(everything) if node is self.node), 0)
        for offset in range(len(everything)):
            node = everything[(start + first + step * offset) % len(everything)]
            if self._holds(node):
                self._folded -= {other.path for other in _all(self._elements) if _within(node.path, other.path)}
                self._unfold()
                self.go_to(node.path)
                return True
        return False

    def _holds(self, node: Node) -> bool:
        line = fold(
            f"{node.tag} {node.vr} {node.keyword} {self._shown(node, node.text)} {' '.join(self._complaints(node))}"
        )
        return all(word in line for word in self._words)

    # Drawing.

    @property
    def line_count(self) -> int:
        """Lines that are not folded away."""
        return len(self._lines)

    def _shown(self, node: Node, text: str) -> str:
        if self._mask is None or node.element is None:
            return text
        return self._mask.shown(node.element.tag, text)

    def _hides(self, node: Node) -> bool:
        return self._shown(node, "x") != "x"

    def _is_cut(self, node: Node) -> bool:
        """Whether there is more of its value than fits the line."""
        if node.element is None or node.children:
            return False
        return width_of(self._shown(node, node.text)) > self._columns(node, self.line_width)[1]

    def draw(self, index: int, width: int) -> Strip:
        """One line."""
        line = self._lines[index]
        base = self.rich_style
        if index == self.cursor:
            base += self.get_component_rich_style("tree--cursor", partial=True)
        found = self.get_component_rich_style("tree--found", partial=True)
        if line.kind is _Kind.NODE:
            parts = self._node(line.node, width, base, index == self.cursor)
        else:
            name = "tree--wrong" if line.kind is _Kind.NOTE else "tree--bytes"
            text = _MASKED if line.kind is _Kind.BYTES and self._hides(line.node) else line.text
            parts = [(" " * (self._indent(line.node, width) + 4) + text, self._part(name, base, index == self.cursor))]
        drawn: list[Segment] = []
        for text, style in parts:
            drawn += segments(text, style, self._words, found)
        return Strip(drawn).adjust_cell_length(width, base)

    def _part(self, name: str, base: Style, here: bool) -> Style:
        # On the cursor's background its own colours are the ones that can be read.
        return base if here else self.get_component_rich_style(name)

    def _node(self, node: Node, width: int, base: Style, here: bool) -> list[tuple[str, Style]]:
        open_ = node.path in self._spread or (node.children and node.path not in self._folded)
        mark = UNFOLDED if open_ else FOLDED if node.children or self._is_cut(node) else " "
        head = f" {' ' * self._indent(node, width)}{mark} "
        quiet = self._part("tree--tag", base, here)
        if node.element is None:
            return [(f"{head}{node.keyword}", base), (f"  {node.text}", quiet)]
        keyword, value = self._columns(node, width)
        length = f"{node.length:>7}  "[:9] if width >= _WIDE else " "
        return [
            (head, base),
            (f"{node.tag} {node.vr:2} ", quiet),
            (fit(node.keyword, keyword, middle=True), base),
            (length, quiet),
            (
                fit(self._shown(node, node.text), value),
                self._part("tree--wrong", base, here) if node.complaints else base,
            ),
        ]

    @staticmethod
    def _indent(node: Node, width: int) -> int:
        """Cells in front of it: however deep it lies, there is room for what it is."""
        return min(node.depth, width // 5)

    def _columns(self, node: Node, width: int) -> tuple[int, int]:
        """Cells for keyword and value; values stand below each other at every depth."""
        wide = width >= _WIDE
        head = self._indent(node, width) + 3
        names = min(self._keyword_width + 4, (width - 16) * (5 if wide else 6) // 10)
        keyword = max(names - head, 4)
        return keyword, max(width - head - 15 - keyword - (9 if wide else 1), 0)


def hex_lines(raw: bytes) -> Iterator[str]:
    """Bytes as offset, hexadecimal and ASCII, sixteen a line; a last line says where they are cut."""
    for start in range(0, min(len(raw), MOST_BYTES), BYTES_A_LINE):
        piece = raw[start : start + BYTES_A_LINE]
        readable = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
        yield f"{start:06x}  {piece.hex(' '):<{BYTES_A_LINE * 3 - 1}}  {readable}"
    if not raw:
        yield "no bytes"
    elif len(raw) > MOST_BYTES:
        yield f"… {len(raw) - MOST_BYTES:,} more bytes"


def _all(found: Sequence[Node]) -> Iterator[Node]:
    for node in found:
        yield node
        yield from _all(node.children)


def _within(path: str, other: str) -> bool:
    """Whether one path leads through another."""
    return path != other and path.startswith((f"{other}.", f"{other}["))


def _keyword_end(node: Node) -> int:
    return node.depth + len(node.keyword) if node.element is not None else 0
