"""The random generator's seed: `--seed`, `--write-seed` and `--write-seed-file`.

OpenSSL seeds itself from the system. What is in a seed file is mixed into that and counts as no entropy, so that a
known file can do no harm.
"""

from __future__ import annotations

import os
import ssl
import stat
from pathlib import Path
from typing import Final

from findtui.errors import TLSSetupError

_LARGEST: Final = 1024 * 1024
_WRITTEN: Final = 1024


def use(path: Path) -> None:
    """Mix a seed file, up to 1 MiB of it, into the generator.

    Raises:
        TLSSetupError: it cannot be read, or is empty.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except OSError as error:
        raise TLSSetupError(
            f"the random seed file {path} cannot be read: {error.strerror}",
            remedy="Make sure that it is there and readable, or leave out --seed: it is not needed",
        ) from error
    if not data:
        raise TLSSetupError(f"the random seed file {path} is empty", remedy="Leave out --seed: it is not needed")
    ssl.RAND_add(data, 0.0)


def write(path: Path) -> None:
    """Write a new seed: 1024 bytes of the generator, readable by nobody else.

    Raises:
        TLSSetupError: it cannot be written, or is no ordinary file.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(0, "no ordinary file")
            os.fchmod(descriptor, 0o600)
            file.truncate()
            file.write(ssl.RAND_bytes(_WRITTEN))
    except OSError as error:
        raise TLSSetupError(
            f"the random seed file {path} cannot be written: {error.strerror}",
            remedy="Make sure that its directory is there and writable, or leave out --write-seed",
        ) from error
