"""The cells of the grid, column by column: what is shown, and what is searched and sorted by."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from sys import intern
from typing import Final

from findtui.dicom.charset import CharacterSet
from findtui.dicom.paths import Path
from findtui.dicom.response import Response
from findtui.dicom.transfer import TransferSyntax
from findtui.tui.results.columns import IDENTITIES, Column
from findtui.tui.results.extract import Extractor, Value
from findtui.tui.results.folding import fold, unseen
from findtui.tui.results.readable import as_read, as_sent

_MEMORY: Final = 16_384
"""Values whose text is remembered: most values of an answer come again and again."""
_MOST_SETS: Final = 64
_CUT_SHORT: Final = frozenset(("TM", "DT"))
SEPARATOR: Final = "\x1f"
"""Never within a cell: it would be an escape there."""
_IDENTIFYING: Final = tuple(dict.fromkeys(path for group in IDENTITIES for path in group))
_GROUPS: Final = tuple(tuple(_IDENTIFYING.index(path) for path in group) for group in IDENTITIES)


class Reading:
    """How values become text.

    Args:
        raw: as they were sent, and not as people read them.
        character_set: used whatever a response declares; None to take its word.
        fallback: the defined term for responses that declare nothing; None for none.

    Attributes:
        known: the texts of values that were met, for the one loop that has no time for a call.
    """

    def __init__(
        self, raw: bool = False, character_set: CharacterSet | None = None, fallback: str | None = None
    ) -> None:
        self.raw = raw
        self.character_set = character_set
        self.fallback = fallback
        self.known: dict[Value, tuple[str, str]] = {}
        self._sets: dict[bytes, CharacterSet] = {}

    def character_set_of(self, declared: bytes) -> CharacterSet:
        """The character set for text where this value of Specific Character Set (0008,0005) holds."""
        found = self._sets.get(declared)
        if found is None:
            if len(self._sets) >= _MOST_SETS:
                self._sets.clear()
            found = self.character_set or CharacterSet.parse(declared).with_fallback(self.fallback)
            self._sets[declared] = found
        return found

    def text(self, value: Value) -> str:
        """What is shown for a value."""
        return self.texts(value)[0]

    def texts(self, value: Value) -> tuple[str, str]:
        """What is shown for a value, and the same as it is searched."""
        texts = self.known.get(value)
        if texts is None:
            if len(self.known) >= _MEMORY:
                self.known.clear()
            text = self._text(value)
            folded = fold(text)
            if value[1] in _CUT_SHORT and not self.raw and value[0]:
                # Times are shown to the minute and sorted to their last digit.
                folded += unseen(value[0].decode("ascii", "replace"))
            texts = self.known[value] = (intern(text), text if folded == text else folded)
        return texts

    def _text(self, value: Value) -> str:
        raw, vr, declared = value
        if raw is None:
            return ""
        if vr == "SQ":
            return f"{raw.decode('ascii')} item{'s' * (raw != b'1')}"
        form = as_sent if self.raw else as_read
        return form(raw, vr, self.character_set_of(declared))


class Table:
    """The cells of some columns, row by row as far as it got.

    Args:
        columns: of the grid.
        reading: how values become text.

    Attributes:
        texts: what is shown, by column and row.
        folded: the same as it is searched and sorted by.
        lines: the folded cells of each row, with SEPARATOR between them.
        identities: a number for what tells one response from every other, by row.
    """

    def __init__(self, columns: Sequence[Column], reading: Reading) -> None:
        self.columns = tuple(columns)
        self.reading = reading
        self.texts: list[list[str]] = [[] for _ in columns]
        self.folded: list[list[str]] = [[] for _ in columns]
        self.lines: list[str] = []
        self.identities = array("q")
        self._uniform: list[int] = [0 for _ in columns]
        self._extractors: dict[TransferSyntax, Extractor] = {}

    def __len__(self) -> int:
        return len(self.identities)

    def extend(self, responses: Sequence[Response]) -> None:
        """Read the responses of the next rows."""
        texts_of = self.reading.texts
        known = self.reading.known
        width = len(self.columns)
        for response in responses:
            values = self._values(response)
            pairs = [known.get(value) or texts_of(value) for value in values[:width]]
            for (text, folded), texts, column in zip(pairs, self.texts, self.folded, strict=True):
                texts.append(text)
                column.append(folded)
            self.lines.append(SEPARATOR.join([folded for _, folded in pairs]))
            self.identities.append(_identity(values[width:], response))

    def cells(self, response: Response) -> list[str]:
        """The cells of a row that has not been read."""
        return [self.reading.text(value) for value in self._values(response)[: len(self.columns)]]

    def constant(self, column: int) -> bool:
        """Whether all cells of a column that have been read hold the same text."""
        cells, checked = self.texts[column], self._uniform[column]
        while 0 <= checked < len(cells):
            checked = checked + 1 if cells[checked] is cells[0] else -1
        self._uniform[column] = checked
        return checked > 0

    def identity(self, response: Response) -> int:
        """The identity of a row that has not been read."""
        return _identity(self._values(response)[len(self.columns) :], response)

    def truncate(self, rows: int) -> None:
        """Forget all rows from this one on."""
        for cells in (*self.texts, *self.folded, self.lines):
            del cells[rows:]
        del self.identities[rows:]
        self._uniform = [min(checked, rows) for checked in self._uniform]

    def _values(self, response: Response) -> list[Value]:
        extractor = self._extractors.get(response.transfer_syntax)
        if extractor is None:
            paths = [Path.parse(path) for path in (*(column.path for column in self.columns), *_IDENTIFYING)]
            extractor = self._extractors[response.transfer_syntax] = Extractor(paths, response.transfer_syntax)
        return extractor.values(response)


def _identity(values: Sequence[Value], response: Response) -> int:
    """A number for what tells a response from every other; `values` are those of _IDENTIFYING."""
    for group in _GROUPS:
        first = values[group[0]][0]
        if first and first.strip(b" \0"):
            return hash((group, *((values[index][0] or b"").rstrip(b" \0") for index in group)))
    return hash(response.identifier)
