from __future__ import annotations

import json
import struct
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from findtui.dicom import walker
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE, TransferSyntax
from findtui.export.json import JSONFileWriter, JSONRenderer, NDJSONWriter
from findtui.net.events import End, Outcome
from tests.dicom.datasets import SYNTAXES, datasets, element, encoded, item
from tests.export.samples import ANY


def model(identifier: bytes) -> dict[str, Any]:
    loaded = json.loads(JSONRenderer().text(Response(1, identifier, EXPLICIT_LITTLE)))
    assert isinstance(loaded, dict)
    return loaded


@settings(deadline=None)
@given(datasets(), st.sampled_from(SYNTAXES))
def test_pydicom_reads_the_same_data_set_back(dataset: Dataset, syntax: TransferSyntax) -> None:
    response = Response(1, encoded(dataset, syntax), syntax)
    reread = Dataset.from_json(JSONRenderer().text(response))
    original = response.to_dataset()
    assert [(each.tag, each.VR) for each in reread.iterall()] == [(each.tag, each.VR) for each in original.iterall()]
    for tag in (0x00200013, 0x00205000, 0x0020000D, 0x00280010, 0x00189073, 0x00420011, 0x00080060):
        if tag in original and original[tag].value not in (None, b"", ""):
            assert reread[tag].value == original[tag].value


def test_values_are_as_the_standard_has_them() -> None:
    identifier = (
        element(0x00080005, "CS", b"ISO_IR 100")
        + element(0x00080060, "CS", b"CT\\\\MR ")
        + element(0x00100000, "UL", struct.pack("<I", 5))
        + element(0x00100010, "PN", b"M\xfcller^A=B= ")
        + element(0x00100020, "LO", b"")
        + element(0x00101030, "DS", b" 1.50 \\abc")
        + element(0x00189073, "FD", struct.pack("<dd", 0.5, float("inf")))
        + element(0x00200013, "IS", b"7 ")
        + element(0x00205000, "AT", struct.pack("<HH", 0x10, 0xAB))
        + element(0x00400100, "SQ", item(b""))
        + element(0x00420011, "OB", b"\1\2")
    )
    assert model(identifier) == {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080060": {"vr": "CS", "Value": ["CT", None, "MR"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Müller^A", "Ideographic": "B"}]},
        "00100020": {"vr": "LO"},
        "00101030": {"vr": "DS", "Value": [1.5, "abc"]},
        "00189073": {"vr": "FD", "Value": [0.5, "inf"]},
        "00200013": {"vr": "IS", "Value": [7]},
        "00205000": {"vr": "AT", "Value": ["001000AB"]},
        "00400100": {"vr": "SQ", "Value": [{}]},
        "00420011": {"vr": "OB", "InlineBinary": "AQI="},
    }


def test_what_acts_on_a_terminal_is_escaped() -> None:
    identifier = element(0x00080005, "CS", b"ISO_IR 192")
    identifier += element(0x00100020, "LO", "\x1b]0;x\x07\u202e\x85".encode())
    text = JSONRenderer().text(Response(1, identifier, EXPLICIT_LITTLE))
    assert text.isprintable()
    assert json.loads(text)["00100020"]["Value"][0].endswith("\u202e\x85")


def test_of_duplicates_the_first_counts_and_a_warning_says_so() -> None:
    warnings: list[str] = []
    identifier = element(0x00100020, "LO", b"1 ") + element(0x00100020, "LO", b"2 ")
    text = JSONRenderer(warn=warnings.append).text(Response(4, identifier, EXPLICIT_LITTLE))
    assert json.loads(text) == {"00100020": {"vr": "LO", "Value": ["1"]}}
    assert warnings == ["response 4: (0010,0020) PatientID comes twice; the object has the first"]


@settings(deadline=None)
@given(ANY)
def test_whatever_can_be_read_becomes_one_line(identifier: bytes) -> None:
    try:
        walker.check(identifier, EXPLICIT_LITTLE)
    except walker.UnreadableIdentifier:
        return
    text = JSONRenderer().text(Response(1, identifier, EXPLICIT_LITTLE))
    assert {unicodedata.category(character) for character in text}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    json.loads(text, parse_constant=pytest.fail)


def test_files_and_lines(tmp_path: Path) -> None:
    answers = [Response(number, element(0x00100020, "LO", b"%d " % number), EXPLICIT_LITTLE) for number in (1, 2, 4)]
    JSONFileWriter(tmp_path).write(answers)
    lines = NDJSONWriter(tmp_path / "all", limit=2)
    lines.write(answers)
    lines.close(Outcome(End.SUCCESS, 3, 0, 1.0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "rsp0001.json", "rsp0002.json", "rsp0004.json"]
    expected = [{"00100020": {"vr": "LO", "Value": [text]}} for text in ("1", "2")]
    assert [json.loads(line) for line in (tmp_path / "all").read_text().splitlines()] == expected
    assert json.loads((tmp_path / "rsp0001.json").read_text()) == expected[0]
