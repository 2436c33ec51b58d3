"""What the recorder answers: made-up data sets with everything that an identifier may hold."""

from __future__ import annotations

import struct
from typing import Final

from pydicom import DataElement, Dataset, config

from tests.interop.recorder import PENDING, Reply


def _dataset(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def worklist_item(number: int, name: str = "Doe^Jane", **more: object) -> Dataset:
    """A worklist item with its step."""
    step = _dataset(
        Modality="CT",
        ScheduledStationAETitle="CT01",
        ScheduledProcedureStepStartDate="20261122",
        ScheduledProcedureStepStartTime="101500",
        ScheduledProcedureStepDescription="CT abdomen",
        ScheduledProcedureStepID=f"SPS{number:04}",
        ScheduledProtocolCodeSequence=[
            _dataset(CodeValue="CTABD", CodingSchemeDesignator="99DEMO", CodeMeaning="CT abdomen")
        ],
    )
    return _dataset(
        AccessionNumber=f"ACC{number:04}",
        PatientName=name,
        PatientID=f"P{number}",
        PatientBirthDate="",
        ScheduledProcedureStepSequence=[step],
        ReferencedStudySequence=[],
        **more,
    )


def every_vr() -> Dataset:
    """An element of each VR, with values that formatting finds hard."""
    made = Dataset()
    for tag, vr, value in (
        (0x00080008, "CS", ["ORIGINAL", "PRIMARY", "AXIAL"]),
        (0x00080018, "UI", "1.2.840.10008.1.1"),
        (0x00080020, "DA", "20261122"),
        (0x0008002A, "DT", "20261122101500.123456+0100"),
        (0x00080030, "TM", "101500.5"),
        (0x00080054, "AE", ["ONE", "TWO"]),
        (0x00081030, "LO", "Abdomen & <thorax> \"quoted\" 'single'"),
        (0x00081160, "IS", ["1", "-2"]),
        (0x00100010, "PN", "Doe^Jane"),
        (0x00101010, "AS", "045Y"),
        (0x00101030, "DS", ["1.5", "-2e3"]),
        (0x001021B0, "LT", " leading and trailing blanks  "),
        (0x00180050, "DS", ""),
        (0x00189073, "FD", [0.1, -2.5e10]),
        (0x00189089, "FD", [1.0, 2.5, 3.0]),
        (0x00209057, "UL", 4294967295),
        (0x00280009, "AT", 0x00181063),
        (0x00280010, "US", 65535),
        (0x00280106, "SS", -32768),
        (0x00400280, "ST", "a comment"),
        (0x00420011, "OB", bytes(range(16))),
        (0x0040A125, "DT", ""),
        (0x00540081, "US", [1, 2, 3]),
        (0x00701A09, "OF", b""),
        (0x00720078, "US", [7, 8]),
        (0x0018605A, "FL", [1.1, 3.4e38]),
        (0x0040A160, "UT", "unlimited \\ text"),
        (0x0040E010, "UR", "http://example.invalid/?a=1&b=2"),
    ):
        made.add(DataElement(tag, vr, value, validation_mode=config.IGNORE))
    block = made.private_block(0x0009, "MADE UP", create=True)
    block.add_new(1, "LO", "private text")
    block.add_new(2, "UN", b"\x01\x02\x03\x04")
    block.add_new(3, "SQ", [_dataset(PatientID="inner")])
    return made


def _raw(*elements: tuple[int, str, object]) -> Dataset:
    made = Dataset()
    for tag, vr, value in elements:
        made.add(DataElement(tag, vr, value, validation_mode=config.IGNORE))
    return made


def oddities() -> tuple[Dataset, ...]:
    """Empty and blank values, numbers that are hard to print, long texts, binary values, empty items, unknown tags."""
    return (
        _raw(
            (0x00080008, "CS", "\\\\"),
            (0x00080018, "UI", ""),
            (0x00100010, "PN", ""),
            (0x00100020, "LO", " "),
            (0x00100030, "DA", " "),
            (0x00100040, "CS", "<&>'\""),
        ),
        _raw(
            (0x00280010, "US", []),
            (0x00280106, "US", 5),
            (0x00280107, "SS", -5),
            (0x00283006, "US", [1, 2]),
            (0x0018605A, "FL", [1e-5, 16777217.0, 0.1]),
            (0x00189087, "FD", [1e-5, 123456789.123456789, 1 / 3]),
        ),
        _raw(
            (0x00081030, "LO", "z" * 70),
            (0x00104000, "LT", "y" * 100),
            (0x0020000D, "UI", "1.2.840.10008.5.1.4.31"),
            (0x00720070, "UT", "x" * 300),
        ),
        _raw(
            (0x00420011, "OB", b"\1\2\3\4" * 20),
            (0x00660129, "OL", b"\1\0\0\0\2\0\0\0"),
            (0x00720082, "SV", -5),
            (0x00720083, "UV", 7),
            (0x7FE00009, "OD", bytes(16)),
            (0x7FE00010, "OW", b"\1\0" * 20),
        ),
        _raw(
            (0x00081140, "SQ", []),
            (0x00081199, "SQ", [Dataset(), _raw((0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2"))]),
            (0x00091001, "UN", b"abc "),
            (0x00990010, "LO", "X"),
            (0x00991001, "UN", b"\0\1"),
            (0x00991002, "DS", "1.0"),
        ),
    )


def untidy_uids() -> Dataset:
    """White space where a UID has none."""
    return _raw(
        (0x00080016, "UI", "1.2.840.10008.5.1.4.31 "),
        (0x00080018, "UI", " 1.2. 3"),
        (0x00081150, "UI", "1.2 \\1.3\n"),
        (0x0020000D, "UI", "  "),
    )


def odd_lengths() -> bytes:
    """Values of odd length, in explicit VR little endian."""
    values: tuple[tuple[int, bytes, bytes], ...] = (
        (0x00081030, b"LO", b"abc"),
        (0x00100040, b"CS", b""),
        (0x0018605A, b"FL", b"\0\0\x80?\1"),
        (0x00189073, b"FD", bytes(7)),
        (0x00280009, b"AT", b"\x18\0\x63\x10\1"),
        (0x00280010, b"US", b"\1\0\2"),
    )
    return (
        b"".join(struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value for tag, vr, value in values)
        + struct.pack("<HH2sHI", 0x0042, 0x0011, b"OB", 0, 1)
        + b"\1"
    )


def signed() -> Dataset:
    """Numbers whose sign, and bytes whose size, another attribute decides."""
    return _raw(
        (0x00280103, "US", 1),
        (0x00280106, "SS", -1),
        (0x00280120, "SS", [-32768, 7]),
        (0x00283000, "SQ", [_raw((0x00283002, "US", [65535, 0, 16]))]),
        (0x54001004, "US", 16),
        (0x54001010, "OW", b"\1\2\3\4"),
    )


def deep(levels: int) -> Dataset:
    """Sequences in sequences."""
    made = _dataset(PatientID=f"level {levels}")
    if levels:
        made.ReferencedStudySequence = [deep(levels - 1), _dataset(AccessionNumber=str(levels))]
    return made


def undefined_lengths() -> Dataset:
    """Sequences and items whose end is marked and not told."""
    made = worklist_item(7)
    for element in made.iterall():
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
    return made


def control_characters() -> Dataset:
    """Text that is laid out, and text that a terminal would act upon."""
    return _dataset(
        PatientID="1", AdditionalPatientHistory="two\r\nlines and a tab\tin it", PatientComments="red \x1b[31m"
    )


THREE: Final = (*(Reply(PENDING, worklist_item(number)) for number in (1, 2, 3)), Reply(0))
NONE: Final = (Reply(0),)
EVERYTHING: Final = (
    Reply(PENDING, every_vr()),
    Reply(PENDING, deep(6)),
    Reply(PENDING, undefined_lengths()),
    Reply(PENDING, worklist_item(5, MedicalAlerts=["Latex", "Iodine"])),
    *(Reply(PENDING, odd) for odd in oddities()),
    Reply(0),
)
SCRIPTS_OF_THE_WORLD: Final = (
    Reply(PENDING, worklist_item(1, "Müller^Jörg", SpecificCharacterSet="ISO_IR 100")),
    Reply(PENDING, worklist_item(2, "Wang^XiaoDong=王^小東", SpecificCharacterSet="ISO_IR 192")),
    Reply(PENDING, worklist_item(3, "Διονυσιος", SpecificCharacterSet="ISO_IR 126")),
    Reply(PENDING, worklist_item(4, "Люкceмбypг", SpecificCharacterSet="ISO_IR 144")),
    Reply(0),
)
CODE_EXTENSIONS: Final = (
    Reply(
        PENDING,
        worklist_item(1, "Yamada^Tarou=山田^太郎=やまだ^たろう", SpecificCharacterSet=["", "ISO 2022 IR 87"]),
    ),
    Reply(PENDING, worklist_item(2, "Hong^Gildong=洪^吉洞=홍^길동", SpecificCharacterSet=["", "ISO 2022 IR 149"])),
    Reply(0),
)
