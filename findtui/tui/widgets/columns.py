"""How wide the columns of the grid are, and which of them there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """What a column would like to have, in cells.

    Attributes:
        natural: its widest value in sight.
        least: it is not made narrower than this.
        most: it is not made wider than this before every other has what it wants.
        spare: it is left out first.
    """

    natural: int
    least: int
    most: int
    spare: bool = False

    @property
    def wanted(self) -> int:
        """What it gets where there is room."""
        return min(self.natural, self.most)

    @property
    def needed(self) -> int:
        """What it gets at least."""
        return min(self.wanted, self.least)


@dataclass(frozen=True, slots=True)
class Slot:
    """A column that is shown.

    Attributes:
        column: its index.
        left: the cell that it begins at.
        width: in cells.
    """

    column: int
    left: int
    width: int


def arrange(wishes: Sequence[Wish], first: int, left: int, width: int) -> tuple[list[Slot], bool]:
    """Give the columns from `first` on their places in a line.

    Where not all fit, spare ones are left out, then all are made narrower as far as they can be, and those that still
    have no place are beyond the right edge: none is shown in part.

    Args:
        wishes: of all columns.
        first: index of the leftmost one that is shown.
        left: the cell that it begins at.
        width: of the line.

    Returns:
        Places, and whether there are columns beyond the right edge.
    """
    shown = list(range(first, len(wishes)))
    room = width - left
    gap = 2
    if _total(wishes, shown, gap) > room:
        gap = 1
    if _total(wishes, shown, gap) > room:
        shown = [index for index in shown if not wishes[index].spare] or shown
    fitting: list[int] = []
    used = 0
    for index in shown:
        needed = wishes[index].needed + (gap if fitting else 0)
        if fitting and used + needed > room:
            break
        fitting.append(index)
        used += needed
    widths = _widths([wishes[index] for index in fitting], room - gap * (len(fitting) - 1))
    slots = []
    for index, cells in zip(fitting, widths, strict=True):
        slots.append(Slot(index, left, cells))
        left += cells + gap
    return slots, len(fitting) < len(shown)


def _total(wishes: Sequence[Wish], shown: Sequence[int], gap: int) -> int:
    return sum(wishes[index].wanted + gap for index in shown) - gap


def _widths(wishes: Sequence[Wish], room: int) -> list[int]:
    """Share the room: first to what each needs, then to what it wants, then to its widest value."""
    widths = [wish.needed for wish in wishes]
    if sum(widths) > room:
        return [max(room, 1) for _ in wishes[:1]]
    for goals in ([wish.wanted for wish in wishes], [wish.natural for wish in wishes]):
        left = room - sum(widths)
        while left > 0 and widths != goals:
            for index, goal in enumerate(goals):
                if widths[index] < goal and left > 0:
                    widths[index] += 1
                    left -= 1
    return widths
