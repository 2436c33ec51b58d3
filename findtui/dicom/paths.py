"""Paths to attributes, as -k and --columns name them: tags and keywords with item numbers between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from findtui.dicom import dictionary
from findtui.errors import KeyPathError

if TYPE_CHECKING:
    from findtui.dicom.dataset import DataSet, Element

ALL_ITEMS: Final = -1

_NUMBERS: Final = re.compile(
    r"\s*(?P<group>[+-]?(?:0[xX](?=[0-9a-fA-F]))?[0-9a-fA-F]+),\s*(?P<element>[+-]?(?:0[xX](?=[0-9a-fA-F]))?[0-9a-fA-F]+)",
    re.A,
)
_STEP: Final = r"(?a)(?P<tag>\([^)]*\)|[^.\[\]/=()]+)(?:\[(?P<item>\*|\d{1,9})\])?(?P<dot>[./]?)"


class Step(NamedTuple):
    """One attribute on the way.

    Attributes:
        tag: 0xGGGGEEEE.
        item: number of the sequence's item that the path goes into, from 0; ALL_ITEMS for each of them (in `Path`
            alone); None where no item is named.
    """

    tag: int
    item: int | None = None

    def __str__(self) -> str:
        item = "" if self.item is None else "[*]" if self.item == ALL_ITEMS else f"[{self.item}]"
        return f"{tag_text(self.tag)}{item}"


def tag_text(tag: int) -> str:
    """The keyword where it leads back to this tag alone, else (gggg,eeee)."""
    entry = dictionary.lookup(tag)
    if entry is not None and entry.tag == tag:
        found = dictionary.find(entry.keyword)
        if found is not None and found.tag == tag:
            return entry.keyword
    return bare_tag(tag)


def bare_tag(tag: int) -> str:
    """The tag as (gggg,eeee)."""
    return f"({tag >> 16:04x},{tag & 0xFFFF:04x})"


def scan_tag(text: str) -> int | None:
    """The tag that a keyword or a pair of hexadecimal numbers names, read as DCMTK reads it; None for none.

    Numbers are cut to 16 bits, blanks before them and anything after them are passed over.
    """
    match = _NUMBERS.match(text)
    if match is not None:
        group, element = (_sixteen_bits(match[name]) for name in ("group", "element"))
        return group << 16 | element
    entry = dictionary.find(text)
    return None if entry is None else entry.tag


def _sixteen_bits(text: str) -> int:
    number = int(text, 16)
    # C's strtoul stops at the largest number.
    return 0xFFFF if abs(number) > 0xFFFF_FFFF_FFFF_FFFF else number & 0xFFFF


def suggestion(word: str) -> str:
    """A remedy for a word that names no attribute: keywords that may be meant."""
    found = [entry.keyword for entry in dictionary.search(word, 3)]
    if found:
        return f"Did you mean {' or '.join(found)}?"
    return "Use a keyword of the data dictionary, with its capitals, or a tag such as (0010,0010)"


class Path(NamedTuple):
    """Where a value of a response stands, for a column.

    Attributes:
        steps: the attributes on the way; every one but the last is a sequence.
    """

    steps: tuple[Step, ...]

    @staticmethod
    def parse(text: str) -> Path:
        """Read a path such as `PatientName`, `ScheduledProcedureStepSequence.Modality`, `(0040,0100)[1].(0008,0060)`.

        The item number may be left out for the first item, or be `*` for all. A tag may be written as
        (gggg,eeee), gggg,eeee or ggggeeee.

        Raises:
            KeyPathError: what is wrong with it.
        """
        steps: list[Step] = []
        rest = text.strip()
        while True:
            match = re.match(_STEP, rest)
            tag = _column_tag(match["tag"]) if match else None
            if match is None or tag is None:
                word = match["tag"] if match else rest
                raise KeyPathError(f"'{text}' is no path to an attribute: nothing is called '{word}'",
                                   remedy=suggestion(word))  # fmt: skip
            item = match["item"]
            steps.append(Step(tag, None if item is None else ALL_ITEMS if item == "*" else int(item)))
            rest = rest[match.end() :]
            if not match["dot"]:
                break
        if rest:
            raise KeyPathError(f"'{text}' is no path to an attribute: '{rest}' is left over")
        return Path(tuple(steps))

    def __str__(self) -> str:
        return ".".join(map(str, self.steps))

    @property
    def tag(self) -> int:
        """Of the attribute at its end."""
        return self.steps[-1].tag

    @property
    def vr(self) -> str:
        """The dictionary's VR of the attribute at its end."""
        return dictionary.implicit_vr(self.tag)

    def find(self, dataset: DataSet) -> Iterator[Element]:
        """The elements that the path leads to: none, one, or one for each item where it has a `*`."""
        yield from _find(dataset, self.steps)


def _find(dataset: DataSet, steps: tuple[Step, ...]) -> Iterator[Element]:
    element = dataset.get(steps[0].tag)
    if element is None:
        return
    if len(steps) == 1:
        yield element
        return
    items, wanted = element.items or [], steps[0].item or 0
    for item in items if wanted == ALL_ITEMS else items[wanted : wanted + 1]:
        yield from _find(item, steps[1:])


def _column_tag(text: str) -> int | None:
    text = text.strip()
    if re.fullmatch(r"[0-9a-fA-F]{8}", text):
        return int(text, 16)
    return scan_tag(text[1:-1] if text.startswith("(") else text)
