"""Identifiers: keys laid over files, character sets, and the way back from a data set to its keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom import dictionary, identifier, queryfile
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.errors import CharacterSetError, KeyPathError, KeyValueError, QueryError

STEPS = "ScheduledProcedureStepSequence"


def build(*keys: str, files: tuple[Path, ...] = (), character_set: str | None = None) -> DataSet:
    query = Query(keys=tuple(map(Key.parse, keys)), files=files, character_set=character_set)
    return identifier.build(query)[0]


def shown(dataset: DataSet) -> list[str]:
    return [str(key) for key in identifier.keys_of(dataset)]


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        ([], []),
        ([""], []),
        (["PatientID", "PatientName=M*"], ["PatientName=M*", "PatientID"]),
        (["PatientID=1", "(0010,0020)=2"], ["PatientID=2"]),
        (["PatientID=1", "PatientID"], ["PatientID"]),
        ([f"{STEPS}"], [STEPS]),
        ([f"{STEPS}[1]"], [f"{STEPS}[0]", f"{STEPS}[1]"]),
        ([f"{STEPS}[1].Modality=CT"], [f"{STEPS}[0]", f"{STEPS}[1].Modality=CT"]),
        ([f"{STEPS}[0].Modality=CT", STEPS], [f"{STEPS}[0].Modality=CT"]),
        ([f"{STEPS}[0].Modality=CT", f"{STEPS}[0]"], [f"{STEPS}[0].Modality=CT"]),
        (
            [f"{STEPS}[0].Modality=CT", f"{STEPS}[0].ScheduledStationAETitle"],
            [f"{STEPS}[0].Modality=CT", f"{STEPS}[0].ScheduledStationAETitle"],
        ),
    ],
)
def test_keys_are_laid_on_in_order(keys: list[str], result: list[str]) -> None:
    dataset = build(*keys)
    assert shown(dataset) == result
    assert [element.tag for element in dataset] == sorted(element.tag for element in dataset)


def test_keys_are_laid_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(build("PatientName=A*", "PatientID=1", f"{STEPS}[0].Modality=CT"), path)
    dataset = build("PatientName=B*", f"{STEPS}[0].ScheduledStationName", files=(path,))
    assert shown(dataset) == [
        "PatientName=B*",
        "PatientID=1",
        f"{STEPS}[0].Modality=CT",
        f"{STEPS}[0].ScheduledStationName",
    ]


def test_every_file_is_an_identifier_of_its_own(tmp_path: Path) -> None:
    paths = (tmp_path / "a.dcm", tmp_path / "b.dcm")
    for number, path in enumerate(paths):
        queryfile.write(build(f"PatientID={number}"), path)
    built = Query(keys=(Key.parse("PatientName"),), files=paths).identifiers()
    assert [shown(dataset) for dataset in built] == [["PatientName", f"PatientID={number}"] for number in (0, 1)]


def test_an_elements_own_vr_counts(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(DataSet([Element(0x00091001, "US", b"\x01\0"), Element(0x00400100, "UN", b"\x01\0")]), path)
    assert build("(0009,1001)=7", files=(path,)).elements[0] == Element(0x00091001, "US", b"\x07\0")
    with pytest.raises(KeyPathError, match="no sequence in the query file"):
        build(f"{STEPS}[0].Modality", files=(path,))


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[None]:
    """A private dictionary."""
    path = tmp_path / "acme.dic"
    path.write_text('(0009,"ACME",01)\tUS\tAcmeNumber\t1\tPRIVATE\n(0009,"ACME",02)\tSQ\tAcmeSequence\t1\tPRIVATE\n')
    dictionary.load_environment({"DCMDICTPATH": str(path)})
    yield
    dictionary.forget()


@pytest.mark.usefixtures("acme")
def test_private_elements_take_their_vr_from_their_creators_dictionary() -> None:
    dataset = build("(0009,0010)=ACME", "(0009,1001)=513", "(0009,1101)=02")
    assert [(element.vr, element.value) for element in dataset] == [
        ("LO", b"ACME"),
        ("US", b"\x01\x02"),
        ("UN", b"\x02\x00"),
    ]


@pytest.mark.usefixtures("acme")
def test_private_sequences_are_made_and_gone_into() -> None:
    creator = "(0009,0010)=ACME"
    (_, empty) = build(creator, "(0009,1002)")
    assert (empty.vr, empty.items) == ("SQ", [])
    inner = "(0009,1002)[0].(0009,0010)=ACME", "(0009,1002)[0].(0009,1001)=7"
    keys = [creator, "(0009,1002)[0].PatientID=5", *inner, "(0009,1002)[1].PatientID=6"]
    assert set(shown(build(*keys))) == {str(Key.parse(key)) for key in keys}


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (["(0009,0010)=ACME", "(0009,1002)=x"], "takes no value"),
        (["(0009,0010)=ACME", "(0009,1001)[0].PatientID=5"], "no sequence"),
        (["(0009,0010)=ACME", "(0009,1102)[0].PatientID=5"], "only after the key for its private creator"),
        (["(0009,1002)[0].PatientID=5", "(0009,0010)=ACME"], "only after the key for its private creator"),
    ],
)
def test_what_is_no_private_sequence_is_not_gone_into(keys: list[str], problem: str) -> None:
    with pytest.raises(KeyPathError, match=problem) as caught:
        build(*keys)
    assert caught.value.dcmtk.startswith("E: Bad override key/path: (0009,1")


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("(0000,0002)=1.2", KeyPathError),
        ("GenericGroupLength=1", KeyPathError),
        ("(0002,0010)=1.2", KeyPathError),
        ("(fffe,e000)", KeyPathError),
        (f"{STEPS}[0].(0002,0010)=1", KeyPathError),
        ("Rows=70000", KeyValueError),
        ("Rows=x", KeyValueError),
        ("SOPClassUID==Foo", KeyValueError),
        ("PixelData=xyz", KeyValueError),
    ],
)
def test_what_cannot_be_sent_is_refused_naming_the_key_as_it_was_typed(key: str, error: type[QueryError]) -> None:
    with pytest.raises(error) as caught:
        build("PatientName", key)
    assert f"key '{key}'" in caught.value.message
    if caught.value.dcmtk:
        assert caught.value.dcmtk.startswith(f"E: Bad override key/path: {key}\nE: Find SCU Failed: 0001:")


def test_text_beyond_ascii_is_declared_as_utf_8_where_nothing_is() -> None:
    dataset = build("PatientName=Müller")
    assert [element.value for element in dataset] == [b"ISO_IR 192", "Müller ".encode()]
    assert dataset.elements == build("PatientName=Müller", "SpecificCharacterSet").elements
    assert build("PatientName=Miller").get(0x00080005) is None


def test_the_declared_set_is_used_wherever_it_stands_among_the_keys() -> None:
    for keys in (("SpecificCharacterSet=ISO_IR 100", "PatientName=Müller"),
                 ("PatientName=Müller", "SpecificCharacterSet=ISO_IR 100")):  # fmt: skip
        assert [element.value for element in build(*keys)] == [b"ISO_IR 100", b"M\xfcller"]


def test_the_querys_set_is_used_where_a_key_needs_one() -> None:
    assert [e.value for e in build("PatientName=Müller", character_set="ISO_IR 100")] == [b"ISO_IR 100", b"M\xfcller"]
    assert build("PatientName=Miller", character_set="ISO_IR 100").get(0x00080005) is None
    with pytest.raises(CharacterSetError):
        build("PatientName=山", character_set="ISO_IR 100")


def test_what_is_declared_is_never_replaced() -> None:
    for declared in ("ISO_IR 6", "nonsense"):
        with pytest.raises(CharacterSetError, match="cannot hold"):
            build("PatientName=Müller", f"SpecificCharacterSet={declared}")
        assert (
            build("PatientName=Miller", f"SpecificCharacterSet={declared}").elements[0].value.strip()
            == declared.encode()
        )


@pytest.mark.parametrize("term", ["windows-1252", "nonsense"])
def test_a_set_that_dicom_does_not_define_is_not_declared_for_a_key(term: str) -> None:
    with pytest.raises(CharacterSetError, match="none that DICOM defines"):
        build("PatientName=Müller", character_set=term)


def test_typed_escape_sequences_go_out_as_typed() -> None:
    dataset = build("PatientName=\x1b$B;3ED\x1b(B", "SpecificCharacterSet=\\ISO 2022 IR 87")
    assert dataset.elements[1].value == b"\x1b$B;3ED\x1b(B"
    assert shown(dataset)[1] == "PatientName=山田"


def test_an_items_own_set_counts_in_it() -> None:
    dataset = build(
        "SpecificCharacterSet=ISO_IR 192",
        f"{STEPS}[0].ScheduledProcedureStepDescription=ü",
        f"{STEPS}[1].ScheduledProcedureStepDescription=ü",
        f"{STEPS}[1].SpecificCharacterSet=ISO_IR 100",
    )
    items = dataset.elements[1].items
    assert items is not None
    assert [item.elements[-1].value for item in items] == ["ü".encode(), b"\xfc "]
    assert identifier.build(Query(keys=identifier.keys_of(dataset))) == (dataset,)


def test_text_that_the_set_cannot_hold_is_refused_with_the_sets_that_could() -> None:
    with pytest.raises(CharacterSetError, match="key 'PatientName=Иванов'") as caught:
        build("PatientName=Иванов", "SpecificCharacterSet=ISO_IR 100")
    assert "ISO_IR 144" in caught.value.remedy


def test_a_files_undeclared_text_is_not_given_another_meaning(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(DataSet([Element(0x00100020, "LO", b"M\xfcller")]), path)
    assert build("PatientName=Miller", files=(path,)).get(0x00080005) is None
    with pytest.raises(CharacterSetError, match="declares no other"):
        build("PatientName=Müller", files=(path,))
    assert (
        build("PatientName=Müller", "SpecificCharacterSet=ISO_IR 100", files=(path,)).elements[1].value == b"M\xfcller"
    )


def test_notes_name_the_attribute_and_the_rule() -> None:
    dataset = build("StudyDate=2020-01-01", f"{STEPS}[0].Modality=ct", "PatientID=x", "SpecificCharacterSet=ISO-IR 100")
    notes = identifier.notes(dataset)
    assert any(note.startswith("StudyDate: ") for note in notes)
    assert any(note.startswith(f"{STEPS}[0].Modality: ") for note in notes)
    assert any(note.startswith("SpecificCharacterSet: 'ISO-IR 100' is not how") for note in notes)
    assert not any(note.startswith("PatientID") for note in notes)
    assert identifier.notes(Query(keys=(Key.parse("Modality=CT"),))) == []


KEYS = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from(["PatientName", "PatientID", "StudyDate", f"{STEPS}[0].Modality", f"{STEPS}[1].PatientName",
                         "Rows", "SelectorFDValue", "(0009,1001)", "TextValue", "StudyInstanceUID"]),
        st.sampled_from(["", "=", "=1", "=1\\2", "=12"]),
    ),
    max_size=6,
)  # fmt: skip


@given(KEYS)
def test_a_data_set_taken_apart_makes_the_same_one(keys: list[str]) -> None:
    dataset = build(*keys)
    assert build(*shown(dataset)) == dataset
    assert identifier.build(Query(keys=identifier.keys_of(dataset))) == (dataset,)
