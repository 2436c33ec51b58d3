"""A layout may only recognise what the walker would read in the same way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from findtui.dicom import walker
from findtui.dicom.dataset import DataSet
from findtui.dicom.layout import LEARN_AFTER, MOST_LAYOUTS, Kind, Layout, Layouts
from findtui.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax

SYNTAXES = (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG)


def worklist_item(name: str, station: str, *, undefined: bool = False, steps: int = 1) -> Dataset:
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 192"
    item.PatientName = name
    item.PatientID = "P000123"
    item.PregnancyStatus = 4
    sequence = []
    for _ in range(steps):
        step = Dataset()
        step.ScheduledStationAETitle = station
        step.ScheduledProcedureStepStartDate = "20261122"
        step.is_undefined_length_sequence_item = undefined
        sequence.append(step)
    item.ScheduledProcedureStepSequence = Sequence(sequence)
    item["ScheduledProcedureStepSequence"].is_undefined_length = undefined
    return item


def encode(item: Dataset, syntax: TransferSyntax) -> bytes:
    stream = DicomBytesIO()
    stream.is_little_endian = syntax.little_endian
    stream.is_implicit_VR = not syntax.explicit
    write_dataset(stream, item)
    return stream.getvalue()


def layout_of(identifier: bytes, syntax: TransferSyntax) -> Layout:
    return Layout(walker.parse(identifier, syntax), syntax)


def headers(dataset: DataSet) -> Iterator[tuple[Kind, int, str, bytes]]:
    """What the fields and values of a layout stand for, from the walker's tree."""
    for element in dataset:
        if element.items is None:
            yield Kind.ELEMENT, element.tag, element.vr, element.value
            continue
        yield Kind.SEQUENCE, element.tag, "SQ", b""
        for item in element.items:
            yield Kind.ITEM, walker.ITEM, "", b""
            yield from headers(item)
        yield Kind.SEQUENCE_END, walker.SEQUENCE_DELIMITATION, "", b""


def read_by_layout(layout: Layout, identifier: bytes) -> list[tuple[Kind, int, str, bytes]] | None:
    if not layout.fits(identifier):
        return None
    read: list[tuple[Kind, int, str, bytes]] = []
    for field, found in zip(layout.fields, layout.values(identifier), strict=True):
        if field.kind is Kind.ITEM_END:
            continue
        value = b""
        if field.kind is Kind.ELEMENT:
            value = found[4 if field.wide else 2 :]
            if not layout.syntax.little_endian:
                value = walker.swapped(value, field.vr)
        read.append((field.kind, field.tag, field.vr, value))
    return read


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_values_of_other_lengths_are_recognised(syntax: TransferSyntax, undefined: bool) -> None:
    layout = layout_of(encode(worklist_item("Müller^Jörg", "CT01", undefined=undefined), syntax), syntax)
    other = encode(worklist_item("O^Li", "A", undefined=undefined), syntax)
    assert read_by_layout(layout, other) == list(headers(walker.parse(other, syntax)))


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_another_number_of_items_is_not_recognised(syntax: TransferSyntax) -> None:
    layout = layout_of(encode(worklist_item("A^B", "CT01"), syntax), syntax)
    other = encode(worklist_item("A^B", "CT01", steps=2), syntax)
    assert not layout.fits(other)


@settings(max_examples=400)
@given(
    st.sampled_from(SYNTAXES),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=3),
)
def test_what_a_layout_recognises_the_walker_reads_alike(
    syntax: TransferSyntax, undefined: bool, changes: list[tuple[int, int]]
) -> None:
    identifier = bytearray(encode(worklist_item("Müller^Jörg", "CT01", undefined=undefined), syntax))
    layout = layout_of(bytes(identifier), syntax)
    for position, byte in changes:
        identifier[position % len(identifier)] = byte
    changed = bytes(identifier)
    read = read_by_layout(layout, changed)
    if read is not None:
        assert read == list(headers(walker.parse(changed, syntax)))


def test_identifiers_that_recur_are_learned_and_broken_ones_still_found() -> None:
    layouts = Layouts(EXPLICIT_LITTLE)
    identifier = encode(worklist_item("Müller^Jörg", "CT01"), EXPLICIT_LITTLE)
    assert [layouts.check(identifier) for _ in range(LEARN_AFTER)] == [None] * LEARN_AFTER
    learned = layouts.check(identifier)
    assert learned is not None
    with pytest.raises(walker.UnreadableIdentifier):
        layouts.check(identifier[:-1])
    assert layouts.check(encode(worklist_item("Wang^Li", "MR02"), EXPLICIT_LITTLE)) is learned


def test_a_broken_identifier_is_found_whatever_was_learned() -> None:
    layouts = Layouts(EXPLICIT_LITTLE)
    identifier = encode(worklist_item("Müller^Jörg", "CT01"), EXPLICIT_LITTLE)
    for _ in range(2 * LEARN_AFTER):
        layouts.check(identifier)
    for end in range(1, len(identifier)):
        try:
            walker.check(identifier[:end], EXPLICIT_LITTLE)
        except walker.UnreadableIdentifier:
            with pytest.raises(walker.UnreadableIdentifier):
                layouts.check(identifier[:end])
        else:
            layouts.check(identifier[:end])


def test_two_structures_are_told_apart() -> None:
    layouts = Layouts(EXPLICIT_LITTLE)
    one = encode(worklist_item("A^B", "CT01"), EXPLICIT_LITTLE)
    two = encode(worklist_item("A^B", "CT01", steps=2), EXPLICIT_LITTLE)
    for _ in range(LEARN_AFTER):
        layouts.check(one)
    for _ in range(LEARN_AFTER):
        layouts.check(two)
    first, second = layouts.check(one), layouts.check(two)
    assert first is not None
    assert second is not None
    assert first is not second
    assert sum(field.kind is Kind.ITEM for field in second.fields) == 2


def test_where_no_two_are_alike_patterns_are_given_up() -> None:
    layouts = Layouts(EXPLICIT_LITTLE)
    different = [encode(worklist_item("A^B", "CT01", steps=steps), EXPLICIT_LITTLE) for steps in range(1, 60)]
    for number in range(2 * MOST_LAYOUTS * LEARN_AFTER):
        layouts.check(different[number % len(different)])
    assert [layouts.check(identifier) for identifier in different] == [None] * len(different)


def test_a_private_element_in_implicit_vr_is_left_to_the_walker() -> None:
    item = worklist_item("A^B", "CT01")
    item.private_block(0x0009, "FINDTUI TEST", create=True).add_new(0x01, "LO", "X")
    with pytest.raises(ValueError, match="private creator"):
        layout_of(encode(item, IMPLICIT_LITTLE), IMPLICIT_LITTLE)


def test_a_value_too_long_for_a_pattern_is_left_to_the_walker() -> None:
    item = worklist_item("A^B", "CT01")
    item.PatientComments = "x" * 2000
    with pytest.raises(ValueError, match="too long"):
        layout_of(encode(item, EXPLICIT_LITTLE), EXPLICIT_LITTLE)
