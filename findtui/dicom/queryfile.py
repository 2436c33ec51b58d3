"""Query files: DICOM files (PS3.10) and bare data sets, read as a query's identifier and written as such."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Final

from findtui.dicom import dictionary, encoder, walker
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.limits import LIMITS
from findtui.dicom.transfer import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    TRANSFER_SYNTAXES,
    TransferSyntax,
)
from findtui.dicom.visible import visible
from findtui.errors import QueryFileError

_PREAMBLE: Final = 128
_MAGIC: Final = b"DICM"
_META_START: Final = b"\x02\x00\x00\x00UL"
# Groups of commands, of a file's header and of delimiters.
_NO_DATA_SET: Final = frozenset((0x0000, 0x0002, 0xFFFE))
_TRANSFER_SYNTAX_UID: Final = 0x00020010
# Class and instance are asked for by PS3.10 section 7.1; a query is neither, so these are private ones under the UUID
# root of PS3.5 annex B.2, and only mark the file as a query.
_QUERY_CLASS: Final = b"2.25.164412283906482014372915473291184930562\0"
_IMPLEMENTATION: Final = b"2.25.81372058916406290387651094623387519042"
# DCMTK's words for what is wrong with a file, whatever it is.
_BREAKS_OFF: Final = "0001:000a I/O suspension or premature end of stream"
_EMPTY: Final = "0001:0005 End of stream"
_REMEDY: Final = "Make one with dump2dcm, or give the keys with -k alone"


def read(path: Path | str) -> DataSet:
    """The data set of a query file, without its meta information (group 0002).

    Part 10 files may be in any of the four transfer syntaxes, and in those of images as long as no image is in them;
    for these and for bare data sets the byte order and whether VRs are written is told from their first element.

    Raises:
        QueryFileError: the file is missing, no DICOM, broken, too large, or holds a compressed image.
    """
    data = _bytes(path)
    uid = ""
    if data[_PREAMBLE : _PREAMBLE + 4] == _MAGIC:
        data = data[_PREAMBLE + 4 :]
        uid, data = _meta(path, data)
    elif data.startswith(_MAGIC):
        uid, data = _meta(path, data[4:])
    elif data.startswith(_META_START):
        uid, data = _meta(path, data)
    elif not _begins_plausibly(data, _detect(data)):
        raise _unreadable(path, "it is no DICOM file and no data set")
    syntax = TRANSFER_SYNTAXES.get(uid) or _detect(data)
    if syntax.deflated:
        data = _inflate(path, data)
    try:
        dataset = walker.parse(data, syntax)
    except walker.UnreadableIdentifier as error:
        if uid and uid not in TRANSFER_SYNTAXES:
            raise _foreign(path, uid) from error
        raise _unreadable(path, f"read as {syntax.name}, {error}") from error
    stray = [element.tag for element in dataset if element.tag >> 16 in _NO_DATA_SET]
    if stray:
        raise _unreadable(path, f"it holds {walker.name(stray[0])}, which is no part of a data set")
    _put_in_order(dataset)
    dataset.read_as = syntax
    return dataset


def write(dataset: DataSet, path: Path, syntax: TransferSyntax = EXPLICIT_LITTLE) -> None:
    """Write a Part 10 file that `read` and findscu take; whole or not at all, readable by its owner alone.

    Raises:
        QueryFileError: it cannot be written.
    """
    import tempfile

    body = encoder.encode(dataset, syntax)
    if syntax.deflated:
        body = encoder.deflate(body)
    data = bytes(_PREAMBLE) + _MAGIC + _meta_information(syntax) + body
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise QueryFileError(f"cannot write the query file {path}: {error.strerror or error}") from error


def _put_in_order(dataset: DataSet) -> None:
    """Tags ascend and are there once (PS3.5 section 7.1), whatever the file holds; the first of duplicates stays."""
    first: dict[int, Element] = {}
    for element in dataset.elements:
        first.setdefault(element.tag, element)
    dataset.elements = [first[tag] for tag in sorted(first)]
    for element in dataset.elements:
        for item in element.items or ():
            _put_in_order(item)


def _meta_information(syntax: TransferSyntax) -> bytes:
    uid = syntax.uid.encode("ascii")
    meta = DataSet()
    meta.put(Element(0x00020000, "UL", bytes(4)))
    meta.put(Element(0x00020001, "OB", b"\x00\x01"))
    meta.put(Element(0x00020002, "UI", _QUERY_CLASS))
    meta.put(Element(0x00020003, "UI", _QUERY_CLASS[:-1] + b".1"))
    meta.put(Element(_TRANSFER_SYNTAX_UID, "UI", uid))
    meta.put(Element(0x00020012, "UI", _IMPLEMENTATION))
    return encoder.encode(meta, EXPLICIT_LITTLE)


def _bytes(path: Path | str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(LIMITS.inflated_length + 1)
    except IsADirectoryError as error:
        raise _unreadable(path, "it is a directory", "Give the files in it one by one") from error
    except FileNotFoundError as error:
        raise QueryFileError(
            f"cannot read the query file {path}: there is no such file",
            dcmtk=f"error: cannot access file: {visible(str(path))}",
            dcmtk_exit_status=1,
        ) from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _unreadable(path, reason, "") from error
    if not data:
        raise _unreadable(path, "it is empty", dcmtk=_EMPTY)
    if len(data) > LIMITS.inflated_length:
        raise _unreadable(path, f"it is larger than {LIMITS.inflated_length} bytes, which no query is")
    return data


def _meta(path: Path | str, data: bytes) -> tuple[str, bytes]:
    """The UID of the transfer syntax that the meta information names, empty for none, and the data set after it."""
    position = 0
    uid = ""
    while data[position : position + 2] == b"\x02\x00":
        start, length = _meta_value(data, position)
        value = data[start : start + length]
        if start > len(data) or len(value) < length:
            raise _unreadable(path, "it ends within its meta information")
        if int.from_bytes(data[position + 2 : position + 4], "little") == _TRANSFER_SYNTAX_UID & 0xFFFF:
            uid = value.rstrip(b"\0 ").decode("latin-1")
        position = start + length
    return uid, data[position:]


def _meta_value(data: bytes, position: int) -> tuple[int, int]:
    """Where the value of the element at this position starts, and its length; some writers leave out the VR."""
    vr = data[position + 4 : position + 6].decode("latin-1")
    if vr in walker.LONG_VRS:
        return position + 12, int.from_bytes(data[position + 8 : position + 12], "little")
    if vr in walker.SHORT_VRS:
        return position + 8, int.from_bytes(data[position + 6 : position + 8], "little")
    return position + 8, int.from_bytes(data[position + 4 : position + 8], "little")


def _foreign(path: Path | str, uid: str) -> QueryFileError:
    from pydicom.config import IGNORE
    from pydicom.uid import UID

    # A file may have anything in the place of a UID, and pydicom warns of that beside the error below.
    name = UID(uid, validation_mode=IGNORE).name
    shown = f"{name} ({uid})" if name != uid else f"the transfer syntax {uid}"
    return _unreadable(path, f"it is in {shown}", "A query file holds no image: write it uncompressed or deflated")


def _detect(data: bytes) -> TransferSyntax:
    """What a bare data set is in, told from its first tag in both byte orders and from where a VR would stand."""
    little = int.from_bytes(data[:2], "little") << 16 | int.from_bytes(data[2:4], "little")
    big = int.from_bytes(data[:4], "big")
    known_little, known_big = (dictionary.lookup(tag) is not None for tag in (little, big))
    is_little = known_little if known_little != known_big else little >> 16 <= big >> 16
    if data[4:6].decode("latin-1") in walker.SHORT_VRS | walker.LONG_VRS:
        return EXPLICIT_LITTLE if is_little else EXPLICIT_BIG
    return IMPLICIT_LITTLE


def _begins_plausibly(data: bytes, syntax: TransferSyntax) -> bool:
    """Whether the first element may be one: what reads as garbage is not called a broken data set."""
    if len(data) < 8:
        return False
    if syntax is not IMPLICIT_LITTLE:
        return True
    return int.from_bytes(data[4:8], "little") <= len(data) - 8 or data[4:8] == b"\xff\xff\xff\xff"


def _inflate(path: Path | str, data: bytes) -> bytes:
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = decompressor.decompress(data, LIMITS.inflated_length + 1)
    except zlib.error as error:
        raise _unreadable(path, f"as {DEFLATED.name} it cannot be inflated: {error}") from error
    if len(inflated) > LIMITS.inflated_length:
        raise _unreadable(path, f"inflated, it is larger than {LIMITS.inflated_length} bytes, which no query is")
    if not decompressor.eof:
        raise _unreadable(path, f"as {DEFLATED.name} it breaks off")
    return inflated


def _unreadable(path: Path | str, reason: str, remedy: str = _REMEDY, dcmtk: str = _BREAKS_OFF) -> QueryFileError:
    return QueryFileError(
        f"cannot read the query file {path}: {reason}",
        remedy=remedy,
        dcmtk=f"E: Bad DICOM file: {visible(str(path))}: {dcmtk.partition(' ')[2]}\nE: Find SCU Failed: {dcmtk}",
    )
