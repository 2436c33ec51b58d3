"""Writing to the terminal or wherever a stream leads, without ever failing on what is written."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


class Console:
    """A stream that takes any text.

    Characters that its encoding lacks come out as visible escapes. When the reader has gone away, or nothing can be
    written any more, the rest is dropped and `broken` says so.

    Args:
        stream: standard output or standard error.
    """

    __slots__ = ("_stream", "broken")

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.broken = False

    def write(self, text: str) -> None:
        """Write this text in one go."""
        if self.broken:
            return
        data = text.encode(self._stream.encoding or "utf-8", "backslashreplace")
        try:
            self._stream.flush()
            self._stream.buffer.write(data)
            self._stream.buffer.flush()
        except (OSError, ValueError):
            # Nobody is there to be told; whoever goes on looks at `broken`.
            self.broken = True
            _redirect_to_nowhere(self._stream)


def _redirect_to_nowhere(stream: TextIO) -> None:
    """Keep the interpreter from complaining at its end that it cannot flush this stream."""
    import os

    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def open_standard_streams() -> None:
    """Lead standard streams that were closed before the start to nowhere.

    Else the next file or socket would get their numbers, and whoever writes to a stream would write into it.
    """
    import os

    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        mode = "w" if descriptor else "r"
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != descriptor:
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
        setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def output() -> Console:
    """Standard output as it is now."""
    return Console(sys.stdout)


def errors() -> Console:
    """Standard error as it is now."""
    return Console(sys.stderr)
