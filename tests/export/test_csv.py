from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings

from findtui.dicom import walker
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.errors import KeyPathError
from findtui.export.csv import DEFAULT_COLUMNS, CSVWriter
from findtui.net.events import End, Outcome
from tests.dicom.datasets import element, item
from tests.export.samples import ANY

COMPLETE = Outcome(End.SUCCESS, 1, 0, 1.0)


def table(path: Path, identifiers: list[bytes], *columns: str) -> list[list[str]]:
    writer = CSVWriter(path, columns)
    writer.write([Response(number, each, EXPLICIT_LITTLE) for number, each in enumerate(identifiers, 1)])
    writer.close(COMPLETE)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_columns_are_paths_and_cells_values(tmp_path: Path) -> None:
    step = element(0x00080060, "CS", b"CT")
    russian = element(0x00080005, "CS", b"ISO_IR 144") + element(0x00400007, "LO", b"\xb8\xd2\xd0\xdd")
    identifier = (
        element(0x00080005, "CS", b"ISO_IR 100")
        + element(0x00081030, "LO", b'a "b", c')
        + element(0x00100010, "PN", b"M\xfcller ")
        + element(0x00280010, "US", b"\1\0\2\0")
        + element(0x00400100, "SQ", item(step) + item(russian))
    )
    header = ["PatientName", "Rows", "StudyDescription", "ScheduledProcedureStepSequence[0].Modality", "PatientID"]
    header += ["ScheduledProcedureStepSequence[1].(0040,0007)"]
    assert table(tmp_path / "a", [identifier, b""], *header) == [
        header,
        ["Müller", "1\\2", 'a "b", c', "CT", "", "Иван"],
        [""] * 6,
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (b"=1+1", "'=1+1"),
        (b"@SUM(A1)", "'@SUM(A1)"),
        (b"-2+3|cmd ", "'-2+3|cmd"),
        (b"+x", "'+x"),
        (b"-12.5 ", "-12.5"),
        (b"a=b ", "a=b"),
        (b"\t=1 ", "\\x09=1"),
        (b"\x1b]0;x\x07", "\\x1b]0;x\\x07"),
    ],
)
def test_no_cell_is_a_formula(tmp_path: Path, text: bytes, cell: str) -> None:
    assert table(tmp_path / "a", [element(0x00100020, "LO", text)], "PatientID")[1] == [cell]


@settings(deadline=None, max_examples=50)
@given(ANY)
def test_every_table_has_its_columns(tmp_path_factory: pytest.TempPathFactory, identifier: bytes) -> None:
    try:
        walker.check(identifier, EXPLICIT_LITTLE)
    except walker.UnreadableIdentifier:
        return
    rows = table(tmp_path_factory.mktemp("csv") / "a", [identifier])
    assert rows[0] == list(DEFAULT_COLUMNS)
    assert [len(row) for row in rows] == [len(DEFAULT_COLUMNS)] * 2


def test_a_column_that_names_nothing_is_refused_before_a_file_is_made(tmp_path: Path) -> None:
    with pytest.raises(KeyPathError, match="NoSuchThing"):
        CSVWriter(tmp_path / "a", ["NoSuchThing"])
    assert not list(tmp_path.iterdir())
