from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from findtui.dicom import walker
from findtui.dicom.dataset import UNDEFINED_LENGTH, DataSet
from findtui.dicom.limits import LIMITS
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from findtui.dicom.walker import UnreadableIdentifier
from tests.dicom.datasets import SYNTAXES, datasets, element, encoded, item, undefined_item, undefined_sequence

Tree = list[tuple[int, str, object]]


def tree(dataset: DataSet) -> Tree:
    return [
        (each.tag, each.vr, each.value if each.items is None else [tree(part) for part in each.items])
        for each in dataset
    ]


def expected_tree(dataset: Dataset) -> Tree:
    """As pydicom would write it in explicit VR little endian, element by element."""
    expected: Tree = []
    for each in dataset:
        if each.VR == "SQ":
            expected.append((int(each.tag), "SQ", [expected_tree(part) for part in each.value]))
            continue
        alone = Dataset()
        alone.add(each)
        data = encoded(alone, EXPLICIT_LITTLE)
        expected.append((int(each.tag), each.VR, data[12 if each.VR in walker.LONG_VRS else 8 :]))
    return expected


@given(datasets(), st.sampled_from(SYNTAXES))
def test_the_tree_holds_what_pydicom_wrote(dataset: Dataset, syntax: TransferSyntax) -> None:
    identifier = encoded(dataset, syntax)
    walker.check(identifier, syntax)
    assert tree(walker.parse(identifier, syntax)) == expected_tree(dataset)


@settings(max_examples=300)
@given(datasets(), st.sampled_from(SYNTAXES), st.data())
def test_damaged_bytes_are_readable_or_refused(dataset: Dataset, syntax: TransferSyntax, data: st.DataObject) -> None:
    identifier = bytearray(encoded(dataset, syntax))
    for _ in range(data.draw(st.integers(1, 4))):
        if identifier:
            at = data.draw(st.integers(0, len(identifier) - 1))
            identifier[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0x53]))
    damaged = bytes(identifier[: data.draw(st.integers(0, len(identifier)))])
    try:
        walker.parse(damaged, syntax)
    except UnreadableIdentifier:
        with pytest.raises(UnreadableIdentifier) as caught:
            walker.check(damaged, syntax)
        assert 0 <= caught.value.offset <= len(damaged)
    else:
        walker.check(damaged, syntax)


@given(st.binary(max_size=200), st.sampled_from(SYNTAXES))
def test_any_bytes_are_readable_or_refused(identifier: bytes, syntax: TransferSyntax) -> None:
    try:
        walker.parse(identifier, syntax)
    except UnreadableIdentifier:
        with pytest.raises(UnreadableIdentifier):
            walker.check(identifier, syntax)
    else:
        walker.check(identifier, syntax)


NAME = element(0x00100010, "PN", b"A^B ")


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [
        (NAME[:-1], r"\(0010,0010\) PatientName at byte 0 claims 4 bytes, but its parent has only 3 left"),
        (NAME + b"\0\0\0", "3 bytes at byte 12 are too few for an element"),
        (NAME[:4] + b"\x01\x02" + NAME[6:], "has no VR: 01 02"),
        (item(NAME), r"\(fffe,e000\).* at byte 0 stands where an element should"),
        (element(0x00400100, "SQ", NAME + b"\0" * 8), r"\(0010,0010\).* at byte 12 stands where an item should"),
        (element(0x00400100, "SQ", item(NAME)[:-2]), "an item at byte 12 claims 12 bytes"),
        (undefined_sequence(0x00400100, undefined_item(NAME))[:-8], "has no delimitation before"),
        (undefined_sequence(0x00400100, undefined_item(NAME)[:-8]), "stands where an element should"),
        (struct.pack("<HH2sHI", 0x0040, 0xA160, b"UT", 0, UNDEFINED_LENGTH), "is UT and has an undefined length"),
        (struct.pack("<HH2sHI", 0x0010, 0x0010, b"UT", 0, 1 << 30), "claims 1073741824 bytes"),
    ],
)
def test_what_is_wrong_is_said_with_tag_and_offset(identifier: bytes, reason: str) -> None:
    with pytest.raises(UnreadableIdentifier, match=reason):
        walker.check(identifier, EXPLICIT_LITTLE)


def nested(levels: int, undefined: bool) -> bytes:
    data = NAME
    for _ in range(levels):
        data = (
            undefined_sequence(0x00400100, undefined_item(data)) if undefined else element(0x00400100, "SQ", item(data))
        )
    return data


