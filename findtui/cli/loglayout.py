"""How a record of the log becomes text: log4cplus' simple, TTCC and pattern layouts as logging formatters."""

from __future__ import annotations

import logging
import os
import platform
import re
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Final

from findtui.export.narrative import Level

Complain = Callable[[str], None]
"""Takes a complaint about a configuration, in log4cplus' words."""

_NAMES: Final = {int(level): level.name for level in Level}
_DATE: Final = "%Y-%m-%d %H:%M:%S"
_START: Final = time.time()
_CONVERSION: Final = re.compile(
    r"%(?P<left>-*+)(?P<least>[0-9]*+)(?P<dot>\.(?P<most>[0-9]*+))?+(?P<kind>.)(?P<rest>\{[^}]*\})?", re.S
)
_WIDTH: Final = 1000


class SimpleLayout(logging.Formatter):
    """`INFO - message`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, with its line end."""
        return f"{_NAMES.get(record.levelno, '')} - {record.msg}\n"


class TTCCLayout(logging.Formatter):
    """Time, thread, level, logger, context and message."""

    def __init__(self, date_format: str, *, utc: bool) -> None:
        super().__init__()
        self._date_format = date_format
        self._utc = utc

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, with its line end."""
        if self._date_format:
            when = _formatted_time(record.created, self._date_format, self._utc)
        else:
            when = _milliseconds(record)
        return f"{when} [{record.thread}] {_NAMES.get(record.levelno, '')} {record.name} <> - {record.msg}\n"


class PatternLayout(logging.Formatter):
    """A conversion pattern, such as `%D{%H:%M:%S} %5p: %m%n`; it ends lines itself.

    Args:
        pattern: the conversion pattern.
        each_line: apply it to each line of a message.
        complain: told what is wrong with the pattern.
    """

    def __init__(self, pattern: str, *, each_line: bool, complain: Complain) -> None:
        super().__init__()
        self._each_line = each_line
        self._parts = _parse(pattern, complain)

    def format(self, record: logging.LogRecord) -> str:
        """The record's text."""
        message = str(record.msg)
        messages = message.split("\n") if self._each_line else [message]
        return "".join(part(record, text) for text in messages for part in self._parts)


_Part = Callable[[logging.LogRecord, str], str]


def _parse(pattern: str, complain: Complain) -> list[_Part]:
    parts: list[_Part] = []
    position = 0
    while position < len(pattern):
        start = pattern.find("%", position)
        found = _CONVERSION.match(pattern, start) if start >= 0 else None
        if found is None:
            parts.append(_literal(pattern[position:]))
            break
        if start > position:
            parts.append(_literal(pattern[position:start]))
        if found["dot"] and not found["most"]:
            position = found.end("kind")
            wanted = f'Was expecting digit, instead got char "{found["kind"]}".'
            complain(f"Error occurred in position {position}.\n {wanted}")
            parts.append(_literal(pattern[start:position]))
            continue
        option = found["rest"] if found["kind"] in "cdDX" else None
        position = found.end() if option else found.end("kind")
        if found["kind"] == "%" and found.end("kind") == start + 2:
            parts.append(_literal("%"))
            continue
        convert = _conversion(found["kind"], (option or "{}")[1:-1])
        if convert is None:
            complain(f"Unexpected char [{found['kind']}] at position {position} in conversion pattern.")
            parts.append(_literal(pattern[start:position]))
        else:
            parts.append(_sized(convert, bool(found["left"]), found["least"], found["most"]))
        if found["kind"] in "cdDX" and option is None and pattern[position : position + 1] == "{":
            complain(f"No matching '}}' found in conversion pattern string \"{pattern}\"")
            break
    return parts


def _literal(text: str) -> _Part:
    return lambda _record, _message: text


def _sized(convert: _Part, left: bool, least: str, most: str | None) -> _Part:
    if not least and not most:
        return convert
    width = min(_number(least), _WIDTH)
    limit = min(_number(most), _WIDTH) if most else None

    def sized(record: logging.LogRecord, message: str) -> str:
        text = convert(record, message)
        if limit is not None and len(text) > limit:
            # What is cut goes from the left: the end of a logger's name says most.
            return text[len(text) - limit :]
        return text.ljust(width) if left else text.rjust(width)

    return sized


def _number(digits: str) -> int:
    # Python refuses to convert thousands of digits, and nine are beyond every width.
    return int(digits.lstrip("0")[:9] or 0)


def _conversion(kind: str, option: str) -> _Part | None:
    match kind:
        case "c":
            depth = _number(option) if option.isascii() and option.isdigit() else 0
            return lambda record, _message: ".".join(record.name.split(".")[-depth:]) if depth else record.name
        case "d" | "D":
            return lambda record, _message: _formatted_time(record.created, option or _DATE, kind == "d")
    return _SIMPLE.get(kind)


@cache
def _full_host_name() -> str:
    return socket.getfqdn()


_SIMPLE: Final[Mapping[str, _Part]] = {
    "m": lambda _record, message: message,
    "n": lambda _record, _message: "\n",
    "p": lambda record, _message: _NAMES.get(record.levelno, ""),
    "P": lambda record, _message: _NAMES.get(record.levelno, "")[:1],
    "r": lambda record, _message: _milliseconds(record),
    "i": lambda _record, _message: str(os.getpid()),
    "t": lambda record, _message: str(record.thread),
    "T": lambda _record, _message: str(os.getpid()),
    "h": lambda _record, _message: platform.node(),
    "H": lambda _record, _message: _full_host_name(),
    # There is no source line behind a message, and no diagnostic context.
    "b": lambda _record, _message: "",
    "F": lambda _record, _message: "",
    "L": lambda _record, _message: "",
    "l": lambda _record, _message: ":",
    "M": lambda _record, _message: "",
    "x": lambda _record, _message: "",
    "X": lambda _record, _message: "",
}


def _milliseconds(record: logging.LogRecord) -> str:
    return str(max(0, int((record.created - _START) * 1000)))


def _formatted_time(seconds: float, pattern: str, utc: bool) -> str:
    """`strftime` with log4cplus' %q (milliseconds) and %Q (milliseconds with a fraction)."""
    moment = datetime.fromtimestamp(seconds, UTC)
    if not utc:
        moment = moment.astimezone()
    own = {"%q": f"{moment.microsecond // 1000:03d}", "%Q": f"{moment.microsecond / 1000:07.3f}"}
    filled = re.sub(r"%%|%[qQ]", lambda found: own.get(found[0], found[0]), pattern)
    return moment.strftime(filled)
