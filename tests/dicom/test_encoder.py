from __future__ import annotations

import struct
import zlib

from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from findtui.dicom import encoder, walker
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from tests.dicom.datasets import SYNTAXES, datasets, encoded


def defined(dataset: Dataset, is_undefined: bool) -> None:
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = is_undefined
            for item in element.value:
                item.is_undefined_length_sequence_item = is_undefined
                defined(item, is_undefined)


@given(datasets(), st.sampled_from(SYNTAXES), st.sampled_from(SYNTAXES), st.booleans())
def test_bytes_are_those_of_pydicom(
    dataset: Dataset, read: TransferSyntax, written: TransferSyntax, undefined: bool
) -> None:
    parsed = walker.parse(encoded(dataset, read), read)
    defined(dataset, undefined)
    assert encoder.encode(parsed, written, undefined_lengths=undefined) == encoded(dataset, written)


def test_odd_values_are_padded() -> None:
    dataset = DataSet([Element(0x00080018, "UI", b"1.2.3"), Element(0x00100010, "PN", b"ABC")])
    assert encoder.encode(dataset, EXPLICIT_LITTLE) == b"\x08\0\x18\0UI\x06\x001.2.3\0\x10\0\x10\0PN\x04\0ABC "


def test_only_text_is_padded_with_a_blank() -> None:
    for vr in ("AT", "FD", "FL", "OB", "OW", "SL", "SS", "SV", "UI", "UL", "UN", "US", "UV"):
        assert encoder.padded(b"\1", vr) == b"\1\0"
    for vr in ("AE", "CS", "DS", "LO", "PN", "UC", "UR", "UT"):
        assert encoder.padded(b"1", vr) == b"1 "


def test_young_vrs_can_be_avoided() -> None:
    dataset = DataSet([Element(0x00091001, "UN", b"ab"), Element(0x00660016, "OF", struct.pack("<f", 1.5))])
    for syntax in (EXPLICIT_LITTLE, EXPLICIT_BIG):
        reread = walker.parse(encoder.encode(dataset, syntax, new_vr=False), syntax)
        assert [(each.vr, each.value) for each in reread] == [("OB", b"ab"), ("OB", struct.pack("<f", 1.5))]


def test_a_value_too_long_for_its_vr_becomes_un() -> None:
    dataset = DataSet([Element(0x00104000, "LT", b"x" * 70000)])
    (reread,) = walker.parse(encoder.encode(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE)
    assert (reread.vr, reread.length) == ("UN", 70000)


def test_group_lengths_are_calculated_anew() -> None:
    dataset = DataSet([Element(0x00100000, "UL", b"\1\0\0\0"), Element(0x00100010, "PN", b"A^B ")])
    for syntax in SYNTAXES:
        first = walker.parse(encoder.encode(dataset, syntax), syntax).elements[0]
        assert first.value == struct.pack("<I", 12)


def test_deflated_bytes_inflate_and_are_even() -> None:
    for size in range(40):
        data = bytes(range(size))
        deflated = encoder.deflate(data, 9)
        assert not len(deflated) & 1
        assert zlib.decompressobj(-zlib.MAX_WBITS).decompress(deflated) == data


def test_implicit_vr_writes_no_vr() -> None:
    assert encoder.encode(DataSet([Element(0x00100010, "PN", b"AB")]), IMPLICIT_LITTLE) == b"\x10\0\x10\0\2\0\0\0AB"
