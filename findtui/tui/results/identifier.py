"""A whole identifier in lines: what each element is, and in what it deviates from the standard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from findtui.dicom import dictionary, values
from findtui.dicom.charset import TEXT_VRS, CharacterSet
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.paths import bare_tag, tag_text
from findtui.dicom.response import Response
from findtui.dicom.visible import visible
from findtui.dicom.walker import LONG_VRS, SHORT_VRS
from findtui.tui.results.extract import CHARACTER_SET
from findtui.tui.results.readable import as_sent
from findtui.tui.results.table import Reading

LONGEST_SHOWN: Final = 4096
"""Bytes of a value that are made into text for a line; the whole of it can be copied all the same."""


LONGEST_COMPLAINT: Final = 240
"""Characters of a complaint, which may quote the value."""


@dataclass(slots=True)
class Node:
    """An element, or an item of a sequence.

    Attributes:
        path: in the notation of `-k`; that of an item ends with its number.
        depth: how many sequences and items it lies in.
        element: None for an item.
        tag: as (gggg,eeee); empty for an item.
        keyword: of the dictionary, or what there is instead; "item 1" for an item.
        vr: as sent, or as the dictionary has it where none is.
        length: of the value in bytes, in words.
        text: the value, decoded, on one line; how many items there are for a sequence.
        character_set: that its text is in.
        complaints: in what it deviates from the standard.
        children: elements of an item, items of a sequence.
    """

    path: str
    depth: int
    element: Element | None
    tag: str
    keyword: str
    vr: str
    length: str
    text: str
    character_set: CharacterSet
    complaints: list[str]
    children: list[Node]

    @property
    def whole_text(self) -> str:
        """The value, decoded, on one line, however long it is."""
        return self.text_of(len(self.element.value)) if self.element is not None else self.text

    def text_of(self, most: int) -> str:
        """The value, decoded, on one line, of so many bytes at most."""
        if self.element is None or self.element.items is not None:
            return self.text
        return _text_of(self.element, self.character_set, most)

    @property
    def value(self) -> str:
        """The value as it would be typed for a key."""
        if self.element is None or self.element.items is not None:
            return ""
        return values.text(self.vr, self.element.value, self.character_set).rstrip(" ")


def nodes(response: Response, reading: Reading) -> list[Node]:
    """The elements of a response.

    Args:
        response: to read.
        reading: in which character set text is read.

    Raises:
        UnreadableIdentifier: the identifier is no data set.
    """
    explicit = response.transfer_syntax.explicit
    return list(_elements(response.parse(), "", 0, b"", reading, explicit))


def _elements(
    dataset: DataSet, prefix: str, depth: int, declared: bytes, reading: Reading, explicit: bool
) -> Iterator[Node]:
    own = dataset.get(CHARACTER_SET)
    if own is not None:
        declared = own.value
    character_set = reading.character_set_of(declared)
    creators: dict[int, str] = {}
    last = -1
    for element in dataset:
        tag = element.tag
        creator = None
        if tag >> 16 & 1:
            if 0x10 <= tag & 0xFFFF <= 0xFF:
                creators[tag] = element.value.decode("latin-1").rstrip(" \0")
            creator = creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF))
        complaints = [visible(_short(text)) for text in _complaints(element, creator, character_set, explicit)]
        if tag <= last:
            complaints.append("it stands twice" if tag == last else "it stands behind a larger tag")
        last = max(tag, last)
        path = f"{prefix}{tag_text(tag)}"
        children = []
        for number, item in enumerate(element.items or ()):
            inner = f"{path}[{number}]"
            found = list(_elements(item, f"{inner}.", depth + 2, declared, reading, explicit))
            length = _length(item.length)
            count = f"{len(found)} element{'s' * (len(found) != 1)}"
            children.append(
                Node(inner, depth + 1, None, "", f"item {number + 1}", "", length, count, character_set, [], found)
            )
        yield Node(
            path,
            depth,
            element,
            bare_tag(tag).upper(),
            _keyword(tag, creator),
            element.vr,
            _length(element.length),
            _text(element, character_set),
            character_set,
            complaints,
            children,
        )


def _short(text: str) -> str:
    """A complaint without the middle of a long value that it quotes: the reason stands at its end."""
    half = LONGEST_COMPLAINT // 2
    return text if len(text) <= LONGEST_COMPLAINT else f"{text[:half]}…{text[-half:]}"


def _length(length: int | None) -> str:
    return "" if length is None else "undef." if length == UNDEFINED_LENGTH else str(length)


def _keyword(tag: int, creator: str | None) -> str:
    entry = dictionary.lookup(tag, creator)
    if entry is not None:
        return entry.keyword
    if not tag >> 16 & 1:
        return "unknown"
    return f"private, {visible(creator)}" if creator else "private"


def _text(element: Element, character_set: CharacterSet) -> str:
    if element.items is not None:
        return f"{len(element.items)} item{'s' * (len(element.items) != 1)}"
    return _text_of(element, character_set, LONGEST_SHOWN)


def _text_of(element: Element, character_set: CharacterSet, most: int) -> str:
    text = as_sent(element.value[:most], element.vr, character_set)
    # The last character may have been cut in two.
    return f"{text[:-4]}…" if len(element.value) > most else text


def _complaints(element: Element, creator: str | None, character_set: CharacterSet, explicit: bool) -> Iterator[str]:
    """What the standard says against an element (PS3.5 sections 6.2, 7.1 and 7.8)."""
    if explicit and creator is None and (allowed := _allowed(element.tag)) and element.vr not in allowed:
        yield f"its VR is {element.vr}, in the dictionary {' or '.join(sorted(allowed))}"
    if explicit and element.vr not in SHORT_VRS and element.vr not in LONG_VRS:
        yield f"{element.vr} is no VR"
    if element.length is not None and element.length != UNDEFINED_LENGTH and element.length % 2:
        yield f"its length, {element.length}, is odd"
    if element.items is None:
        if element.tag == CHARACTER_SET:
            yield from CharacterSet.parse(element.value).problems
        if b"\x1b" in element.value and "\x1b" in character_set.decode(element.value, element.vr):
            yield "it holds an ESC that begins no escape sequence of its character set"
        entry = dictionary.lookup(element.tag, creator)
        yield from values.complaints(
            element.vr,
            element.value,
            matching=False,
            vm=entry.vm if entry is not None else None,
            charset=character_set if element.vr in TEXT_VRS else _ASCII,
        )


_ASCII: Final = CharacterSet()


@lru_cache(maxsize=4096)
def _allowed(tag: int) -> frozenset[str]:
    """The VRs that the dictionary has for a tag; none where it does not know it."""
    from pydicom.datadict import dictionary_VR

    entry = dictionary.lookup(tag)
    if entry is None or tag >> 16 & 1:
        return frozenset()
    try:
        return frozenset(dictionary_VR(tag).split(" or "))
    except KeyError:
        return frozenset((entry.vr,))
