"""All responses of a query, in columns: what the grid shows and what exports are taken from.

Nothing here knows a screen or a thread. Responses are kept as the bytes that came. Their cells are read in slices, so
that a hundred thousand of them never hold up the application: `append` reads as much as a moment allows, unless what
came before still waits, `read` goes on, and a cell that is looked at earlier is read on the spot.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from findtui.dicom.charset import CharacterSet
from findtui.dicom.response import Response
from findtui.tui.results.changes import Change, Diff, in_place, paired, same
from findtui.tui.results.columns import Column
from findtui.tui.results.differences import Difference, differences
from findtui.tui.results.folding import fold
from findtui.tui.results.mask import Mask
from findtui.tui.results.order import Order
from findtui.tui.results.table import SEPARATOR, Reading, Table

MOMENT: Final = 0.008
"""Seconds that are spent on reading cells at a time: half of a frame at 60 frames a second."""

_SLICE: Final = 32


class ResultStore:
    """Responses by row, in the order of their arrival; rows never move.

    Args:
        columns: what the grid shows of each.
        mask: hides patients where it is given.
        character_set: the defined term(s) that all text is read in, whatever is declared; None to take the peer's word.
        fallback: the same for responses that declare none.
        raw: show values as they were sent.

    Attributes:
        mask: set it, or to None, at any time.
        marked: rows that the user marked.
        changes: rows with a mark of the watch.
        since: when they were first found so, by row.
        before: what the changed ones were before anything in them changed, by row.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        mask: Mask | None = None,
        character_set: str | None = None,
        fallback: str | None = None,
        raw: bool = False,
    ) -> None:
        self.mask = mask
        self.marked: set[int] = set()
        self.changes: dict[int, Change] = {}
        self.since: dict[int, datetime] = {}
        self.before: dict[int, Response] = {}
        self._character_set = character_set
        self._fallback = fallback
        self._responses: list[Response] = []
        self._came = 0
        self._order = Order()
        self._shown: Sequence[int] | None = None
        self._table = Table(columns, self._reading(raw))

    # ------------------------------------------------------------------------------------------------ responses

    def __len__(self) -> int:
        """How many responses came; those that are gone and shown for that reason do not count."""
        return self._came

    def append(self, responses: Sequence[Response]) -> None:
        """Take in what came, as the next rows."""
        self.forget_gone()
        caught_up = self.complete
        self._responses.extend(responses)
        self._came = len(self._responses)
        if caught_up:
            self.read(MOMENT)

    def clear(self) -> None:
        """Drop all responses and all marks; columns, order and filter stay."""
        self._responses = []
        self._came = 0
        self._order.arrival = None
        self.marked.clear()
        self._forget_changes()
        self._table.truncate(0)
        self._shown = None
        self._order.reset()

    def response(self, row: int) -> Response:
        """The response of a row."""
        return self._responses[row]

    def responses(self, rows: Iterable[int] | None = None) -> list[Response]:
        """The responses of some rows, or of all; those that are gone are left out."""
        if rows is None:
            return self._responses[: self._came]
        return [self._responses[row] for row in rows if row < self._came]

    @property
    def total(self) -> int:
        """Rows in all, those of responses that are gone included."""
        return len(self._responses)

    # ---------------------------------------------------------------------------------------------------- cells

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the grid shows, from left to right."""
        return self._table.columns

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns, or the same in another order. Sorting and filter go with their columns."""
        order = self._order
        by = None if order.sorted_by is None else self.columns[order.sorted_by].path
        within = None if order.filter_column is None else self.columns[order.filter_column].path
        paths = [column.path for column in columns]
        order.sorted_by = paths.index(by) if by in paths else None
        order.filter_column = paths.index(within) if within in paths else None
        self._reread(columns, self._table.reading)

    def cell(self, row: int, column: int) -> str:
        """The text of a cell, safe to show and on one line.

        Args:
            row: of the store.
            column: index into `columns`.
        """
        table = self._table
        text = table.texts[column][row] if row < len(table) else table.cells(self._responses[row])[column]
        return text if self.mask is None else self.mask.shown(self.columns[column].tag, text)

    def cells(self, row: int) -> list[str]:
        """The texts of all cells of a row."""
        table = self._table
        if row < len(table):
            texts = [texts[row] for texts in table.texts]
        else:
            texts = table.cells(self._responses[row])
        if self.mask is None:
            return texts
        return [self.mask.shown(column.tag, text) for column, text in zip(self.columns, texts, strict=True)]

    @property
    def raw(self) -> bool:
        """Whether values are shown as they were sent."""
        return self._table.reading.raw

    @raw.setter
    def raw(self, raw: bool) -> None:
        if raw != self.raw:
            self._reread(self.columns, self._reading(raw))

    def decode_as(self, character_set: str | None, fallback: str | None = None) -> None:
        """Read all text anew.

        Args:
            character_set: defined term(s) used whatever is declared; None to take the peer's word.
            fallback: for responses that declare none.
        """
        self._character_set = character_set
        self._fallback = fallback
        self._reread(self.columns, self._reading(self.raw))

    def character_set_of(self, declared: bytes) -> CharacterSet:
        """The character set for text where a data set declares this (0008,0005)."""
        return self._table.reading.character_set_of(declared)

    @property
    def complete(self) -> bool:
        """Whether all cells have been read."""
        return len(self._table) == len(self._responses)

    def read(self, seconds: float | None = None) -> bool:
        """Read cells that have not been read yet.

        Args:
            seconds: about how long; None for all that is left.

        Returns:
            Whether all have been read.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        table = self._table
        while len(table) < len(self._responses):
            table.extend(self._responses[len(table) : len(table) + _SLICE])
            if deadline is not None and time.monotonic() >= deadline:
                break
        return self.complete

    def constant(self, column: int) -> bool:
        """Whether all cells of a column that have been read hold the same text."""
        return self._table.constant(column)

    # ----------------------------------------------------------------------------------------------------- view

    @property
    def view(self) -> Sequence[int]:
        """The rows that are shown, in order: as far as they have been read, where there is an order or a filter."""
        if self._shown is not None:
            if not self.complete:
                return self._shown
            self._shown = None
        return self._order.view(self._table) if self.arranged else self.arrival

    @property
    def arranged(self) -> bool:
        """Whether which rows are shown, or in which order, hangs on their cells."""
        return self._order.sorted_by is not None or bool(self._order.filter)

    @property
    def arrival(self) -> Sequence[int]:
        """All rows in the order of their arrival; those of responses that are gone where they stood."""
        return range(len(self._responses)) if self._order.arrival is None else self._order.arrival

    @property
    def sort_column(self) -> int | None:
        """Index of the column that the rows are sorted by; None for the order of arrival."""
        return self._order.sorted_by

    @property
    def sort_reverse(self) -> bool:
        """Whether the largest comes first."""
        return self._order.reverse

    def sort(self, column: int | None, reverse: bool = False) -> None:
        """Sort by a column; None for the order of arrival. Cells without a value come last either way."""
        self._order.sorted_by = column
        self._order.reverse = reverse
        self._shown = None
        self._order.reset()

    @property
    def filter_text(self) -> str:
        """What the rows are filtered by; empty for no filter."""
        return self._order.filter

    @property
    def filter_as_typed(self) -> str:
        """What the rows are filtered by, with the title of the column that it is looked for in."""
        column = self.filter_column
        return self.filter_text if column is None else f"{self.columns[column].title}={self.filter_text}"

    @property
    def filter_column(self) -> int | None:
        """Index of the only column that is searched; None for all."""
        return self._order.filter_column

    def filter(self, text: str, column: int | None = None) -> None:
        """Show only rows that hold every word of a text; case and accents do not count.

        Args:
            text: words; empty shows all rows.
            column: index of the only column that is searched; None for all.
        """
        self._order.filter = text
        self._order.filter_column = column
        self._shown = None
        self._order.refilter()

    def seek(self, text: str, start: int, *, backwards: bool = False) -> int | None:
        """The place in `view` of the next row that holds every word of a text, or None; it goes round at the end.

        Args:
            text: words, as for `filter`.
            start: place in `view` to begin behind; it is looked at last.
            backwards: look towards the beginning.
        """
        words = fold(text).split()
        if not words:
            return None
        return self._seek(lambda row: all(word in self._line(row) for word in words), start, backwards)

    def seek_change(self, start: int, *, backwards: bool = False) -> int | None:
        """The place in `view` of the next row that is new, changed or gone, or None; as `seek`."""
        return self._seek(self.changes.__contains__, start, backwards)

    def _seek(self, fits: Callable[[int], bool], start: int, backwards: bool) -> int | None:
        view = self.view
        step = -1 if backwards else 1
        places = ((start + step * offset) % len(view) for offset in range(1, len(view) + 1))
        return next((place for place in places if fits(view[place])), None)

    def _line(self, row: int) -> str:
        table = self._table
        if row < len(table):
            return table.lines[row]
        return SEPARATOR.join(map(fold, table.cells(self._responses[row])))

    # ---------------------------------------------------------------------------------------------------- marks

    def toggle_mark(self, row: int) -> None:
        """Mark a row, or take its mark away."""
        self.marked ^= {row}

    def mark_shown(self) -> None:
        """Mark all that is shown; where all of it is marked, take these marks away."""
        shown = set(self.view)
        self.marked = self.marked - shown if shown <= self.marked else self.marked | shown

    # --------------------------------------------------------------------------------------------- from run to run

    def identity(self, response: Response) -> int:
        """What tells a response from all others, and stays the same from run to run.

        It is made of the unique keys of its level, or of the whole identifier where it has none of them. It means
        nothing in another process.
        """
        return self._table.identity(response)

    def row_of(self, identity: int, like: Response | None = None, start: int = 0) -> int | None:
        """The first row whose response has this identity, or None; of several, rather one that is the same in all.

        Args:
            identity: as `identity` gives it.
            like: the response that is looked for.
            start: rows before this one are not looked at.
        """
        first = None
        for row in self._rows_of(identity, start):
            if like is None or self._responses[row].identifier == like.identifier:
                return row
            first = row if first is None else first
        return first

    def _rows_of(self, identity: int, start: int) -> Iterator[int]:
        table = self._table
        identities = table.identities[start:]
        row = -1
        for _ in range(identities.count(identity)):
            row = identities.index(identity, row + 1)
            yield start + row
        for row in range(max(len(table), start), self.total):
            if table.identity(self._responses[row]) == identity:
                yield row

    def successor(self) -> ResultStore:
        """An empty store for the next run of the same query: the same columns, reading, order and filter."""
        made = ResultStore(
            self.columns,
            mask=self.mask,
            character_set=self._character_set,
            fallback=self._fallback,
            raw=self.raw,
        )
        made.sort(self.sort_column, self.sort_reverse)
        made.filter(self.filter_text, self._order.filter_column)
        return made

    def look_like(self, other: ResultStore) -> None:
        """Take over the columns, reading, mask, order and filter of another store, as far as they differ."""
        self.mask = other.mask
        if self.columns != other.columns:
            self.set_columns(other.columns)
        if (self._character_set, self._fallback) != (other._character_set, other._fallback):
            self.decode_as(other._character_set, other._fallback)
        self.raw = other.raw
        if (self.sort_column, self.sort_reverse) != (other.sort_column, other.sort_reverse):
            self.sort(other.sort_column, other.sort_reverse)
        if (self.filter_text, self.filter_column) != (other.filter_text, other.filter_column):
            self.filter(other.filter_text, other.filter_column)

    def take_marks(self, previous: ResultStore) -> None:
        """Mark what was marked in an earlier run and came again."""
        if previous.marked:
            pairs = paired(previous._entries(previous.total), self._entries(len(self)))
            self.marked |= {row for row, earlier in pairs.items() if earlier in previous.marked}

    def compare(self, previous: ResultStore, now: datetime, *, all_before: bool = True, all_now: bool = True) -> Diff:
        """What became of the responses of an earlier run; earlier changes that nobody has seen yet count, too.

        Args:
            previous: with the responses of the earlier run.
            now: when this one was whole.
            all_before: it holds all that there was; without that, nothing is known to be new.
            all_now: this one holds all that there is; without that, nothing is known to be gone.
        """
        pairs = paired(previous._entries(previous.total), self._entries(len(self)))
        new: list[int] = []
        changed: list[int] = []
        since: dict[int, datetime] = {}
        before: dict[int, Response] = {}
        for row in range(len(self)):
            earlier = pairs.get(row, previous.total)
            change = previous.changes.get(earlier)
            if change is Change.NEW or (all_before and earlier >= len(previous)):
                new.append(row)
                since[row] = previous.since.get(earlier, now) if change is Change.NEW else now
            elif earlier < previous.total:
                was = previous.response(earlier)
                differs = not same(self._responses[row], was)
                if differs or change is Change.CHANGED:
                    changed.append(row)
                    since[row] = now if differs else previous.since.get(earlier, now)
                    before[row] = previous.before.get(earlier, was)
        came_as = {earlier: row for row, earlier in pairs.items()}
        gone: list[Response] = []
        behind: list[int] = []
        place = -1
        for earlier in previous.arrival:
            if earlier in came_as:
                place = came_as[earlier]
            elif all_now or earlier >= len(previous):
                since[len(self) + len(gone)] = previous.since.get(earlier, now) if earlier >= len(previous) else now
                gone.append(previous.response(earlier))
                behind.append(place)
        return Diff(tuple(new), tuple(changed), tuple(gone), tuple(behind), since, before)

    def show_changes(self, diff: Diff | None) -> None:
        """Put marks on what changed, in place of those that were there; None takes them away.

        Responses that are gone become rows at the end, and are shown where they stood.
        """
        self.forget_gone()
        self._forget_changes()
        if diff is None:
            return
        self.since.update(diff.since)
        self.before.update(diff.before)
        self.changes.update(dict.fromkeys(diff.new, Change.NEW))
        self.changes.update(dict.fromkeys(diff.changed, Change.CHANGED))
        self.changes.update(dict.fromkeys(range(self._came, self._came + len(diff.gone)), Change.GONE))
        self._responses.extend(diff.gone)
        if diff.gone:
            self._order.arrival = in_place(self._came, diff.behind)
        self.read(MOMENT)

    def differences(self, row: int) -> list[Difference]:
        """In which values the response of a row that changed is another than before; none for other rows."""
        before = self.before.get(row)
        if before is None:
            return []
        return list(differences(before, self._responses[row], self.columns, self._table.reading, self.mask))

    def forget_gone(self) -> None:
        """Take away the rows of responses that are gone."""
        if len(self._responses) == self._came:
            return
        for row in range(self._came, len(self._responses)):
            self.changes.pop(row, None)
            self.since.pop(row, None)
        self.marked = {row for row in self.marked if row < self._came}
        del self._responses[self._came :]
        self._order.arrival = None
        self._table.truncate(self._came)
        self._shown = None
        self._order.reset()

    # ------------------------------------------------------------------------------------------------- in here

    def _forget_changes(self) -> None:
        for known in (self.changes, self.since, self.before):
            known.clear()

    def _reading(self, raw: bool) -> Reading:
        override = CharacterSet.parse(self._character_set) if self._character_set else None
        return Reading(raw, override, self._fallback)

    def _reread(self, columns: Sequence[Column], reading: Reading) -> None:
        # What is shown stays where it is until all cells have been read.
        self._shown = self.view
        self._table = Table(columns, reading)
        self._order.reset()
        self.read(MOMENT)

    def _entries(self, rows: int) -> list[tuple[int, Response]]:
        identities = self._table.identities[:rows].tolist()
        identities += map(self._table.identity, self._responses[len(identities) : rows])
        return list(zip(identities, self._responses, strict=False))
