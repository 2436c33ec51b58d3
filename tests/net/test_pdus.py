"""PDUs out of bytes: however they are cut, the same parts come out, and nothing but a Fault is raised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom.limits import Limits
from findtui.net.faults import Malformed
from findtui.net.pdus import Part, PDUReader, p_data
from tests.net import pdus

PARTS = st.lists(st.tuples(st.integers(1, 255), st.integers(0, 1), st.binary(max_size=60)), min_size=1, max_size=6)


def read(chunks: Iterable[bytes], reader: PDUReader | None = None) -> list[Part]:
    reader = reader or PDUReader()
    parts = []
    for chunk in chunks:
        reader.feed(chunk)
        while (part := next(reader.parts)) is not None:
            parts.append(part)
    return parts


@given(PARTS, st.integers(1, 25), st.integers(1, 40), st.data())
def test_parts_survive_any_fragments_and_any_chunks(
    parts: list[Part], piece: int, chunk: int, data: st.DataObject
) -> None:
    fragments = []
    for context_id, command, content in parts:
        pieces = [content[start : start + piece] for start in range(0, len(content), piece)] or [b""]
        fragments += [
            pdus.pdv(value, command=bool(command), last=index == len(pieces) - 1, context_id=context_id)
            for index, value in enumerate(pieces)
        ]
    stream = b""
    while fragments:
        count = data.draw(st.integers(1, len(fragments)))
        stream += pdus.p_data(*fragments[:count])
        fragments = fragments[count:]
    reader = PDUReader()
    assert read((stream[start : start + chunk] for start in range(0, len(stream), chunk)), reader) == parts
    assert not reader.unfinished


@given(PARTS, st.integers(1, 40), st.data())
def test_parts_may_wait_while_more_is_fed(parts: list[Part], chunk: int, data: st.DataObject) -> None:
    stream = b"".join(p_data(context_id, bool(command), content, 20) for context_id, command, content in parts)
    reader = PDUReader()
    taken: list[Part | None] = []
    for start in range(0, len(stream), chunk):
        reader.feed(stream[start : start + chunk])
        taken += [next(reader.parts) for _ in range(data.draw(st.integers(0, 2)))]
    assert [part for part in taken if part is not None] + read([b""], reader) == parts
    assert not reader.unfinished


@given(st.binary(max_size=400), st.integers(1, 50))
def test_whatever_comes_only_faults_are_raised(stream: bytes, chunk: int) -> None:
    with contextlib.suppress(Malformed):
        parts = read(stream[start : start + chunk] for start in range(0, len(stream), chunk))
        assert sum(len(data) for _, _, data in parts) <= len(stream)


@given(st.binary(max_size=200), st.integers(2, 64), st.booleans())
def test_what_is_sent_is_what_is_read(content: bytes, largest: int, command: bool) -> None:
    stream = p_data(7, command, content, largest)
    assert read([stream]) == [(7, int(command), content)]


def test_other_pdus_come_between_the_parts_with_their_bodies() -> None:
    stream = pdus.final() + pdus.abort(2, 6)
    parts = read([stream])
    assert parts[1] == (0, pdus.ABORT, b"\0\0\2\6")


def test_partial_tells_of_a_pdu_that_is_cut_off() -> None:
    reader = PDUReader()
    assert read([pdus.final()[:9]], reader) == []
    assert reader.unfinished
    assert len(read([pdus.final()[9:]], reader)) == 1
    assert not reader.unfinished


def test_a_message_is_bounded_whatever_its_fragments() -> None:
    reader = PDUReader(Limits(message_length=1000))
    fragment = pdus.p_data(pdus.pdv(bytes(90), command=False, last=False))
    with pytest.raises(Malformed, match="1000"):
        read([fragment] * 11, reader)


def test_a_length_is_refused_before_its_bytes_are_waited_for() -> None:
    with pytest.raises(Malformed, match="131073"):
        read([pdus.pdu(pdus.P_DATA, b"", 131073)])
    assert read([pdus.pdu(pdus.P_DATA, b"", 131072)]) == []
