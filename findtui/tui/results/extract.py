"""Takes the values of a few attributes out of an identifier in one walk over its bytes.

An identifier has passed `walker.check` when it gets here. The walk reads what nearly every peer sends; for what is
unusual (big endian, UN of undefined length, elements out of order) the identifier is parsed, with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from struct import Struct, error
from typing import Final, NamedTuple

from findtui.dicom import dictionary, walker
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet
from findtui.dicom.paths import ALL_ITEMS, Path
from findtui.dicom.response import Response
from findtui.dicom.transfer import TransferSyntax
from findtui.dicom.walker import ITEM, ITEM_DELIMITATION, LONG_VRS, SEQUENCE_DELIMITATION, SHORT_VRS
from findtui.tui.results.readable import STRING_VRS

CHARACTER_SET: Final = 0x00080005

_TABLE_SIZE: Final = 8192
_LENGTH: Final = Struct("<I").unpack_from
_SHORT_LENGTH: Final = Struct("<H").unpack_from
_TAG: Final = Struct("<HH").unpack_from


# A plain tuple: the garbage collector passes over those of them that are kept, and there are millions.
Value = tuple[bytes | None, str, bytes]
"""What stands at one path of one identifier.

The value's bytes, those of several items joined as several values are; the number of items, in decimal, for a
sequence; None where the identifier does not have the attribute. The VR, as sent, or as the dictionary has it where
none is. The value of Specific Character Set that holds there (PS3.3 section C.12.1.1.2), empty where there is none.
"""

ABSENT: Final[Value] = (None, "", b"")


class _Unusual(Exception):
    """The walk met something that is left to the parser."""


class _Leaf(NamedTuple):
    """A wanted element: its head says where the value is."""

    header: int
    length: int  # UNDEFINED_LENGTH where it follows the first eight bytes
    tag: int
    vr: str


@dataclass(slots=True)
class _Node:
    """What is wanted of one data set or item.

    Attributes:
        leaves: tag to the slots that its value goes to.
        items: tag of a sequence to the number of an item, or ALL_ITEMS, to what is wanted there.
        skips: the first eight bytes of elements that are passed over, and their sizes.
        stops: the first eight bytes of the others, and what they say.
    """

    leaves: dict[int, list[int]] = field(default_factory=dict)
    items: dict[int, dict[int, _Node]] = field(default_factory=dict)
    skips: dict[bytes, int] = field(default_factory=dict)
    stops: dict[bytes, _Leaf] = field(default_factory=dict)


class Extractor:
    """Finds the values at some paths.

    Args:
        paths: where to look.
        syntax: the transfer syntax of the identifiers.
    """

    def __init__(self, paths: Sequence[Path], syntax: TransferSyntax) -> None:
        self._size = len(paths)
        self._syntax = syntax
        self._root = _Node()
        self._passed_over = _Node()
        self._several: set[int] = set()
        for slot, path in enumerate(paths):
            node = self._root
            for step in path.steps[:-1]:
                node = node.items.setdefault(step.tag, {}).setdefault(step.item or 0, _Node())
                if step.item == ALL_ITEMS:
                    self._several.add(slot)
            node.leaves.setdefault(path.tag, []).append(slot)

    def values(self, response: Response) -> list[Value]:
        """The value at each path, in their order. Of duplicates the first counts, as for DCMTK.

        Raises:
            UnreadableIdentifier: the identifier is no data set.
        """
        found = [ABSENT] * self._size
        if self._walks(response.identifier, found):
            return found
        found = [ABSENT] * self._size
        self._collect(walker.parse(response.identifier, self._syntax), self._root, b"", found)
        return found

    def _walks(self, identifier: bytes, found: list[Value]) -> bool:
        """Whether the values could be had without parsing."""
        if not self._syntax.little_endian:
            return False
        try:
            return self._walk(identifier, 0, len(identifier), self._root, b"", found) == len(identifier)
        except (_Unusual, error):
            return False

    def _walk(self, data: bytes, pos: int, end: int, node: _Node, character_set: bytes, found: list[Value]) -> int:
        """Read a data set or item from `pos` to its end or delimitation; the position behind it."""
        skips = node.skips
        last = -1
        while pos < end:
            head = data[pos : pos + 8]
            size = skips.get(head)
            if size is not None:
                pos += size
                continue
            leaf = node.stops.get(head) or self._learn(node, head)
            if leaf is None:
                continue
            if leaf.tag == ITEM_DELIMITATION:
                return pos + 8
            if leaf.tag <= last:
                raise _Unusual
            last = leaf.tag
            pos += leaf.header
            length = leaf.length
            if length == UNDEFINED_LENGTH and leaf.header == 12:
                (length,) = _LENGTH(data, pos - 4)
            if leaf.vr == "SQ":
                pos = self._sequence(data, pos, length, end, leaf.tag, node, character_set, found)
                continue
            if length == UNDEFINED_LENGTH:
                raise _Unusual
            if leaf.tag == CHARACTER_SET:
                character_set = data[pos : pos + length]
            slots = node.leaves.get(leaf.tag)
            if slots is not None:
                self._put(slots, (data[pos : pos + length], leaf.vr, character_set), found)
            pos += length
        return pos

    def _learn(self, node: _Node, head: bytes) -> _Leaf | None:
        """Enter a head into one of the node's tables; None where that was `skips`."""
        if len(node.skips) + len(node.stops) >= _TABLE_SIZE:
            node.skips.clear()
            node.stops.clear()
        group, element = _TAG(head)
        tag = group << 16 | element
        header, length, vr = 8, UNDEFINED_LENGTH, ""
        if tag == ITEM_DELIMITATION:
            pass
        elif not self._syntax.explicit:
            (length,) = _LENGTH(head, 4)
            vr = dictionary.implicit_vr(tag)
        else:
            vr = head[4:6].decode("latin-1")
            if vr in SHORT_VRS:
                (length,) = _SHORT_LENGTH(head, 6)
            elif vr in LONG_VRS:
                header = 12
            else:
                raise _Unusual
        wanted = tag in node.leaves or tag in node.items or tag == CHARACTER_SET or length == UNDEFINED_LENGTH
        if not wanted:
            node.skips[head] = header + length
            return None
        # In implicit VR the VR of a private element hangs on its creator, that of some others on another element.
        doubtful = group & 1 or dictionary.deciding(tag) is not None or (length == UNDEFINED_LENGTH and vr != "SQ")
        if doubtful and not self._syntax.explicit and tag != ITEM_DELIMITATION:
            raise _Unusual
        leaf = node.stops[head] = _Leaf(header, length, tag, vr)
        return leaf

    def _sequence(
        self,
        data: bytes,
        pos: int,
        length: int,
        end: int,
        tag: int,
        node: _Node,
        character_set: bytes,
        found: list[Value],
    ) -> int:
        """Read the items of a sequence from `pos`; the position behind it."""
        wanted = node.items.get(tag)
        slots = node.leaves.get(tag)
        if length != UNDEFINED_LENGTH:
            end = pos + length
            if wanted is None and slots is None:
                return end
        number = 0
        while pos < end:
            group, element, item_length = _ITEM_HEAD(data, pos)
            pos += 8
            if group << 16 | element == SEQUENCE_DELIMITATION:
                break
            if group << 16 | element != ITEM:
                raise _Unusual
            item_end = end if item_length == UNDEFINED_LENGTH else pos + item_length
            nodes = [wanted[key] for key in (number, ALL_ITEMS) if key in wanted] if wanted else []
            start = pos
            for inner in nodes:
                pos = self._walk(data, start, item_end, inner, character_set, found)
            if not nodes:
                pos = item_end
                if item_length == UNDEFINED_LENGTH:
                    pos = self._walk(data, start, item_end, self._passed_over, b"", found)
            number += 1
        if slots is not None:
            self._put(slots, (b"%d" % number, "SQ", character_set), found)
        return pos

    def _put(self, slots: list[int], value: Value, found: list[Value]) -> None:
        for slot in slots:
            if found[slot] is ABSENT:
                found[slot] = value
            elif slot in self._several:
                found[slot] = _joined(found[slot], value)

    def _collect(self, dataset: DataSet, node: _Node, character_set: bytes, found: list[Value]) -> None:
        """The same as `_walk`, from the parsed tree."""
        declared = dataset.get(CHARACTER_SET)
        if declared is not None:
            character_set = declared.value
        for tag, slots in node.leaves.items():
            element = dataset.get(tag)
            if element is not None:
                raw = element.value if element.items is None else b"%d" % len(element.items)
                self._put(slots, (raw, element.vr, character_set), found)
        for tag, wanted in node.items.items():
            element = dataset.get(tag)
            for number, item in enumerate((element and element.items) or []):
                for inner in (wanted[key] for key in (number, ALL_ITEMS) if key in wanted):
                    self._collect(item, inner, character_set, found)


_ITEM_HEAD: Final = Struct("<HHI").unpack_from


def _joined(first: Value, second: Value) -> Value:
    """The values of one attribute in two items as if they were several values of one."""
    raw, vr, character_set = first
    between = b"\\" if vr in STRING_VRS or vr == "SQ" else b""
    one = (raw or b"").rstrip(b" \0" if between else b"")
    return one + between + (second[0] or b""), vr, character_set
