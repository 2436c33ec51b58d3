"""PDUs, items and command sets as bytes, for peers that say whatever a test wants (PS3.8 9.3, PS3.7 annex E)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

ASSOCIATE_RQ, ASSOCIATE_AC, ASSOCIATE_RJ, P_DATA, RELEASE_RQ, RELEASE_RP, ABORT = range(1, 8)
APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
WORKLIST = "1.2.840.10008.5.1.4.31"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
NO_DATA_SET = 0x0101


def pdu(kind: int, body: bytes, length: int | None = None) -> bytes:
    """A PDU; `length` is for those that lie about theirs."""
    return struct.pack(">BxL", kind, len(body) if length is None else length) + body


def item(kind: int, body: bytes, length: int | None = None) -> bytes:
    """An item or sub-item."""
    return struct.pack(">BxH", kind, len(body) if length is None else length) + body


def context(context_id: int = 1, result: int = 0, syntax: str | None = EXPLICIT_LITTLE) -> bytes:
    """A presentation context item of an A-ASSOCIATE-AC."""
    return item(
        0x21, struct.pack("BxBx", context_id, result) + (b"" if syntax is None else item(0x40, syntax.encode()))
    )


def user_information(max_pdu: int = 16384, extra: bytes = b"") -> bytes:
    """A user information item with what every peer sends."""
    return item(
        0x50,
        item(0x51, struct.pack(">L", max_pdu)) + item(0x52, b"1.2.3.4") + extra + item(0x55, b"SCRIPTED"),
    )


def associate(
    kind: int = ASSOCIATE_AC,
    contexts: Iterable[bytes] | None = None,
    *,
    application: bytes | None = None,
    user: bytes | None = None,
    extra: bytes = b"",
    version: int = 1,
) -> bytes:
    """An A-ASSOCIATE-AC (or -RQ)."""
    body = struct.pack(">Hxx16s16s32x", version, b"ANY-SCP".ljust(16), b"FINDSCU".ljust(16))
    body += item(0x10, APPLICATION_CONTEXT.encode()) if application is None else application
    body += b"".join([context()] if contexts is None else contexts)
    body += extra
    body += user_information() if user is None else user
    return pdu(kind, body)


def reject(result: int, source: int, reason: int) -> bytes:
    """An A-ASSOCIATE-RJ."""
    return pdu(ASSOCIATE_RJ, bytes((0, result, source, reason)))


def abort(source: int = 2, reason: int = 0) -> bytes:
    """An A-ABORT."""
    return pdu(ABORT, bytes((0, 0, source, reason)))


def release_rq() -> bytes:
    """An A-RELEASE-RQ."""
    return pdu(RELEASE_RQ, bytes(4))


def release_rp() -> bytes:
    """An A-RELEASE-RP."""
    return pdu(RELEASE_RP, bytes(4))


def pdv(data: bytes, *, command: bool, last: bool = True, context_id: int = 1, length: int | None = None) -> bytes:
    """A presentation data value item."""
    return struct.pack(">LBB", len(data) + 2 if length is None else length, context_id, command | last << 1) + data


def p_data(*pdvs: bytes) -> bytes:
    """A P-DATA-TF PDU."""
    return pdu(P_DATA, b"".join(pdvs))


def element(tag: int, value: bytes) -> bytes:
    """An element of a command set."""
    return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value


def us(value: int) -> bytes:
    """An unsigned short as a command set has it."""
    return struct.pack("<H", value)


def command_set(elements: dict[int, bytes], group_length: int | None = None) -> bytes:
    """A command set with its group length in front."""
    body = b"".join(element(tag, value) for tag, value in elements.items())
    return element(0x00000000, struct.pack("<L", len(body) if group_length is None else group_length)) + body


def find_response(
    status: int | None,
    message_id: int = 1,
    *,
    data: bool | None = None,
    command: int | None = 0x8020,
    sop_class: str | None = WORKLIST,
    extra: dict[int, bytes] | None = None,
) -> bytes:
    """The command set of a C-FIND-RSP; what is None is left out."""
    has_data = status in (0xFF00, 0xFF01) if data is None else data
    elements: dict[int, bytes] = {}
    if sop_class is not None:
        elements[0x00000002] = sop_class.encode() + b"\0" * (len(sop_class) % 2)
    if command is not None:
        elements[0x00000100] = us(command)
    elements[0x00000120] = us(message_id)
    elements[0x00000800] = us(0x0001 if has_data else NO_DATA_SET)
    if status is not None:
        elements[0x00000900] = us(status)
    return command_set(elements | (extra or {}))


def explicit(tag: int, vr: str, value: bytes) -> bytes:
    """An element in explicit VR little endian."""
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in {"OB", "OW", "OF", "OD", "SQ", "UN", "UT", "UC", "UR"}:
        return head + struct.pack("<xxL", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def identifier(name: str = "DOE^JOHN") -> bytes:
    """A small identifier in explicit VR little endian."""
    value = name.encode()
    value += b" " * (len(value) % 2)
    return explicit(0x00080005, "CS", b"ISO_IR 192") + explicit(0x00100010, "PN", value)


def pending(data: bytes | None = None, message_id: int = 1, status: int = 0xFF00, context_id: int = 1) -> bytes:
    """A pending response: command set and identifier, a PDU each."""
    return p_data(pdv(find_response(status, message_id), command=True, context_id=context_id)) + p_data(
        pdv(identifier() if data is None else data, command=False, context_id=context_id)
    )


def final(status: int = 0, message_id: int = 1, **options: object) -> bytes:
    """A final response without identifier; options as of `find_response`."""
    return p_data(pdv(find_response(status, message_id, **options), command=True))  # type: ignore[arg-type]
