"""Responses as XML, in the format of DCMTK's dcm2xml (see responses.dtd): a file each, or one for all.

Every document is well formed, whatever the peer sent. Characters that act on a terminal or hide in a line are written
as references; those that XML forbids even as references are written as the escapes of `visible`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Final

from findtui.dicom import charset
from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet, Element
from findtui.dicom.encoder import written_vr
from findtui.dicom.response import Response
from findtui.dicom.visible import visible
from findtui.export.files import PRIVATE_MODE
from findtui.export.outputs import FilesWriter, SingleFileWriter, lacking
from findtui.export.rendering import Renderer
from findtui.export.values import (
    SINGLE_TEXT_VRS,
    SPECIFIC_CHARACTER_SET,
    TEXT_VRS,
    binary_values,
    corrected,
    is_corrected,
    multiplicity,
)

if TYPE_CHECKING:
    from findtui.net.events import Outcome

_ENCODINGS: Final = {
    "ISO_IR 6": "UTF-8",
    "ISO_IR 192": "UTF-8",
    "ISO_IR 100": "ISO-8859-1",
    "ISO_IR 101": "ISO-8859-2",
    "ISO_IR 109": "ISO-8859-3",
    "ISO_IR 110": "ISO-8859-4",
    "ISO_IR 144": "ISO-8859-5",
    "ISO_IR 127": "ISO-8859-6",
    "ISO_IR 126": "ISO-8859-7",
    "ISO_IR 138": "ISO-8859-8",
    "ISO_IR 148": "ISO-8859-9",
    "ISO_IR 203": "ISO-8859-15",
}
"""XML's names for the encodings of documents with one response, by Specific Character Set."""

_UTF8: Final = "ISO_IR 192"
_HIDDEN: Final = frozenset(["OB", "OW", "UN"])
_TRIMMED_BOTH: Final = frozenset(["AE", "CS", "IS", "LO", "SH"])
_TRIMMED_RIGHT: Final = frozenset(["DA", "DT", "LT", "PN", "ST", "TM", "UC", "UR", "UT"])


class XMLRenderer(Renderer):
    """Writes data sets as elements of XML.

    Args:
        fallback: character set of text where none is declared, or None.
        correct: leave padding at the end of texts and white space in UIDs out, as `--enable-correction` does.
        new_vr: whether VRs younger than 1993 are named, else OB in their place.
        utf8: declare UTF-8 in Specific Character Set, and count lengths in it.
    """

    def __init__(
        self, fallback: str | None = None, *, correct: bool = False, new_vr: bool = True, utf8: bool = False
    ) -> None:
        super().__init__(fallback)
        self._correct = correct
        self._new_vr = new_vr
        self._utf8 = utf8

    def document(self, response: Response) -> list[str]:
        """The lines of a response's data-set element."""
        syntax = response.transfer_syntax
        start = f'<data-set xfer="{syntax.uid}" name="{syntax.dcmtk_name}">'
        return [start, *self.lines(response), "</data-set>"]

    def elements(self, dataset: DataSet) -> Iterable[Element]:
        """All of them, in tag order; DCMTK leaves the second of duplicates out."""
        return sorted(dataset.elements, key=lambda element: element.tag)

    def text_halves(self, tag: int, vr: str, length: int, level: int, name: str) -> tuple[str, str]:
        return self._start_tag(tag, vr, 1, length, name) + ">", "</element>"

    def plain_text(self, text: str, vr: str) -> str | None:
        if self._correct and not is_corrected(text, vr):
            return None
        if vr == "UI":
            text = text.rstrip("\0")
        if not text or _PLAIN(text) is None:
            return None
        if vr in _TRIMMED_BOTH:
            return text.strip(" ")
        return None if text.endswith(" ") else text

    def element_line(self, element: Element, level: int, charset: CharacterSet, name: str) -> str:
        vr, value = element.vr, element.value
        length = len(value) if element.length is None else element.length
        if self._correct:
            value = corrected(element)
            length += length & 1
        if vr not in TEXT_VRS:
            start = self._start_tag(element.tag, vr, multiplicity(vr, value), length, name)
            if written_vr(vr) in _HIDDEN:
                return f'{start} binary="hidden"></element>'
            values = _lossless(vr, value)
            return f"{start}>{values}</element>"
        if self._utf8 and element.tag == SPECIFIC_CHARACTER_SET and value.strip():
            value, length = _UTF8.encode(), len(_UTF8)
        text = charset.decode(value, vr)
        if self._utf8:
            encoded = text.encode("utf-8", "replace")
            if encoded != value:
                length = len(encoded) + (len(encoded) & 1)
        start = self._start_tag(element.tag, vr, multiplicity(vr, value), length, name)
        return f"{start}>{escape(_trimmed(text, vr))}</element>"

    def sequence_start(self, tag: int, length: int | None, items: int, level: int, name: str) -> str:
        return (
            f'<sequence tag="{tag >> 16:04x},{tag & 0xFFFF:04x}" vr="SQ" card="{items}"'
            f'{_length_attribute(length)} name="{escape(name)}">'
        )

    def sequence_end(self, length: int | None, level: int) -> str:
        return "</sequence>"

    def item_start(self, length: int | None, elements: int, level: int) -> str:
        return f'<item card="{elements}"{_length_attribute(length)}>'

    def item_end(self, length: int | None, level: int) -> str:
        return "</item>"

    def _start_tag(self, tag: int, vr: str, vm: int, length: int, name: str) -> str:
        return (
            f'<element tag="{tag >> 16:04x},{tag & 0xFFFF:04x}" vr="{written_vr(vr, self._new_vr)}" vm="{vm}" '
            f'len="{length}" name="{escape(name)}"'
        )


