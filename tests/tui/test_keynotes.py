"""What is said about keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.tui.widgets.keynotes import kind_of_matching, look_at, look_over

NOW = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)
STEP = "ScheduledProcedureStepSequence[0]."


@pytest.mark.parametrize(
    ("text", "note", "wrong"),
    [
        ("PatientName=M*", "wildcard", False),
        ("PatientName=*", "universal", False),
        ("PatientName", "", False),
        ("StudyDate=today-7..today", "20261115-20261122, range", False),
        ("StudyDate=20261101-", "range", False),
        ("StudyTime=08:00..", "0800-, range", False),
        ("StudyInstanceUID=1.2\\1.3", "list of UIDs", False),
        ("SOPClassUID==CTImageStorage", "1.2.840.10008.5.1.4.1.1.2, single value", False),
        ("PatientID=山田", "single value, sent in ISO_IR 192", False),
        ("QueryRetrieveLevel=STUDY", "what is asked for", False),
        ("ReferencedStudySequence", "sequence", False),
        ("RequestAttributesSequence[1].AccessionNumber", "peers may look at the first item alone", False),
        ("RequestAttributesSequence[0].AccessionNumber", "", False),
        ("StudyInstanceUID=1.02", "leading zeros", True),
        ("Modality=ct", "capitals", True),
        ("Rows=many", "whole number", True),
        ("StudyDate=2026-02-30", "no day of the calendar", True),
        ("AccessionNumber=12345678901234567", "allows 16", True),
        ("Nonsense=3", "nothing is called 'Nonsense'", True),
        ("PatientID[0].PatientName", "no sequence", True),
        ("ReferencedStudySequence=3", "hold attributes", True),
        ("=3", "no attribute", True),
        ("", "no attribute", True),
    ],
)
def test_notes(text: str, note: str, wrong: bool) -> None:
    said = look_at(text, NOW)
    assert said.wrong is wrong
    assert (note in said.note) if wrong else (said.note == note)
    assert f"{said.path}={said.value}".removesuffix("=") == text.removesuffix("=")


@pytest.mark.parametrize(
    ("text", "note", "remedy"),
    [
        ("Modality=ct", "capitals", "Write CT"),
        ("PatientBirthDate=1961", "YYYYMMDD", "Write 19610101-19611231"),
        ("StudyDate=2026*", "wildcard", "a range"),
        ("PatientAge=20", "three digits", "Write 020Y"),
        ("PatientAge=6m", "three digits", "Write 006M"),
        ("StudyDate=toda", "YYYYMMDD", "Words are today"),
        ("StudyTime=noon", "HHMMSS", "Words are now"),
        ("SpecificCharacterSet=KLINGON", "KLINGON", "ISO_IR 192"),
        ("(0002,0010)=1.2", "group 0002", "Leave the key out"),
        ("(fffe,e000)", "group FFFE", "Leave the key out"),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(text: str, note: str, remedy: str) -> None:
    said = look_at(text, NOW)
    assert said.wrong
    assert note in said.note
    assert remedy in said.remedy


def test_keys_are_looked_at_together() -> None:
    texts = ("0008,0052=STUDIES", "PatientID=1", "Modality", "(0010,0020)=2", f"{STEP}Modality")
    level, shadowed, *others = look_over(texts, NOW, levels=("STUDY", "SERIES"))
    assert level.wrong
    assert level.remedy == "It has STUDY, SERIES"
    assert shadowed.wrong
    assert "the last one counts" in shadowed.note
    assert not any(note.wrong for note in others)
    assert not look_over(("QueryRetrieveLevel=STUDIES",), NOW)[0].wrong


def test_a_key_decides_the_character_set_however_it_is_written() -> None:
    assert look_over(("0008,0005=ISO_IR 100", "PatientName=山田"), NOW)[1].wrong
    assert not look_over(("0008,0005=ISO_IR 192", "PatientName=山田"), NOW, "ISO_IR 100")[1].wrong


def test_text_that_the_character_set_cannot_hold_is_refused() -> None:
    said = look_at("PatientName=山田*", NOW, "ISO_IR 100")
    assert said.wrong
    assert "山" in said.note
    assert "ISO_IR 192" in said.remedy
    assert not look_at("PatientName=MÜLLER*", NOW, "ISO_IR 100").wrong


@given(st.text(max_size=40))
def test_whatever_is_typed_is_looked_at(text: str) -> None:
    said = look_at(text, NOW)
    assert said.note or not said.wrong


@pytest.mark.parametrize(
    ("vr", "value", "kind"),
    [
        ("DT", "20261122-0500", "single value"),
        ("DT", "20261122-20261123", "range"),
        ("DA", "20261122", "single value"),
        ("UI", "1.2\\1.3", "list of UIDs"),
        ("CS", "CT\\MR", "any of several, if the peer knows that"),
        ("UN", "12\\34", "single value"),
        ("TM", "2200-0600", "range over midnight, if the peer knows that"),
        ("TM", "0830-09", "range"),
        ("PN", "  ", "universal, for blanks do not count"),
        ("LT", "a\\b", "single value"),
        ("UI", "1.2*", "single value"),
    ],
)
def test_kinds_of_matching(vr: str, value: str, kind: str) -> None:
    assert kind_of_matching(vr, value) == kind
