"""Files that several processes may change at once, and that a crash must not harm.

A change is made under a lock, on what the file holds at that moment, and appears by rename: a reader sees the old
text or the new one, and a process that is killed in the middle leaves the old one.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from findtui.errors import SettingsError

LOCK_TIMEOUT: Final = 5.0
"""Seconds to wait for another findtui that is writing the same file."""


def read_text(path: Path) -> str:
    """The file's text, without the mark that some editors put before it; empty where there is no file.

    Raises:
        SettingsError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"{path}, line {line}: byte {error.object[error.start]:02X} is not UTF-8",
            remedy="Save the file as UTF-8; it was left as it is.",
        ) from error
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error


def stamp(path: Path | None) -> tuple[int, int, int]:
    """What tells a file from the one that it was before; the same for all that are not there."""
    try:
        found = os.stat(path) if path is not None else None  # noqa: PTH116 - takes a name that no file can have
    except (OSError, ValueError):
        found = None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found is not None else (0, 0, 0)


def change(path: Path, edit: Callable[[str], str]) -> None:
    """Replace the file's text by what `edit` makes of it, under a lock; made readable by its owner alone.

    Where `edit` raises, the file stays as it was.

    Raises:
        SettingsError: the file cannot be read or written, or another process holds it for too long.
    """
    try:
        path = Path(os.path.realpath(path))  # through a link: people keep their settings elsewhere and link them
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(path):
            text = read_text(path)
            changed = edit(text)
            if changed != text or not path.exists():
                _replace(path, changed)
    except UnicodeEncodeError as error:
        raise SettingsError(
            f"cannot write {path}: {error.object[error.start : error.end]!r} is no text",
            remedy="Take it out and try again; nothing was saved.",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"cannot write {path}: {error.strerror}", remedy="The file was left as it was; nothing was saved."
        ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock beside the file; the system gives it back when a process dies."""
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + LOCK_TIMEOUT
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise SettingsError(
                        f"another findtui has been writing {path} for {LOCK_TIMEOUT:g} seconds",
                        remedy="Close it, or wait and try again.",
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename over it. Leftovers of a killed process are cleared: the lock is held."""
    prefix = f".{path.name}."
    for leftover in path.parent.glob(f"{prefix}*.new"):
        leftover.unlink(missing_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
