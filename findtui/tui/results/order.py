"""Which rows are shown, and in which order, while more of them come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from findtui.tui.results.columns import Kind
from findtui.tui.results.folding import collated, fold, number
from findtui.tui.results.table import Table


class Order:
    """Sorting and filtering over the cells that have been read.

    Sorting is stable, and cells without a value come last in both directions. Words of the filter are found in any
    order and in any of the columns; case and accents do not count.

    Attributes:
        sorted_by: index of the column, or None for the order of arrival.
        reverse: the largest first.
        filter: the text; empty lets everything through.
        filter_column: index of the only column that is searched, or None for all.
        arrival: the rows in the order of arrival, where that is not the order of their numbers.
    """

    def __init__(self) -> None:
        self.sorted_by: int | None = None
        self.reverse = False
        self.filter = ""
        self.filter_column: int | None = None
        self.arrival: Sequence[int] | None = None
        self._rows = 0
        self._filled: list[int] = []
        self._empty: list[int] = []
        self._let_through = bytearray()
        self._view: Sequence[int] | None = None

    def view(self, table: Table) -> Sequence[int]:
        """The rows of the table that are shown, in order."""
        if self._view is None or self._rows != len(table):
            self._take_in(table)
            self._view = self._arranged(table)
        return self._view

    def reset(self) -> None:
        """Begin anew: sorting, filter or cells have changed."""
        self._rows = 0
        self._filled, self._empty = [], []
        self._let_through = bytearray()
        self._view = None

    def refilter(self) -> None:
        """Apply a changed filter; what is sorted stays so."""
        self._let_through = bytearray()
        self._view = None

    def _take_in(self, table: Table) -> None:
        rows = range(self._rows, len(table))
        self._rows = len(table)
        if self.sorted_by is None or not rows:
            return
        cells = table.folded[self.sorted_by]
        self._filled += [row for row in rows if cells[row]]
        self._empty += [row for row in rows if not cells[row]]
        # Two sorted runs are merged in linear time.
        match table.columns[self.sorted_by].kind:
            case Kind.NUMBER:
                self._filled.sort(key=lambda row: number(cells[row]), reverse=self.reverse)
            case Kind.NAME:
                self._filled.sort(key=lambda row: collated(cells[row]), reverse=self.reverse)
            case _:
                self._filled.sort(key=cells.__getitem__, reverse=self.reverse)

    def _arranged(self, table: Table) -> Sequence[int]:
        order: Sequence[int] = self._filled + self._empty
        if self.sorted_by is None:
            order = range(self._rows) if self.arrival is None else [row for row in self.arrival if row < self._rows]
        words = fold(self.filter).split()
        if not words:
            return order
        done = len(self._let_through)
        cells = table.lines if self.filter_column is None else table.folded[self.filter_column]
        self._let_through += bytes(self._rows - done)
        for row in holding(words, cells, range(done, self._rows)):
            self._let_through[row] = 1
        let_through = self._let_through
        return [row for row in order if let_through[row]]


def holding(words: Sequence[str], cells: Sequence[str], rows: Iterable[int]) -> Iterable[int]:
    """The rows whose cells hold every one of the words; all are folded."""
    for word in words:
        rows = [row for row in rows if word in cells[row]]
    return rows


def place_of(view: Sequence[int], row: int, otherwise: int) -> int:
    """Where a row stands in the view, or where the cursor is left when the row is not shown."""
    if isinstance(view, range):
        return row if row in view else otherwise
    try:
        return view.index(row)
    except ValueError:
        return otherwise
