"""DICOM query files as keys, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import DataSet
from findtui.dicom.query import Query


def keys_of_file(path: Path) -> tuple[str, ...]:
    """The attributes of a query file, as findscu's -k writes them.

    Raises:
        QueryFileError: it is missing, no DICOM, or broken.
    """
    from findtui.dicom import queryfile

    return tuple(_keys(queryfile.read(path), "", CharacterSet.parse(b"")))


def write_file(path: Path, query: Query) -> None:
    """Write a query as a DICOM file, which findscu takes, too.

    Raises:
        QueryError: the query cannot be asked as it stands, or there is no room for the file.
    """
    from findtui.dicom import queryfile

    queryfile.write(query.identifiers()[0], path)


def _keys(data_set: DataSet, prefix: str, character_set: CharacterSet) -> Iterator[str]:
    from findtui.dicom import values
    from findtui.dicom.dictionary import keyword, lookup

    declared = data_set.get(0x00080005)
    if declared is not None:
        character_set = CharacterSet.parse(declared.value)
    for element in data_set:
        if element.tag & 0xFFFF == 0:
            continue
        known = lookup(element.tag) is not None and not (element.tag >> 16) % 2
        name = f"{prefix}{keyword(element.tag) if known else f'({element.tag >> 16:04x},{element.tag & 0xFFFF:04x})'}"
        if element.items is None:
            text = values.text(element.vr, element.value, character_set)
            yield f"{name}={text}" if text else name
        elif not element.items:
            yield name
        for index, item in enumerate(element.items or ()):
            if not len(item):
                yield f"{name}[{index}]"
            yield from _keys(item, f"{name}[{index}].", character_set)
