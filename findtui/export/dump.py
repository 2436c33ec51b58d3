"""Data sets as the text that DCMTK prints, with the text decoded and what would act on a terminal made visible."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from findtui.dicom import dictionary, uid_names
from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.encoder import encode, padded
from findtui.dicom.response import Response
from findtui.dicom.transfer import TransferSyntax
from findtui.dicom.visible import visible
from findtui.dicom.walker import ITEM, ITEM_DELIMITATION, LONG_VRS, SEQUENCE_DELIMITATION, SHORT_VRS
from findtui.export.rendering import Renderer
from findtui.export.values import TEXT_VRS, binary_values, corrected, is_corrected, multiplicity

_VALUE_WIDTH: Final = 40
_NO_VALUE: Final = "(no value available)"
_ITEM_HEADER: Final = 8


class Dump(Renderer):
    """Prints data sets as DCMTK does.

    Widths are counted in bytes of the value as it was received. NULs at the end of a text are left out.

    Args:
        fallback: character set of text where none is declared, or None.
        correct: leave padding at the end of texts and white space in UIDs out, as `--enable-correction` does.
        sent: show texts that were made here with the padding that they were sent with; DCMTK adds it when it
            encodes them.
    """

    def __init__(self, fallback: str | None = None, correct: bool = False, sent: bool = False) -> None:
        super().__init__(fallback)
        self._correct = correct
        self._sent = sent

    def response(self, response: Response) -> str:
        """The text of a response, beginning with an empty line."""
        return "\n".join(_header(response.transfer_syntax) + self.lines(response))

    def elements(self, dataset: DataSet) -> Iterable[Element]:
        """All of them, in tag order; DCMTK leaves the second of duplicates out."""
        return sorted(dataset.elements, key=lambda element: element.tag)

    def text_halves(self, tag: int, vr: str, length: int, level: int, name: str) -> tuple[str, str]:
        before, behind = _line_halves(tag, vr, level, length + 2, length, 1, name)
        return before + "[", "]" + behind

    def plain_text(self, text: str, vr: str) -> str | None:
        if self._correct and not is_corrected(text, vr):
            return None
        if vr == "UI":
            text = text.rstrip("\0")
            if not text or uid_names.name_of(text) is not None:
                return None
        if not text.isprintable() or "\\" in text:
            return None
        return text

    def element_line(self, element: Element, level: int, charset: CharacterSet, name: str) -> str:
        vr, value = element.vr, element.value
        shown_vr = vr if vr in SHORT_VRS or vr in LONG_VRS else "??"
        if element.length is None or not self.syntax.explicit:
            entry = dictionary.lookup(element.tag)
            if entry is None:
                shown_vr = "??" if vr == "UN" else shown_vr
            elif entry.open_vr and entry.vr == vr:
                shown_vr = entry.open_vr
        length = element.length
        if length is None:
            value = padded(value, vr)
            length = len(value)
            if vr in TEXT_VRS and not self._sent:
                value = value.removesuffix(b"\0" if vr == "UI" else b" ")
        if self._correct:
            value = corrected(element)
            length += length & 1
        if vr not in TEXT_VRS:
            body = "\\".join(binary_values(vr, value)) or _missing(vr, value)
            printed = len(body)
        elif value:
            body, printed = _text(value, vr, charset)
        else:
            body, printed = _NO_VALUE, len(_NO_VALUE)
        return body.join(_line_halves(element.tag, shown_vr, level, printed, length, multiplicity(vr, value), name))

    def sequence_start(self, tag: int, length: int | None, items: int, level: int, name: str) -> str:
        return _container_line(tag, "SQ", level, f"(Sequence with {_kind(length)} length #={items})", length, 1, name)

    def sequence_end(self, length: int | None, level: int) -> str:
        text = (
            "(SequenceDelimitationItem)" if length == UNDEFINED_LENGTH else "(SequenceDelimitationItem for re-encod.)"
        )
        return _container_line(SEQUENCE_DELIMITATION, "na", level, text, 0, 0, "SequenceDelimitationItem")

    def item_start(self, length: int | None, elements: int, level: int) -> str:
        return _container_line(ITEM, "na", level, f"(Item with {_kind(length)} length #={elements})", length, 1, "Item")

    def item_end(self, length: int | None, level: int) -> str:
        text = "(ItemDelimitationItem)" if length == UNDEFINED_LENGTH else "(ItemDelimitationItem for re-encoding)"
        return _container_line(ITEM_DELIMITATION, "na", level, text, 0, 0, "ItemDelimitationItem")


@cache
def _shared(correct: bool, fallback: str | None) -> Dump:
    return Dump(fallback, correct)


def dump(response: Response, *, correct: bool = False, fallback: str | None = None) -> str:
    """A response as findscu prints it, lines joined by newlines, beginning with an empty line.

    Args:
        response: the response.
        correct: leave padding at the end of texts and white space in UIDs out, as `--enable-correction` does.
        fallback: character set of text where none is declared, or None.
    """
    return _shared(correct, fallback).response(response)


def dump_lines(dataset: DataSet, transfer_syntax: TransferSyntax, *, sent: bool) -> list[str]:
    """A data set as findscu prints the identifier of a request, beginning with an empty line.

    Args:
        dataset: the identifier.
        transfer_syntax: named in the heading.
        sent: it has been sent before, and its texts are padded since.
    """
    if sent:
        dataset = _measured(dataset, transfer_syntax)
    return _header(transfer_syntax) + Dump(sent=sent).tree_lines(dataset, transfer_syntax)


def _measured(dataset: DataSet, syntax: TransferSyntax) -> DataSet:
    """The data set with the lengths that its sequences and items have in this transfer syntax."""
    return DataSet(
        [
            element
            if element.items is None
            else Element(
                element.tag,
                element.vr,
                items=[_measured(item, syntax) for item in element.items],
                length=sum(_ITEM_HEADER + len(encode(item, syntax)) for item in element.items),
            )
            for element in dataset
        ],
        length=len(encode(dataset, syntax)),
    )


def _header(syntax: TransferSyntax) -> list[str]:
    return ["", "# Dicom-Data-Set", f"# Used TransferSyntax: {syntax.dcmtk_name}"]


def _text(value: bytes, vr: str, charset: CharacterSet) -> tuple[str, int]:
    """The body of a line for a text, and the width that DCMTK takes it to have."""
    if vr == "UI":
        name = uid_names.name_of(value.split(b"\0", 1)[0].decode("latin-1"))
        if name is not None:
            return f"={name}", len(name) + 1
    if not value:
        return _NO_VALUE, len(_NO_VALUE)
    return f"[{visible(charset.decode(value.rstrip(bytes(1)), vr))}]", len(value) + 2


def _missing(vr: str, value: bytes) -> str:
    return "(invalid value)" if value and vr != "AT" else _NO_VALUE


def _kind(length: int | None) -> str:
    return "undefined" if length == UNDEFINED_LENGTH else "explicit"


def _container_line(tag: int, vr: str, level: int, text: str, length: int | None, vm: int, name: str) -> str:
    return text.join(_line_halves(tag, vr, level, len(text), length or 0, vm, name))


def _line_halves(tag: int, vr: str, level: int, printed: int, length: int, vm: int, name: str) -> tuple[str, str]:
    """What stands before and behind the body of a line.

    Args:
        level: 1 for the elements of the data set itself.
        printed: width that the body is taken to have.
        length: as in the header.
    """
    length_text = "u/l" if length == UNDEFINED_LENGTH else f"{length:3}"
    padding = " " * (_VALUE_WIDTH - printed)
    return (
        f"{'  ' * (level - 1)}({tag >> 16:04x},{tag & 0xFFFF:04x}) {vr} ",
        f"{padding} # {length_text},{vm:2} {name}",
    )
