"""Files that appear whole or not at all.

What is written goes into a file that has no name yet (O_TMPFILE on Linux; elsewhere a hidden temporary one) in the
directory of its destination, and gets its name when it is complete. A program that is killed leaves no file under a
final name that is not whole, and on Linux no other either. Nothing is flushed to the disk by force: after a power
failure a file may be missing, as with DCMTK, and thousands of them do not take minutes.
"""

# pathlib would take as long as making the file does.
# ruff: noqa: PTH105, PTH108, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import secrets
import stat
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from findtui.dicom.visible import visible
from findtui.errors import OutputError

PRIVATE_MODE: Final = 0o600
"""Files hold patient data: only their owner reads them, unless told otherwise."""

_FLAGS: Final = os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)
_NAMELESS: Final = getattr(os, "O_TMPFILE", 0)


def write_file(path: str, data: bytes, mode: int = PRIVATE_MODE, nursery: str | None = None) -> None:
    """Write a small file in one go; a file that stood there is replaced.

    Args:
        path, data, mode: its name, content and permissions.
        nursery: a directory in which to make the file without a name (see `nursery`); None is that of its path.

    Raises:
        OutputError: it could not be written. What stood there before still does.
    """
    try:
        descriptor, temporary = _begin(path, nursery)
        try:
            write_all(descriptor, data)
            _finish(descriptor, temporary, path, mode)
        except BaseException:
            _remove(temporary)
            raise
        finally:
            os.close(descriptor)
    except OSError as error:
        raise output_error(path, error) from error


class AtomicFile:
    """A file that is written bit by bit and appears when it is finished.

    A symbolic link is followed. What is there and is no regular file (a device, a pipe) is written to straight away.

    Args:
        path: its final name.
        mode: its permissions.

    Attributes:
        finished: whether it has appeared.

    Raises:
        OutputError: it cannot be made there.
    """

    def __init__(self, path: str | Path, mode: int = PRIVATE_MODE) -> None:
        self.path = str(path)
        self.finished = False
        self._mode = mode
        self._temporary: str | None = None
        self._destination = os.path.realpath(self.path)
        try:
            self._straight = _is_special(self.path)
            if self._straight:
                descriptor = os.open(self.path, _FLAGS | os.O_APPEND)
            else:
                descriptor, self._temporary = _begin(self._destination)
        except OSError as error:
            raise output_error(self.path, error) from error
        self._stream: BinaryIO | None = open(descriptor, "wb", buffering=1 << 16)  # noqa: SIM115

    def __enter__(self) -> AtomicFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()

    def write(self, data: bytes) -> None:
        """Add bytes at the end; without effect where the file has been given up.

        Raises:
            OutputError: they could not be written. The file is given up.
        """
        if self._stream is None:
            return
        try:
            self._stream.write(data)
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from error

    def commit(self) -> None:
        """Let the file appear under its name; without effect where it has been given up or finished.

        Raises:
            OutputError: it could not be finished. The file is given up.
        """
        if self._stream is None:
            return
        try:
            self._stream.flush()
            if not self._straight:
                _finish(self._stream.fileno(), self._temporary, self._destination, self._mode)
            self._stream.close()
            self._stream = None
            self.finished = True
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from error

    def discard(self) -> None:
        """Give the file up; nothing is left of it."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        _remove(self._temporary)
        try:
            stream.close()
        except OSError:
            # What could not be flushed belongs to a file that is gone.
            return


def output_error(path: str, error: OSError) -> OutputError:
    """The error that names the file and, in words, the reason."""
    path, reason = str(Path(path)), error.strerror or str(error)
    return OutputError(
        f"cannot write {path}: {reason[:1].lower()}{reason[1:]}",
        remedy=_REMEDIES.get(error.errno or 0, ""),
        dcmtk=f"Writing file: {visible(path)}: {reason}",
    )


_OPEN_ALREADY: Final = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")

_REMEDIES: Final = {
    2: "Make the directory first",
    13: "Choose a directory that you may write to",
    28: "Make room on the disk",
    30: "Choose a directory that you may write to",
    36: "Choose a shorter name",
}
"""By error number: ENOENT, EACCES, ENOSPC, EROFS, ENAMETOOLONG."""


def _begin(path: str, nursery: str | None = None) -> tuple[int, str | None]:
    """Open a new file that is to get this name, and its temporary name, or None where it needs none."""
    if nursery is not None:
        try:
            return os.open(nursery, _FLAGS | _NAMELESS, PRIVATE_MODE), None
        except OSError:
            # A nursery saves time and nothing else: it may have been cleared away.
            pass
    directory = os.path.dirname(path) or "."
    if makes_nameless(directory, directory):
        return os.open(directory, _FLAGS | _NAMELESS, PRIVATE_MODE), None
    temporary = _temporary_name(directory)
    return os.open(temporary, _FLAGS | os.O_CREAT | os.O_EXCL, PRIVATE_MODE), temporary


def _finish(descriptor: int, temporary: str | None, path: str, mode: int) -> None:
    """Give the file its mode and its name."""
    if mode != PRIVATE_MODE:
        os.fchmod(descriptor, mode)
    if temporary is not None:
        os.replace(temporary, path)
        return
    try:
        _link(descriptor, path)
    except FileExistsError:
        # A link cannot replace a file: take a name for the moment that it takes to do so.
        temporary = _temporary_name(os.path.dirname(path))
        _link(descriptor, temporary)
        try:
            os.replace(temporary, path)
        except BaseException:
            _remove(temporary)
            raise


def _link(descriptor: int, path: str) -> None:
    os.link(str(descriptor), path, src_dir_fd=_descriptors_of(os.getpid()), follow_symlinks=True)


@cache
def _descriptors_of(process: int) -> int:
    """A descriptor of the directory in which this process finds what it has open, as symbolic links."""
    return os.open(f"/proc/{process}/fd", os.O_RDONLY | os.O_CLOEXEC)


@cache
def makes_nameless(nursery: str, directory: str) -> bool:
    """Whether a file can be made without a name in one directory and get its name in another, or the same."""
    if not _NAMELESS:
        return False
    name = _temporary_name(directory)
    try:
        descriptor = os.open(nursery, _FLAGS | _NAMELESS, PRIVATE_MODE)
        try:
            _link(descriptor, name)
        finally:
            os.close(descriptor)
    except OSError:
        # Whatever is wrong with the directory itself shows when the named file is made.
        return False
    _remove(name)
    return True


def _temporary_name(directory: str) -> str:
    return os.path.join(directory, f".findtui-{secrets.token_hex(8)}.tmp")


def _is_special(path: str) -> bool:
    """Whether a path is no regular file, or one that this process has open already, such as /dev/stdout."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "Is a directory")
    return not stat.S_ISREG(mode) or path.startswith(_OPEN_ALREADY)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, however many times the system has to be asked.

    Raises:
        OSError: it could not be written.
    """
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, data[written:])


def _remove(path: str | None) -> None:
    if path is None:
        return
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
