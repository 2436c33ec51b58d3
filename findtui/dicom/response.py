"""One answer of a peer: the identifier of a pending C-FIND response, as raw bytes that are read when looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from findtui.dicom.transfer import TransferSyntax

if TYPE_CHECKING:
    import pydicom

    from findtui.dicom.dataset import DataSet
    from findtui.dicom.layout import Layout

PENDING = 0xFF00
PENDING_WARNING = 0xFF01


class Response:
    """A pending response whose identifier was found well formed (`walker.check`) when it came in.

    A plain class with slots: hundreds of thousands of them are made a minute.

    Attributes:
        number: count of C-FIND responses in the run up to this one, final ones included, from 1: the number that
            findscu prints and puts into file names.
        status: PENDING (0xFF00) or PENDING_WARNING (0xFF01: not all optional keys were supported).
        transfer_syntax: the association's. `identifier` is already inflated where it is a deflated one.
        identifier: the data set's bytes in the transfer syntax, inflated.
        layout: one that the identifier fits, so that it need not be walked again; None where none was known.
    """

    __slots__ = ("identifier", "layout", "number", "status", "transfer_syntax")

    def __init__(
        self,
        number: int,
        identifier: bytes,
        transfer_syntax: TransferSyntax,
        status: int = PENDING,
        layout: Layout | None = None,
    ) -> None:
        self.number = number
        self.identifier = identifier
        self.transfer_syntax = transfer_syntax
        self.status = status
        self.layout = layout

    def __repr__(self) -> str:
        return f"<Response {self.number}: {len(self.identifier)} bytes, {self.transfer_syntax.name}>"

    def parse(self) -> DataSet:
        """The identifier as a tree of elements. Not kept: call once and hold on to it."""
        from findtui.dicom import walker

        return walker.parse(self.identifier, self.transfer_syntax)

    def to_dataset(self) -> pydicom.Dataset:
        """The identifier as pydicom reads it."""
        from io import BytesIO

        from pydicom.filereader import read_dataset

        syntax = self.transfer_syntax
        return read_dataset(
            BytesIO(self.identifier),
            is_implicit_VR=not syntax.explicit,
            is_little_endian=syntax.little_endian,
        )


class UnreadableResponse:
    """A pending response whose identifier could not be read.

    Attributes:
        number: as in Response.
        status: as in Response.
        transfer_syntax: the association's.
        identifier: the bytes as they came; still deflated where inflating them failed.
        reason: what is wrong with them, and at which byte.
    """

    __slots__ = ("identifier", "number", "reason", "status", "transfer_syntax")

    def __init__(
        self, number: int, identifier: bytes, transfer_syntax: TransferSyntax, status: int, reason: str
    ) -> None:
        self.number = number
        self.identifier = identifier
        self.transfer_syntax = transfer_syntax
        self.status = status
        self.reason = reason