def escape(text: str) -> str:
    """Text for an element or attribute of XML, inert and well formed. NULs are left out."""
    return _MARKED.sub(_reference, text)


class XMLFileWriter(FilesWriter):
    """Writes rspNNNN.xml, one for each response, in the encoding that fits its character set.

    Args:
        directory, limit, mode: see FilesWriter.
        warn: takes what DCMTK warns about.
        fallback, correct, new_vr: see XMLRenderer.
    """

    suffix = "xml"

    def __init__(
        self,
        directory: str | Path = ".",
        limit: int | None = None,
        mode: int = PRIVATE_MODE,
        warn: Callable[[str], None] | None = None,
        *,
        fallback: str | None = None,
        correct: bool = False,
        new_vr: bool = True,
    ) -> None:
        super().__init__(directory, limit, mode)
        self._warn = warn
        self._renderer = XMLRenderer(fallback, correct=correct, new_vr=new_vr)

    def content(self, response: Response) -> bytes:
        lines = self._renderer.document(response)
        declared = self._renderer.declared
        encoding = _ENCODINGS.get(declared)
        text = "\n".join(lines) + "\n"
        if encoding is not None:
            document = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'
            return document.encode(encoding, "xmlcharrefreplace")
        if not declared:
            return f'<?xml version="1.0"?>\n{text}'.encode()
        self._warn_about(declared, response)
        return f'<?xml version="1.0"?>\n{text}'.encode("ascii", "xmlcharrefreplace")

    def _warn_about(self, declared: str, response: Response) -> None:
        if self._warn is not None:
            quoting = " ... quoting non-ASCII characters" if _is_extended(response.parse()) else ""
            value = visible(declared)
            self._warn(f"SpecificCharacterSet (0008,0005) value '{value}' not supported{quoting}")


class SingleXMLWriter(SingleFileWriter):
    """Writes one document with all responses, in UTF-8.

    It is well formed and appears even when the query did not end as it should; a comment at its end says so.

    Args:
        path, limit, mode: see SingleFileWriter.
        fallback, correct, new_vr: see XMLRenderer.
    """

    def __init__(
        self,
        path: str | Path,
        limit: int | None = None,
        mode: int = PRIVATE_MODE,
        *,
        fallback: str | None = None,
        correct: bool = False,
        new_vr: bool = True,
    ) -> None:
        super().__init__(path, limit, mode)
        self._renderer = XMLRenderer(fallback, correct=correct, new_vr=new_vr, utf8=True)
        self.write_text('<?xml version="1.0" encoding="UTF-8"?>\n<responses type="C-FIND">\n')

    def content(self, response: Response) -> str:
        return "\n".join(self._renderer.document(response)) + "\n"

    def end(self, outcome: Outcome) -> str:
        return f"{_completeness(outcome)}</responses>\n"


def _completeness(outcome: Outcome) -> str:
    """A comment where the document does not hold all that there is."""
    text = re.sub("-(?=-)", "- ", escape(lacking(outcome)))
    return f"<!-- incomplete: {text} -->\n" if text else ""


def _length_attribute(length: int | None) -> str:
    return "" if length == UNDEFINED_LENGTH or length is None else f' len="{length}"'


def _lossless(vr: str, value: bytes) -> str:
    """The values of a VR that is no text; OF and OD always with all their digits."""
    if vr == "OD":
        return "\\".join(f"{number:.17g}" for (number,) in Struct("<d").iter_unpack(value[: len(value) & ~7]))
    return "\\".join(binary_values(vr, value))


def _trimmed(text: str, vr: str) -> str:
    """A text without the blanks that DCMTK takes for padding, in each of its values."""
    if vr in SINGLE_TEXT_VRS:
        return _trimmed_right(text)
    if vr in _TRIMMED_BOTH:
        return "\\".join(part.strip(" ") for part in text.split("\\"))
    if vr in _TRIMMED_RIGHT:
        return "\\".join(map(_trimmed_right, text.split("\\")))
    return text


def _trimmed_right(text: str) -> str:
    # DCMTK keeps a value that is a single blank.
    return text if text == " " else text.rstrip(" ")


def _is_extended(dataset: DataSet) -> bool:
    """Whether a text that the character set is for has a byte above 0x7F."""
    return any(
        (element.vr in charset.TEXT_VRS and not element.value.isascii()) or any(map(_is_extended, element.items or ()))
        for element in dataset
    )


def _reference(match: re.Match[str]) -> str:
    return _reference_of(match[0])


@lru_cache(maxsize=1024)
def _reference_of(character: str) -> str:
    entity = _ENTITIES.get(character)
    if entity is not None:
        return entity
    if _FORBIDDEN.match(character):
        return visible(character)
    return f"&#{ord(character)};"


_ENTITIES: Final = {"\0": "", "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&apos;"}
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKED: Final = re.compile(
    "[\x00-\x08\n-\x1f<>&\"'\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PLAIN: Final = re.compile(r"[ !#-%(-;=?-\[\]-~]*").fullmatch
