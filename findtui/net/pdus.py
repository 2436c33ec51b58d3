"""Whole PDUs out of a stream of bytes, and whole command sets and data sets out of their fragments (PS3.8 annex E).

This is the one way in for everything a peer sends after the negotiation, and it is fast: the bytes of a PDU are looked
at where they lie, and copied once. Every length is checked against what holds it and against `LIMITS` before it is
believed.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import IntEnum
from struct import Struct
from typing import Final, NoReturn

from findtui.dicom.limits import LIMITS, Limits
from findtui.net.faults import BadPDU, Malformed

PDU_HEAD: Final = Struct(">BxL")
PDV_HEAD: Final = Struct(">LBB")
HEAD_LENGTH: Final = 6
"""Of a PDU (type, reserved, length) and, by chance, of a PDV item (length, context, message control header)."""

COMMAND: Final = 0x01
LAST: Final = 0x02
"""Bits of the message control header (PS3.8 section E.2)."""


class PDUType(IntEnum):
    """PS3.8 section 9.3."""

    ASSOCIATE_RQ = 1
    ASSOCIATE_AC = 2
    ASSOCIATE_RJ = 3
    P_DATA = 4
    RELEASE_RQ = 5
    RELEASE_RP = 6
    ABORT = 7


Part = tuple[int, int, bytes]
"""Presentation context id, 1 for a command set or 0 for a data set, and its bytes, whole.

Context id 0, which is none, stands for a PDU that is not P-DATA-TF: then its type and its body follow.
"""


class PDUReader:
    """Puts parts together.

    Feed it what came from the socket, and take parts: where it gives None it needs more, and it may be fed before that.

    Args:
        limits: how much is believed.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._fragments = bytearray()
        self._fragment_bytes = 0
        self._fragment_of: tuple[int, int] | None = None
        self._header = LAST
        self.unfinished = 0
        """Bytes of a PDU that have come although not all of it has; 0 where `parts` is still giving."""
        self.taken = 0
        """Grows whenever `parts` has read on past whole PDUs."""
        self.parts = self._parts()
        """The parts, for ever; None where more bytes are needed."""

    @property
    def data_set_due(self) -> bool:
        """Whether a data set is to come next, or to go on, and not a command set."""
        return bool(self._header & COMMAND) == bool(self._header & LAST)

    def expect_answer(self) -> None:
        """The next message begins with a command set, whatever the one before it has left out."""
        self._header = LAST

    def feed(self, data: bytes) -> None:
        """Take bytes in, in the order of their arrival."""
        self._chunks.append(data)
        self._waiting += len(data)

    def _take(self) -> bytes:
        """All bytes that wait, in one piece."""
        chunks = self._chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        chunks.clear()
        return data

    def _parts(self) -> Generator[Part | None, None, NoReturn]:
        data_limit = self._limits.data_pdu_length
        p_data = int(PDUType.P_DATA)
        pdu_head = PDU_HEAD.unpack_from
        pdv_head = PDV_HEAD.unpack_from
        needed = HEAD_LENGTH
        while True:
            while self._waiting < needed:
                self.unfinished = self._waiting
                yield None
            self.unfinished = 0
            data = self._take()
            position, end = 0, len(data)
            needed = HEAD_LENGTH
            while end - position >= HEAD_LENGTH:
                kind, length = pdu_head(data, position)
                if kind != p_data or length > data_limit or length < HEAD_LENGTH:
                    self._check_head(kind, length)
                start = position + HEAD_LENGTH
                stop = start + length
                if stop > end:
                    needed = stop - position
                    break
                if kind != p_data:
                    yield 0, kind, data[start:stop]
                else:
                    while start < stop:
                        if stop - start < HEAD_LENGTH:
                            raise _bad_pdv(stop - start)
                        size, context_id, header = pdv_head(data, start)
                        following = start + 4 + size
                        if size < 2 or following > stop or not context_id:
                            raise _bad_pdv(size) if context_id else _bad_context()
                        self._header = header
                        value = data[start + HEAD_LENGTH : following]
                        start = following
                        if header & LAST and self._fragment_of is None:
                            yield context_id, header & COMMAND, value
                        elif (whole := self._join(context_id, header, value)) is not None:
                            yield context_id, header & COMMAND, whole
                position = stop
            if position:
                self.taken += 1
            self._waiting -= position
            if position < end:
                # In front: more may have been fed since.
                self._chunks.insert(0, data[position:])

    def _join(self, context_id: int, header: int, value: bytes) -> bytes | None:
        """Put a fragment to those before it; gives the whole with the last one."""
        fragment_of = context_id, header & COMMAND
        if self._fragment_of is None:
            self._fragment_of = fragment_of
        elif self._fragment_of != fragment_of:
            raise _mixed(self._fragment_of, fragment_of)
        # Each fragment counts with its head, so that empty ones come to an end too.
        self._fragment_bytes += len(value) + HEAD_LENGTH
        limit = self._limits.command_length if header & COMMAND else self._limits.message_length
        if self._fragment_bytes > limit:
            raise Malformed(
                f"a {'command set' if header & COMMAND else 'data set'} in fragments of more than {limit} bytes",
                "0006:020d DIMSE Failed to receive message",
            )
        self._fragments += value
        if not header & LAST:
            return None
        whole = bytes(self._fragments)
        self._fragments.clear()
        self._fragment_of = None
        self._fragment_bytes = 0
        return whole

    def _check_head(self, kind: int, length: int) -> None:
        """Refuse a PDU by its head, before its length is believed."""
        if not PDUType.ASSOCIATE_RQ <= kind <= PDUType.ABORT:
            raise BadPDU(f"a PDU of the unknown type 0x{kind:02X}", f"0006:0321 Unrecognized PDU type: {kind:02x}")
        limits = self._limits
        limit = limits.data_pdu_length if kind == PDUType.P_DATA else limits.associate_pdu_length
        if length > limit:
            raise BadPDU(
                f"a PDU of {length} bytes, where {limit} is the most that is taken",
                f"0006:0308 DUL Illegal PDU Length {length}.  Max expected {limit}"
                if kind == PDUType.P_DATA
                else "0006:0437 A-ASSOCIATE PDU too large",
            )
        if kind == PDUType.P_DATA and length < HEAD_LENGTH:
            if length == 0:
                raise BadPDU(
                    "a P-DATA-TF PDU with nothing in it",
                    "0006:0307 PDU without any PDVs encountered. In DT_2_IndicatePData."
                    "  This probably indicates a  malformed P DATA PDU.",
                )
            raise _bad_pdv(max(length - 4, 0))


