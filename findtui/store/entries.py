"""Files of entries that have names, kept as an array of tables in the order in which they are shown."""

from __future__ import annotations

import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from findtui.errors import SettingsError
from findtui.store import toml
from findtui.store.files import change


class EntryStore(ABC):
    """A file of entries. Every change is made on what the file holds at that moment, so two findtui lose nothing.

    Args:
        path: of the file, which need not exist.
    """

    table: ClassVar[str]
    """Name of the array."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def delete(self, name: str) -> None:
        """Take an entry out; one that is gone already is no error.

        Raises:
            SettingsError: the file is broken or cannot be written.
        """
        self._rearrange(lambda names: [place for place, known in enumerate(names) if known != name])

    def move(self, name: str, offset: int) -> None:
        """Move an entry up (negative) or down among the others, as far as there is room.

        Raises:
            SettingsError: the file is broken or cannot be written.
        """

        def moved(names: Sequence[str]) -> list[int]:
            places = list(range(len(names)))
            if name in names:
                place = names.index(name)
                places.insert(min(max(place + offset, 0), len(names) - 1), places.pop(place))
            return places

        self._rearrange(moved)

    @abstractmethod
    def _names(self, text: str) -> list[str]:
        """The names of the entries in the text of the file, in its order.

        Raises:
            SettingsError: it says something impossible, with its line and the reason.
        """

    def _rearrange(self, ordered: Callable[[Sequence[str]], list[int]]) -> None:
        change(self.path, lambda text: _rearranged(text, self.path, self.table, ordered(self._names(text))))


def _rearranged(text: str, path: Path, table: str, order: Sequence[int]) -> str:
    """The text with the entries of an array of tables in another order, or without some of them.

    An entry goes with the comment lines right above it; the blank lines between entries stay where they are.

    Args:
        text: of the file, which is TOML.
        path: of the file, for errors.
        table: name of the array.
        order: places that the entries have now, in the order that they are to have.

    Raises:
        SettingsError: the entries do not stand below headers of their own.
    """
    header = re.compile(rf"\s*\[\[\s*[\"']?{re.escape(table)}[\"']?\s*\]\]")
    lines = text.splitlines(keepends=True)
    starts = []
    for number, line in enumerate(lines):
        if header.match(line):
            while number and lines[number - 1].lstrip().startswith("#"):
                number -= 1
            starts.append(number)
    entries = ["".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    known = toml.parse(text, path).unwrap().get(table, [])
    if len(entries) == len(known):
        gaps = [entry[len(entry.rstrip()) :] for entry in entries]
        gaps = [*gaps[: max(len(order) - 1, 0)], "\n"]
        parts = [entries[place].rstrip() + gap for place, gap in zip(order, gaps, strict=False)]
        changed = "".join(lines[: starts[0] if starts else None]) + "".join(parts)
        if _holds(changed, table, [known[place] for place in order]):
            return changed
    raise SettingsError(
        f"{path}: not every {table} starts with [[{table}]] on a line of its own", remedy=toml.UNTOUCHED
    )


def _holds(text: str, table: str, entries: Sequence[object]) -> bool:
    """Whether a text is TOML with these entries: a comment may have been the end of a string."""
    try:
        return bool(tomllib.loads(text).get(table, []) == entries)
    except tomllib.TOMLDecodeError:
        return False
