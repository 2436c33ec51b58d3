"""Command sets: those that are sent, and a strict reading of those that come (PS3.7 section 6.3 and annex E)."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from findtui.dicom.limits import LIMITS
from findtui.net.faults import Malformed

C_FIND_RQ: Final = 0x0020
C_ECHO_RQ: Final = 0x0030
C_CANCEL_RQ: Final = 0x0FFF
RESPONSE: Final = 0x8000
"""Bit that a response's command field has over its request's."""

NO_DATA_SET: Final = 0x0101
DATA_SET: Final = 0x0001
MEDIUM: Final = 0x0000
"""Priority."""

_HEAD: Final = Struct("<HHL")
_US: Final = Struct("<H")
_UL: Final = Struct("<L")

_AFFECTED_SOP_CLASS: Final = 0x0002
_COMMAND_FIELD: Final = 0x0100
_MESSAGE_ID: Final = 0x0110
_MESSAGE_ID_RESPONDED_TO: Final = 0x0120
_PRIORITY: Final = 0x0700
_DATA_SET_TYPE: Final = 0x0800
_STATUS: Final = 0x0900
_OFFENDING_ELEMENT: Final = 0x0901
_ERROR_COMMENT: Final = 0x0902


def find_request(sop_class: str, message_id: int) -> bytes:
    """C-FIND-RQ with an identifier to follow (PS3.7 section 9.3.2.1)."""
    return _encode(
        (_AFFECTED_SOP_CLASS, _uid(sop_class)),
        (_COMMAND_FIELD, _US.pack(C_FIND_RQ)),
        (_MESSAGE_ID, _US.pack(message_id)),
        (_PRIORITY, _US.pack(MEDIUM)),
        (_DATA_SET_TYPE, _US.pack(DATA_SET)),
    )


def cancel_request(message_id: int) -> bytes:
    """C-CANCEL-RQ for the request with this message id (PS3.7 section 9.3.2.3)."""
    return _encode(
        (_COMMAND_FIELD, _US.pack(C_CANCEL_RQ)),
        (_MESSAGE_ID_RESPONDED_TO, _US.pack(message_id)),
        (_DATA_SET_TYPE, _US.pack(NO_DATA_SET)),
    )


def echo_request(sop_class: str, message_id: int) -> bytes:
    """C-ECHO-RQ (PS3.7 section 9.3.5.1)."""
    return _encode(
        (_AFFECTED_SOP_CLASS, _uid(sop_class)),
        (_COMMAND_FIELD, _US.pack(C_ECHO_RQ)),
        (_MESSAGE_ID, _US.pack(message_id)),
        (_DATA_SET_TYPE, _US.pack(NO_DATA_SET)),
    )


class Answer(NamedTuple):
    """The command set of a response, as far as this side looks at it.

    Attributes:
        status: Status (0000,0900).
        has_data_set: what Command Data Set Type (0000,0800) says.
        comment: Error Comment (0000,0902) as it came, decoded; empty where there is none.
        offending: tags of Offending Element (0000,0901).
        details: whether it holds elements beyond those of every response.
    """

    status: int
    has_data_set: bool
    comment: str = ""
    offending: tuple[int, ...] = ()
    details: bool = False


def read_answer(command_set: bytes, request: int, message_id: int) -> Answer:
    """Read a response and make sure that it answers the request.

    Args:
        command_set: its bytes, implicit VR little endian as all command sets are.
        request: command field of the request.
        message_id: of the request.

    Raises:
        Malformed: it is no command set, no response, or one to something else.
    """
    elements = _decode(command_set)
    command = _short(elements, _COMMAND_FIELD, "Command Field", "0006:020b DIMSE_parseCmdObject: Missing CommandField")
    if command != request | RESPONSE:
        raise Malformed(
            f"a message with command field 0x{command:04X}, where 0x{request | RESPONSE:04X} was the answer",
            f"0006:0211 DIMSE: Unexpected Response Command Field: 0x{command:x}",
        )
    responded_to = _short(elements, _MESSAGE_ID_RESPONDED_TO, "Message ID Being Responded To")
    if responded_to != message_id:
        raise Malformed(
            f"a response to message {responded_to}, where message {message_id} was asked",
            f"0006:0211 DIMSE: Unexpected Response MsgId: {responded_to} (expected: {message_id})",
        )
    data_set_type = _short(elements, _DATA_SET_TYPE, "Command Data Set Type")
    status = _short(elements, _STATUS, "Status")
    offending = elements.get(_OFFENDING_ELEMENT, b"")
    usual = {0, _AFFECTED_SOP_CLASS, _COMMAND_FIELD, _MESSAGE_ID_RESPONDED_TO, _DATA_SET_TYPE, _STATUS}
    return Answer(
        status,
        data_set_type != NO_DATA_SET,
        elements.get(_ERROR_COMMENT, b"").rstrip(b"\0 ").decode("latin-1"),
        tuple(
            _US.unpack_from(offending, start)[0] << 16 | _US.unpack_from(offending, start + 2)[0]
            for start in range(0, len(offending) - 3, 4)
        ),
        not usual.issuperset(elements),
    )


def _encode(*elements: tuple[int, bytes]) -> bytes:
    body = b"".join(_HEAD.pack(0x0000, element, len(value)) + value for element, value in elements)
    return _HEAD.pack(0x0000, 0x0000, _UL.size) + _UL.pack(len(body)) + body


def _uid(uid: str) -> bytes:
    value = uid.encode("ascii")
    return value + b"\0" * (len(value) % 2)


def _decode(command_set: bytes) -> dict[int, bytes]:
    """Values by element number; of duplicates the first."""
    if len(command_set) > LIMITS.command_length:
        raise _broken(f"of {len(command_set)} bytes")
    elements: dict[int, bytes] = {}
    position = 0
    while position < len(command_set):
        if len(command_set) - position < _HEAD.size:
            raise _broken(f"that breaks off at byte {position}")
        group, element, length = _HEAD.unpack_from(command_set, position)
        position += _HEAD.size
        if group != 0x0000:
            raise _broken(f"with an element of group {group:04X}")
        if length > len(command_set) - position:
            raise _broken(f"in which (0000,{element:04X}) is longer than what there is")
        elements.setdefault(element, command_set[position : position + length])
        position += length
    return elements


def _short(elements: dict[int, bytes], element: int, name: str, dcmtk: str = "") -> int:
    value = elements.get(element, b"")
    if len(value) < _US.size:
        keyword = name.replace(" ", "")
        raise Malformed(
            f"a command set without {name} (0000,{element:04X})",
            dcmtk or f"0006:020b DIMSE: Command Parse Failed: Element: (0000,{element:04x}) {keyword}",
        )
    number: int = _US.unpack_from(value)[0]
    return number


def _broken(what: str) -> Malformed:
    return Malformed(
        f"a command set {what}", "0006:020d DIMSE: receiveCommand: cmdSet->read() Failed\n0001:0004 Invalid stream"
    )
