"""The path notation of -k, and the paths of columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.keys import Key
from findtui.dicom.limits import LIMITS
from findtui.dicom.paths import ALL_ITEMS, Path, Step
from findtui.errors import KeyPathError

STEPS = "ScheduledProcedureStepSequence"


@pytest.mark.parametrize(
    ("text", "path", "value", "canonical"),
    [
        ("PatientName", [(0x00100010, None)], None, "PatientName"),
        ("PatientName=", [(0x00100010, None)], "", "PatientName="),
        ("PatientName=M*", [(0x00100010, None)], "M*", "PatientName=M*"),
        ("PatientName=a=b", [(0x00100010, None)], "a=b", "PatientName=a=b"),
        ("(0010,0010)=M*", [(0x00100010, None)], "M*", "PatientName=M*"),
        ("0010,0010=M*", [(0x00100010, None)], "M*", "PatientName=M*"),
        ("10,20", [(0x00100020, None)], None, "PatientID"),
        ("0x10,0x20", [(0x00100020, None)], None, "PatientID"),
        ("  10,  20", [(0x00100020, None)], None, "PatientID"),
        ("0010,0010x", [(0x00100010, None)], None, "PatientName"),
        ("(0010,0010junk)", [(0x00100010, None)], None, "PatientName"),
        ("120010,10", [(0x00100010 & 0xFFFF | 0x00100000, None)], None, "PatientName"),
        ("(0009,1001)=12", [(0x00091001, None)], "12", "(0009,1001)=12"),
        ("OverlayRows=5", [(0x60000010, None)], "5", "OverlayRows=5"),
        ("(6002,0010)=5", [(0x60020010, None)], "5", "(6002,0010)=5"),
        (STEPS, [(0x00400100, None)], None, STEPS),
        (f"{STEPS}=", [(0x00400100, None)], "", f"{STEPS}="),
        (f"{STEPS}[0]", [(0x00400100, 0)], None, f"{STEPS}[0]"),
        (f"{STEPS}[2].", [(0x00400100, 2)], None, f"{STEPS}[2]"),
        (f"{STEPS}[0].Modality=CT", [(0x00400100, 0), (0x00080060, None)], "CT", f"{STEPS}[0].Modality=CT"),
        ("(0040,0100)[0]/(0008,0060)", [(0x00400100, 0), (0x00080060, None)], None, f"{STEPS}[0].Modality"),
        (f"{STEPS}[1x].Modality", [(0x00400100, 1), (0x00080060, None)], None, f"{STEPS}[1].Modality"),
        ("0040,0100[0].0008,0060=a*", [(0x00400100, 0), (0x00080060, None)], "a*", f"{STEPS}[0].Modality=a*"),
        (
            f"{STEPS}[0].ScheduledProtocolCodeSequence[1].CodeValue",
            [(0x00400100, 0), (0x00400008, 1), (0x00080100, None)],
            None,
            f"{STEPS}[0].ScheduledProtocolCodeSequence[1].CodeValue",
        ),
        ("", [], None, ""),
    ],
)
def test_keys(text: str, path: list[tuple[int, int | None]], value: str | None, canonical: str) -> None:
    key = Key.parse(text)
    assert key.path == tuple(Step(*step) for step in path)
    assert key.value == value
    assert str(key) == canonical
    assert Key.parse(canonical) == key
    assert key.typed == text


def test_a_key_without_a_value_asks_for_its_attribute() -> None:
    assert [Key.parse(text).kind for text in ("PatientName", "PatientName=", "PatientName=*")] == [
        "return",
        "return",
        "matching",
    ]
    assert Key.parse(f"{STEPS}[0].Modality").vr == "CS"
    assert Key.parse(f"{STEPS}[0]").vr == "SQ"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Foo=1", "0001:0019 Unable to parse tag/dictionary name at beginning of path: Foo"),
        ("patientname", "0001:0019 Unable to parse tag/dictionary name at beginning of path: patientname"),
        ("00100010", "0001:0019 Unable to parse tag/dictionary name at beginning of path: 00100010"),
        ("[0].x", "0001:0019 Unable to parse tag/dictionary name at beginning of path: [0].x"),
        (f"{STEPS}.Modality", f"0001:0019 Unable to parse tag/dictionary name at beginning of path: {STEPS}.Modality"),
        (f"{STEPS}[0]..x", "0001:0019 Unable to parse tag/dictionary name at beginning of path: .x"),
        ("(0010,0010", "0001:0019 Unable to parse tag at beginning of path: (0010,0010"),
        (f"{STEPS}[a]", "0001:0019 Unable to parse item number at beginning of path: [a]"),
        (f"{STEPS}[]", "0001:0019 Unable to parse item number at beginning of path: []"),
        (f"{STEPS}[\uff11].x", "0001:0019 Unable to parse item number at beginning of path: [\uff11].x"),
        (f"{STEPS}[0", "0001:0019 Unable to parse item number at beginning of path: [0"),
        ("(0040,0100)x", "0001:0019 Unable to parse item number at beginning of path: x"),
        (f"{STEPS}[-1]", "0001:0019 Negative item number (not permitted) at beginning of path: [-1]"),
        (f"{STEPS}[*].Modality=CT", "0001:0019 Item wildcard '*' found in path but wildcards disabled"),
        ("PatientName[0]", "0001:0019 Invalid Path: Non-sequence tag found with rest path following"),
        ("(0010,0010)x", "0001:0019 Invalid Path: Non-sequence tag found with rest path following"),
        (f"{STEPS}=1", "0001:0019 Cannot insert value into path ending with item or sequence"),
        (f"{STEPS}[0]=1", "0001:0019 Cannot insert value into path ending with item or sequence"),
        (f"{STEPS}[0].=1", "0001:0019 Cannot insert value into path ending with item or sequence"),
        ("=A", "0000:0001 Illegal parameter"),
    ],
)
def test_a_wrong_path_is_refused_with_the_key_and_in_dcmtks_words(text: str, reason: str) -> None:
    with pytest.raises(KeyPathError) as caught:
        Key.parse(text)
    assert f"'{text}'" in caught.value.message
    assert caught.value.dcmtk == f"E: Bad override key/path: {text}\nE: Find SCU Failed: {reason}"


def test_item_numbers_are_bounded() -> None:
    assert Key.parse(f"{STEPS}[{LIMITS.path_item}]").path[0].item == LIMITS.path_item
    for number in (LIMITS.path_item + 1, 4294967295, 10**40, "1" * 5000):
        with pytest.raises(KeyPathError, match="above"):
            Key.parse(f"{STEPS}[{number}].Modality")


def test_zeros_before_an_item_number_do_not_count() -> None:
    assert Key.parse(f"{STEPS}[{'0' * 5000}1].Modality").path[0].item == 1
    assert Key.parse(f"{STEPS}[-0].Modality").path[0].item == 0


def test_misspelt_keywords_are_answered_with_a_suggestion() -> None:
    with pytest.raises(KeyPathError) as caught:
        Key.parse("PatientNmae=x")
    assert "Did you mean PatientName" in caught.value.remedy


def test_invisible_characters_in_a_key_are_shown() -> None:
    with pytest.raises(KeyPathError, match=r"Patient\\u200bSex"):
        Key.parse("Patient\u200bSex")


@given(st.text(alphabet=st.sampled_from("0019aAx,()[]=.* -SQ"), max_size=25) | st.text(max_size=25))
def test_every_text_is_a_key_or_refused_and_keys_come_back(text: str) -> None:
    try:
        key = Key.parse(text)
    except KeyPathError:
        return
    assert Key.parse(str(key)) == key


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("PatientName", "PatientName"),
        ("00100010", "PatientName"),
        ("(0010,0010)", "PatientName"),
        ("0010,0010", "PatientName"),
        (f"{STEPS}.Modality", f"{STEPS}.Modality"),
        (f"{STEPS}[1].Modality", f"{STEPS}[1].Modality"),
        (f"{STEPS}[*]/Modality", f"{STEPS}[*].Modality"),
        ("(0040,0100).(0008,0060)", f"{STEPS}.Modality"),
        ("(0009,1001)", "(0009,1001)"),
    ],
)
def test_column_paths(text: str, canonical: str) -> None:
    path = Path.parse(text)
    assert str(path) == canonical
    assert Path.parse(canonical) == path


@pytest.mark.parametrize("text", ["", "Foo", "PatientName.", f"{STEPS}[x].Modality", "PatientName=1", "[0]", "a b"])
def test_wrong_column_paths(text: str) -> None:
    with pytest.raises(KeyPathError, match="no path to an attribute"):
        Path.parse(text)


def test_column_paths_find_the_elements_of_the_first_of_a_named_and_of_all_items() -> None:
    def item(modality: bytes) -> DataSet:
        return DataSet([Element(0x00080060, "CS", modality)])

    dataset = DataSet([Element(0x00400100, "SQ", items=[item(b"CT"), item(b"MR")])])

    def found(text: str) -> list[bytes]:
        return [element.value for element in Path.parse(text).find(dataset)]

    assert found(f"{STEPS}.Modality") == [b"CT"]
    assert found(f"{STEPS}[1].Modality") == [b"MR"]
    assert found(f"{STEPS}[*].Modality") == [b"CT", b"MR"]
    assert found(f"{STEPS}[5].Modality") == []
    assert found("PatientName.Modality") == []
    assert Path.parse(f"{STEPS}[*].Modality").steps[0].item == ALL_ITEMS
    assert Path.parse(f"{STEPS}.Modality").vr == "CS"
