"""What dump and XML have in common: an identifier becomes a row of lines, one for each element or delimitation.

Most responses hold nothing but texts in ascending tag order and sequences. Their bytes are walked once, and each line
is put together from two halves that were made when its header (tag, VR and length) was met for the first time. Whatever
is not like that goes through the tree of elements and comes out as the same lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from operator import getitem
from struct import Struct
from typing import Final, Literal

from findtui.dicom import dictionary, walker
from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.layout import Field, Kind, Layout
from findtui.dicom.response import Response
from findtui.dicom.transfer import TransferSyntax
from findtui.dicom.walker import ITEM, ITEM_DELIMITATION, LONG_VRS, SEQUENCE_DELIMITATION, SHORT_VRS
from findtui.export.values import SPECIFIC_CHARACTER_SET, TEXT_VRS, charset_of, declared_charset

_MOST_HEADS: Final = 8192
_MOST_SCOPES: Final = 256
_MOST_ROWS: Final = 16
_MOST_LINES: Final = 512

# What a header announces.
_TEXT, _CONSTANT, _SEQUENCE, _OTHER = range(4)

_Head = tuple[int, int, int, str, str, str, str]
"""Kind, tag, bytes up to the next header (of a SEQUENCE and of a VR with a long header: up to the value), VR, the
halves of its line (the whole one of a CONSTANT is the first), the attribute's name."""

_LONG_HEADER: Final = 12

_Scope = tuple[CharacterSet, bool, str]
"""A character set, whether bytes below 0x80 are ASCII in it (in JIS X 0201 two are not), and how it was declared."""


class _Unusual(Exception):
    """The identifier is left to the tree."""


class _Walk:
    """Where the walk through one identifier is."""

    __slots__ = ("data", "heads", "item", "item_delimitation", "level", "lines",
                 "read_length", "sequence_delimitation", "syntax")  # fmt: skip

    def __init__(self, data: bytes, syntax: TransferSyntax, heads: dict[int, dict[bytes, _Head]]) -> None:
        self.data = data
        self.syntax = syntax
        self.heads = heads
        self.level = 1
        self.lines: list[str] = []
        little = syntax.little_endian
        self.read_length = _LITTLE_LENGTH if little else _BIG_LENGTH
        self.item, self.item_delimitation, self.sequence_delimitation = _DELIMITERS[little]

    def header(self, key: bytes) -> tuple[int, str, int]:
        """Tag, VR and size, as in a head, of the header that starts with these eight bytes."""
        order: Literal["little", "big"] = "little" if self.syntax.little_endian else "big"
        tag = int.from_bytes(key[:2], order) << 16 | int.from_bytes(key[2:4], order)
        if tag >> 16 == 0xFFFE or len(key) < 8:
            raise _Unusual
        if not self.syntax.explicit:
            vr = dictionary.implicit_vr(tag)
            length = int.from_bytes(key[4:8], order)
            if vr == "SQ":
                return tag, vr, 8
            if length == UNDEFINED_LENGTH or vr == "UN" or dictionary.deciding(tag) is not None:
                raise _Unusual
            return tag, vr, 8 + length
        vr = key[4:6].decode("latin-1")
        if vr in SHORT_VRS:
            return tag, vr, 8 + int.from_bytes(key[6:8], order)
        if vr in LONG_VRS:
            return tag, vr, _LONG_HEADER
        raise _Unusual

    def element(self, head: _Head, pos: int) -> tuple[Element, int]:
        """The element at `pos`, and the position behind it."""
        _, tag, size, vr, _, _, _ = head
        start = pos + 8
        if self.syntax.explicit and vr in LONG_VRS:
            (length,) = self.read_length(self.data, pos + 8)
            if length == UNDEFINED_LENGTH:
                raise _Unusual
            start = pos + _LONG_HEADER
        else:
            length = size - 8
        value = self.data[start : start + length]
        if not self.syntax.little_endian:
            value = walker.swapped(value, vr)
        return Element(tag, vr, value, None, length), start + length


