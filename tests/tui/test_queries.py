"""Queries as files, as text and as commands, and what is kept of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom import queryfile
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.encoder import encode
from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.dicom.transfer import EXPLICIT_LITTLE, TRANSFER_SYNTAXES, TransferSyntax
from findtui.errors import QueryFileError
from findtui.tui.queryfiles import from_text, open_file, to_text, write_file

STEP = "ScheduledProcedureStepSequence[0]."
EXAMPLES = Path("/usr/share/doc/dcmtk/examples/wlistqry")


def query_of(*keys: str, files: tuple[Path, ...] = ()) -> Query:
    """A query of these keys."""
    return Query(keys=tuple(map(Key.parse, keys)), files=files)


def sent(query: Query) -> list[bytes]:
    """The identifiers of a query as they go out."""
    return [encode(dataset, EXPLICIT_LITTLE) for dataset in query.identifiers()]


def private(private_text: bytes = b"made up ") -> DataSet:
    """A query with what no key can say: private attributes whose VRs stand in the file alone."""
    dataset = DataSet()
    dataset.put(Element(0x00080005, "CS", b"ISO_IR 100"))
    dataset.put(Element(0x00100010, "PN", b"M\xfcller* "))
    dataset.put(Element(0x00090010, "LO", b"FINDTUI TESTS "))
    dataset.put(Element(0x00091001, "LO", private_text))
    item = DataSet([Element(0x00080060, "CS", b"CT")])
    dataset.put(Element(0x00091002, "SQ", items=[item]))
    dataset.put(Element(0x00400100, "SQ", items=[DataSet([Element(0x00400001, "AE", b"CT01")]), DataSet()]))
    return dataset


KEYS = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from(
            ["PatientName", "PatientID", "StudyDate", "PatientComments", f"{STEP}Modality", "Rows", "StudyInstanceUID"]
        ),
        st.sampled_from(["", "=1", "=1\\2", "=12"]),
    ),
    unique_by=lambda text: text.partition("=")[0],
    max_size=6,
)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES.values(), ids=lambda syntax: syntax.name)
def test_what_a_file_holds_is_asked_again(tmp_path: Path, syntax: TransferSyntax) -> None:
    path = tmp_path / "query.dcm"
    keys = (
        "SpecificCharacterSet=ISO_IR 192",
        "PatientName=MÜLLER*",
        "PatientComments=two\r\nlines\\and a backslash",
        "RequestedProcedureCodeSequence",
        f"{STEP}ScheduledStationAETitle=CT01",
        f"{STEP}ScheduledProtocolCodeSequence[0].CodeValue=1",
        f"{STEP}ScheduledProtocolCodeSequence[1].CodeValue=2",
    )
    queryfile.write(query_of(*keys).identifiers()[0], path, syntax)
    opened = open_file(path)
    assert opened.left == ()
    assert sent(query_of(*opened.keys)) == sent(query_of(*keys))


def test_what_no_key_can_say_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(private(), path)
    opened = open_file(path)
    assert opened.left == ("(0009,1001)", "(0009,1002)[0].Modality")
    assert "PatientName=Müller*" in opened.keys
    again = tmp_path / "again.dcm"
    write_file(again, query_of(*opened.keys, files=(path,)))
    assert again.read_bytes() == path.read_bytes()


def test_text_that_declares_no_character_set_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(DataSet([Element(0x00100010, "PN", b"M\xfcller"), Element(0x00100020, "LO", b"P1")]), path)
    opened = open_file(path)
    assert (opened.keys, opened.left) == (("PatientID=P1",), ("PatientName",))


@given(KEYS)
def test_files_and_keys_are_the_same_query(tmp_path_factory: pytest.TempPathFactory, keys: list[str]) -> None:
    path = tmp_path_factory.mktemp("files") / "query.dcm"
    write_file(path, query_of(*keys))
    opened = open_file(path)
    assert opened.left == ()
    assert sent(query_of(*opened.keys)) == sent(query_of(*keys)) == sent(query_of(files=(path,)))


def test_several_files_are_not_saved_as_one(tmp_path: Path) -> None:
    paths = (tmp_path / "one.dcm", tmp_path / "two.dcm")
    for path in paths:
        write_file(path, query_of("PatientID=1"))
    with pytest.raises(QueryFileError, match="made of 2 files"):
        write_file(tmp_path / "both.dcm", query_of(files=paths))
    assert not (tmp_path / "both.dcm").exists()


@pytest.mark.interop
@pytest.mark.parametrize("name", [f"wlistqry{number}.dump" for number in range(13)])
def test_files_of_dump2dcm_are_opened(tmp_path: Path, name: str) -> None:
    source = EXAMPLES / name
    if shutil.which("dump2dcm") is None and not os.environ.get("FINDTUI_REQUIRE_PEERS"):
        pytest.skip("dump2dcm is not installed")
    path = tmp_path / "query.dcm"
    subprocess.run(["dump2dcm", str(source), str(path)], check=True, capture_output=True, timeout=30)
    opened = open_file(path)
    assert opened.left == ()
    assert opened.keys
    assert sent(query_of(*opened.keys)) == sent(query_of(files=(path,)))


@given(st.lists(st.text(alphabet=st.characters(), max_size=30), max_size=6))
def test_a_query_as_text_is_read_back(keys: list[str]) -> None:
    assert from_text(to_text(keys)) == tuple(keys)


@given(st.lists(st.sampled_from(["PatientName=Müller*", "# no key", '"', '""', "", " ", "a\nb", "\udce4", "　"])))
def test_a_query_of_odd_keys_as_text_is_read_back(keys: list[str]) -> None:
    text = to_text(keys)
    assert from_text(text.encode("utf-8").decode("utf-8")) == tuple(keys)


def test_a_text_is_read_as_people_write_it() -> None:
    text = '# comment\r\n\r\n  PatientName=Müller*  \r\nModality=CT\\MR\n"Patient'
    assert from_text(text) == ("PatientName=Müller*", "Modality=CT\\MR", '"Patient')
    assert to_text(("PatientName=山田　太郎",)).endswith("\nPatientName=山田　太郎\n")
