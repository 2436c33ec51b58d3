"""TOML files that keep the comments and the order that people gave them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from findtui.dicom.visible import visible
from findtui.errors import SettingsError
from findtui.store.files import change, read_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.exceptions import ParseError

UNTOUCHED = "Correct it in an editor; findtui leaves the file as it is until then."
_TOLD = 6
_TORN = "the file ends in the middle of a name or a value"
_SYNTAX = "a line is a name, = and a value; a text stands in quotes"


def parse(text: str, path: Path) -> TOMLDocument:
    """Read TOML.

    Raises:
        SettingsError: it is none, naming file, line and reason.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError, TOMLKitError

    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SettingsError(
            f"{path}, line {line}: there are NUL bytes, as a crash or a full disk leaves them",
            remedy="Put a copy in its place or take them out; findtui leaves the file as it is until then.",
        )
    try:
        return tomlkit.parse(text)
    except ParseError as error:
        raise broken(path, error.line, _reason(error, text)) from error
    except TOMLKitError as error:
        raise SettingsError(f"{path}: {_twice(error) or error}", remedy=UNTOUCHED) from error


def broken(path: Path, line: int, reason: str) -> SettingsError:
    """The error for one thing that is wrong with a file: its line, from 1, and what it is."""
    return broken_at(path, [(line, reason)])


def broken_at(path: Path, faults: Collection[tuple[int, str]], *, remedy: str = UNTOUCHED) -> SettingsError:
    """One error for all that is wrong with a file, in the order of its lines; of many faults the first are told.

    Args:
        path: of the file.
        faults: lines, from 1, and what is wrong on each; one at least.
        remedy: what to do about them.
    """
    told = [f"line {line}: {shorten(reason, 400, placeholder=' …')}" for line, reason in sorted(faults)[:_TOLD]]
    if len(faults) == 1:
        return SettingsError(f"{path}, {told[0]}", remedy=remedy)
    more = [f"and {len(faults) - _TOLD} more"] if len(faults) > _TOLD else []
    return SettingsError("\n".join([f"{path}: {len(faults)} faults", *told, *more]), remedy=remedy)


def _reason(error: ParseError, text: str) -> str:
    """What keeps a text without NUL from being TOML, in words."""
    from tomlkit import exceptions

    line = dict(enumerate(text.splitlines(), 1)).get(error.line, "")
    match error:
        case exceptions.UnexpectedEofError():
            return _TORN
        case exceptions.UnexpectedCharError() if r"'\x00'" in str(error):  # what the parser takes the end for
            return _TORN
        case exceptions.InvalidControlChar() if error.col >= len(line):
            return "a text has no closing quote"
        case exceptions.InvalidControlChar():
            return rf"a control character must be written as \u{ord(line[error.col]):04x}"
        case exceptions.InvalidCharInStringError() | exceptions.InvalidUnicodeValueError():
            return r"a backslash in a text is written twice: \\"
    return _twice(error.__cause__) or f"'{visible(shorten(line, 60, placeholder='…'))}' is not understood: {_SYNTAX}"


def _twice(error: BaseException | None) -> str:
    """Which name is given twice, where it is that; else empty."""
    from tomlkit.exceptions import KeyAlreadyPresent

    if not isinstance(error, KeyAlreadyPresent):
        return ""
    name = str(error).partition('"')[2].rpartition('"')[0]
    return f"'{visible(name)}' is given twice"


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
