"""TOML files that keep the comments and the order that people gave them."""

from __future__ import annotations

import re
from collections.abc import Callable
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
