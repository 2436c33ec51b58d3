"""The data dictionary and the files that DCMDICTPATH names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from findtui.dicom import dictionary, dictionary_file
from findtui.errors import DictionaryError

DEBIAN = Path("/usr/share/libdcmtk17/dicom.dic")
# Where later editions of PS3.6 than Debian's retired an attribute or took it back.
LATER_EDITIONS = {
    0x00080096, 0x00102160, 0x00380004, 0x00701807, 0x00701808, 0x30040010, 0x30060085, 0x30060088, 0x3008002B,
    0x30100090,
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_dictionary() -> Iterator[None]:
    yield
    dictionary.forget()


def load(tmp_path: Path, *texts: str) -> None:
    paths = []
    for index, text in enumerate(texts):
        paths.append(tmp_path / f"{index}.dic")
        paths[-1].write_text(text)
    dictionary.load_environment({"DCMDICTPATH": os.pathsep.join(map(str, paths))})


@pytest.mark.parametrize(
    ("tag", "vr", "keyword"),
    [
        (0x00100010, "PN", "PatientName"),
        (0x00400100, "SQ", "ScheduledProcedureStepSequence"),
        (0x60023000, "OW", "OverlayData"),
        (0x50020005, "US", "RETIRED_CurveDimensions"),
        (0x00203102, "CS", "RETIRED_SourceImageIDs"),
        (0x00080000, "UL", "GenericGroupLength"),
        (0x00090000, "UL", "PrivateGroupLength"),
        (0x00090010, "LO", "PrivateCreator"),
        (0x00030010, "LO", "IllegalPrivateCreator"),
        (0x00280106, "US", "SmallestImagePixelValue"),
        (0x00283006, "OW", "LUTData"),
        (0x54001010, "OB", "WaveformData"),
        (0x7FE00010, "OW", "PixelData"),
        (0x00041200, "UL", "OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity"),
        (0x00100012, "LT", "NameToUse"),
    ],
)
def test_look_up_gives_vr_and_keyword(tag: int, vr: str, keyword: str) -> None:
    entry = dictionary.lookup(tag)
    assert entry is not None
    assert (entry.vr, entry.keyword) == (vr, keyword)
    assert dictionary.implicit_vr(tag) == vr
    assert dictionary.keyword(tag) == keyword


@pytest.mark.parametrize("tag", [0x00091001, 0x00101234, 0x60013000, 0x00203103, 0x00091100, 0x00280420])
def test_what_is_in_no_dictionary_is_unknown(tag: int) -> None:
    assert dictionary.lookup(tag) is None
    assert dictionary.implicit_vr(tag) == "UN"
    assert dictionary.keyword(tag) == "Unknown Tag & Data"


def test_open_choices_have_dcmtks_words_in_dumps() -> None:
    tags = (0x00280106, 0x00283006, 0x54001010, 0x50003000, 0x60003000, 0x7FE00010, 0x00100010)
    entries = [entry for tag in tags if (entry := dictionary.lookup(tag)) is not None]
    assert [entry.open_vr or entry.vr for entry in entries] == ["xs", "lt", "ox", "OB", "OW", "OW", "PN"]


def test_keywords_are_exact_and_retired_ones_are_found_with_and_without_their_mark() -> None:
    found = dictionary.find("PatientName")
    assert found is not None
    assert found.tag == 0x00100010
    assert dictionary.find("patientname") is None
    assert dictionary.find("RETIRED_CurveData") == dictionary.find("CurveData")
    overlay = dictionary.find("OverlayData")
    assert overlay is not None
    assert overlay.tag == 0x60003000
    length = dictionary.find("GenericGroupLength")
    assert length is not None
    assert length.tag == 0


def test_files_override_the_built_in_entries_and_later_files_override_earlier_ones(tmp_path: Path) -> None:
    load(
        tmp_path,
        "# comment\n\n  # another\n(0010,0010)\tLO\tNameOfPatient\t1\tLOCAL\n(0010,0020)\tLO\tFirst\n",
        "(0010,0020)\tSH\tSecond\t1-n\n",
    )
    assert dictionary.lookup(0x00100010) == (0x00100010, "LO", "1", "NameOfPatient", "Name Of Patient", False, "")
    assert dictionary.find("PatientName") is None
    assert dictionary.keyword(0x00100020) == "Second"
    assert dictionary.find("First") is None
    dictionary.load_environment({})
    assert dictionary.keyword(0x00100010) == "PatientName"


def test_private_elements_are_known_by_their_creator(tmp_path: Path) -> None:
    load(
        tmp_path,
        '(0029,"ACME 1.0",08)\tCS\tAcmeKind\t1\tPrivateTag\n'
        '(0029-o-0031,"ACME 1.0",10-u-1F)\tDS\tAcmeNumbers\t1-n\tPrivateTag\n'
        '(0029,"ACME 1.0",1177)\tUS\tAcmeFixed\t1\tPrivateTag\n',
    )
    assert dictionary.implicit_vr(0x00291108, "ACME 1.0") == "CS"
    assert dictionary.implicit_vr(0x00291208, "ACME 1.0") == "CS"
    assert dictionary.implicit_vr(0x00291108, "OTHER") == "UN"
    assert dictionary.implicit_vr(0x00291108) == "UN"
    assert dictionary.implicit_vr(0x00311115, "ACME 1.0") == "DS"
    assert dictionary.implicit_vr(0x00291177, "ACME 1.0") == "US"


def test_ranges_keep_their_parity_and_narrow_ones_come_first(tmp_path: Path) -> None:
    load(
        tmp_path,
        "(7000-70FF,0010)\tUS\tWide\n(7000-u-7010,0010)\tSS\tNarrow\n(7101-o-7109,0001-e-0009)\txs\tOdd\n",
    )
    tags = (0x70000010, 0x70010010, 0x70200010, 0x70210010, 0x71010002, 0x71010003, 0x71020002)
    assert [dictionary.keyword(tag).split()[0] for tag in tags] == [
        "Narrow",
        "Narrow",
        "Wide",
        "PrivateCreator",
        "Odd",
        "Unknown",
        "Unknown",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("(0010,0010)\tLO", "too few fields"),
        ("(0010,0010)\tLO\tA\t1\tX\tY", "too many fields"),
        ("(0010,0010\tLO\tA", "bad Tag field"),
        ("0010,0010\tLO\tA", "bad Tag field"),
        ("(0010-x-0012,0010)\tLO\tA", "bad Tag field"),
        ("(0012-0010,0010)\tLO\tA", "ends before it begins"),
        ("(0010,0010)\tL\tA", "bad VR field"),
        ("(0010,0010)\tLO\tA\tmany", "bad VM field"),
        ("(0010 0010) LO A", "too few fields"),
    ],
)
def test_a_wrong_line_is_named_with_its_file(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(DictionaryError, match=problem) as caught:
        load(tmp_path, f"# first\n{line}\n")
    assert "0.dic is wrong in line 2" in caught.value.message
    assert caught.value.remedy
    faults = r"(too (few|many) fields|bad (Tag|VR|VM) field) \(line 2\)(: .+)?"
    assert re.fullmatch(rf"E: DcmDataDictionary: \S+0\.dic: {faults}", caught.value.dcmtk)


@pytest.mark.parametrize("name", ["missing.dic", "."])
def test_a_file_that_cannot_be_read_stops_the_run(tmp_path: Path, name: str) -> None:
    with pytest.raises(DictionaryError, match="cannot read the data dictionary") as caught:
        dictionary.load_environment({"DCMDICTPATH": str(tmp_path / name)})
    assert caught.value.dcmtk.startswith("E: DcmDataDictionary: Cannot open file: ")


def test_corrections_stand_over_the_table_and_the_supplement_beside_it() -> None:
    """Else what is found would hang on what was asked for before."""
    from pydicom._dicom_dict import DicomDictionary

    rows = {tag: row[4] for tag, row in DicomDictionary.items() if row[4]}
    folder = Path(dictionary.__file__).parent
    corrections = dictionary_file.read(folder / "corrections.dic")
    assert [definition for definition in corrections if definition.entry.tag not in rows] == []
    supplement = [row.entry for row in dictionary_file.read(folder / "supplement.dic") if not row.repeating]
    assert [entry for entry in supplement if entry.tag in rows or entry.keyword in rows.values()] == []


def test_an_empty_path_means_the_built_in_dictionary() -> None:
    dictionary.load_environment({"DCMDICTPATH": ""})
    assert dictionary.keyword(0x00100010) == "PatientName"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("PatientName", "PatientName"),
        ("patientna", "PatientName"),
        ("patient's name", "PatientName"),
        ("(0010,0010)", "PatientName"),
        ("00100010", "PatientName"),
        ("spss", "ScheduledProcedureStepSequence"),
        ("scheduled station ae", "ScheduledStationAETitle"),
        ("PatientNmae", "PatientName"),
        ("patname", "PatientName"),
        ("accnum", "AccessionNumber"),
        ("refphys", "ReferringPhysicianName"),
        ("seriesuid", "SeriesInstanceUID"),
        ("schedstat", "ScheduledStationName"),
    ],
)
def test_search_finds_what_is_meant(typed: str, expected: str) -> None:
    assert expected in [entry.keyword for entry in dictionary.search(typed, 5)]


def test_search_is_bounded_and_may_find_nothing() -> None:
    assert len(dictionary.search("Patient", 7)) == 7
    assert dictionary.search("", 7) == []
    assert dictionary.search("qqqqqqqqqq", 7) == []


def test_search_finds_nothing_that_no_identifier_may_hold() -> None:
    assert dictionary.search("TransferSyntaxUID", 1)[0].tag >> 16 != 0x0002
    assert not [entry for entry in dictionary.search("item", 400) if entry.tag >> 16 in (0x0000, 0x0002, 0xFFFE)]


def test_among_a_few_entries_one_that_begins_alike_is_near() -> None:
    entries = [entry for word in ("ModalitiesInStudy", "Modality", "Rows") if (entry := dictionary.find(word))]
    near, same, far = dictionary.distances("modality", entries)
    assert same == 0
    assert near is not None
    assert near > same
    assert far is None
    assert dictionary.distances("", entries) == [None, None, None]


def test_the_walkers_look_up_is_cached() -> None:
    dictionary.implicit_vr(0x00100010)
    before = dictionary.implicit_vr.cache_info().hits
    dictionary.implicit_vr(0x00100010)
    assert dictionary.implicit_vr.cache_info().hits == before + 1


@pytest.mark.interop
def test_every_entry_of_debians_dictionary_is_held() -> None:
    if not DEBIAN.exists() and not os.environ.get("FINDTUI_REQUIRE_PEERS"):
        pytest.skip("Debian's libdcmtk is not installed")
    known_words = re.compile("RETIRED_")
    different = []
    for definition in dictionary_file.read(DEBIAN):
        theirs, ours = definition.entry, dictionary.lookup(definition.entry.tag)
        assert ours is not None, theirs
        same_keyword = ours.keyword == theirs.keyword or (
            theirs.tag in LATER_EDITIONS and known_words.sub("", ours.keyword) == known_words.sub("", theirs.keyword)
        )
        if theirs.keyword == "GenericGroupLength" or theirs.tag == 0x00089007:
            continue
        if not same_keyword or (ours.vr, ours.vm) != (theirs.vr, theirs.vm) or ours.open_vr != theirs.open_vr:
            different.append((theirs, ours))
    assert different == []
