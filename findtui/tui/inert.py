"""The last thing that a line goes through: nothing in it acts on the terminal.

What a peer sends is shown with escapes in place of what acts or hides. What is being edited has to stand in its line as
it is, and Textual writes it to the terminal so; here what takes no cell is left out of what is drawn.
"""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from findtui.dicom.visible import visible


class Inert(LineFilter):
    """Leaves out of drawn lines what acts on a terminal or hides in a line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, without such characters."""
        return [
            segment if segment.control or segment.text.isprintable() else Segment(_inert(segment.text), segment.style)
            for segment in segments
        ]


def _inert(text: str) -> str:
    return "".join(character for character in text if visible(character) == character)