@pytest.mark.parametrize("undefined", [True, False])
def test_nesting_is_bounded(undefined: bool) -> None:
    walker.check(nested(LIMITS.depth, undefined), EXPLICIT_LITTLE)
    for levels in (LIMITS.depth + 1, 5000):
        with pytest.raises(UnreadableIdentifier, match="nested more than 64 deep"):
            walker.check(nested(levels, undefined), EXPLICIT_LITTLE)


def test_elements_and_items_are_counted() -> None:
    walker.check(element(0x00100010, "PN", b"") * LIMITS.elements, EXPLICIT_LITTLE)
    with pytest.raises(UnreadableIdentifier, match="more than 20000 elements"):
        walker.check(element(0x00100010, "PN", b"") * (LIMITS.elements + 1), EXPLICIT_LITTLE)
    walker.check(element(0x00400100, "SQ", item(b"") * LIMITS.items), EXPLICIT_LITTLE)
    with pytest.raises(UnreadableIdentifier, match="more than 10000 items"):
        walker.check(element(0x00400100, "SQ", item(b"") * (LIMITS.items + 1)), EXPLICIT_LITTLE)


def test_odd_lengths_duplicates_and_any_order_are_taken() -> None:
    identifier = element(0x00100020, "LO", b"ABC") + NAME + NAME
    walker.check(identifier, EXPLICIT_LITTLE)
    assert [each.tag for each in walker.parse(identifier, EXPLICIT_LITTLE)] == [0x00100020, 0x00100010, 0x00100010]


def test_un_of_undefined_length_holds_items_in_implicit_little_endian() -> None:
    name = struct.pack("<HHI", 0x0010, 0x0010, 4) + b"A^B "
    for syntax, order in ((EXPLICIT_LITTLE, "<"), (EXPLICIT_BIG, ">")):
        identifier = struct.pack(order + "HH2sHI", 0x0009, 0x1001, b"UN", 0, UNDEFINED_LENGTH)
        identifier += undefined_item(name) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        walker.check(identifier, syntax)
        assert tree(walker.parse(identifier, syntax)) == [(0x00091001, "SQ", [[(0x00100010, "PN", b"A^B ")]])]


def test_vrs_that_do_not_exist_keep_their_letters() -> None:
    identifier = element(0x00100010, "ZZ", b"abcd") + element(0x00100020, "z1", b"ab")
    walker.check(identifier, EXPLICIT_LITTLE)
    assert tree(walker.parse(identifier, EXPLICIT_LITTLE)) == [
        (0x00100010, "ZZ", b"abcd"),
        (0x00100020, "z1", b"ab"),
    ]


def test_implicit_private_elements_are_unknown() -> None:
    identifier = struct.pack("<HHI", 0x0009, 0x0010, 4) + b"ACME" + struct.pack("<HHI", 0x0009, 0x1001, 2) + b"ab"
    walker.check(identifier, IMPLICIT_LITTLE)
    assert [each.vr for each in Response(1, identifier, IMPLICIT_LITTLE).parse()] == ["LO", "UN"]


@given(st.binary(max_size=64), st.sampled_from(sorted(walker.VALUE_WIDTHS)))
def test_turning_a_value_twice_gives_it_back(value: bytes, vr: str) -> None:
    turned = walker.swapped(value, vr)
    assert walker.swapped(turned, vr) == value
    width = walker.VALUE_WIDTHS[vr]
    if len(value) >= width:
        assert turned[:width] == value[:width][::-1]


def test_without_written_vrs_another_element_of_the_item_decides_some() -> None:
    def vrs(*elements: tuple[int, bytes]) -> list[str]:
        data = b"".join(struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value for tag, value in elements)
        walker.check(data, IMPLICIT_LITTLE)
        return [each.vr for each in walker.parse(data, IMPLICIT_LITTLE)]

    representation, smallest = 0x00280103, (0x00280106, b"\xff\xff")
    assert vrs((representation, b"\1\0"), smallest) == ["US", "SS"]
    assert vrs((representation, b"\0\0"), smallest) == ["US", "US"]
    assert vrs((representation, b""), smallest) == ["US", "US"]
    assert vrs(smallest) == ["US"]
    bits, samples = 0x54001004, (0x54001010, b"\1\2\3\4")
    assert vrs((bits, b"\x10\0"), samples) == ["US", "OW"]
    assert vrs((bits, b"\x08\0"), samples) == ["US", "OB"]
