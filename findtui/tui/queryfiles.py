"""Queries as DICOM files and as text, and back."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from findtui.errors import FindtuiError, QueryFileError
from findtui.store.files import stamp

if TYPE_CHECKING:
    from findtui.dicom.query import Query

_HEADER: Final = """\
# One key a line, as findscu's -k takes it: PatientName=M*
# Lines that start with # are passed over. What a line cannot hold stands in quotation marks, as in JSON.
"""
# Controls, which hold the ends of lines that editors know, and halves of surrogate pairs, which UTF-8 cannot write.
_UNWRITABLE: Final = frozenset(("Cc", "Cs", "Zl", "Zp"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A query file as keys.

    Attributes:
        keys: as findscu's -k writes them.
        left: the paths of what no key can say, such as private attributes whose VR is in the file alone; where there
            are any, the file has to be asked along with the keys.
    """

    keys: tuple[str, ...]
    left: tuple[str, ...] = ()


def open_file(path: Path) -> Opened:
    """The attributes of a query file, as findscu's -k writes them.

    Raises:
        QueryFileError: it is missing, no DICOM, or broken.
    """
    from findtui.dicom.identifier import taken_apart
    from findtui.dicom.queryfile import read

    keys, left = taken_apart(read(path))
    return Opened(tuple(map(str, keys)), tuple(".".join(map(str, key.path)) for key in left))


def said(paths: Sequence[Path], attribute: str) -> str:
    """The value that query files give to an attribute; empty where they give it none, or not all the same one.

    A file that cannot be read gives none: why it cannot is told when it is asked.
    """
    values = {_values_of(path, stamp(path)).get(attribute, "") for path in paths}
    return values.pop() if len(values) == 1 else ""


@lru_cache(maxsize=16)
def _values_of(path: Path, _: tuple[int, int, int]) -> Mapping[str, str]:
    """The values of a query file by their path, as long as it is the same file."""
    try:
        keys = open_file(path).keys
    except FindtuiError:
        return {}
    return {key: value.strip() for key, _, value in (text.partition("=") for text in keys)}


def write_file(path: Path, query: Query) -> None:
    """Write a query as a DICOM file, which findscu takes, too.

    Raises:
        QueryError: the query cannot be asked as it stands, it is several, or there is no room for the file.
    """
    from findtui.dicom import queryfile

    identifiers = query.identifiers()
    if len(identifiers) > 1:
        raise QueryFileError(
            f"the query is made of {len(identifiers)} files, and a file holds one",
            remedy="Save it as a template, which keeps all of them, or leave one file in the query options",
        )
    queryfile.write(identifiers[0], path)


def to_text(keys: Sequence[str]) -> str:
    """Keys as a text to edit, one a line; `from_text` reads the same ones, whatever they hold."""
    return _HEADER + "".join(f"{key if _is_plain(key) else json.dumps(key)}\n" for key in keys)


def from_text(text: str) -> tuple[str, ...]:
    """The keys of a text; lines that are empty or start with # are passed over."""
    lines = (line.strip() for line in text.split("\n"))
    return tuple(map(_key_of, (line for line in lines if line and not line.startswith("#"))))


def _is_plain(key: str) -> bool:
    return (
        bool(key)
        and key == key.strip()
        and key[0] not in '#"'
        and not any(unicodedata.category(character) in _UNWRITABLE for character in key)
    )


def _key_of(line: str) -> str:
    if line.startswith('"'):
        try:
            key = json.loads(line)
        except ValueError:
            return line
        return key if isinstance(key, str) else line
    return line
