"""Values as they are typed and as they stand in elements, and the rules that they may break."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.valuerep import VR
from pydicom.values import convert_value

from findtui.dicom.charset import UTF_8, CharacterSet
from findtui.dicom.rules import complaints
from findtui.dicom.values import encode, split, text
from findtui.errors import CharacterSetError, KeyValueError


@pytest.mark.parametrize(
    ("vr", "typed", "raw"),
    [
        ("PN", "M*", b"M*"),
        ("LO", "abc", b"abc "),
        ("LO", "a\\b", b"a\\b "),
        ("UI", "1.2.3", b"1.2.3\0"),
        ("UI", "=CTImageStorage", b"1.2.840.10008.5.1.4.1.1.2\0"),
        ("UI", "=LittleEndianImplicit", b"1.2.840.10008.1.2\0"),
        ("UI", "=FINDModalityWorklistInformationModel", b"1.2.840.10008.5.1.4.31"),
        ("DA", "2020-01-01", b"2020-01-01"),
        ("DS", "abc", b"abc "),
        ("LT", "a\\b", b"a\\b "),
        ("US", "1\\65535", b"\x01\x00\xff\xff"),
        ("US", " +5", b"\x05\x00"),
        ("SS", "-1", b"\xff\xff"),
        ("UL", "4294967295", b"\xff\xff\xff\xff"),
        ("SL", "-2", b"\xfe\xff\xff\xff"),
        ("SV", "-1", b"\xff" * 8),
        ("UV", "18446744073709551615", b"\xff" * 8),
        ("OL", "1\\2", b"\x01\0\0\0\x02\0\0\0"),
        ("OV", "1", b"\x01" + bytes(7)),
        ("FL", "1.5", struct.pack("<f", 1.5)),
        ("FD", "-1e10\\.5", struct.pack("<dd", -1e10, 0.5)),
        ("OF", "inf", struct.pack("<f", math.inf)),
        ("AT", "(0010,0020)\\(8,5)", b"\x10\x00\x20\x00\x08\x00\x05\x00"),
        ("OB", "12\\34\\f", b"\x12\x34\x0f\x00"),
        ("UN", "0x12", b"\x12\x00"),
        ("OW", "1234\\ff", b"\x34\x12\xff\x00"),
        ("US", "", b""),
        ("PN", "", b""),
        ("OB", "", b""),
    ],
)
def test_what_is_typed_becomes_bytes(vr: str, typed: str, raw: bytes) -> None:
    assert encode(vr, typed) == raw
    assert encode(vr, text(vr, raw)) == raw


@pytest.mark.parametrize(
    ("vr", "typed", "problem", "dcmtk"),
    [
        ("US", "70000", "does not fit VR US", ""),
        ("US", "-1", "does not fit VR US", ""),
        ("SS", "32768", "does not fit VR SS", ""),
        ("SV", "9223372036854775808", "does not fit VR SV", ""),
        ("UV", "1" * 5000, "does not fit VR UV", ""),
        ("US", "12abc", "no whole number", ""),
        ("US", "0x10", "no whole number", ""),
        ("US", "1\\", "an empty value is no whole number", "0001:0006 Corrupted data"),
        ("US", "1\\\\2", "an empty value", "0001:0006 Corrupted data"),
        ("UL", "abc", "no whole number", "0001:0006 Corrupted data"),
        ("FL", "1.5x", "no number", ""),
        ("FL", "x", "no number", "0001:0006 Corrupted data"),
        ("FL", "1e39", "does not fit VR FL", ""),
        ("FD", "1e999", "does not fit VR FD", "0001:0006 Corrupted data"),
        ("FD", "1e999x", "no number", "0001:0006 Corrupted data"),
        ("FD", "1.e", "no number", "0001:0006 Corrupted data"),
        ("FL", "12e+", "no number", "0001:0006 Corrupted data"),
        ("US", "\uff11", "no whole number", "0001:0006 Corrupted data"),
        ("FL", "\u0663", "no number", "0001:0006 Corrupted data"),
        ("FD", "1_0", "no number", ""),
        ("AT", "00100010", "no tag", "0001:0006 Corrupted data"),
        ("AT", "PatientName", "no tag", "0001:0006 Corrupted data"),
        ("AT", "(12345,1)", "no tag", ""),
        ("OB", "123", "no hexadecimal byte", ""),
        ("OB", "xy", "no hexadecimal byte", "0001:0006 Corrupted data"),
        ("OW", "12345", "no hexadecimal word", ""),
        ("UI", "=Foo", "no UID is called", "0001:003c Unknown UID name: No mapping to UID value defined"),
        ("SQ", "1", "a sequence", ""),
    ],
)
def test_what_cannot_be_encoded_is_refused(vr: str, typed: str, problem: str, dcmtk: str) -> None:
    with pytest.raises(KeyValueError, match=problem) as caught:
        encode(vr, typed)
    assert caught.value.dcmtk == dcmtk


def test_text_takes_the_character_set() -> None:
    latin = CharacterSet.parse("ISO_IR 100")
    assert encode("PN", "Müller", latin) == b"M\xfcller"
    assert encode("PN", "Müller", UTF_8) == "Müller ".encode()
    assert text("PN", b"M\xfcller", latin) == "Müller"
    with pytest.raises(CharacterSetError):
        encode("PN", "Müller")


def test_text_that_is_not_as_declared_keeps_its_bytes() -> None:
    raw = b"M\xfcller"
    shown = text("PN", raw)
    assert shown.encode("ascii", "surrogateescape") == raw
    assert encode("PN", shown, CharacterSet.parse("ISO_IR 100")) == raw


BINARY = ["US", "SS", "UL", "SL", "SV", "UV", "OL", "OV", "OW", "OB", "UN", "AT", "FL", "FD", "OF", "OD"]


@given(st.sampled_from(BINARY), st.binary(max_size=32))
def test_binary_values_come_back(vr: str, raw: bytes) -> None:
    raw = raw[: len(raw) // 8 * 8]
    again = encode(vr, text(vr, raw))
    if vr in ("FL", "FD", "OF", "OD"):
        code = "f" if vr in ("FL", "OF") else "d"
        before, after = (list(struct.iter_unpack(f"<{code}", value)) for value in (raw, again))
        assert all(a == b or (math.isnan(a[0]) and math.isnan(b[0])) for a, b in zip(before, after, strict=True))
    else:
        assert again == raw


@given(st.sampled_from(["FL", "OF"]), st.floats(width=32, allow_nan=False))
def test_single_precision_is_written_as_short_as_it_can_be(vr: str, number: float) -> None:
    shown = text(vr, struct.pack("<f", number))
    assert struct.unpack("<f", struct.pack("<f", float(shown)))[0] == number
    assert len(shown) <= 15


@given(st.sampled_from(["US", "SS", "UL", "SL", "FD"]), st.lists(st.integers(0, 30000), min_size=1, max_size=4))
def test_pydicom_reads_our_numbers(vr: str, numbers: list[int]) -> None:
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    raw = encode(vr, "\\".join(map(str, numbers)))
    read = convert_value(VR(vr), RawDataElement(Tag(0x00091001), vr, len(raw), raw, 0, False, True))
    assert (list(read) if len(numbers) > 1 else [read]) == numbers


def test_numbers_that_are_cut_off_are_shown_as_bytes() -> None:
    assert text("US", b"\x01\x02\x03") == "01\\02\\03"
    assert text("FD", b"\x01") == "01"


def test_split_keeps_backslashes_of_long_text() -> None:
    assert split("LO", "a\\b") == ["a", "b"]
    assert split("LT", "a\\b") == ["a\\b"]
    assert split("LO", "") == []


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("DA", "20260101"), ("DA", "20260101-"), ("DA", "-20260101"), ("DA", "20260101-20260131"),
        ("TM", "0830-12"), ("TM", "235960.123456"), ("DT", "20260101"), ("DT", "2026"), ("DT", "20260101120000+0100"),
        ("DT", "20260101-0500-20260201-0500"), ("DT", "20260101-0500"), ("DT", "2026-2027"),
        ("CS", "CT"), ("CS", "C?"), ("CS", "*"), ("UI", "1.2.840"), ("UI", "1.2\\1.3"), ("AE", "STORE SCP"),
        ("IS", "-12 "), ("DS", "1.5e-3"), ("PN", "A^B^C^D^E=a=b"), ("PN", "*"), ("LT", "a\tb\r\nc"), ("AS", "012Y"),
        ("UR", "http://example.org/a%20b"), ("LO", "ä" * 64), ("US", "1"), ("PN", ""),
    ],
)  # fmt: skip
def test_values_that_follow_the_rules(vr: str, value: str) -> None:
    assert complaints(vr, value) == []


@pytest.mark.parametrize(
    ("vr", "value", "problem"),
    [
        ("DA", "2026-01-01", "no range"), ("DA", "20260230", "no day of the calendar"), ("DA", "-", "neither"),
        ("DA", "20260102-20260101", "ends before"), ("DA", "2026*", "wildcard"), ("DA", "20260101-20260230", "no day"),
        ("TM", "08:30", "not a time"), ("TM", "2500", "not a time"), ("DT", "202613", "not a date and time"),
        ("CS", "ct", "capitals"), ("CS", "A" * 17, "17 characters"), ("UI", "1.02", "leading zeros"),
        ("UI", "1.2.*", "wildcard"), ("UI", "1." * 33 + "1", "67 characters"), ("AE", "A" * 17, "17 characters"),
        ("AE", "   ", "blanks alone"), ("IS", "1.0", "whole number"), ("IS", "9999999999", "beyond the range"),
        ("DS", "abc", "decimal number"), ("SH", "x" * 17, "17 characters"), ("LO", "a\tb", "control characters"),
        ("PN", "a=b=c=d", "4 component groups"), ("PN", "A^B^C^D^E^F", "6 components"), ("PN", "x" * 65, "65"),
        ("AS", "12Y", "three digits"), ("UR", "a b", "a URI"),
    ],
)  # fmt: skip
def test_values_that_break_a_rule(vr: str, value: str, problem: str) -> None:
    assert any(problem in complaint for complaint in complaints(vr, value))


def test_a_number_of_thousands_of_digits_is_too_long() -> None:
    # More digits than Python converts to a number.
    assert any("5000 characters where VR IS allows 12" in complaint for complaint in complaints("IS", "1" * 5000))


def test_ranges_and_wildcards_are_for_keys() -> None:
    assert complaints("DA", "20260101-", matching=False)
    assert complaints("CS", "C*", matching=False)
    assert complaints("UI", "1.2\\1.3", matching=False, vm="1")
    assert complaints("UI", "1.2\\1.3", vm="1") == []
    assert complaints("LO", "a\\b", vm="1")
    assert complaints("CS", "a\\b\\c", matching=False, vm="2-2n")
    assert complaints("CS", "A", matching=False, vm="2-n")
    assert complaints("CS", "A\\B\\C", vm="1-n") == []


def test_bytes_are_held_against_their_character_set() -> None:
    assert "no text in ASCII" in complaints("PN", b"M\xfcller")[0]
    assert complaints("PN", b"M\xfcller", charset=CharacterSet.parse("ISO_IR 100")) == []
    assert complaints("UI", b"1.2.3\0") == []
    assert complaints("OB", b"\xff\xff") == []


@given(st.sampled_from(["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "TM", "UI", "UR", "UT", "XX"]), st.text())
def test_any_text_can_be_held_against_the_rules(vr: str, value: str) -> None:
    assert all(complaint for complaint in complaints(vr, value))
