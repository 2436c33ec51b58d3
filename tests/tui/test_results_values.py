"""Values taken out of identifiers, and how they read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from findtui.dicom import walker
from findtui.dicom.charset import DEFAULT, CharacterSet
from findtui.dicom.paths import Path
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE, TransferSyntax
from findtui.dicom.visible import visible
from findtui.tui.results import read_values
from findtui.tui.results.extract import ABSENT, Extractor
from findtui.tui.results.readable import as_read, as_sent
from tests.dicom.datasets import SYNTAXES, datasets, element, encoded, item, undefined_item, undefined_sequence
from tests.tui.identifiers import response

PATHS = (
    "AccessionNumber",
    "PatientName",
    "StudyInstanceUID",
    "Rows",
    "(0042,0011)",
    "ReferencedStudySequence",
    "ReferencedStudySequence.PatientName",
    "ReferencedStudySequence[1].Modality",
    "ScheduledProcedureStepSequence.ReferencedStudySequence[0].PatientBirthDate",
    "ScheduledProcedureStepSequence[1].RequestedProcedureCodeSequence[1].InstanceNumber",
)


def found_by_parsing(answer: Response, text: str) -> bytes | None:
    """The oracle: what `Path.find` meets first in the parsed tree."""
    for met in Path.parse(text).find(answer.parse()):
        return met.value if met.items is None else b"%d" % len(met.items)
    return None


@given(datasets(depth=3), st.sampled_from(SYNTAXES))
def test_values_are_those_of_the_parsed_tree(dataset: Dataset, syntax: TransferSyntax) -> None:
    answer = Response(1, encoded(dataset, syntax), syntax)
    extractor = Extractor([Path.parse(path) for path in PATHS], syntax)
    for _ in range(2):
        assert [raw for raw, _, _ in extractor.values(answer)] == [found_by_parsing(answer, path) for path in PATHS]


ORDER = element(0x00100020, "LO", b"P1") + element(0x00100010, "PN", b"A^B ") + element(0x00080005, "CS", b"ISO_IR 192")
TWICE = element(0x00100010, "PN", b"A^") + element(0x00100010, "PN", b"B^")
NESTED = element(0x00100010, "PN", b"C^")


@pytest.mark.parametrize(
    ("identifier", "path", "raw", "character_set"),
    [
        pytest.param(ORDER, "PatientName", b"A^B ", b"ISO_IR 192", id="elements out of order"),
        pytest.param(TWICE, "PatientName", b"A^", b"", id="the first of duplicates"),
        pytest.param(
            element(0x00081110, "SQ", item(NESTED) + undefined_item(NESTED)),
            "ReferencedStudySequence[1].PatientName",
            b"C^",
            b"",
            id="an item without a length",
        ),
        pytest.param(
            undefined_sequence(0x00081110, undefined_item(undefined_sequence(0x00321064, item(NESTED))))
            + element(0x00100020, "LO", b"P1"),
            "PatientID",
            b"P1",
            b"",
            id="behind what is passed over",
        ),
        pytest.param(
            element(0x00080005, "CS", b"ISO_IR 100")
            + element(0x00081110, "SQ", item(element(0x00080005, "CS", b"ISO_IR 192") + NESTED) + item(NESTED)),
            "ReferencedStudySequence[0].PatientName",
            b"C^",
            b"ISO_IR 192",
            id="the character set of an item",
        ),
        pytest.param(
            element(0x00080005, "CS", b"ISO_IR 100")
            + element(0x00081110, "SQ", item(element(0x00080005, "CS", b"ISO_IR 192")) + item(NESTED)),
            "ReferencedStudySequence[1].PatientName",
            b"C^",
            b"ISO_IR 100",
            id="not that of its neighbour",
        ),
        pytest.param(
            element(0x00081110, "SQ", item(NESTED) + item(TWICE)),
            "ReferencedStudySequence[*].PatientName",
            b"C^\\A^",
            b"",
            id="all items",
        ),
    ],
)
def test_unusual_identifiers(identifier: bytes, path: str, raw: bytes, character_set: bytes) -> None:
    walker.check(identifier, EXPLICIT_LITTLE)
    ((found, _, declared),) = Extractor([Path.parse(path)], EXPLICIT_LITTLE).values(
        Response(1, identifier, EXPLICIT_LITTLE)
    )
    assert (found, declared) == (raw, character_set)


def test_an_absent_attribute_is_not_an_empty_one() -> None:
    answer = response(1, "PatientID")
    absent, empty = Extractor([Path.parse("PatientName"), Path.parse("PatientID")], EXPLICIT_LITTLE).values(answer)
    assert absent is ABSENT
    assert empty == (b"", "LO", b"ISO_IR 192")


def test_bytes_that_are_no_data_set_are_refused_and_not_guessed_at() -> None:
    extractor = Extractor([Path.parse("PatientName")], EXPLICIT_LITTLE)
    with pytest.raises(walker.UnreadableIdentifier):
        extractor.values(Response(1, element(0x00100010, "PN", b"A^B ")[:-1], EXPLICIT_LITTLE))


@pytest.mark.parametrize(
    ("vr", "raw", "read"),
    [
        ("DA", b"19610302", "1961-03-02"),
        ("DA", b"1961.03.02", "1961-03-02"),
        ("DA", b"1961", "1961"),
        ("DA", b"19610302\\19700101 ", "1961-03-02, 1970-01-01"),
        ("TM", b"0815", "08:15"),
        ("TM", b"081530.1234 ", "08:15"),
        ("TM", b"08", "08"),
        ("TM", b"soon", "soon"),
        ("DT", b"20261122081530.1+0100 ", "2026-11-22 08:15 +0100"),
        ("DT", b"20261122", "2026-11-22"),
        ("PN", b"O'Neil^Sile ", "O'Neil, Sile"),
        ("PN", b"Smith^John^Q^Dr.^Jr", "Smith, Dr. John Q, Jr"),
        ("PN", "Yamada^Tarou=山田^太郎=やまだ^たろう".encode(), "山田 太郎 (Yamada, Tarou; やまだ たろう)"),
        ("PN", "=山田^太郎".encode(), "山田 太郎"),
        ("PN", b"A^B\\C^D", "A, B; C, D"),
        ("PN", b"^^^^", ""),
        ("CS", b"CT\\MR ", "CT, MR"),
        ("UI", b"1.2.3\0", "1.2.3"),
        ("IS", b" 12 ", "12"),
        ("US", b"\x01\x00\xff\xff", "1\\65535"),
        ("FL", b"\xcd\xcc\x8c\x3f", "1.10000002"),
        ("AT", b"\x10\x00\x20\x00", "(0010,0020)"),
        ("OB", b"\x00\xff", "00 ff"),
        ("US", b"\x01", "01"),
        ("LO", b"", ""),
    ],
)
def test_read_form(vr: str, raw: bytes, read: str) -> None:
    assert as_read(raw, vr, CharacterSet.parse("ISO_IR 192")) == read


def test_sent_form_is_what_was_on_the_wire() -> None:
    assert as_sent(b"19610302\\1970 ", "DA", DEFAULT) == "19610302\\1970"
    assert as_sent(b"A^B=C^D ", "PN", DEFAULT) == "A^B=C^D"


@given(
    st.binary(max_size=40), st.sampled_from(("PN", "LO", "DA", "TM", "UI", "LT", "CS", "UN", "OW", "FD", "AT", "ZZ"))
)
def test_no_byte_of_a_peer_acts_on_the_screen(raw: bytes, vr: str) -> None:
    for form in (as_read, as_sent):
        for terms in ("", "ISO_IR 100", "ISO_IR 192"):
            text = form(raw, vr, CharacterSet.parse(terms))
            assert visible(text) == text


def test_values_of_one_response() -> None:
    answer = response(1, "PatientName=Müller^Jörg", "ScheduledProcedureStepSequence[0].Modality=CT")
    paths = ("PatientName", "ScheduledProcedureStepSequence.Modality", "PatientID")
    assert read_values(answer, paths) == ["Müller, Jörg", "CT", ""]
    assert read_values(answer, paths, forced="ISO_IR 100")[0] == "MÃ¼ller, JÃ¶rg"
