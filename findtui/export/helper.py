"""A second process that writes files, where there is a processor for it.

Nearly all that a small file costs is the kernel's work. A second thread would gain nothing, as it has to ask for the
interpreter's lock after each call; a process shares nothing and takes about half of the files over.

Nothing depends on it. What it was given and did not write, because it could not or because it was killed, comes back,
so that the first process writes it and meets the error itself. It ends when the first process does, however that ends,
and finishes what it was given before.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import signal
import threading
from collections import deque
from collections.abc import Sequence
from struct import Struct
from typing import Final, NoReturn

from findtui.errors import OutputError
from findtui.export.files import write_all, write_file

File = tuple[str, bytes]
"""A path and what is to stand there."""

_MOST_GIVEN: Final = 3
_INBOX_SIZE: Final = 1 << 20
_HEADER: Final = Struct("=I")


class Helper:
    """The second process, from the first one's side.

    Args:
        mode: permissions of the files.
        nursery: where to make them, see `files.write_file`.

    Raises:
        OSError: there can be no process, or no pipe to it.
    """

    def __init__(self, mode: int, nursery: str | None) -> None:
        self._given: deque[Sequence[File]] = deque()
        self._left: list[File] = []
        self._gone = False
        inbox, self._to = os.pipe()
        self._answers, outbox = os.pipe()
        # An interrupt from the keyboard reaches both processes: the helper ends when its inbox does.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        try:
            os.set_blocking(self._answers, False)
            _enlarge(self._to)
            self._process = os.fork()
            if self._process == 0:
                _serve(inbox, outbox, mode, nursery)
        except OSError:
            os.close(self._to)
            os.close(self._answers)
            raise
        finally:
            os.close(inbox)
            os.close(outbox)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def take(self, files: Sequence[File]) -> bool:
        """Take over up to 255 files; False where it has enough to do, or is no more."""
        if len(self._given) == _MOST_GIVEN:
            self._listen()
        if self._gone or len(self._given) == _MOST_GIVEN:
            return False
        message = marshal.dumps(list(files))
        try:
            write_all(self._to, _HEADER.pack(len(message)) + message)
        except OSError:
            self._gone = True
            return False
        self._given.append(files)
        return True

    def left(self) -> list[File]:
        """What it was given and has not written, as far as is known by now; it is told once."""
        left, self._left = self._left, []
        return left

    def close(self) -> list[File]:
        """Let it finish, and end it.

        Returns:
            What it has not written, and `left` has not told.
        """
        os.close(self._to)
        os.set_blocking(self._answers, True)
        while self._listen():
            pass
        os.close(self._answers)
        os.waitpid(self._process, 0)
        for files in self._given:
            self._left += files
        self._given.clear()
        return self.left()

    def _listen(self) -> bool:
        """Take note of what it has done; False where it will do nothing more."""
        try:
            counts = os.read(self._answers, _MOST_GIVEN)
        except BlockingIOError:
            return True
        for count in counts:
            self._left += self._given.popleft()[count:]
        self._gone = self._gone or not counts
        return bool(counts)


def helper_for(mode: int, nursery: str | None) -> Helper | None:
    """A helper, or None where there is no processor for it, or this process cannot be doubled.

    Args:
        mode, nursery: see Helper.
    """
    try:
        # Only the thread that forks lives on in the new process, and locks that others held stay held.
        if len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1:
            return Helper(mode, nursery)
    except (OSError, AttributeError):
        # What has no fork or no room for it is served without.
        pass
    return None


def _enlarge(pipe: int) -> None:
    """Have room in it for all that is given at once, so that nobody waits to give it."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _INBOX_SIZE)
    except (OSError, AttributeError):
        # It works without: giving then waits until the helper takes.
        return


def _serve(inbox: int, outbox: int, mode: int, nursery: str | None) -> NoReturn:
    """The second process: write what comes, and answer with how many files of each message were written."""
    try:
        _close_all_but(inbox, outbox)
        with open(inbox, "rb") as messages:
            while header := messages.read(_HEADER.size):
                files = marshal.loads(messages.read(*_HEADER.unpack(header)))  # noqa: S302 - from the first process
                os.write(outbox, bytes([_written(files, mode, nursery)]))
    finally:
        # Whatever happens: nothing of the first process may be done twice, not even the printing of a traceback.
        os._exit(0)


def _written(files: Sequence[File], mode: int, nursery: str | None) -> int:
    """Write files up to the first that cannot be written; how many that were."""
    for number, (path, content) in enumerate(files):
        try:
            write_file(path, content, mode, nursery)
        except OutputError:
            return number
    return len(files)


def _close_all_but(*kept: int) -> None:
    """Let go of what the first process has open, so that a connection ends when that closes it.

    The standard streams stay open, so that nothing else gets their numbers.
    """
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
