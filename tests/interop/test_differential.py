"""findtui's findscu beside DCMTK's: the same words, the same peer, and whatever can be seen from outside compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from tests.interop import pdu as wire
from tests.interop.answers import untidy_uids, worklist_item
from tests.interop.cases import CASES, Case
from tests.interop.differences import (
    ADDED,
    DEBIAN,
    DIFFERENCES,
    ERRORS,
    FILES,
    NEWER,
    OUTPUT,
    REMARKS,
    STATUS,
    WIRE,
    differences_of,
)
from tests.interop.pdu import AssociationRequest
from tests.interop.programs import IS_DEBIANS, REFERENCE, require, run_findtui, run_reference
from tests.interop.recorder import PENDING, Record, Recorder, Reply, Script, encode
from tests.interop.written import written

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    require(REFERENCE)
    with Recorder() as one:
        yield one


def _prepare(directory: Path) -> Path:
    directory.mkdir()
    (directory / "out").mkdir()
    query = worklist_item(1, "Doe*")
    for name, syntax in (("implicit", wire.IMPLICIT), ("explicit", wire.EXPLICIT), ("big", wire.BIG)):
        (directory / f"{name}.dcm").write_bytes(encode(query, syntax))
    for name, syntax in (("part10", wire.EXPLICIT), ("deflated", wire.DEFLATED)):
        query.file_meta = pydicom.dataset.FileMetaDataset()
        query.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
        query.file_meta.MediaStorageSOPClassUID = pydicom.uid.UID("1.2.840.10008.5.1.4.31")
        query.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3")
        query.save_as(directory / f"{name}.dcm", enforce_file_format=True)
    query.add_new(0x00091001, "UN", b"ab")
    query.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    query.save_as(directory / "private.dcm", enforce_file_format=True)
    # Descending tags, and one of them twice.
    (directory / "disorderly.dcm").write_bytes(
        b"\x10\0\x20\0LO\4\0abc \x10\0\x10\0PN\4\0abcd\x10\0\x10\0PN\2\0xy\x08\0\x50\0SH\0\0"
    )
    (directory / "text.txt").write_text("This is no query.\n" * 20)
    (directory / "words.txt").write_text('-v -k "PatientName=Doe*"\n-k \'PatientID\' -aet A"B C"D\n')
    (directory / "empty.cfg").write_text("# nothing\n")
    return directory


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_differential(case: Case, recorder: Recorder, tmp_path: Path) -> None:
    recorder.script = case.script
    words = [word.replace("{port}", str(recorder.port)) for word in case.words]
    theirs = _prepare(tmp_path / "theirs")
    reference = run_reference(words, theirs)
    reference_records = recorder.take()
    ours = _prepare(tmp_path / "ours")
    own = run_findtui(["--dcmtk-exit-status", *words], ours)
    own_records = recorder.take()
    seen = {
        WIRE: (_wire(own_records), _wire(reference_records)),
        STATUS: (own.status, reference.status),
        OUTPUT: (own.output, reference.output),
        ERRORS: (own.errors, reference.errors),
        FILES: (written(ours), written(theirs)),
    }
    allowed = differences_of(case)
    for aspect, (mine, other) in seen.items():
        if aspect == ERRORS and ADDED in allowed and ERRORS not in allowed:
            assert _without_additions(own.errors, reference.errors) == reference.errors.splitlines()
        elif aspect == ERRORS and REMARKS in allowed and ERRORS not in allowed:
            assert own.errors.splitlines() == _without_remarks(reference.errors)
        elif aspect not in allowed:
            assert mine == other, aspect


def test_corrected_uids_are_printed_without_white_space(recorder: Recorder, tmp_path: Path) -> None:
    # DCMTK writes its warnings into the listing, so there is nothing to compare it with.
    recorder.script = Script((Reply(PENDING, untidy_uids()), Reply(0)))
    ran = run_findtui(["+dc", "-k", "PatientName", "127.0.0.1", str(recorder.port)], tmp_path)
    recorder.take()
    assert [line.rsplit("#")[0].rstrip() for line in ran.errors.splitlines() if ") UI " in line] == [
        "I: (0008,0016) UI =FINDModalityWorklistInformationModel",
        "I: (0008,0018) UI [1.2.3]",
        "I: (0008,1150) UI [1.2\\1.3]",
        "I: (0020,000d) UI (no value available)",
    ]


def test_reserved_bytes_of_headers_are_zero_in_files(recorder: Recorder, tmp_path: Path) -> None:
    identifier = b"\x40\0\x00\1SQ\xff\xff\0\0\0\0\x42\0\x11\0OB\1\0\2\0\0\0ab"
    recorder.script = Script((Reply(PENDING, identifier), Reply(0)))
    words = ["-X", "-k", "PatientName", "127.0.0.1", str(recorder.port)]
    for run in (run_reference, run_findtui):
        assert run(words, tmp_path).status == 0
        recorder.take()
        written_anew = (tmp_path / "rsp0001.dcm").read_bytes()
        assert b"SQ\0\0\xff\xff\xff\xff" in written_anew
        assert written_anew.endswith(b"OB\0\0\2\0\0\0ab")


def test_every_listed_difference_is_one_of_a_case() -> None:
    for difference in DIFFERENCES:
        if difference.versions != (NEWER if IS_DEBIANS else DEBIAN):
            assert any(map(difference.holds_for, CASES)), difference


def _without_additions(text: str, other: str) -> list[str]:
    """The lines of a text that stand in another one too, in its order."""
    lines = iter(text.splitlines())
    return [line for line in other.splitlines() if line in lines]


def _without_remarks(text: str) -> list[str]:
    """The lines of a text that are no warnings about a response."""
    return [line for line in text.splitlines() if not line.startswith("W: Dcm")]


def test_there_are_enough_cases_and_each_is_its_own() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


def _wire(records: list[Record]) -> list[tuple[AssociationRequest | None, list[object], str]]:
    return [
        (
            None
            if record.request is None
            else replace(record.request, implementation_class="", implementation_version=""),
            list(record.messages),
            record.end,
        )
        for record in records
    ]