class Renderer(ABC):
    """Makes lines of identifiers. One serves all responses of a run; it remembers headers.

    Args:
        fallback: character set of text where none is declared, or None.

    Attributes:
        syntax: transfer syntax of the last data set.
        declared: its Specific Character Set (0008,0005) as it stood there, without padding.
    """

    def __init__(self, fallback: str | None = None) -> None:
        self._fallback = fallback
        self._heads: dict[TransferSyntax, dict[int, dict[bytes, _Head]]] = {}
        self._rows: dict[tuple[int, bytes], tuple[Layout, list[_Column]]] = {}
        self._scopes: dict[bytes, _Scope] = {}
        self._outermost = self._scope(b"")
        self._undeclared = self._outermost[0]

    def lines(self, response: Response) -> list[str]:
        """The lines of a response's identifier, without line ends."""
        syntax = response.transfer_syntax
        self.begin(syntax)
        if response.layout is not None:
            lines = self._remembered(response.layout, response.layout.values(response.identifier))
            if lines is not None:
                return lines
        return self._walked(response, syntax)

    def _walked(self, response: Response, syntax: TransferSyntax) -> list[str]:
        """The lines of an identifier whose structure is not known."""
        heads = self._heads.get(syntax)
        if heads is None:
            heads = self._heads[syntax] = defaultdict(dict)
        walk = _Walk(response.identifier, syntax, heads)
        try:
            self._walk(walk, 0, len(response.identifier), False, self._outermost)
        except _Unusual:
            return self.tree_lines(response.parse(), syntax)
        return walk.lines

    def tree_lines(self, dataset: DataSet, syntax: TransferSyntax) -> list[str]:
        """The lines of a data set."""
        self.begin(syntax)
        lines: list[str] = []
        self._descend(dataset, 1, self._undeclared, lines)
        return lines

    # What a format is made of.

    def begin(self, syntax: TransferSyntax) -> None:
        """A data set in this transfer syntax starts."""
        self.syntax = syntax
        self.declared = ""

    @abstractmethod
    def elements(self, dataset: DataSet) -> Iterable[Element]:
        """The elements in the order, and with the duplicates, in which they are to be written."""

    @abstractmethod
    def text_halves(self, tag: int, vr: str, length: int, level: int, name: str) -> tuple[str, str]:
        """What stands before and behind a text of one value that needs no care."""

    @abstractmethod
    def plain_text(self, text: str, vr: str) -> str | None:
        """An ASCII text as it stands between its halves, or None if it needs care."""

    @abstractmethod
    def element_line(self, element: Element, level: int, charset: CharacterSet, name: str) -> str:
        """The line of an element of any kind but SQ."""

    @abstractmethod
    def sequence_start(self, tag: int, length: int | None, items: int, level: int, name: str) -> str:
        """The line before the items of a sequence."""

    @abstractmethod
    def sequence_end(self, length: int | None, level: int) -> str:
        """The line behind the items of a sequence; of the length only counts whether it is undefined."""

    @abstractmethod
    def item_start(self, length: int | None, elements: int, level: int) -> str:
        """The line before the elements of an item."""

    @abstractmethod
    def item_end(self, length: int | None, level: int) -> str:
        """The line behind the elements of an item; of the length only counts whether it is undefined."""

    # The tree.

    def _descend(self, dataset: DataSet, level: int, charset: CharacterSet, lines: list[str]) -> None:
        creators: dict[int, str] = {}
        charset = charset_of(dataset, charset, self._fallback)
        declared = dataset.get(SPECIFIC_CHARACTER_SET)
        if level == 1 and declared is not None:
            self.declared = _declaration(declared.value)
        for element in self.elements(dataset):
            name = dictionary.keyword(element.tag, _creator(element, creators))
            if element.items is None:
                lines.append(self.element_line(element, level, charset, name))
                continue
            lines.append(self.sequence_start(element.tag, element.length, len(element.items), level, name))
            for item in element.items:
                lines.append(self.item_start(item.length, len(item), level + 1))
                self._descend(item, level + 2, charset, lines)
                lines.append(self.item_end(item.length, level + 1))
            lines.append(self.sequence_end(element.length, level))

    # The values of a known structure.

    def _remembered(self, layout: Layout, values: tuple[bytes, ...]) -> list[str] | None:
        """The lines of an identifier, each looked up by what the identifier has in its place."""
        declaration = b""
        if layout.fields[0].tag == SPECIFIC_CHARACTER_SET:
            declaration = values[0][4 if layout.fields[0].wide else 2 :]
        row = self._rows.get((id(layout), declaration))
        if row is None:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            row = self._rows[id(layout), declaration] = layout, self._columns(layout, declaration)
        columns = row[1]
        if not columns:
            return None
        self.declared = self._scope(declaration)[2]
        return list(map(getitem, columns, values))

    def _columns(self, layout: Layout, declaration: bytes) -> list[_Column]:
        """The memory of each field of a layout; none where lines hang on more than their own field."""
        scope = self._scope(declaration)
        last = {0: -1}
        for index, field in enumerate(layout.fields):
            if field.kind is Kind.ITEM:
                last[field.depth] = -1
            elif field.kind in (Kind.ELEMENT, Kind.SEQUENCE):
                private = field.tag >> 16 & 1
                if private or field.tag <= last[field.depth] or (index and field.tag == SPECIFIC_CHARACTER_SET):
                    return []
                last[field.depth] = field.tag
        return [_Column(self, layout.syntax, field, scope) for field in layout.fields]

    # The bytes.

    def _walk(self, walk: _Walk, pos: int, end: int, delimited: bool, scope: _Scope) -> tuple[int, int]:
        """Add the lines of the elements from `pos`; returns the position behind them and their number."""
        data, lines, level = walk.data, walk.lines, walk.level
        heads = walk.heads[level]
        plain_text = self.plain_text
        charset, is_ascii, _ = scope
        count = 0
        last_tag = -1
        while pos < end:
            key = data[pos : pos + 8]
            head = heads.get(key)
            if head is None:
                if delimited and key[:4] == walk.item_delimitation:
                    return pos + 8, count
                head = self._learn(walk, key)
            kind, tag, size, vr, before, behind, name = head
            if tag <= last_tag:
                raise _Unusual
            last_tag = tag
            count += 1
            if kind == _TEXT:
                value = data[pos + 8 : pos + size]
                plain = plain_text(value.decode("ascii"), vr) if is_ascii and value.isascii() else None
                if plain is not None:
                    lines.append(before + plain + behind)
                else:
                    lines.append(self.element_line(Element(tag, vr, value, None, size - 8), level, charset, name))
                pos += size
            elif kind == _CONSTANT:
                lines.append(before)
                pos += size
            elif kind == _SEQUENCE:
                pos = self._walk_items(walk, head, pos, scope)
            else:
                element, pos = walk.element(head, pos)
                if tag == SPECIFIC_CHARACTER_SET:
                    scope = charset, is_ascii, declaration = self._scope(element.value)
                    if level == 1:
                        self.declared = declaration
                lines.append(self.element_line(element, level, charset, name))
        return pos, count

    def _walk_items(self, walk: _Walk, head: _Head, pos: int, scope: _Scope) -> int:
        """Add the lines of the sequence at `pos`; returns the position behind it."""
        _, tag, size, _, _, _, name = head
        lines, level = walk.lines, walk.level
        (length,) = walk.read_length(walk.data, pos + size - 4)
        pos += size
        delimited = length == UNDEFINED_LENGTH
        end = len(walk.data) if delimited else pos + length
        start = len(lines)
        lines.append("")
        walk.level += 2
        items = 0
        while pos < end:
            delimiter = walk.data[pos : pos + 4]
            (item_length,) = walk.read_length(walk.data, pos + 4)
            pos += 8
            if delimiter != walk.item:
                if delimited and delimiter == walk.sequence_delimitation:
                    break
                raise _Unusual
            items += 1
            item_start = len(lines)
            lines.append("")
            undefined = item_length == UNDEFINED_LENGTH
            pos, count = self._walk(walk, pos, end if undefined else pos + item_length, undefined, scope)
            lines[item_start] = self.item_start(item_length, count, level + 1)
            lines.append(self.item_end(item_length, level + 1))
        walk.level = level
        lines[start] = self.sequence_start(tag, length, items, level, name)
        lines.append(self.sequence_end(length, level))
        return pos

    def _scope(self, declaration: bytes) -> _Scope:
        """What a value of Specific Character Set makes of the text that follows; remembered."""
        scope = self._scopes.get(declaration)
        if scope is None:
            if len(self._scopes) >= _MOST_SCOPES:
                self._scopes.clear()
            charset = declared_charset(declaration, self._fallback)
            is_ascii = charset.decode(_ASCII, "LT") == _ASCII.decode("ascii")
            scope = self._scopes[declaration] = charset, is_ascii, _declaration(declaration)
        return scope

    def _learn(self, walk: _Walk, key: bytes) -> _Head:
        """What a header means, remembered for the next time."""
        heads = walk.heads[walk.level]
        if len(heads) >= _MOST_HEADS:
            heads.clear()
        tag, vr, size = walk.header(key)
        if tag >> 16 & 1:
            # The name of a private element, and its VR in implicit VR, depend on its creator.
            raise _Unusual
        name = dictionary.keyword(tag)
        head: _Head
        if vr == "SQ":
            head = (_SEQUENCE, tag, size, vr, "", "", name)
        elif size == _LONG_HEADER or tag == SPECIFIC_CHARACTER_SET:
            head = (_OTHER, tag, size, vr, "", "", name)
        elif size == 8:
            line = self.element_line(Element(tag, vr, b"", None, 0), walk.level, self._undeclared, name)
            head = (_CONSTANT, tag, size, vr, line, "", name)
        elif vr in TEXT_VRS and vr != "UI":
            before, behind = self.text_halves(tag, vr, size - 8, walk.level, name)
            head = (_TEXT, tag, size, vr, before, behind, name)
        else:
            head = (_OTHER, tag, size, vr, "", "", name)
        heads[key] = head
        return head


