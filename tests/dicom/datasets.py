"""Random data sets for property tests, made with pydicom and encoded by it."""

from __future__ import annotations

import struct
from typing import Any

from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from findtui.dicom import walker
from findtui.dicom.layout import Layout
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax

SYNTAXES = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG)

_TEXT = st.text("ABC xyz019^\\<&'\"", max_size=16)
_VALUES: dict[int, tuple[str, st.SearchStrategy[Any]]] = {
    0x00080050: ("SH", _TEXT),
    0x00080060: ("CS", st.sampled_from(["", "CT", "MR\\US"])),
    0x00081030: ("LO", _TEXT),
    0x00100010: ("PN", _TEXT),
    0x00100030: ("DA", st.sampled_from(["", "20260101"])),
    0x00101030: ("DS", st.sampled_from(["", "1.5", "1.25\\-3"])),
    0x00104000: ("LT", _TEXT),
    0x0020000D: ("UI", st.sampled_from(["", "1.2.3", "1.2.840.10008.5.1.4.31"])),
    0x00200013: ("IS", st.sampled_from(["", "12", "-3\\4"])),
    0x00205000: ("AT", st.lists(st.integers(0, 0xFFFFFFFF), min_size=1, max_size=3)),
    0x00280010: ("US", st.integers(0, 0xFFFF)),
    0x00189073: ("FD", st.floats(allow_nan=False)),
    0x00720074: ("FD", st.floats(allow_nan=False)),
    0x00720072: ("DS", st.sampled_from(["", "3"])),
    0x00280009: ("AT", st.lists(st.integers(0, 0xFFFFFFFF), min_size=1, max_size=2)),
    0x00420011: ("OB", st.binary(max_size=9).map(lambda value: value + b"\0" * (len(value) & 1))),
}
_SEQUENCES = (0x00081110, 0x00321064, 0x00400008, 0x00400100)


@st.composite
def datasets(draw: st.DrawFn, depth: int = 2) -> Dataset:
    """A data set with known attributes and, up to a depth, sequences of defined and undefined length."""
    dataset = Dataset()
    for tag in draw(st.lists(st.sampled_from(sorted(_VALUES)), unique=True, max_size=6)):
        vr, values = _VALUES[tag]
        dataset.add(DataElement(tag, vr, draw(values)))
    for tag in draw(st.lists(st.sampled_from(_SEQUENCES), unique=True, max_size=2)) if depth else ():
        items = draw(st.lists(datasets(depth - 1), max_size=2))
        element = DataElement(tag, "SQ", Sequence(items))
        element.is_undefined_length = draw(st.booleans())
        for item in items:
            item.is_undefined_length_sequence_item = draw(st.booleans())
        dataset.add(element)
    return dataset


def encoded(dataset: Dataset, syntax: TransferSyntax) -> bytes:
    """The data set's bytes as pydicom writes them."""
    stream = DicomBytesIO()
    stream.is_implicit_VR = not syntax.explicit
    stream.is_little_endian = syntax.little_endian
    write_dataset(stream, dataset)
    return stream.getvalue()


def with_layout(response: Response) -> Response:
    """The response with a layout that its identifier fits, where one can be made."""
    syntax = response.transfer_syntax
    try:
        layout = Layout(walker.parse(response.identifier, syntax), syntax)
    except ValueError:
        return response
    response.layout = layout if layout.fits(response.identifier) else None
    return response


def element(tag: int, vr: str, value: bytes) -> bytes:
    """One element in explicit VR little endian."""
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode("latin-1"))
    if vr in ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV", "ZZ"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def item(content: bytes) -> bytes:
    """An item of defined length."""
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def undefined_item(content: bytes) -> bytes:
    """An item with its delimitation."""
    return struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + content + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)


def undefined_sequence(tag: int, content: bytes, vr: bytes = b"SQ") -> bytes:
    """A sequence with its delimitation."""
    head = struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, 0xFFFFFFFF)
    return head + content + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