def _bad_pdv(size: int) -> BadPDU:
    return BadPDU(
        f"a presentation data value item whose length {size} does not fit its PDU",
        f"0006:0308 PDV with invalid length {size} encountered. This probably indicates a malformed P DATA PDU.",
    )


def _bad_context() -> BadPDU:
    return BadPDU(
        "data in presentation context 0, which cannot be",
        "0006:020d DIMSE Failed to receive message\n0006:0101 ASC Bad presentation context ID",
    )


def _mixed(begun: tuple[int, int], came: tuple[int, int]) -> Malformed:
    if begun[0] != came[0]:
        what = "command set" if begun[1] else "data set"
        dcmtk_what = "Command Set" if begun[1] else "data set"
        return Malformed(
            f"a {what} begun in presentation context {begun[0]} and continued in {came[0]}",
            "0006:020d DIMSE Failed to receive message\n"
            f"0006:0208 DIMSE: Different PresIDs inside {dcmtk_what}: {begun[0]} != {came[0]}",
        )
    if begun[1]:
        return Malformed(
            "a data set in the middle of a command set",
            "0006:020d DIMSE Failed to receive message\n0006:020f DIMSE: Command PDV Expected",
        )
    return Malformed("a command set in the middle of a data set", "0006:020f DIMSE Unexpected PDV type")


def p_data(context_id: int, command: bool, data: bytes, largest: int) -> bytes:
    """A command set or data set as P-DATA-TF PDUs, one PDV in each.

    Args:
        context_id: presentation context.
        command: whether it is a command set.
        data: its bytes, of even length.
        largest: the most bytes of `data` in one PDV.
    """
    pdus = []
    for start in range(0, max(len(data), 1), largest):
        piece = data[start : start + largest]
        header = (COMMAND if command else 0) | (LAST if start + largest >= len(data) else 0)
        pdus.append(PDU_HEAD.pack(PDUType.P_DATA, len(piece) + HEAD_LENGTH))
        pdus.append(PDV_HEAD.pack(len(piece) + 2, context_id, header))
        pdus.append(piece)
    return b"".join(pdus)
