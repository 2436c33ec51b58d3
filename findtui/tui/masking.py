"""Texts that name patients, with the patients left out: keys, command lines, lines of the log."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import Final

from findtui.dicom.paths import Path
from findtui.errors import QueryError
from findtui.tui.results.mask import HIDDEN

DOTS: Final = "••••"

_TAGS: Final = "|".join(f"{tag >> 16:04x},{tag & 0xFFFF:04x}" for tag in sorted(HIDDEN))
_ELEMENT: Final = re.compile(rf"^(\s*\((?:{_TAGS})\) \S\S )(.*?)(\s+#\s.*)?$")
"""An element as a dump shows it, such as `(0010,0010) PN [Doe^John]   #  8, 1 PatientName`."""


def masked_line(line: str) -> str:
    """A line of the log without what it tells of a patient."""
    return _ELEMENT.sub(rf"\g<1>{DOTS}\g<3>", line)


def masked_key(key: str) -> str:
    """A key as `-k` takes it, without the value where that tells of a patient."""
    path, equals, value = key.partition("=")
    return f"{path}={DOTS}" if equals and value and _hides(path) else key


def masked_command(command: str) -> str:
    """A findscu command line without the values that tell of a patient."""
    if command.startswith("#"):
        return command
    words = shlex.split(command)
    for index, word in enumerate(words[:-1]):
        if word in ("-k", "--key"):
            words[index + 1] = masked_key(words[index + 1])
    return shlex.join(words)


@lru_cache(maxsize=1024)
def _hides(path: str) -> bool:
    try:
        return Path.parse(path).tag in HIDDEN
    except QueryError:
        return False
