"""Reads identifiers: a quick check of every one that comes in, and the tree of elements for those that are looked at.

Both take what DCMTK takes (PS3.5 section 7): explicit and implicit VR, both byte orders, defined and undefined lengths,
private elements, odd lengths, VRs that do not exist yet, and UN of undefined length, whose items are in implicit VR
little endian (PS3.5 section 6.2.2). Both refuse a length that reaches beyond its parent and what goes beyond
`LIMITS`.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from findtui.dicom import dictionary
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.limits import LIMITS
from findtui.dicom.transfer import IMPLICIT_LITTLE, TransferSyntax

ITEM: Final = 0xFFFEE000
ITEM_DELIMITATION: Final = 0xFFFEE00D
SEQUENCE_DELIMITATION: Final = 0xFFFEE0DD

LONG_VRS: Final = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
"""VRs with a length field of four bytes in explicit VR (PS3.5 section 7.1.2)."""

SHORT_VRS: Final = frozenset(
    [
        "AE",
        "AS",
        "AT",
        "CS",
        "DA",
        "DS",
        "DT",
        "FD",
        "FL",
        "IS",
        "LO",
        "LT",
        "PN",
        "SH",
        "SL",
        "SS",
        "ST",
        "TM",
        "UI",
        "UL",
        "US",
    ]
)
"""VRs with a length field of two bytes."""

VALUE_WIDTHS: Final = {
    "AT": 2, "US": 2, "SS": 2, "OW": 2, "UL": 4, "SL": 4, "FL": 4, "OL": 4, "OF": 4,
    "FD": 8, "OD": 8, "SV": 8, "UV": 8, "OV": 8,
}  # fmt: skip
"""Bytes of the unit that is turned round in big endian; VRs that are not listed have single bytes."""


class UnreadableIdentifier(ValueError):
    """Bytes that are no data set in their transfer syntax, or one beyond the limits.

    Attributes:
        reason: what is wrong, with the element's tag and the byte offset, in words.
        offset: where in the identifier it was found, in bytes.
    """

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def check(identifier: bytes, syntax: TransferSyntax) -> None:
    """Make sure that the whole identifier can be read.

    Args:
        identifier: the data set's bytes, inflated.
        syntax: the transfer syntax that they are in.

    Raises:
        UnreadableIdentifier: it cannot.
    """
    if len(identifier) > _SKIMMED_LENGTH or _skim(identifier, 0, len(identifier), False, _table(syntax), 0) < 0:
        parse(identifier, syntax)


def parse(identifier: bytes, syntax: TransferSyntax) -> DataSet:
    """The identifier as a tree, in the order of the bytes, with duplicates.

    Args:
        identifier: the data set's bytes, inflated.
        syntax: the transfer syntax that they are in.

    Raises:
        UnreadableIdentifier: the bytes are no data set, or one beyond the limits.
    """
    reader = _Reader(identifier)
    elements, _ = reader.elements(0, len(identifier), False, syntax, 0)
    return DataSet(elements)


def name(tag: int) -> str:
    """The tag as DICOM writes it, with its keyword where it has one."""
    text = f"({tag >> 16:04x},{tag & 0xFFFF:04x})"
    entry = dictionary.lookup(tag)
    return text if entry is None else f"{text} {entry.keyword}"


def swapped(value: bytes, vr: str) -> bytes:
    """A value in the other byte order; bytes behind the last whole unit stay as they are."""
    width = VALUE_WIDTHS.get(vr)
    if width is None or not value:
        return value
    whole = len(value) - len(value) % width
    turned = bytearray(whole)
    for index in range(width):
        turned[index::width] = value[width - 1 - index : whole : width]
    return bytes(turned) + value[whole:]


# ---------------------------------------------------------------------------------------------------- the quick look

# The smallest element and the smallest item take 8 bytes, so that nothing shorter can go beyond the limits.
_SKIMMED_LENGTH: Final = 8 * min(LIMITS.elements, LIMITS.items)
_TABLE_SIZE: Final = 8192

_SEQUENCE: Final = 0  # explicit SQ: the length follows the first eight bytes
_LONG: Final = -1  # another VR whose length follows the first eight bytes
_IMPLICIT_SEQUENCE: Final = -2
_CLOSING: Final = -3
_UNUSUAL: Final = -4  # left to the careful reader


class _Table(dict[bytes, int]):
    """What the first eight bytes of an element mean: the element's size where positive, else one of the above.

    Eight bytes hold tag, VR and length of a short VR, and tag and length in implicit VR, and the responses of a query
    repeat them from one to the next.
    """

    def __init__(self, syntax: TransferSyntax) -> None:
        super().__init__()
        self.syntax = syntax
        order = "<" if syntax.little_endian else ">"
        self.length = Struct(order + "I").unpack_from
        self._tag = Struct(order + "HH").unpack_from
        self._short_length = Struct(order + "H").unpack_from
        self.item = self._pack(ITEM)
        self.sequence_delimitation = self._pack(SEQUENCE_DELIMITATION)

    def _pack(self, tag: int) -> bytes:
        return Struct("<HH" if self.syntax.little_endian else ">HH").pack(tag >> 16, tag & 0xFFFF)

    def __missing__(self, head: bytes) -> int:
        if len(self) >= _TABLE_SIZE:
            self.clear()
        step = self[head] = self._step(head)
        return step

    def _step(self, head: bytes) -> int:
        if len(head) < 8:
            return _UNUSUAL
        group, element = self._tag(head)
        if group == 0xFFFE:
            return _CLOSING if element == ITEM_DELIMITATION & 0xFFFF else _UNUSUAL
        if not self.syntax.explicit:
            (length,) = self.length(head, 4)
            tag = group << 16 | element
            if not group & 1 and dictionary.implicit_vr(tag) == "SQ":
                return _IMPLICIT_SEQUENCE
            return _UNUSUAL if length == UNDEFINED_LENGTH else 8 + length
        vr = head[4:6].decode("latin-1")
        if vr in SHORT_VRS:
            return 8 + int(self._short_length(head, 6)[0])
        if vr == "SQ":
            return _SEQUENCE
        return _LONG if vr in LONG_VRS else _UNUSUAL


_tables: dict[TransferSyntax, _Table] = {}


def _table(syntax: TransferSyntax) -> _Table:
    table = _tables.get(syntax)
    if table is None:
        table = _tables[syntax] = _Table(syntax)
    return table


def _skim(data: bytes, pos: int, end: int, delimited: bool, table: _Table, depth: int) -> int:
    """Skip the elements of a data set or item.

    Returns:
        The position behind them, or -1 where something is wrong or unusual: `parse` knows which.
    """
    while pos < end:
        step = table[data[pos : pos + 8]]
        if step > 0:
            pos += step
        elif step == _LONG:
            if pos + 12 > end:
                return -1
            (length,) = table.length(data, pos + 8)
            pos += 12 + length
        elif step in (_SEQUENCE, _IMPLICIT_SEQUENCE):
            pos += 8 if step == _SEQUENCE else 4
            if pos + 4 > end or depth >= LIMITS.depth:
                return -1
            pos = _skim_items(data, pos, end, table, depth + 1)
            if pos < 0:
                return -1
        elif step == _CLOSING and delimited:
            return pos + 8
        else:
            return -1
    return -1 if delimited or pos != end else pos


def _skim_items(data: bytes, pos: int, end: int, table: _Table, depth: int) -> int:
    """Skip the items of a sequence, from its length field at `pos`; the result is that of `_skim`."""
    read_length = table.length
    (length,) = read_length(data, pos)
    pos += 4
    delimited = length == UNDEFINED_LENGTH
    if not delimited:
        if pos + length > end:
            return -1
        end = pos + length
    while pos + 8 <= end:
        tag = data[pos : pos + 4]
        (length,) = read_length(data, pos + 4)
        pos += 8
        if tag == table.item:
            if length == UNDEFINED_LENGTH:
                pos = _skim(data, pos, end, True, table, depth)
            elif pos + length > end:
                return -1
            else:
                pos = _skim(data, pos, pos + length, False, table, depth)
            if pos < 0:
                return -1
        elif delimited and tag == table.sequence_delimitation:
            return pos
        else:
            return -1
    return -1 if delimited or pos != end else pos


# -------------------------------------------------------------------------------------------------- the careful look


class _Reader:
    """Builds the tree of one identifier and counts what it holds."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._element_count = 0
        self._item_count = 0

    def elements(
        self, pos: int, end: int, delimited: bool, syntax: TransferSyntax, depth: int
    ) -> tuple[list[Element], int]:
        """The elements of a data set or item from `pos`, and the position behind them and their delimitation."""
        found: list[Element] = []
        creators: dict[int, str] = {}
        while pos < end:
            tag = self._tag(pos, end, syntax)
            if tag == ITEM_DELIMITATION:
                if pos + 8 > end:
                    raise UnreadableIdentifier(f"the delimitation at byte {pos} is cut off", pos)
                if delimited or (depth and pos + 8 == end):
                    return found, pos + 8
            if tag >> 16 == 0xFFFE:
                raise UnreadableIdentifier(f"{name(tag)} at byte {pos} stands where an element should", pos)
            self._element_count += 1
            if self._element_count > LIMITS.elements:
                raise UnreadableIdentifier(f"more than {LIMITS.elements} elements, at byte {pos}", pos)
            element, pos = self._element(tag, pos, end, syntax, depth, creators)
            if not syntax.explicit:
                _decide_vr(element, found)
            found.append(element)
        if delimited:
            raise UnreadableIdentifier(f"an item has no delimitation before byte {end}", pos)
        return found, pos

    def _tag(self, pos: int, end: int, syntax: TransferSyntax) -> int:
        if pos + 8 > end:
            raise UnreadableIdentifier(f"{end - pos} bytes at byte {pos} are too few for an element", pos)
        group, element = (_LITTLE_TAG if syntax.little_endian else _BIG_TAG)(self._data, pos)
        return int(group) << 16 | int(element)

    def _element(
        self, tag: int, start: int, end: int, syntax: TransferSyntax, depth: int, creators: dict[int, str]
    ) -> tuple[Element, int]:
        vr, pos, length = self._header(tag, start, end, syntax, creators)
        if vr == "SQ":
            items, pos = self._items(tag, start, pos, length, end, syntax, depth + 1)
            return Element(tag, vr, b"", items, length), pos
        if length == UNDEFINED_LENGTH:
            if vr in _NEVER_UNDEFINED:
                raise UnreadableIdentifier(f"{name(tag)} at byte {start} is {vr} and has an undefined length", start)
            items, pos = self._items(tag, start, pos, length, end, IMPLICIT_LITTLE, depth + 1)
            return Element(tag, "SQ", b"", items, length), pos
        if pos + length > end:
            raise UnreadableIdentifier(_beyond(f"{name(tag)} at byte {start}", length, end - pos), start)
        value = self._data[pos : pos + length]
        if not syntax.little_endian:
            value = swapped(value, vr)
        if tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
            creators[tag] = value.decode("latin-1").rstrip(" \0")
        return Element(tag, vr, value, None, length), pos + length

    def _header(
        self, tag: int, pos: int, end: int, syntax: TransferSyntax, creators: dict[int, str]
    ) -> tuple[str, int, int]:
        """VR, position of the value and length of the element at `pos`."""
        data = self._data
        read_length = _LITTLE_LENGTH if syntax.little_endian else _BIG_LENGTH
        if not syntax.explicit:
            creator = creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF)) if tag >> 16 & 1 else None
            return dictionary.implicit_vr(tag, creator), pos + 8, read_length(data, pos + 4)[0]
        vr = data[pos + 4 : pos + 6].decode("latin-1")
        if vr in SHORT_VRS or (vr not in LONG_VRS and _has_short_length(vr)):
            short_length = _LITTLE_SHORT if syntax.little_endian else _BIG_SHORT
            return vr, pos + 8, short_length(data, pos + 6)[0]
        if not vr.isascii() or not vr.isprintable():
            raise UnreadableIdentifier(f"{name(tag)} at byte {pos} has no VR: {data[pos + 4 : pos + 6].hex(' ')}", pos)
        if pos + 12 > end:
            raise UnreadableIdentifier(f"{name(tag)} at byte {pos} is cut off", pos)
        return vr, pos + 12, read_length(data, pos + 8)[0]

    def _items(
        self, tag: int, start: int, pos: int, length: int, end: int, syntax: TransferSyntax, depth: int
    ) -> tuple[list[DataSet], int]:
        """The items of the sequence `tag` whose header is at `start`, and the position behind the sequence."""
        if depth > LIMITS.depth:
            raise UnreadableIdentifier(f"{name(tag)} at byte {start} is nested more than {LIMITS.depth} deep", start)
        delimited = length == UNDEFINED_LENGTH
        if not delimited:
            if pos + length > end:
                raise UnreadableIdentifier(_beyond(f"{name(tag)} at byte {start}", length, end - pos), start)
            end = pos + length
        items: list[DataSet] = []
        read_length = _LITTLE_LENGTH if syntax.little_endian else _BIG_LENGTH
        while pos < end:
            at = pos
            item_tag = self._tag(pos, end, syntax)
            item_length = read_length(self._data, pos + 4)[0]
            pos += 8
            if item_tag == SEQUENCE_DELIMITATION and (delimited or pos == end):
                return items, pos
            if item_tag != ITEM:
                raise UnreadableIdentifier(f"{name(item_tag)} at byte {at} stands where an item should", at)
            self._item_count += 1
            if self._item_count > LIMITS.items:
                raise UnreadableIdentifier(f"more than {LIMITS.items} items, at byte {at}", at)
            if item_length == UNDEFINED_LENGTH:
                elements, pos = self.elements(pos, end, True, syntax, depth)
            elif pos + item_length > end:
                raise UnreadableIdentifier(_beyond(f"an item at byte {at}", item_length, end - pos), at)
            else:
                elements, pos = self.elements(pos, pos + item_length, False, syntax, depth)
            items.append(DataSet(elements, item_length))
        if delimited:
            raise UnreadableIdentifier(f"{name(tag)} at byte {start} has no delimitation before byte {end}", start)
        return items, pos


