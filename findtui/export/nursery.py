"""Where nameless files are made quickly, for a run that writes many.

An ext4 file system without a journal, as virtual machines often have, does not give the inode of a file that was
removed to a new one for some minutes, and passes over all of these, one by one, for each file that is made near them:
writing 5,000 files where 5,000 others have just been removed takes ten times as long as elsewhere. Where an inode is
looked for hangs on the directory in which a file is made. A nameless file need not be made where it gets its name, so
that it can be made in a directory far away from what was removed: below one that is marked to be the top of a tree,
ext4 places directories in the emptiest part of the file system.
"""

# pathlib would have to be imported for this alone.
# ruff: noqa: PTH102, PTH106, PTH116, PTH118, PTH120, PTH208

from __future__ import annotations

import os
import re
import secrets
import stat
import struct
import weakref
from typing import Final

from findtui.export.files import makes_nameless

_GET_FLAGS: Final = 0x80006601 | struct.calcsize("l") << 16
_SET_FLAGS: Final = 0x40006602 | struct.calcsize("l") << 16
_TOP_OF_TREE: Final = 0x00020000
"""FS_IOC_GETFLAGS, FS_IOC_SETFLAGS and FS_TOPDIR_FL of linux/fs.h; `chattr +T` sets the same flag."""


_NAME: Final = re.compile("findtui-[0-9a-f]{16}")


class Nursery:
    """A private empty directory among the temporary ones, as long as this object lives.

    Files are made in it without a name and never get one there, so that nothing of them can stay behind. A program that
    is killed leaves the empty directory, and the next one that makes a nursery removes it.

    Args:
        path: where to make them.
        lock: descriptor of the directory around it, whose lock says that it is in use; closed in the end.

    Attributes:
        path: as given.
    """

    def __init__(self, path: str, lock: int) -> None:
        self.path = path
        self.close = weakref.finalize(self, _remove, os.path.dirname(path), lock)
        """Remove the directory; at the latest this is done when the program ends."""


def nursery_for(directory: str) -> Nursery | None:
    """A nursery for files that get their names in a directory, or None where they are better made in the directory.

    That is so on another file system, and where a file would inherit something from the directory: its group, an access
    control list, a security label.
    """
    temporary = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108
    outer = os.path.join(temporary, f"findtui-{secrets.token_hex(8)}")
    inner = os.path.join(outer, secrets.token_hex(8))
    try:
        if os.stat(directory).st_mode & stat.S_ISGID or os.listxattr(directory):
            return None
        _remove_abandoned(temporary)
        lock = _made(outer)
    except (OSError, AttributeError):
        # Files are made where they get their names, and there it shows what is wrong.
        return None
    nursery = Nursery(inner, lock)
    try:
        _mark_as_top(lock)
        os.mkdir(inner, 0o700)
    except OSError:
        nursery.close()
        return None
    if os.stat(inner).st_dev == os.stat(directory).st_dev and makes_nameless(inner, directory):
        return nursery
    nursery.close()
    return None


def _made(directory: str) -> int:
    """A new private directory, as `_locked` gives it."""
    os.mkdir(directory, 0o700)
    try:
        return _locked(directory)
    except OSError:
        os.rmdir(directory)
        raise


def _locked(directory: str) -> int:
    """A descriptor of a directory, which nobody else locks as long as it is open."""
    from fcntl import LOCK_EX, LOCK_NB, flock

    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _mark_as_top(descriptor: int) -> None:
    from fcntl import ioctl

    flags = struct.unpack("i", ioctl(descriptor, _GET_FLAGS, bytes(4)))[0]
    ioctl(descriptor, _SET_FLAGS, struct.pack("i", flags | _TOP_OF_TREE))


def _remove_abandoned(temporary: str) -> None:
    """Remove what programs that were killed have left."""
    for name in filter(_NAME.fullmatch, os.listdir(temporary)):
        path = os.path.join(temporary, name)
        try:
            lock = _locked(path)
        except OSError:
            # It is in use, somebody else's, or gone meanwhile.
            continue
        _remove(path, lock)


def _remove(path: str, lock: int) -> None:
    """Remove a directory and those in it, as far as they are empty, and let go of it."""
    try:
        for name in os.listdir(lock):
            os.rmdir(name, dir_fd=lock)
        os.rmdir(path)
    except OSError:
        # Somebody else has removed it, or put something there that is not ours to remove.
        return
    finally:
        os.close(lock)
