"""Responses as DICOM files (PS3.10 section 7), laid out as DCMTK does it.

The data set keeps the association's transfer syntax. Sequences and items get undefined lengths, odd values are
padded, group lengths are calculated anew. Where the identifier is in order already, its bytes are copied.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import lru_cache
from itertools import count
from pathlib import Path
from struct import Struct
from typing import Final

from findtui.dicom import dictionary, encoder, walker
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.layout import MOST_LAYOUTS, Kind, Layout
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE, TransferSyntax
from findtui.dicom.walker import ITEM, ITEM_DELIMITATION, LONG_VRS, SEQUENCE_DELIMITATION, SHORT_VRS
from findtui.export.files import PRIVATE_MODE
from findtui.export.outputs import FilesWriter
from findtui.export.values import TEXT_VRS, corrected

GENERIC_SOP_CLASS: Final = "1.2.276.0.7230010.3.1.0.1"
"""The private SOP class that DCMTK gives to data sets without one, so that its tools know the file for what it is."""

_SOP_CLASS_UID: Final = 0x00080016
_SOP_INSTANCE_UID: Final = 0x00080018


class DicomFileWriter(FilesWriter):
    """Writes rspNNNN.dcm, one for each response.

    Args:
        directory, limit, mode: see FilesWriter.
        warn: takes what is left out because a file cannot hold it.
        correct: leave padding at the end of texts and white space in UIDs out, as `--enable-correction` does.
        new_vr: whether VRs younger than 1993 may be written, else OB in their place.
    """

    suffix = "dcm"

    def __init__(
        self,
        directory: str | Path = ".",
        limit: int | None = None,
        mode: int = PRIVATE_MODE,
        warn: Callable[[str], None] | None = None,
        *,
        correct: bool = False,
        new_vr: bool = True,
    ) -> None:
        super().__init__(directory, limit, mode)
        self._warn = warn
        self._correct = correct
        self._new_vr = new_vr
        self._rewriters: dict[TransferSyntax, _Rewriter] = {}
        # UUIDs for instances without a UID (PS3.5 section B.2): a random one, and those that follow.
        self._numbers = count(uuid.uuid4().int >> 32 << 32)

    def content(self, response: Response) -> bytes:
        syntax = response.transfer_syntax
        rewriter = self._rewriters.get(syntax)
        if rewriter is None:
            rewriter = self._rewriters[syntax] = _Rewriter(syntax, self._new_vr)
        rewritten = None if self._correct else rewriter.rewrite(response.identifier, response.layout)
        if rewritten is None:
            rewritten = self._encoded(response)
        dataset, sop_class, sop_instance = rewritten
        if syntax.deflated:
            dataset = encoder.deflate(dataset)
        return self._meta_information(syntax.uid, sop_class, sop_instance) + dataset

    def _meta_information(self, syntax_uid: str, sop_class: str, sop_instance: str) -> bytes:
        """Preamble, prefix and file meta information (PS3.10 section 7.1)."""
        before, behind = _meta_frame(syntax_uid, sop_class or GENERIC_SOP_CLASS)
        instance = _text_element(0x0003, "UI", sop_instance or f"2.25.{next(self._numbers)}")
        length = len(before) + len(instance) + len(behind)
        return _PREAMBLE + _META_LENGTH(0x0002, 0x0000, b"UL", 4, length) + before + instance + behind

    def _encoded(self, response: Response) -> tuple[bytes, str, str]:
        """The slow way, through the tree."""
        dataset = response.parse()
        self._order(dataset, response.number)
        data = encoder.encode(dataset, response.transfer_syntax, new_vr=self._new_vr, undefined_lengths=True)
        sop_class, sop_instance = dataset.get(_SOP_CLASS_UID), dataset.get(_SOP_INSTANCE_UID)
        return data, _uid(sop_class.value if sop_class else b""), _uid(sop_instance.value if sop_instance else b"")

    def _order(self, dataset: DataSet, number: int) -> None:
        """Ascending tags, each of them once: a DICOM file can be no other (PS3.5 section 7.1)."""
        first: dict[int, Element] = {}
        for element in sorted(dataset.elements, key=lambda element: element.tag):
            if element.tag in first:
                if self._warn is not None:
                    self._warn(f"response {number}: {walker.name(element.tag)} comes twice; the file has the first")
                continue
            first[element.tag] = element
            if self._correct and element.vr in TEXT_VRS:
                element.value = corrected(element)
            for item in element.items or ():
                self._order(item, number)
        dataset.elements = list(first.values())


class _Unusual(Exception):
    """The identifier has to be encoded anew."""


_SEQUENCE: Final = -1
_LONG: Final = -2


class _Rewriter:
    """Copies identifiers and gives their sequences undefined lengths, without looking at values.

    Headers are remembered, as in `walker`: for the first eight bytes of an element, its tag and its size.
    """

    def __init__(self, syntax: TransferSyntax, new_vr: bool) -> None:
        self._syntax = syntax
        self._new_vr = new_vr
        self._heads: dict[bytes, tuple[int, int]] = {}
        self._copiers: dict[Layout, _Copier | None] = {}
        order = "<" if syntax.little_endian else ">"
        self._tag = Struct(order + "HH")
        self._short = Struct(order + "H").unpack_from
        self._length = Struct(order + "I").unpack_from
        self._item = self._pack(ITEM)
        self._item_end = self._pack(ITEM_DELIMITATION)
        self._sequence_end = self._pack(SEQUENCE_DELIMITATION)
        self._undefined = b"\xff" * 4
        self._nothing = bytes(4)

    def rewrite(self, identifier: bytes, layout: Layout | None = None) -> tuple[bytes, str, str] | None:
        """The data set for the file with its SOP Class UID and SOP Instance UID, or None if it has to be encoded.

        Args:
            identifier: of a response.
            layout: one that it fits, or None.
        """
        if layout is None:
            return self._walk(identifier)
        if layout not in self._copiers:
            if len(self._copiers) >= MOST_LAYOUTS:
                self._copiers.clear()
            # Whether it can be copied hangs on its headers alone, which are those of all that fit.
            self._copiers[layout] = _Copier(layout) if self._walk(identifier) is not None else None
        copier = self._copiers[layout]
        return copier.copy(identifier) if copier is not None else None

    def _walk(self, identifier: bytes) -> tuple[bytes, str, str] | None:
        parts: list[bytes] = []
        uids: dict[int, str] = {}
        try:
            self._elements(identifier, 0, len(identifier), False, parts, uids)
        except _Unusual:
            return None
        return b"".join(parts), uids.get(_SOP_CLASS_UID, ""), uids.get(_SOP_INSTANCE_UID, "")

    def _pack(self, tag: int) -> bytes:
        return self._tag.pack(tag >> 16, tag & 0xFFFF)

    def _elements(
        self, data: bytes, pos: int, end: int, delimited: bool, parts: list[bytes], uids: dict[int, str] | None
    ) -> int:
        """Add the elements from `pos`; returns the position behind them and their delimitation."""
        heads = self._heads
        start = pos
        last_tag = -1
        while pos < end:
            key = data[pos : pos + 8]
            head = heads.get(key)
            if head is None:
                if delimited and key[:4] == self._item_end:
                    parts.append(data[start:pos])
                    return pos + 8
                head = self._learn(key)
            tag, size = head
            if tag <= last_tag:
                raise _Unusual
            last_tag = tag
            if size == _SEQUENCE:
                # The header without its length, which the items begin with.
                pos += 8 if self._syntax.explicit else 4
                parts.append(data[start:pos])
                pos = start = self._items(data, pos, end, parts)
                continue
            if size == _LONG:
                (length,) = self._length(data, pos + 8)
                if length & 1:
                    raise _Unusual
                size = 12 + length
            elif uids is not None and (tag in (_SOP_CLASS_UID, _SOP_INSTANCE_UID)):
                uids[tag] = _uid(data[pos + 8 : pos + size])
            pos += size
        parts.append(data[start:pos])
        return pos

    def _items(self, data: bytes, pos: int, end: int, parts: list[bytes]) -> int:
        """Add the sequence whose length field is at `pos`; returns the position behind the sequence."""
        (length,) = self._length(data, pos)
        pos += 4
        delimited = length == UNDEFINED_LENGTH
        if not delimited:
            end = pos + length
        parts.append(self._undefined)
        while pos < end:
            tag = data[pos : pos + 4]
            (length,) = self._length(data, pos + 4)
            pos += 8
            if tag != self._item:
                if delimited and tag == self._sequence_end:
                    break
                raise _Unusual
            parts.append(self._item + self._undefined)
            undefined = length == UNDEFINED_LENGTH
            pos = self._elements(data, pos, end if undefined else pos + length, undefined, parts, None)
            parts.append(self._item_end + self._nothing)
        parts.append(self._sequence_end + self._nothing)
        return pos

    def _learn(self, key: bytes) -> tuple[int, int]:
        """Tag and size of an element that can be copied as it is."""
        if len(key) < 8:
            raise _Unusual
        group, element = self._tag.unpack_from(key)
        tag = group << 16 | element
        if group == 0xFFFE or not element:
            raise _Unusual
        if self._syntax.explicit:
            vr = key[4:6].decode("latin-1")
            if vr in SHORT_VRS:
                size = 8 + int(self._short(key, 6)[0])
            elif vr in LONG_VRS and not any(key[6:8]) and (vr == "SQ" or encoder.written_vr(vr, self._new_vr) == vr):
                size = _SEQUENCE if vr == "SQ" else _LONG
            else:
                raise _Unusual
        elif dictionary.implicit_vr(tag) == "SQ":
            size = _SEQUENCE
        else:
            size = 8 + int(self._length(key, 4)[0])
        if size > 0 and size & 1:
            raise _Unusual
        if len(self._heads) >= _MOST_HEADS:
            self._heads.clear()
        self._heads[key] = tag, size
        return tag, size


_MOST_HEADS: Final = 8192


class _Copier:
    """Copies identifiers of one layout in the same way, by the places that its pattern finds."""

    def __init__(self, layout: Layout) -> None:
        pack = Struct("<HHL" if layout.syntax.little_endian else ">HHL").pack
        self._match = layout.match
        self._cuts: list[tuple[int, bytes]] = []
        self._uids: dict[int, tuple[int, int]] = {}
        for group, field in enumerate(layout.fields, 1):
            if field.kind is Kind.ELEMENT:
                if field.tag in (_SOP_CLASS_UID, _SOP_INSTANCE_UID) and not field.depth:
                    self._uids[field.tag] = group, 4 if field.wide else 2
            elif field.undefined:
                continue
            elif field.kind in (Kind.SEQUENCE, Kind.ITEM):
                self._cuts.append((group, b"\xff" * 4))
            else:
                self._cuts.append((group, pack(field.tag >> 16, field.tag & 0xFFFF, 0)))

    def copy(self, identifier: bytes) -> tuple[bytes, str, str] | None:
        """As `_Rewriter.rewrite`."""
        match = self._match(identifier)
        if match is None:
            return None
        parts: list[bytes] = []
        pos = 0
        for group, instead in self._cuts:
            start, end = match.span(group)
            parts += identifier[pos:start], instead
            pos = end
        parts.append(identifier[pos:])
        return b"".join(parts), self._uid(match, _SOP_CLASS_UID), self._uid(match, _SOP_INSTANCE_UID)

    def _uid(self, match: re.Match[bytes], tag: int) -> str:
        if tag not in self._uids:
            return ""
        group, start = self._uids[tag]
        return _uid(match[group][start:])


def _uid(value: bytes) -> str:
    return value.decode("latin-1").strip(" \0")


@lru_cache(maxsize=64)
def _meta_frame(syntax_uid: str, sop_class: str) -> tuple[bytes, bytes]:
    """The meta elements before and behind the SOP instance UID."""
    from findtui.net.contexts import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

    version = encoder.encode(DataSet([Element(0x00020001, "OB", b"\0\1")]), EXPLICIT_LITTLE)
    behind = _text_element(0x0010, "UI", syntax_uid) + _text_element(0x0012, "UI", IMPLEMENTATION_CLASS_UID)
    behind += _text_element(0x0013, "SH", IMPLEMENTATION_VERSION_NAME)
    return version + _text_element(0x0002, "UI", sop_class), behind


def _text_element(number: int, vr: str, text: str) -> bytes:
    value = encoder.padded(text.encode("latin-1"), vr)
    return _SHORT_HEADER(0x0002, number, vr.encode(), len(value)) + value


_PREAMBLE: Final = bytes(128) + b"DICM"
_META_LENGTH: Final = Struct("<HH2sHI").pack
_SHORT_HEADER: Final = Struct("<HH2sH").pack
