"""TOML files that keep the comments and the order that people gave them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from findtui.errors import SettingsError
from findtui.store.files import change, read_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

UNTOUCHED = "Correct it in an editor; findtui leaves the file as it is until then."


def parse(text: str, path: Path) -> TOMLDocument:
    """Read TOML.

    Raises:
        SettingsError: it is none, naming file, line and reason.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError, TOMLKitError

    try:
        return tomlkit.parse(text)
    except ParseError as error:
        reason = str(error).partition(" at line ")[0]
        raise SettingsError(f"{path}, line {error.line}: {reason}", remedy=UNTOUCHED) from error
    except TOMLKitError as error:
        raise SettingsError(f"{path}: {error}", remedy=UNTOUCHED) from error


def load(path: Path) -> TOMLDocument:
    """Read a TOML file; an absent one is an empty document.

    Raises:
        SettingsError: it cannot be read or is no TOML, naming file, line and reason.
    """
    return parse(read_text(path), path)


def edit(path: Path, alter: Callable[[TOMLDocument], None]) -> None:
    """Alter the document as it is on disk at this moment, and write it back.

    Raises:
        SettingsError: it cannot be read, is no TOML (and is not overwritten), or cannot be written.
    """
    import tomlkit

    def rewrite(text: str) -> str:
        document = parse(text, path)
        alter(document)
        return tomlkit.dumps(document)

    change(path, rewrite)


def rearrange(text: str, path: Path, table: str, order: Sequence[int]) -> str:
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
    known = parse(text, path).unwrap().get(table, [])
    if len(entries) == len(known):
        gaps = [entry[len(entry.rstrip()) :] for entry in entries]
        gaps = [*gaps[: max(len(order) - 1, 0)], "\n"]
        parts = [entries[place].rstrip() + gap for place, gap in zip(order, gaps, strict=False)]
        changed = "".join(lines[: starts[0] if starts else None]) + "".join(parts)
        if _holds(changed, table, [known[place] for place in order]):
            return changed
    raise SettingsError(f"{path}: not every {table} starts with [[{table}]] on a line of its own", remedy=UNTOUCHED)


def _holds(text: str, table: str, entries: Sequence[object]) -> bool:
    """Whether a text is TOML with these entries: a comment may have been the end of a string."""
    try:
        return bool(tomllib.loads(text).get(table, []) == entries)
    except tomllib.TOMLDecodeError:
        return False


def without(names: Sequence[str], name: str) -> list[int]:
    """The places of all names but one, for `rearrange`; one that is gone already is no error."""
    return [place for place, known in enumerate(names) if known != name]


def moved(names: Sequence[str], name: str, offset: int) -> list[int]:
    """The places of names, one of them moved up (negative) or down as far as there is room, for `rearrange`."""
    places = list(range(len(names)))
    if name in names:
        place = names.index(name)
        places.insert(min(max(place + offset, 0), len(names) - 1), places.pop(place))
    return places


def line_of(text: str, table: str, index: int | None, key: str) -> int:
    """Line, from 1, on which a key of a table stands, or the table's header where the key cannot be found.

    Args:
        text: of the file.
        table: dotted name of the table, such as `profile.tls`; empty for the top of the document.
        index: which entry of the outermost array of tables, from 0; None where it is no array.
        key: the bare key.
    """
    header = re.compile(r"^\s*\[(\[)?\s*(?P<name>[^\[\]]+?)\s*\](?(1)\])")
    outermost = table.partition(".")[0]
    current, count, found = "", -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if match := header.match(line):
            current = re.sub(r"\s|\"|'", "", match["name"])
            if match[1] and current == outermost:
                count += 1
            if current == outermost and (index is None or count == index):
                found = number
            if current == table and (index is None or count == index):
                found = number
        elif (
            current == table
            and (index is None or count == index)
            and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line)
        ):
            return number
    return found or 1
