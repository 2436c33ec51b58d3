"""Writes data sets as bytes (PS3.5 section 7): identifiers that are asked, and responses that go into files."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from struct import Struct
from typing import Final

from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.transfer import TransferSyntax
from findtui.dicom.walker import ITEM, ITEM_DELIMITATION, LONG_VRS, SEQUENCE_DELIMITATION, SHORT_VRS, swapped

_NEW_VRS: Final = frozenset(["OD", "OF", "OL", "OV", "SV", "UC", "UN", "UR", "UT", "UV"])
_PADDED_WITH_BLANKS: Final = frozenset(
    ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT"]
)
_LONGEST_SHORT: Final = 0xFFFF


def encode(dataset: DataSet, syntax: TransferSyntax, *, new_vr: bool = True, undefined_lengths: bool = False) -> bytes:
    """The data set in a transfer syntax, every value padded to an even length.

    Group lengths (gggg,0000) are calculated anew; a VR that the standard does not have goes out as UN.

    Args:
        dataset: what is written, in its own order.
        syntax: for a deflated one the bytes are those that are still to be deflated (see `deflate`).
        new_vr: whether VRs younger than 1993 may be written; else OB stands in their place.
        undefined_lengths: sequences and items with delimitations, as DCMTK writes files, in place of their lengths,
            as DCMTK sends them.
    """
    return _Encoder(syntax, new_vr, undefined_lengths).elements(dataset.elements)


def deflate(data: bytes, level: int = 6) -> bytes:
    """Compress a data set for the deflated transfer syntax (PS3.5 section A.5).

    Args:
        data: explicit VR little endian.
        level: of zlib, 0 to 9.

    Returns:
        A raw deflate stream, of even length.
    """
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = compressor.compress(data) + compressor.flush()
    return deflated + b"\0" if len(deflated) & 1 else deflated


def written_vr(vr: str, new_vr: bool = True) -> str:
    """The VR that stands for this one in explicit VR: UN for what the standard does not have, OB without new VRs."""
    if vr not in SHORT_VRS and vr not in LONG_VRS:
        vr = "UN"
    return "OB" if not new_vr and vr in _NEW_VRS else vr


def padded(value: bytes, vr: str) -> bytes:
    """The value with an even length (PS3.5 section 6.2)."""
    if not len(value) & 1:
        return value
    return value + (b" " if vr in _PADDED_WITH_BLANKS else b"\0")


class _Encoder:
    def __init__(self, syntax: TransferSyntax, new_vr: bool, undefined_lengths: bool) -> None:
        order = "<" if syntax.little_endian else ">"
        self._explicit = syntax.explicit
        self._swaps = not syntax.little_endian
        self._new_vr = new_vr
        self._undefined_lengths = undefined_lengths
        self._short = Struct(order + "HH2sH").pack
        self._long = Struct(order + "HH2sHI").pack
        self._implicit = Struct(order + "HHI").pack

    def elements(self, elements: Iterable[Element]) -> bytes:
        parts: list[bytes] = []
        group_length_at = group = -1
        for element in elements:
            if element.tag >> 16 != group:
                self._set_group_length(parts, group_length_at)
                group = element.tag >> 16
                group_length_at = len(parts) if not element.tag & 0xFFFF else -1
            parts.append(self._element(element))
        self._set_group_length(parts, group_length_at)
        return b"".join(parts)

    def _set_group_length(self, parts: list[bytes], at: int) -> None:
        if at >= 0:
            group = int.from_bytes(parts[at][:2], "big" if self._swaps else "little")
            length = sum(map(len, parts[at + 1 :]))
            parts[at] = self._element(Element(group << 16, "UL", length.to_bytes(4, "little")))

    def _element(self, element: Element) -> bytes:
        if element.items is not None:
            return self._sequence(element.tag, element.items)
        value = padded(element.value, element.vr)
        vr = self._written_vr(element.vr, len(value))
        return self._header(element.tag, vr, len(value)) + (swapped(value, vr) if self._swaps else value)

    def _written_vr(self, vr: str, length: int) -> str:
        if not self._explicit:
            return vr
        vr = written_vr(vr, self._new_vr)
        return written_vr("UN", self._new_vr) if vr in SHORT_VRS and length > _LONGEST_SHORT else vr

    def _header(self, tag: int, vr: str, length: int) -> bytes:
        group, number = tag >> 16, tag & 0xFFFF
        if not self._explicit:
            return self._implicit(group, number, length)
        if vr in SHORT_VRS:
            return self._short(group, number, vr.encode(), length)
        return self._long(group, number, vr.encode(), 0, length)

    def _sequence(self, tag: int, items: list[DataSet]) -> bytes:
        content = b"".join(map(self._item, items))
        if not self._undefined_lengths:
            return self._header(tag, "SQ", len(content)) + content
        return self._header(tag, "SQ", UNDEFINED_LENGTH) + content + self._delimiter(SEQUENCE_DELIMITATION, 0)

    def _item(self, item: DataSet) -> bytes:
        content = self.elements(item.elements)
        if not self._undefined_lengths:
            return self._delimiter(ITEM, len(content)) + content
        return self._delimiter(ITEM, UNDEFINED_LENGTH) + content + self._delimiter(ITEM_DELIMITATION, 0)

    def _delimiter(self, tag: int, length: int) -> bytes:
        return self._implicit(tag >> 16, tag & 0xFFFF, length)