_LITTLE_TAG: Final = Struct("<HH").unpack_from
_BIG_TAG: Final = Struct(">HH").unpack_from
_LITTLE_LENGTH: Final = Struct("<I").unpack_from
_BIG_LENGTH: Final = Struct(">I").unpack_from
_LITTLE_SHORT: Final = Struct("<H").unpack_from
_BIG_SHORT: Final = Struct(">H").unpack_from

_NEVER_UNDEFINED: Final = (SHORT_VRS | LONG_VRS) - {"UN", "SQ"}
"""UN of undefined length is a sequence, and so is a VR that is not known yet; for others it is an error."""


def _decide_vr(element: Element, before: list[Element]) -> None:
    """Give an element without a written VR the one that another element of its item decides, where that is there."""
    deciding = dictionary.deciding(element.tag)
    if deciding is None:
        return
    for other in before:
        if other.tag == deciding and len(other.value) >= 2:
            element.vr = dictionary.decided_vr(element.tag, int.from_bytes(other.value[:2], "little"))
            return


def _has_short_length(vr: str) -> bool:
    """Whether an unknown VR is taken to have two bytes of length; two capitals are a VR of the future, with four."""
    if not vr.isascii() or not vr.isprintable():
        return False
    return not (vr.isalpha() and vr.isupper()) and vr not in ("ox", "px", "lt")


def _beyond(what: str, length: int, left: int) -> str:
    return f"{what} claims {length} bytes, but its parent has only {left} left"
