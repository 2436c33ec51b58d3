"""Identifiers in explicit VR little endian with one of everything."""

from __future__ import annotations

import struct

from hypothesis import strategies as st

from tests.dicom.datasets import element, item, undefined_item, undefined_sequence

_TEXTS = (
    element(0x00080005, "CS", b"ISO_IR 192")
    + element(0x00080016, "UI", b"1.2.840.10008.5.1.4.31")
    + element(0x00080018, "UI", b"1.2.3\0")
    + element(0x00080050, "SH", b" ABC")
    + element(0x00080060, "CS", b"")
    + element(0x00100010, "PN", "Aü^B\\C<&\"' ".encode())
    + element(0x00100020, "LO", b"  ")
    + element(0x00101010, "AS", b"012Y")
    + element(0x00101030, "DS", b" 1.0")
    + element(0x00104000, "LT", b" a\\b  ")
)
_NUMBERS = (
    element(0x00181310, "US", struct.pack("<HHHH", 0, 1, 70, 65535))
    + element(0x00186020, "SL", struct.pack("<ii", -1, 5))
    + element(0x00189073, "FD", struct.pack("<ddd", 0.1, 1500.25, -2.5))
    + element(0x00189310, "FD", b"")
    + element(0x00205000, "AT", struct.pack("<HHHH", 8, 0x5A, 0x10, 0x10))
    + element(0x00280009, "AT", b"")
    + element(0x00420011, "OB", b"\1\2\xff\0")
    + element(0x00660016, "OF", struct.pack("<ff", 0.5, 2))
    + element(0x00660022, "OD", struct.pack("<d", 0.1))
    + element(0x00720062, "SH", b"x")
)
_PRIVATE = (
    element(0x00090010, "LO", b"MADE UP ") + element(0x00091001, "UN", b"abcd") + element(0x00091002, "LO", b"text")
)

SAMPLES = [
    _TEXTS,
    _NUMBERS[:-9] + element(0x00720062, "SH", b"xy"),
    _TEXTS + element(0x00400008, "SQ", b"") + element(0x00400100, "SQ", item(_TEXTS) + item(b"")),
    _TEXTS + undefined_sequence(0x00400100, undefined_item(_TEXTS) + undefined_item(b"")),
    _PRIVATE,
    element(0x00100020, "LO", b"out of order") + element(0x00100010, "PN", b"A^B "),
    _TEXTS + element(0x00104000 + 0x10000, "UN", b"ab"),
]
"""Of even length: DCMTK takes no others from the network."""

ANY = st.lists(
    st.tuples(
        st.integers(0, 0xFFFFFFFF),
        st.sampled_from(["PN", "LO", "UT", "US", "FD", "AT", "UN", "ZZ", "OB", "UI", "CS", "SQ", "DS", "IS"]),
        st.binary(max_size=24),
    ).map(lambda parts: element(*parts)),
    max_size=6,
).map(b"".join)
"""Elements with any tag and any bytes."""
