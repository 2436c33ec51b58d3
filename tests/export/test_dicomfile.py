from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from findtui.dicom import encoder, walker
from findtui.dicom.layout import LEARN_AFTER, Layouts
from findtui.dicom.response import Response
from findtui.dicom.transfer import DEFLATED, EXPLICIT_LITTLE, TransferSyntax
from findtui.errors import OutputError
from findtui.export.dicomfile import GENERIC_SOP_CLASS, DicomFileWriter
from tests.dicom.datasets import SYNTAXES, datasets, element, encoded, item, with_layout
from tests.export.findscu import extract
from tests.export.test_xml import responses


def dataset_bytes(path: Path, syntax: TransferSyntax) -> bytes:
    content = path.read_bytes()
    data = content[144 + struct.unpack_from("<I", content, 140)[0] :]
    return zlib.decompress(data, -zlib.MAX_WBITS) if syntax.deflated else data


@pytest.mark.interop
@pytest.mark.parametrize("syntax", [*SYNTAXES, DEFLATED], ids=lambda syntax: syntax.dcmtk_name)
@pytest.mark.parametrize("option", ["-dc", "+dc", "-u"])
def test_files_are_those_of_findscu(tmp_path: Path, syntax: TransferSyntax, option: str) -> None:
    answers = responses(syntax)
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    extract(theirs, answers, syntax, "-X", option)
    writer = DicomFileWriter(ours, correct=option == "+dc", new_vr=option != "-u")
    writer.write(answers)
    names = sorted(path.name for path in theirs.iterdir())
    assert writer.written == len(names) == len(answers)
    for name in names:
        assert dataset_bytes(ours / name, syntax) == dataset_bytes(theirs / name, syntax)
        our_meta, their_meta = (pydicom.dcmread(where / name).file_meta for where in (ours, theirs))
        assert [each.tag for each in our_meta] == [each.tag for each in their_meta]
        assert our_meta.MediaStorageSOPClassUID == their_meta.MediaStorageSOPClassUID
        assert our_meta.TransferSyntaxUID == their_meta.TransferSyntaxUID
        if their_meta.MediaStorageSOPInstanceUID == "1.2.3":
            assert our_meta.MediaStorageSOPInstanceUID == "1.2.3"


@settings(deadline=None)
@given(datasets(), st.sampled_from(SYNTAXES))
def test_the_quick_ways_write_what_the_tree_writes(dataset: Dataset, syntax: TransferSyntax) -> None:
    identifier = encoded(dataset, syntax)
    for response in (Response(1, identifier, syntax), with_layout(Response(1, identifier, syntax))):
        content = DicomFileWriter().content(response)
        data = content[144 + struct.unpack_from("<I", content, 140)[0] :]
        assert data == encoder.encode(walker.parse(identifier, syntax), syntax, undefined_lengths=True)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_what_is_copied_by_a_layout_is_copied_for_each_of_its_values(syntax: TransferSyntax) -> None:
    layouts = Layouts(syntax)
    writer, walking = DicomFileWriter(), DicomFileWriter()
    copied = 0
    for number in range(LEARN_AFTER + 40):
        dataset = study(number)
        response = Response(number, encoded(dataset, syntax), syntax)
        content = walking.content(response)
        response.layout = layouts.check(response.identifier)
        copied += response.layout is not None
        assert writer.content(response) == content
        meta = pydicom.dcmread(BytesIO(content)).file_meta
        assert meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        assert meta.MediaStorageSOPClassUID == dataset.SOPClassUID
    assert copied == 40


def study(number: int) -> Dataset:
    """One that has both UIDs, and nested sequences with empty items and several."""
    dataset = Dataset()
    dataset.SOPClassUID = ("1.2.3.40", "1.2.3.400")[number % 2]
    dataset.SOPInstanceUID = f"1.2.3.{number}"
    inner = Dataset()
    inner.ReferencedSOPInstanceUID = f"1.2.4.{number}"
    outer = Dataset()
    outer.ReferencedStudySequence = [inner, Dataset(), inner]
    outer.ScheduledProcedureStepID = "S" * (number % 12)
    dataset.ScheduledProcedureStepSequence = [outer]
    dataset.RequestedProcedureCodeSequence = []
    dataset.RequestedProcedureID = f"RP{number}"
    return dataset


def test_a_file_without_uids_gets_some_and_is_private(tmp_path: Path) -> None:
    writer = DicomFileWriter(tmp_path)
    writer.write([Response(12, element(0x00100010, "PN", b"A^B "), EXPLICIT_LITTLE)])
    assert writer.last_path == writer.name_for(12) == f"{tmp_path}/rsp0012.dcm"
    path = tmp_path / "rsp0012.dcm"
    assert path.stat().st_mode & 0o777 == 0o600
    meta = pydicom.dcmread(path).file_meta
    assert meta.MediaStorageSOPClassUID == GENERIC_SOP_CLASS
    assert meta.MediaStorageSOPInstanceUID.is_valid


def test_of_duplicates_the_first_is_written_and_a_warning_says_so() -> None:
    name = element(0x00100010, "PN", b"A ") + element(0x00100010, "PN", b"B ")
    warnings: list[str] = []
    writer = DicomFileWriter(warn=warnings.append)
    content = writer.content(Response(3, name + element(0x00400100, "SQ", item(name)), EXPLICIT_LITTLE))
    assert content.count(b"PN\2\0A ") == 2
    assert b"B " not in content
    assert warnings == ["response 3: (0010,0010) PatientName comes twice; the file has the first"] * 2


def test_limit_counts_numbers_and_an_error_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "rsp0002.dcm").mkdir()
    (tmp_path / "rsp0004.dcm").mkdir()
    writer = DicomFileWriter(tmp_path, limit=5)
    answers = [Response(number, b"", EXPLICIT_LITTLE) for number in (2, 3, 4, 5, 6)]
    with pytest.raises(OutputError, match=r"2 responses: .*rsp0002.dcm: is a directory; .*rsp0004.dcm: is a directory"):
        writer.write(answers)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["rsp0003.dcm", "rsp0005.dcm"]
    assert writer.written == 2
