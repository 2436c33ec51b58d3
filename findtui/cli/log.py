"""The log of a headless run as findscu has it by default: everything to standard error, a letter before each line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

from findtui.cli.console import Console
from findtui.export.narrative import RESPONSES, Level, Line


class Log(Protocol):
    """Where lines go."""

    def enabled(self, level: Level, logger: str) -> bool:
        """Whether a line of this level and logger would go anywhere."""
        ...

    def show_responses(self, shown: bool) -> None:
        """Let responses through, or not, whatever else was said."""
        ...

    def write(self, lines: Iterable[Line]) -> None:
        """Log these lines, those that are not enabled being left out."""
        ...

    def force(self, line: Line) -> None:
        """Log this line whatever its level."""
        ...

    def close(self) -> None:
        """Write what is left and close what was opened."""
        ...

    @property
    def broken(self) -> bool:
        """Whether the reader of the log has gone away."""
        ...


class PlainLog:
    """Lines to a console.

    Args:
        console: where to.
        level: the least level that is written.
    """

    def __init__(self, console: Console, level: Level = Level.WARN) -> None:
        self._console = console
        self._level = level
        self._responses = level

    def enabled(self, level: Level, logger: str) -> bool:
        """Whether a line of this level and logger would be written."""
        return level >= (self._responses if logger == RESPONSES else self._level)

    def show_responses(self, shown: bool) -> None:
        """Let responses through, or not."""
        self._responses = Level.INFO if shown else Level.OFF

    def write(self, lines: Iterable[Line]) -> None:
        """Write these lines in one go."""
        level, responses = self._level, self._responses
        text = "".join(
            [_formatted(line) for line in lines if line.level >= (responses if line.logger == RESPONSES else level)]
        )
        if text:
            self._console.write(text)

    def force(self, line: Line) -> None:
        """Write this line whatever its level."""
        self._console.write(_formatted(line))

    def close(self) -> None:
        """Nothing is left: every line has been written."""

    @property
    def broken(self) -> bool:
        """Whether nobody reads any more."""
        return self._console.broken


_LETTERS: Final = {int(level): level.letter for level in Level}
# By number: a list takes a level for what it is, where a dictionary would have to hash it.
_PREFIXES: Final = [f"{_LETTERS.get(number, '')}: " for number in range(Level.OFF + 1)]


def _formatted(line: Line) -> str:
    prefix = _PREFIXES[line.level]
    return prefix + line.text.replace("\n", "\n" + prefix) + "\n"


LEVELS: Final = {level.name.lower(): level for level in Level}
"""By the names that `--log-level` and log configuration files take, in lower case."""
