"""The transfer syntaxes in which an identifier can travel (PS3.5 section 10 and annex A)."""

from __future__ import annotations

from typing import Final, NamedTuple


class TransferSyntax(NamedTuple):
    """How the elements of a data set are laid out as bytes.

    Attributes:
        uid: its UID.
        name: as the standard names it.
        dcmtk_name: as DCMTK prints it in dumps and XML.
        explicit: whether the VR is written.
        little_endian: the byte order.
        deflated: whether the bytes are a raw deflate stream (PS3.5 section A.5).
    """

    uid: str
    name: str
    dcmtk_name: str
    explicit: bool = True
    little_endian: bool = True
    deflated: bool = False


IMPLICIT_LITTLE: Final = TransferSyntax(
    "1.2.840.10008.1.2", "Implicit VR Little Endian", "Little Endian Implicit", explicit=False
)
EXPLICIT_LITTLE: Final = TransferSyntax("1.2.840.10008.1.2.1", "Explicit VR Little Endian", "Little Endian Explicit")
EXPLICIT_BIG: Final = TransferSyntax(
    "1.2.840.10008.1.2.2", "Explicit VR Big Endian", "Big Endian Explicit", little_endian=False
)
DEFLATED: Final = TransferSyntax(
    "1.2.840.10008.1.2.1.99",
    "Deflated Explicit VR Little Endian",
    "Deflated Explicit VR Little Endian",
    deflated=True,
)

TRANSFER_SYNTAXES: Final = {syntax.uid: syntax for syntax in (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED)}
