from __future__ import annotations

import struct
import subprocess
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from findtui.dicom import encoder, walker
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.response import Response
from findtui.dicom.transfer import DEFLATED, EXPLICIT_LITTLE, TransferSyntax
from findtui.export.dump import Dump, dump, dump_lines
from tests.dicom.datasets import SYNTAXES, datasets, element, encoded, item, undefined_item, undefined_sequence
from tests.export.answering import AnsweringServer
from tests.export.samples import ANY, SAMPLES


def printed_by_findscu(identifiers: Sequence[bytes], syntax: TransferSyntax, *options: str) -> list[list[str]]:
    """What Debian's findscu prints for each of the responses, without its prefix, and NULs left out."""
    with AnsweringServer(identifiers, syntax) as server:
        run = subprocess.run(
            ["findscu", "-W", "-k", "PatientName", *options, "127.0.0.1", str(server.port)],
            capture_output=True,
            timeout=30,
            check=True,
        )
    text = (run.stdout + run.stderr).decode("utf-8").replace("\0", "")
    lines = [line[3:] for line in text.split("\n") if line.startswith("I: ")]
    starts = [index for index, line in enumerate(lines) if line.startswith("Find Response: ")] + [len(lines) + 1]
    return [lines[start + 1 : end - 2] for start, end in pairwise(starts)]


def ours(identifier: bytes, syntax: TransferSyntax, correct: bool = False) -> list[str]:
    return dump(Response(1, identifier, syntax), correct=correct).split("\n")


@pytest.mark.interop
@pytest.mark.parametrize("syntax", [*SYNTAXES, DEFLATED], ids=lambda syntax: syntax.dcmtk_name)
@pytest.mark.parametrize("correct", [False, True])
def test_responses_are_printed_as_findscu_prints_them(syntax: TransferSyntax, correct: bool) -> None:
    identifiers = [encoder.encode(walker.parse(sample, EXPLICIT_LITTLE), syntax) for sample in SAMPLES]
    sent = [encoder.deflate(each) for each in identifiers] if syntax.deflated else identifiers
    theirs = printed_by_findscu(sent, syntax, "+dc" if correct else "-dc")
    assert [ours(identifier, syntax, correct) for identifier in identifiers] == theirs


@settings(deadline=None)
@given(datasets(), st.sampled_from(SYNTAXES), st.booleans())
def test_bytes_and_tree_give_the_same_lines(dataset: Dataset, syntax: TransferSyntax, correct: bool) -> None:
    response = Response(1, encoded(dataset, syntax), syntax)
    printer = Dump(correct=correct)
    assert printer.lines(response) == printer.tree_lines(response.parse(), syntax)


def test_text_is_decoded_and_what_acts_on_a_terminal_is_visible() -> None:
    identifier = element(0x00080005, "CS", b"ISO_IR 100") + element(0x00100010, "PN", b"M\xfcller\x1b]0;\x07\n\x8d ")
    line = ours(identifier, EXPLICIT_LITTLE)[-1]
    assert line.startswith("(0010,0010) PN [Müller\\x1b]0;\\x07\\x0a\\x8d ]")


def test_an_item_has_a_character_set_of_its_own() -> None:
    name = element(0x00080005, "CS", b"ISO_IR 144") + element(0x00100010, "PN", b"\xb8\xd2\xd0\xdd")
    identifier = element(0x00080005, "CS", b"ISO_IR 100") + element(0x00400100, "SQ", item(name))
    identifier += element(0x00401400, "LT", b"\xfc ")
    text = dump(Response(1, identifier, EXPLICIT_LITTLE))
    assert "[Иван]" in text
    assert "[ü ]" in text


def test_jis_romaji_is_not_taken_for_ascii() -> None:
    identifier = element(0x00080005, "CS", b"ISO_IR 13 ") + element(0x00100020, "LO", b"a~b ")
    assert "[a‾b ]" in dump(Response(1, identifier, EXPLICIT_LITTLE))


def test_duplicates_are_all_printed_and_elements_come_in_tag_order() -> None:
    identifier = element(0x00100020, "LO", b"1 ") + element(0x00100010, "PN", b"A ") + element(0x00100010, "PN", b"B ")
    assert [line[:16] for line in ours(identifier, EXPLICIT_LITTLE)[3:]] == [
        "(0010,0010) PN [",
        "(0010,0010) PN [",
        "(0010,0020) LO [",
    ]


def test_the_memory_of_headers_is_bounded() -> None:
    printer = Dump()
    for number in range(9000):
        tag = 0x00080000 | (number & 0x7FF) | 0x1000
        printer.lines(Response(1, element(tag, "LO", b"x" * (2 * (number >> 11) + 2)), EXPLICIT_LITTLE))
    assert all(len(heads) <= 8192 for levels in printer._heads.values() for heads in levels.values())


@pytest.mark.interop
def test_request_identifiers_are_printed_as_findscu_prints_them() -> None:
    dataset = DataSet(
        [
            Element(0x00081110, "SQ", items=[]),
            Element(0x00090010, "LO", b"A "),
            Element(0x00091001, "UN", b"\1\2\3\0"),
            Element(0x00100010, "PN", b"ABC "),
            Element(0x0020000D, "UI", b"1.2.3\0"),
            Element(0x00280010, "US", struct.pack("<HH", 3, 4)),
            Element(0x00400100, "SQ", items=[DataSet([Element(0x00080060, "CS", b"CTX ")]), DataSet()]),
        ]
    )
    keys = ["0008,1110", "0009,0010=A", "0009,1001=1\\2\\3", "0010,0010=ABC", "StudyInstanceUID=1.2.3", "Rows=3\\4"]
    keys += ["ScheduledProcedureStepSequence[0].Modality=CTX", "ScheduledProcedureStepSequence[1]"]
    with AnsweringServer([], EXPLICIT_LITTLE) as server:
        options = [part for key in keys for part in ("-k", key)]
        run = subprocess.run(
            ["findscu", "-v", "-W", *options, "127.0.0.1", str(server.port)],
            capture_output=True, timeout=30, check=True, text=True,
        )  # fmt: skip
    lines = [line[3:] for line in (run.stdout + run.stderr).split("\n")]
    start = lines.index("Request Identifiers:") + 1
    expected = dump_lines(dataset, EXPLICIT_LITTLE, sent=False)
    assert lines[start : start + len(expected)] == expected
    assert server.requests == [encoder.encode(dataset, EXPLICIT_LITTLE)]


ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@settings(deadline=None)
@given(ANY)
def test_whatever_can_be_read_can_be_printed(identifier: bytes) -> None:
    try:
        walker.check(identifier, EXPLICIT_LITTLE)
    except walker.UnreadableIdentifier:
        return
    text = dump(Response(1, identifier, EXPLICIT_LITTLE))
    # What has no meaning yet may get one: it is shown, and does nothing.
    assert {unicodedata.category(character) for character in text.replace("\n", "")}.isdisjoint(ACTING)


def test_un_of_undefined_length_is_printed_as_a_sequence() -> None:
    name = struct.pack("<HHI", 0x0010, 0x0010, 4) + b"A^B "
    lines = ours(undefined_sequence(0x00091001, undefined_item(name), b"UN"), EXPLICIT_LITTLE)
    assert lines[3].startswith("(0009,1001) SQ (Sequence with undefined length #=1)")
    assert lines[5].startswith("    (0010,0010) PN [A^B ]")
