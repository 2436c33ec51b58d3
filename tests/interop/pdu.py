"""As much of PS3.7 and PS3.8 as a server that only listens and recites needs; it shares nothing with what it tests."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
BIG: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"

A_ASSOCIATE_RQ, A_ASSOCIATE_AC, A_ASSOCIATE_RJ, P_DATA, A_RELEASE_RQ, A_RELEASE_RP, A_ABORT = range(1, 8)

COMMAND_FIELD: Final = 0x00000100
MESSAGE_ID: Final = 0x00000110
RESPONDED_TO: Final = 0x00000120
DATA_SET_TYPE: Final = 0x00000800
STATUS: Final = 0x00000900
NO_DATA_SET: Final = 0x0101
C_FIND_RQ: Final = 0x0020
C_FIND_RSP: Final = 0x8020
C_CANCEL_RQ: Final = 0x0FFF


@dataclass(frozen=True)
class Context:
    """A proposed presentation context."""

    id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True)
class AssociationRequest:
    """What an A-ASSOCIATE-RQ says.

    Attributes:
        user_items: type and content of the user information's items, but for the maximum length and the
            implementation's identification.
    """

    version: int
    called: str
    calling: str
    application_context: str
    contexts: tuple[Context, ...]
    max_pdu: int
    implementation_class: str
    implementation_version: str
    user_items: tuple[tuple[int, bytes], ...]


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(data):
        kind, _, length = struct.unpack_from(">BBH", data, position)
        yield kind, data[position + 4 : position + 4 + length]
        position += 4 + length


def _uid(data: bytes) -> str:
    return data.decode("ascii")


def parse_association_request(data: bytes) -> AssociationRequest:
    """Read the content of an A-ASSOCIATE-RQ, after the six bytes of type and length (PS3.8 section 9.3.2)."""
    (version,) = struct.unpack_from(">H", data)
    application_context, contexts, user = "", [], {}
    for kind, content in _items(data[68:]):
        if kind == 0x10:
            application_context = _uid(content)
        elif kind == 0x20:
            syntaxes = list(_items(content[4:]))
            abstract = next(_uid(uid) for inner, uid in syntaxes if inner == 0x30)
            contexts.append(Context(content[0], abstract, tuple(_uid(uid) for inner, uid in syntaxes if inner == 0x40)))
        elif kind == 0x50:
            user = dict(_items(content))
    return AssociationRequest(
        version=version,
        called=data[4:20].decode("latin-1"),
        calling=data[20:36].decode("latin-1"),
        application_context=application_context,
        contexts=tuple(contexts),
        max_pdu=int.from_bytes(user.pop(0x51, b""), "big"),
        implementation_class=_uid(user.pop(0x52, b"")),
        implementation_version=_uid(user.pop(0x55, b"")),
        user_items=tuple(user.items()),
    )


def pdu(kind: int, content: bytes) -> bytes:
    """A PDU around its content."""
    return struct.pack(">BBI", kind, 0, len(content)) + content


def _item(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content


def association_accept(request: AssociationRequest, results: Sequence[tuple[int, int, str]], max_pdu: int) -> bytes:
    """An A-ASSOCIATE-AC.

    Args:
        request: what it answers.
        results: id, result and transfer syntax of each context.
        max_pdu: what this side receives.
    """
    content = struct.pack(">HH16s16s32x", 1, 0, request.called.encode("latin-1"), request.calling.encode("latin-1"))
    content += _item(0x10, request.application_context.encode())
    for context_id, result, syntax in results:
        content += _item(0x21, bytes((context_id, 0, result, 0)) + _item(0x40, syntax.encode()))
    user = _item(0x51, struct.pack(">I", max_pdu)) + _item(0x52, b"1.2.3.4") + _item(0x55, b"RECORDER")
    return pdu(A_ASSOCIATE_AC, content + _item(0x50, user))


def association_reject(result: int, source: int, reason: int) -> bytes:
    """An A-ASSOCIATE-RJ."""
    return pdu(A_ASSOCIATE_RJ, bytes((0, result, source, reason)))


def abort(source: int = 2, reason: int = 0) -> bytes:
    """An A-ABORT."""
    return pdu(A_ABORT, bytes((0, 0, source, reason)))


def command(elements: Mapping[int, bytes]) -> bytes:
    """A command set, with its group length."""
    body = b"".join(
        struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value for tag, value in sorted(elements.items())
    )
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def parse_command(data: bytes) -> dict[int, bytes]:
    """A command set's elements, values as they are."""
    elements = {}
    position = 0
    while position < len(data):
        group, element, length = struct.unpack_from("<HHI", data, position)
        elements[group << 16 | element] = data[position + 8 : position + 8 + length]
        position += 8 + length
    return elements


def message(context_id: int, command_set: bytes, identifier: bytes | None, max_pdu: int) -> bytes:
    """A message in P-DATA-TF PDUs that the peer can take."""
    room = (max_pdu or 16384) - 6
    parts = [(command_set, 1)] + ([(identifier, 0)] if identifier is not None else [])
    out = b""
    for data, flag in parts:
        for start in range(0, len(data) or 1, room):
            piece = data[start : start + room]
            last = 2 if start + room >= len(data) else 0
            out += pdu(P_DATA, struct.pack(">IBB", len(piece) + 2, context_id, flag | last) + piece)
    return out


def number(value: bytes) -> int:
    """A US value of a command set."""
    return int.from_bytes(value, "little")
