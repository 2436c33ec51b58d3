"""Layouts: the responses of one query mostly have the same elements, so their structure is learned once.

A layout is the row of headers of an identifier, nested items included, with lengths left open. It is compiled into
one byte pattern for `re`, which walks an identifier in C, and gives the values of all elements in one go. A pattern
is made from an identifier that `walker.parse` has read, and matches only what the walker would read in the same way:
the same tags and VRs in the same places, lengths that are even and end where the next header starts, and items and
sequences that hold exactly as many bytes as they say. Whatever does not match goes to the walker.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto
from struct import Struct
from typing import Final, NamedTuple

from findtui.dicom import dictionary, walker
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.transfer import TransferSyntax
from findtui.dicom.walker import ITEM, ITEM_DELIMITATION, LONG_VRS, SEQUENCE_DELIMITATION, SHORT_VRS

LEARN_AFTER: Final = 128
"""Identifiers that fit no pattern before one is made of the next, which takes milliseconds."""

MOST_LAYOUTS: Final = 6
MOST_FIELDS: Final = 400

_LONGEST_VALUE: Final = {
    "AE": 16, "AS": 4, "AT": 8, "CS": 16, "DA": 8, "DS": 16, "DT": 26, "FD": 8, "FL": 4, "IS": 12, "SH": 16, "SL": 4,
    "SS": 2, "TM": 16, "UI": 64, "UL": 4, "US": 2,
}  # fmt: skip
"""Bytes of the longest value that a pattern has an alternative for; what is longer goes to the walker."""
_LONGEST_OTHER: Final = 64
_MOST_BYTES: Final = 256
_MOST_IDENTIFIER: Final = 16 * 1024


class Kind(Enum):
    """What a field of a layout stands for."""

    ELEMENT = auto()
    SEQUENCE = auto()
    SEQUENCE_END = auto()
    ITEM = auto()
    ITEM_END = auto()


class Field(NamedTuple):
    """One header of a layout, or an end without one.

    Attributes:
        kind: what it stands for. Ends come for defined lengths too.
        tag, vr: of an element or sequence.
        depth: how many sequences it lies in.
        holds: how many items of a sequence, elements of an item.
        wide: whether the length field has four bytes and not two.
        undefined: whether the length of the sequence or item is.
    """

    kind: Kind
    tag: int
    vr: str
    depth: int
    holds: int = 0
    wide: bool = True
    undefined: bool = False


class Layout:
    """One structure, compiled.

    Attributes:
        syntax: the transfer syntax of the identifiers.
        fields: the headers in their order.
        match: matches an identifier that has this structure, with a group for each of `fields`: the length field with
            the value of an element, the length field of a sequence or item of defined length, and nothing for those
            of undefined length and for ends. It may match others too, which only `fits` tells.
    """

    def __init__(self, dataset: DataSet, syntax: TransferSyntax) -> None:
        """Compile the structure of a data set that `walker.parse` has read.

        Raises:
            ValueError: it has something that no pattern is made for.
        """
        self.syntax = syntax
        compiler = _Compiler(syntax)
        compiler.elements(dataset, 0)
        self.fields = tuple(compiler.fields)
        if not self.fields:
            raise ValueError("there is no element to make a pattern of")
        self.match: Callable[[bytes], re.Match[bytes] | None]
        self.match = re.compile(b"".join(compiler.pattern), re.DOTALL).fullmatch
        self._nested = tuple(compiler.nested)
        self._length = Struct("<L" if syntax.little_endian else ">L").unpack

    def fits(self, identifier: bytes) -> bool:
        """Whether the identifier has this structure."""
        match = self.match(identifier)
        if match is None:
            return False
        for length, end in self._nested:
            if self._length(match[length])[0] != match.start(end) - match.end(length):
                return False
        return True

    def values(self, identifier: bytes) -> tuple[bytes, ...]:
        """What stands in the place of each of `fields`, as `match` has it.

        Args:
            identifier: one that fits.
        """
        match = self.match(identifier)
        return match.groups() if match is not None else ()


class _Compiler:
    """Writes the pattern for one structure, with a group for every field."""

    def __init__(self, syntax: TransferSyntax) -> None:
        order = "<" if syntax.little_endian else ">"
        self._syntax = syntax
        self._tag = Struct(order + "HH").pack
        self._lengths = {False: Struct(order + "H").pack, True: Struct(order + "L").pack}
        self.fields: list[Field] = []
        self.pattern: list[bytes] = []
        # Groups of the length and of the end.
        self.nested: list[tuple[int, int]] = []

    def elements(self, dataset: DataSet, depth: int) -> None:
        for element in dataset:
            if len(self.fields) > MOST_FIELDS:
                raise ValueError("too many elements for a pattern")
            if element.items is None:
                self._element(element, depth)
            else:
                self._sequence(element, element.items, depth)

    def _literal(self, data: bytes) -> None:
        self.pattern.append(re.escape(data))

    def _group(self, pattern: bytes, field: Field) -> int:
        """Write a field's group; its number."""
        self.pattern.append(b"(" + pattern + b")")
        self.fields.append(field)
        return len(self.fields)

    def _head(self, tag: int, vr: str) -> bool:
        """Write what stands before the length field; whether that has four bytes."""
        head = self._tag(tag >> 16, tag & 0xFFFF)
        if tag >> 16 == 0xFFFE or not self._syntax.explicit:
            if tag >> 16 & 1 and tag & 0xFFFF > 0xFF:
                raise ValueError("the VR hangs on the value of the private creator")
            if dictionary.deciding(tag) is not None:
                raise ValueError("the VR hangs on the value of another element")
            self._literal(head)
            return True
        if vr not in SHORT_VRS and vr not in LONG_VRS:
            raise ValueError("the VR is unknown")
        wide = vr in LONG_VRS
        self._literal(head + vr.encode("ascii") + (b"\0\0" if wide else b""))
        return wide

    def _element(self, element: Element, depth: int) -> None:
        wide = self._head(element.tag, element.vr)
        learned = len(element.value)
        longest = max(_LONGEST_VALUE.get(element.vr, _LONGEST_OTHER), learned)
        if longest > _MOST_BYTES:
            raise ValueError("the value is too long for a pattern")
        pack = self._lengths[wide]
        # The length that was met and its neighbours come first: alternatives are tried in turn.
        lengths = sorted(range(0, longest + 1, 2), key=lambda length: abs(length - learned))
        choice = b"|".join(re.escape(pack(length)) + b".{%d}" % length for length in lengths)
        self._group(choice, Field(Kind.ELEMENT, element.tag, element.vr, depth, wide=wide))

    def _sequence(self, element: Element, items: list[DataSet], depth: int) -> None:
        self._head(element.tag, "SQ")
        undefined = element.length == UNDEFINED_LENGTH
        close = self._open(Field(Kind.SEQUENCE, element.tag, "SQ", depth, len(items), undefined=undefined))
        for item in items:
            self._literal(self._tag(ITEM >> 16, ITEM & 0xFFFF))
            undefined_item = item.length == UNDEFINED_LENGTH
            close_item = self._open(Field(Kind.ITEM, ITEM, "", depth + 1, len(item), undefined=undefined_item))
            self.elements(item, depth + 1)
            self._close(Field(Kind.ITEM_END, ITEM_DELIMITATION, "", depth + 1, undefined=undefined_item), close_item)
        self._close(Field(Kind.SEQUENCE_END, SEQUENCE_DELIMITATION, "", depth, undefined=undefined), close)

    def _open(self, field: Field) -> int:
        """Write the length field of a sequence or item; its group."""
        if field.undefined:
            self._literal(b"\xff" * 4)
            return self._group(b"", field)
        return self._group(b"....", field)

    def _close(self, field: Field, opened: int) -> None:
        # An empty group marks where the contents end.
        closed = self._group(b"", field)
        if field.undefined:
            self._literal(self._tag(field.tag >> 16, field.tag & 0xFFFF) + b"\0" * 4)
            return
        self.nested.append((opened, closed))


