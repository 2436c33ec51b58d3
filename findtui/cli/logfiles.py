"""Log files, rolled by size or by time as log4cplus rolls them; only their owner reads them."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

Complain = Callable[[str], None]

PRIVATE_MODE: Final = 0o600
_PERIODS: Final = {
    "MONTHLY": "%Y-%m",
    "WEEKLY": "%Y-%W",
    "DAILY": "%Y-%m-%d",
    "TWICE_DAILY": "%Y-%m-%d-%p",
    "HOURLY": "%Y-%m-%d-%H",
    "MINUTELY": "%Y-%m-%d-%H-%M",
}
DEFAULT_SCHEDULE: Final = "DAILY"
LEAST_SIZE: Final = 200 * 1024
DEFAULT_SIZE: Final = 10 * 1024 * 1024


class LogFile(logging.FileHandler):
    """A file of the log.

    When it cannot be written, that is said once, and the run goes on.

    Args:
        path: of the file.
        append: keep what is in it.
        complain: told what goes wrong.
    """

    terminator = ""

    def __init__(self, path: Path, *, append: bool, complain: Complain) -> None:
        self._complain = complain
        self._complained = False
        super().__init__(path, "a" if append else "w", encoding="utf-8", delay=True, errors="backslashreplace")

    def prepare(self) -> None:
        """Open the file, so that what is wrong with it shows before anything is asked.

        Raises:
            OSError: it cannot be opened.
        """
        if self.stream is None:
            self.stream = self._open()

    def _open(self) -> io.TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags | os.O_CLOEXEC, PRIVATE_MODE)

        raw = io.FileIO(self.baseFilename, self.mode, opener=opener)
        stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding=self.encoding, errors=self.errors, newline="\n")
        # What is opened once more was begun by this run, which does not throw it away.
        self.mode = "a"
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it so
        """Say once that the log cannot be written."""
        if not self._complained:
            self._complained = True
            self._complain(f"file is not open: {self.baseFilename}")

    def _reopen_after(self, rename: Callable[[], None]) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        with contextlib.suppress(OSError):
            # A file that cannot be renamed goes on growing, which loses nothing.
            rename()
        self.prepare()


class SizedLogFile(LogFile):
    """A file that makes room for a new one when it has grown beyond a size.

    Args:
        size: in bytes.
        backups: how many old files stay, as `name.1` (the youngest) and so on.
    """

    def __init__(self, path: Path, *, append: bool, complain: Complain, size: int, backups: int) -> None:
        super().__init__(path, append=append, complain=complain)
        self._size = size
        self._backups = backups

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and roll when that was too much."""
        super().emit(record)
        try:
            if self.stream is not None and self.stream.tell() > self._size:
                self._reopen_after(lambda: _shift(Path(self.baseFilename), Path(self.baseFilename), self._backups))
        except OSError:
            self.handleError(record)


class ScheduledLogFile(LogFile):
    """A file that makes room for a new one when a period is over; the old one is named after its period.

    Args:
        schedule: MONTHLY, WEEKLY, DAILY, TWICE_DAILY, HOURLY or MINUTELY.
        backups: how many files stay for a period that already has one.
    """

    def __init__(self, path: Path, *, append: bool, complain: Complain, schedule: str, backups: int) -> None:
        super().__init__(path, append=append, complain=complain)
        self._pattern = _PERIODS[schedule]
        self._backups = backups
        self._period = self._period_of(datetime.now().astimezone())

    def prepare(self) -> None:
        """Open the file, after what is left of an earlier period has been put aside."""
        file = Path(self.baseFilename)
        if self.stream is None and file.is_file() and file.stat().st_size:
            period = self._period_of(datetime.fromtimestamp(file.stat().st_mtime).astimezone())
            if period != self._period:
                self._put_aside(period)
        super().prepare()

    def emit(self, record: logging.LogRecord) -> None:
        """Roll where a period is over, and write a record."""
        period = self._period_of(datetime.fromtimestamp(record.created).astimezone())
        if period != self._period:
            over, self._period = self._period, period
            try:
                self._reopen_after(lambda: self._put_aside(over))
            except OSError:
                self.handleError(record)
        super().emit(record)

    def _period_of(self, moment: datetime) -> str:
        return moment.strftime(self._pattern)

    def _put_aside(self, period: str) -> None:
        _shift(Path(self.baseFilename), Path(f"{self.baseFilename}.{period}"), self._backups)


def is_schedule(name: str) -> bool:
    """Whether a file can be rolled by this schedule."""
    return name in _PERIODS


def _shift(file: Path, target: Path, backups: int) -> None:
    """Rename `file` to `target`, or to `target.1` where they are one, the older ones moving up."""
    oldest = Path(f"{target}.{backups}")
    oldest.unlink(missing_ok=True)
    for index in range(backups - 1, 0, -1):
        source = Path(f"{target}.{index}")
        if source.exists():
            source.rename(f"{target}.{index + 1}")
    if target.exists() and backups:
        target.rename(f"{target}.1")
    if file != target:
        file.rename(target)
