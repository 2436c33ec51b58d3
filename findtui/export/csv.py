"""Responses as a table: one line each, with chosen columns (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Final

from findtui.dicom import paths
from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.response import Response
from findtui.dicom.visible import visible
from findtui.export.files import PRIVATE_MODE
from findtui.export.outputs import SingleFileWriter
from findtui.export.values import (
    SINGLE_TEXT_VRS,
    TEXT_VRS,
    binary_values,
    charset_of,
    declared_charset,
    unpadded,
)

DEFAULT_COLUMNS: Final = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyDate",
    "StudyTime",
    "StudyDescription",
    "StudyInstanceUID",
    "ModalitiesInStudy",
    "SeriesNumber",
    "Modality",
    "SeriesInstanceUID",
    "InstanceNumber",
    "SOPInstanceUID",
    "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate",
    "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartTime",
    "ScheduledProcedureStepSequence[0].Modality",
    "ScheduledProcedureStepSequence[0].ScheduledStationAETitle",
    "ScheduledProcedureStepSequence[0].ScheduledProcedureStepDescription",
    "RequestedProcedureID",
    "RequestedProcedureDescription",
)
"""What a worklist, study, series or image query is looked at for."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,32}(\.[0-9]{1,32})?")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CSVWriter(SingleFileWriter):
    r"""Writes a table with a header line.

    A cell holds the values of an attribute with backslashes between them, and nothing where it is missing. Of several
    items the first counts, unless the path names another. A cell that a spreadsheet would take for a formula begins
    with an apostrophe.

    Args:
        path: of the file.
        columns: attributes, as paths or in the notation of `-k`; none stand for DEFAULT_COLUMNS.
        limit, mode: see SingleFileWriter.
        fallback: character set of text where none is declared, or None.

    Raises:
        KeyPathError: a column that is no path.
        OutputError: the file cannot be made.
    """

    def __init__(
        self,
        path: str | FilePath,
        columns: Sequence[paths.Path | str] = (),
        limit: int | None = None,
        mode: int = PRIVATE_MODE,
        *,
        fallback: str | None = None,
    ) -> None:
        chosen = columns or DEFAULT_COLUMNS
        self._columns = [column if isinstance(column, paths.Path) else paths.Path.parse(column) for column in chosen]
        super().__init__(path, limit, mode)
        self._fallback = fallback
        self.write_text(_line(str(column) for column in chosen))

    def content(self, response: Response) -> str:
        dataset = response.parse()
        undeclared = declared_charset(b"", self._fallback)
        return _line(
            "\\".join(_text(*found) for found in self._find(dataset, column.steps, undeclared))
            for column in self._columns
        )

    def _find(
        self, dataset: DataSet, steps: tuple[paths.Step, ...], charset: CharacterSet
    ) -> Iterator[tuple[Element, CharacterSet]]:
        """The elements that `Path.find` finds, with the character sets of the items that they stand in."""
        charset = charset_of(dataset, charset, self._fallback)
        if len(steps) == 1:
            for element in paths.Path(steps).find(dataset):
                yield element, charset
            return
        sequence = dataset.get(steps[0].tag)
        items = (sequence.items if sequence is not None else None) or []
        wanted = steps[0].item or 0
        for item in items if wanted == paths.ALL_ITEMS else items[wanted : wanted + 1]:
            yield from self._find(item, steps[1:], charset)


def _text(element: Element, charset: CharacterSet) -> str:
    """The values of an element in one cell, with what hides or acts made visible."""
    if element.items is not None:
        return f"({len(element.items)} items)" if element.items else ""
    if element.vr not in TEXT_VRS:
        return "\\".join(binary_values(element.vr, element.value))
    text = charset.decode(unpadded(element), element.vr)
    parts = [text] if element.vr in SINGLE_TEXT_VRS else [part.strip(" ") for part in text.split("\\")]
    return visible("\\".join(parts), keep_line_breaks=element.vr in SINGLE_TEXT_VRS)


def _line(cells: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow([_inert(cell) for cell in cells])
    return stream.getvalue()


def _inert(cell: str) -> str:
    """The cell, so that no spreadsheet takes it for a formula."""
    if _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell
