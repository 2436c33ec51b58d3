"""A data set as findtui holds it: what the keys of a query are put into and what an identifier is read into.

It is deliberately small and keeps what was on the wire: order, duplicates, lengths and raw values. Where a rich
object is wanted, `Response.to_dataset` gives pydicom's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from findtui.dicom.transfer import TransferSyntax

UNDEFINED_LENGTH: Final = 0xFFFFFFFF


class Element:
    """One attribute.

    Attributes:
        tag: group and element in one number, 0xGGGGEEEE.
        vr: two letters; for implicit VR the dictionary's, with DCMTK's choice where it has several.
        value: raw bytes with their padding, numbers in little endian order whatever the transfer syntax was; empty
            for a sequence.
        items: the items of a sequence, else None. An SQ without items has an empty list.
        length: the length field as it stood on the wire, UNDEFINED_LENGTH included; None for an element that was
            made here and not read.
    """

    __slots__ = ("items", "length", "tag", "value", "vr")

    def __init__(
        self, tag: int, vr: str, value: bytes = b"", items: list[DataSet] | None = None, length: int | None = None
    ) -> None:
        self.tag = tag
        self.vr = vr
        self.value = value
        self.items = items
        self.length = length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and self._fields() == other._fields()

    def __repr__(self) -> str:
        return f"Element{self._fields()}"

    def _fields(self) -> tuple[object, ...]:
        return self.tag, self.vr, self.value, self.items, self.length


class DataSet:
    """Elements in the order in which they stood or stand to be written.

    Attributes:
        elements: as read (a hostile peer may send duplicates and any order); ascending where `put` made them.
        length: the item's length field where this is an item that was read, else None.
        read_as: the transfer syntax of the file that it was read from, else None; data sets are equal whatever it is.
    """

    __slots__ = ("elements", "length", "read_as")

    def __init__(
        self, elements: list[Element] | None = None, length: int | None = None, read_as: TransferSyntax | None = None
    ) -> None:
        self.elements = [] if elements is None else elements
        self.length = length
        self.read_as = read_as

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataSet) and (self.elements, self.length) == (other.elements, other.length)

    def __repr__(self) -> str:
        return f"DataSet({self.elements}, {self.length})"

    def __iter__(self) -> Iterator[Element]:
        return iter(self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def get(self, tag: int) -> Element | None:
        """The first element with this tag (DCMTK takes the first of duplicates), or None."""
        for element in self.elements:
            if element.tag == tag:
                return element
        return None

    def put(self, element: Element) -> None:
        """Insert in tag order; an element with the same tag is replaced."""
        index = bisect_left(self.elements, element.tag, key=lambda other: other.tag)
        if index < len(self.elements) and self.elements[index].tag == element.tag:
            self.elements[index] = element
        else:
            self.elements.insert(index, element)

    def remove(self, tag: int) -> None:
        """Take every element with this tag out; none there is no error."""
        self.elements = [element for element in self.elements if element.tag != tag]
