"""Responses in the DICOM JSON model (PS3.18 annex F): a file each, or one line each in one file (NDJSON).

Text is in UTF-8, and Specific Character Set says so. A number that is none (DS and IS are text on the wire) stays the
string that it was. Characters that act on a terminal or hide in a line are written as escapes.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from struct import Struct
from typing import Final

from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.encoder import written_vr
from findtui.dicom.response import Response
from findtui.dicom.walker import name
from findtui.export.files import PRIVATE_MODE
from findtui.export.outputs import FilesWriter, SingleFileWriter
from findtui.export.values import (
    SINGLE_TEXT_VRS,
    SPECIFIC_CHARACTER_SET,
    TEXT_VRS,
    binary_values,
    charset_of,
    declared_charset,
    unpadded,
)

_INLINE: Final = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "UN"])
_FLOATS: Final = {"FL": Struct("<f"), "FD": Struct("<d")}
_PERSON_NAME_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")


class JSONRenderer:
    """Makes DICOM JSON of responses.

    Args:
        fallback: character set of text where none is declared, or None.
        warn: takes what is left out because a JSON object cannot hold it.
    """

    def __init__(self, fallback: str | None = None, warn: Callable[[str], None] | None = None) -> None:
        self._fallback = fallback
        self._warn = warn

    def text(self, response: Response) -> str:
        """The object of a response, in one line without its end."""
        model = self._model(response.parse(), declared_charset(b"", self._fallback), response.number)
        return _HIDDEN.sub(_escape, json.dumps(model, ensure_ascii=False, separators=(",", ":"), allow_nan=False))

    def _model(self, dataset: DataSet, charset: CharacterSet, number: int) -> dict[str, object]:
        charset = charset_of(dataset, charset, self._fallback)
        model: dict[str, object] = {}
        for element in sorted(dataset.elements, key=lambda element: element.tag):
            key = f"{element.tag:08X}"
            if not element.tag & 0xFFFF:
                continue  # Group lengths have no place in it (PS3.18 section F.2.2).
            if key in model:
                if self._warn is not None:
                    self._warn(f"response {number}: {name(element.tag)} comes twice; the object has the first")
                continue
            model[key] = self._attribute(element, charset, number)
        return model

    def _attribute(self, element: Element, charset: CharacterSet, number: int) -> dict[str, object]:
        vr = written_vr(element.vr)
        attribute: dict[str, object] = {"vr": vr}
        if element.items is not None:
            if element.items:
                attribute["Value"] = [self._model(item, charset, number) for item in element.items]
        elif element.value and vr in _INLINE:
            attribute["InlineBinary"] = base64.b64encode(element.value).decode("ascii")
        elif element.value:
            values = ["ISO_IR 192"] if element.tag == SPECIFIC_CHARACTER_SET else _values(element, vr, charset)
            if values and values != [None]:
                attribute["Value"] = values
        return attribute


class JSONFileWriter(FilesWriter):
    """Writes rspNNNN.json, one for each response: a single object, as PS3.18 annex F has it.

    Args:
        directory, limit, mode: see FilesWriter.
        warn, fallback: see JSONRenderer.
    """

    suffix = "json"

    def __init__(
        self,
        directory: str | Path = ".",
        limit: int | None = None,
        mode: int = PRIVATE_MODE,
        warn: Callable[[str], None] | None = None,
        *,
        fallback: str | None = None,
    ) -> None:
        super().__init__(directory, limit, mode)
        self._renderer = JSONRenderer(fallback, warn)

    def content(self, response: Response) -> bytes:
        return (self._renderer.text(response) + "\n").encode("utf-8", "backslashreplace")


class NDJSONWriter(SingleFileWriter):
    """Writes one file with an object a line for each response.

    Args:
        path, limit, mode: see SingleFileWriter.
        warn, fallback: see JSONRenderer.
    """

    def __init__(
        self,
        path: str | Path,
        limit: int | None = None,
        mode: int = PRIVATE_MODE,
        warn: Callable[[str], None] | None = None,
        *,
        fallback: str | None = None,
    ) -> None:
        super().__init__(path, limit, mode)
        self._renderer = JSONRenderer(fallback, warn)

    def content(self, response: Response) -> str:
        return self._renderer.text(response) + "\n"


def _values(element: Element, vr: str, charset: CharacterSet) -> list[object]:
    value = element.value
    if vr in TEXT_VRS or vr in ("DS", "IS"):
        texts = charset.decode_values(unpadded(element), vr)
        return [_text_value(text, vr) for text in texts]
    if vr in _FLOATS:
        unit = _FLOATS[vr]
        return [_number(number) for (number,) in unit.iter_unpack(value[: len(value) // unit.size * unit.size])]
    if vr == "AT":
        return [text[1:5].upper() + text[6:10].upper() for text in binary_values(vr, value)]
    return [int(text) for text in binary_values(vr, value)]


def _text_value(text: str, vr: str) -> object:
    if vr == "PN":
        groups = zip(_PERSON_NAME_GROUPS, text.rstrip(" ").split("=", 2), strict=False)
        return {group: part for group, part in groups if part} or None
    if vr in ("DS", "IS"):
        return _parsed(text.strip(" "), vr) if text.strip(" ") else None
    return (text if vr in SINGLE_TEXT_VRS else text.rstrip(" ")) or None


def _parsed(text: str, vr: str) -> object:
    """A number, or the text where it is none that JSON can hold."""
    pattern = _INTEGER if vr == "IS" else _DECIMAL
    if not pattern.fullmatch(text):
        return text
    if vr == "IS":
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else text


def _number(number: float) -> object:
    """JSON has no infinity and nothing that is not a number: they are written as strings."""
    return number if math.isfinite(number) else str(number)


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_HIDDEN: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
