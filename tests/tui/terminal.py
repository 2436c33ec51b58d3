"""A real terminal, for what can only be seen in one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Terminal:
    """A program in a terminal of its own, 80 columns by 24 lines."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command, self._environment = command, environment
        self.output = b""
        self._read = 0

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._ours, keys)

    def wait_for(self, wanted: re.Pattern[bytes]) -> None:
        """Read on until something is written that was not before."""
        self.read_until(lambda: wanted.search(self.output, self._read), repr(wanted.pattern))
        found = wanted.search(self.output, self._read)
        assert found is not None
        self._read = found.end()

    def read_until(self, condition: Callable[[], object], what: str) -> None:
        """Read on until something holds."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, f"waited for {what}: {self.output[self._read :][-2000:]!r}"
            if select.select([self._ours], [], [], 0.1)[0]:
                # A terminal that its last program has left cannot be read any more.
                with suppress(OSError):
                    self.output += os.read(self._ours, 65536)

    def ended(self) -> int:
        """The exit status, while what is still written is read."""
        self.read_until(lambda: self._process.poll() is not None, "the end")
        return int(self._process.returncode)