class Layouts:
    """The structures that the identifiers of one transfer syntax have had.

    Where no two are alike, patterns only cost time, and they are given up.
    """

    def __init__(self, syntax: TransferSyntax) -> None:
        self._syntax = syntax
        self._known: list[Layout] = []
        self._hits = 0
        self._misses = 0

    def check(self, identifier: bytes) -> Layout | None:
        """Make sure that the identifier can be read.

        Returns:
            The layout that it fits, or None where it fits none that is known.

        Raises:
            UnreadableIdentifier: it cannot be read.
        """
        for layout in self._known:
            if layout.fits(identifier):
                self._hit(layout)
                return layout
        walker.check(identifier, self._syntax)
        self._miss(identifier)
        return None

    def _hit(self, layout: Layout) -> None:
        self._hits += 1
        if layout is not self._known[0]:
            self._known.remove(layout)
            self._known.insert(0, layout)

    def _miss(self, identifier: bytes) -> None:
        self._misses += 1
        if self._misses % LEARN_AFTER:
            return
        if len(self._known) < MOST_LAYOUTS and self._misses <= MOST_LAYOUTS * LEARN_AFTER:
            self._learn(identifier)
        elif self._hits < self._misses:
            self._known.clear()

    def _learn(self, identifier: bytes) -> None:
        if len(identifier) > _MOST_IDENTIFIER:
            return
        try:
            layout = Layout(walker.parse(identifier, self._syntax), self._syntax)
        except ValueError:
            return
        # What the walker reads in some lenient way (delimitations that need not be there, UN of undefined length) is
        # not in the pattern, and the identifier that it was made from then does not fit it.
        if layout.fits(identifier):
            self._known.insert(0, layout)
