"""Query files in every form that they come in, and those that are none."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import zlib
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom import encoder, queryfile, transfer
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.identifier import build, keys_of
from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from findtui.errors import QueryFileError

SYNTAXES = list(transfer.TRANSFER_SYNTAXES.values())
BARE = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG]


@pytest.fixture
def dataset() -> DataSet:
    keys = (
        "QueryRetrieveLevel=STUDY",
        "PatientName=Müller",
        "Rows=5",
        "ReferencedStudySequence[0].ReferencedSOPClassUID",
    )
    return build(Query(keys=tuple(map(Key.parse, keys))))[0]


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_files_come_back_and_pydicom_reads_them(tmp_path: Path, dataset: DataSet, syntax: TransferSyntax) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(dataset, path, syntax)
    assert keys_of(queryfile.read(path)) == keys_of(dataset)
    read = pydicom.dcmread(path)
    assert read.PatientName == "Müller"
    assert read.file_meta.TransferSyntaxUID == syntax.uid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["query.dcm"]


@pytest.mark.parametrize("syntax", BARE, ids=lambda syntax: syntax.name)
def test_bare_data_sets_are_recognised(tmp_path: Path, dataset: DataSet, syntax: TransferSyntax) -> None:
    path = tmp_path / "query"
    path.write_bytes(encoder.encode(dataset, syntax))
    assert keys_of(queryfile.read(path)) == keys_of(dataset)


def test_meta_information_without_a_preamble_is_read(tmp_path: Path, dataset: DataSet) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(dataset, path, IMPLICIT_LITTLE)
    data = path.read_bytes()
    for start in (128, 132):
        path.write_bytes(data[start:])
        assert keys_of(queryfile.read(path)) == keys_of(dataset)


def test_a_file_of_pydicom_is_read(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    made = pydicom.Dataset()
    made.PatientID = "1"
    made.save_as(path, implicit_vr=True, little_endian=True)
    assert [str(key) for key in keys_of(queryfile.read(path))] == ["PatientID=1"]


def broken(tmp_path: Path, data: bytes) -> QueryFileError:
    path = tmp_path / "query.dcm"
    path.write_bytes(data)
    with pytest.raises(QueryFileError) as caught:
        queryfile.read(path)
    assert str(path) in caught.value.message
    assert caught.value.dcmtk.startswith(f"E: Bad DICOM file: {path}: ")
    return caught.value


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"#!/bin/sh\necho not DICOM at all\n", "no DICOM file and no data set"),
        (b"abc", "no DICOM file and no data set"),
        (bytes(40), "no part of a data set"),
        (bytes(128) + b"DICM\x02\x00\x10\x00UI\x20\x00" + b"1.2", "ends within its meta information"),
        (bytes(128) + b"DICM\x02\x00\x10\x00", "ends within its meta information"),
        (b"\x10\x00\x10\x00PN\x10\x00short", "Explicit VR Little Endian"),
    ],
)
def test_files_that_are_none_are_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    assert problem in broken(tmp_path, data).message


def in_syntax(uid: str, data: bytes) -> bytes:
    meta = DataSet([Element(0x00020010, "UI", uid.encode())])
    return bytes(128) + b"DICM" + encoder.encode(meta, EXPLICIT_LITTLE) + data


@pytest.mark.parametrize(("uid", "name"), [("1.2.840.10008.1.2.4.50", "JPEG Baseline"), ("1.2.3.4", "1.2.3.4")])
def test_an_image_is_refused_and_its_transfer_syntax_named(
    dataset: DataSet, tmp_path: Path, uid: str, name: str
) -> None:
    pixels = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    error = broken(tmp_path, in_syntax(uid, encoder.encode(dataset, EXPLICIT_LITTLE) + pixels))
    assert name in error.message
    assert "holds no image" in error.remedy


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.4.50", "1.2.3.4", ""])
def test_the_transfer_syntax_of_an_image_does_no_harm(dataset: DataSet, tmp_path: Path, uid: str) -> None:
    path = tmp_path / "query.dcm"
    path.write_bytes(in_syntax(uid, encoder.encode(dataset, EXPLICIT_LITTLE)))
    assert keys_of(queryfile.read(path)) == keys_of(dataset)


def test_meta_information_without_vrs_is_read(dataset: DataSet, tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    for syntax in (IMPLICIT_LITTLE, EXPLICIT_LITTLE):
        meta = encoder.encode(DataSet([Element(0x00020010, "UI", syntax.uid.encode())]), IMPLICIT_LITTLE)
        path.write_bytes(bytes(128) + b"DICM" + meta + encoder.encode(dataset, syntax))
        assert keys_of(queryfile.read(path)) == keys_of(dataset)


@pytest.mark.parametrize("kind", ["broken", "cut", "bomb"])
def test_deflated_files_are_inflated_within_bounds(tmp_path: Path, dataset: DataSet, kind: str) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(dataset, path, transfer.DEFLATED)
    data = path.read_bytes()
    start = data.index(transfer.DEFLATED.uid.encode())
    body = data.index(b"\x02\x00\x12\x00", start) + 8 + data[data.index(b"\x02\x00\x12\x00", start) + 6]
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = compressor.compress(bytes(40 * 1024 * 1024)) + compressor.flush()
    problem = {"broken": "cannot be inflated", "cut": "breaks off", "bomb": "inflated, it is larger"}[kind]
    bad = {"broken": b"\xff" * 20, "cut": data[body:-6], "bomb": bomb}[kind]
    assert problem in broken(tmp_path, data[:body] + bad).message


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    for path, problem in ((tmp_path, "directory"), (tmp_path / "none", "no such file"), (Path("a\0b"), "null")):
        with pytest.raises(QueryFileError, match=problem):
            queryfile.read(path)


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, dataset: DataSet) -> None:
    (tmp_path / "query.dcm").mkdir()
    with pytest.raises(QueryFileError, match="cannot write the query file"):
        queryfile.write(dataset, tmp_path / "query.dcm")
    with pytest.raises(QueryFileError, match="cannot write"):
        queryfile.write(dataset, tmp_path / "missing" / "query.dcm")
    assert [entry.name for entry in tmp_path.iterdir()] == ["query.dcm"]


@given(data=st.binary(max_size=200), part_10=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, part_10: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "any.dcm"
    path.write_bytes(bytes(128) + b"DICM" + data if part_10 else data)
    try:
        read = queryfile.read(path)
    except QueryFileError:
        return
    assert all(element.tag >= 0 for element in read)


@pytest.mark.interop
def test_dcmtk_reads_our_files_and_we_read_those_of_dump2dcm(tmp_path: Path, dataset: DataSet) -> None:
    if shutil.which("dump2dcm") is None and not os.environ.get("FINDTUI_REQUIRE_PEERS"):
        pytest.skip("DCMTK's dump2dcm is not installed")
    ours, dump, theirs = tmp_path / "ours.dcm", tmp_path / "query.dump", tmp_path / "theirs.dcm"
    queryfile.write(dataset, ours)
    printed = subprocess.run(["dcmdump", str(ours)], capture_output=True, text=True, check=True, timeout=30).stdout
    assert "PatientName" in printed
    dump.write_text("(0008,0052) CS [PATIENT]\n(0010,0010) PN []\n(0010,0020) LO []\n")
    for option in ("+te", "+tb", "+ti", "+td"):
        subprocess.run(["dump2dcm", option, str(dump), str(theirs)], check=True, timeout=30, capture_output=True)
        assert [str(key) for key in keys_of(queryfile.read(theirs))] == [
            "QueryRetrieveLevel=PATIENT",
            "PatientName",
            "PatientID",
        ]
    subprocess.run(["dump2dcm", "-F", str(dump), str(theirs)], check=True, timeout=30, capture_output=True)
    assert len(queryfile.read(theirs)) == 3
