"""Handlers that lead out of the program: its console and the system's log."""

from __future__ import annotations

import logging
import syslog
from typing import Final

from findtui.cli.console import Console
from findtui.export.narrative import Level

_PRIORITIES: Final = {
    Level.FATAL: syslog.LOG_CRIT,
    Level.ERROR: syslog.LOG_ERR,
    Level.WARN: syslog.LOG_WARNING,
    Level.INFO: syslog.LOG_INFO,
}


class ConsoleHandler(logging.Handler):
    """Writes records to a console; the layout ends lines."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self._console.write(self.format(record))


class SystemLog(logging.Handler):
    """Hands records to the local syslog.

    Args:
        ident: what stands in front of each message; empty for the program's name.
        facility: of `syslog`; None for the user's.
    """

    def __init__(self, ident: str, facility: int | None) -> None:
        super().__init__()
        self._facility = syslog.LOG_USER if facility is None else facility
        syslog.openlog(ident or "findscu", 0, self._facility)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand over one record, line by line, since a line is what syslog knows."""
        priority = _PRIORITIES.get(Level(record.levelno), syslog.LOG_DEBUG)
        for line in self.format(record).splitlines():
            if line:
                syslog.syslog(self._facility | priority, line.replace("\0", "\\x00"))

    def close(self) -> None:
        """Close the connection to syslog."""
        syslog.closelog()
        super().close()


_FACILITIES: Final = (
    "auth",
    "authpriv",
    "cron",
    "daemon",
    "kern",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
    "lpr",
    "mail",
    "news",
    "syslog",
    "user",
    "uucp",
)


def facility(name: str) -> int | None:
    """The number of a facility; that of the user for no name, None for an unknown one."""
    if not name:
        return syslog.LOG_USER
    if name not in _FACILITIES:
        return None
    number: int = getattr(syslog, f"LOG_{name.upper()}", syslog.LOG_USER)
    return number
