"""Text in cells of the terminal: cut, padded and marked, with wide characters counted as two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from findtui.tui.results.folding import fold

ELLIPSIS: Final = "…"


def width_of(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def clip(text: str, width: int, *, middle: bool = False) -> str:
    """A text cut to a width, with an ellipsis where something is missing.

    Args:
        text: on one line.
        width: in cells.
        middle: leave out of the middle, where beginning and end tell more, as in UIDs.
    """
    if width <= 0:
        return ""
    if width_of(text) <= width:
        return text
    if width == 1:
        return ELLIPSIS
    if middle and width > 4 and text.isascii():
        tail = (width - 1) * 2 // 3
        return text[: width - 1 - tail] + ELLIPSIS + text[-tail:]
    return set_cell_size(text, width - 1) + ELLIPSIS


def fit(text: str, width: int, *, right: bool = False, middle: bool = False) -> str:
    """A text cut or padded to exactly a width.

    Args:
        text: on one line.
        width: in cells.
        right: stand at the right edge.
        middle: as for `clip`.
    """
    text = clip(text, width, middle=middle)
    padding = " " * (width - width_of(text))
    return padding + text if right else text + padding


def fit_marked(text: str, mark: str, width: int, *, right: bool = False) -> str:
    """The same with a mark behind the text, which stays whole where there is no room for all of the text.

    Args:
        text: on one line.
        mark: a sign or two.
        width: in cells.
        right: stand at the right edge.
    """
    room = width - width_of(mark)
    gap = " " if width_of(text) < room else ""
    return fit(clip(text, room) + gap + mark, width, right=right)


def spans(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where folded words stand in a text, in order and without overlaps."""
    # Folding may make one character several, as it does with an ellipsis.
    pieces = [fold(character) for character in text]
    origin = [index for index, piece in enumerate(pieces) for _ in piece]
    folded = "".join(pieces)
    position = 0
    while position < len(folded):
        found = [(at, -len(word)) for word in words if word and (at := folded.find(word, position)) >= 0]
        if not found:
            return
        start, length = min(found)
        position = start - length
        yield origin[start], origin[position - 1] + 1


def segments(text: str, style: Style, words: Sequence[str], found: Style) -> list[Segment]:
    """A text in a style, with the words that were looked for in another on top of it."""
    if not words:
        return [Segment(text, style)]
    pieces: list[Segment] = []
    position = 0
    for start, end in spans(text, words):
        if start > position:
            pieces.append(Segment(text[position:start], style))
        pieces.append(Segment(text[start:end], style + found))
        position = end
    if position < len(text):
        pieces.append(Segment(text[position:], style))
    return pieces