class _Column(dict[bytes, str]):
    """The lines that one field of a layout has had, by what stood there; few values come only once."""

    def __init__(self, renderer: Renderer, syntax: TransferSyntax, field: Field, scope: _Scope) -> None:
        super().__init__()
        self._renderer = renderer
        self._field = field
        self._level = 1 + 2 * field.depth
        self._charset, is_ascii, _ = scope
        self._is_plain = is_ascii and field.vr in TEXT_VRS and field.tag != SPECIFIC_CHARACTER_SET
        self._order: Literal["little", "big"] = "little" if syntax.little_endian else "big"
        self._name = dictionary.keyword(field.tag) if field.vr else ""
        self._start = 4 if field.wide else 2
        self._halves: dict[int, tuple[str, str]] = {}
        self._plain_text = renderer.plain_text
        self._vr = field.vr

    def __missing__(self, value: bytes) -> str:
        if len(self) >= _MOST_LINES:
            self.clear()
        plain = None
        text = value[self._start :]
        if self._is_plain and text and text.isascii():
            plain = self._plain_text(text.decode("ascii"), self._vr)
        if plain is None:
            line = self._line(value)
        else:
            line = plain.join(self._halves.get(len(value)) or self._new_halves(len(value)))
        self[value] = line
        return line

    def _new_halves(self, size: int) -> tuple[str, str]:
        field = self._field
        halves = self._renderer.text_halves(field.tag, field.vr, size - self._start, self._level, self._name)
        self._halves[size] = halves
        return halves

    def _line(self, value: bytes) -> str:
        renderer, field, level = self._renderer, self._field, self._level
        length = UNDEFINED_LENGTH if field.undefined else int.from_bytes(value[: self._start], self._order)
        match field.kind:
            case Kind.ELEMENT:
                return self._element_line(value[self._start :], length)
            case Kind.SEQUENCE:
                return renderer.sequence_start(field.tag, length, field.holds, level, self._name)
            case Kind.SEQUENCE_END:
                return renderer.sequence_end(length, level)
            case Kind.ITEM:
                return renderer.item_start(length, field.holds, level - 1)
            case Kind.ITEM_END:
                return renderer.item_end(length, level - 1)

    def _element_line(self, value: bytes, length: int) -> str:
        field = self._field
        if self._order == "big":
            value = walker.swapped(value, field.vr)
        return self._renderer.element_line(
            Element(field.tag, field.vr, value, None, length), self._level, self._charset, self._name
        )


_LITTLE_LENGTH: Final = Struct("<I").unpack_from
_BIG_LENGTH: Final = Struct(">I").unpack_from
_DELIMITERS: Final = {
    little: tuple(
        Struct("<HH" if little else ">HH").pack(tag >> 16, tag & 0xFFFF)
        for tag in (ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION)
    )
    for little in (True, False)
}


_ASCII: Final = bytes(range(0x20, 0x7F))


def _declaration(value: bytes) -> str:
    return "\\".join(term.strip(" \0") for term in value.decode("latin-1").split("\\"))


def _creator(element: Element, creators: dict[int, str]) -> str | None:
    """The private creator of an element; a creator itself is remembered."""
    tag = element.tag
    if not tag >> 16 & 1:
        return None
    if 0x10 <= tag & 0xFFFF <= 0xFF:
        creators[tag] = element.value.decode("latin-1").rstrip(" \0")
        return None
    return creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF))
