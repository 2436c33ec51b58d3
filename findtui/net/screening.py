"""A look through an A-ASSOCIATE-AC before pynetdicom reads it (PS3.8 section 9.3.3).

Lengths have to add up. What the standard tells to ignore is left out (unknown items, reserved fields), what nobody
asked for is left out with a remark, and what would have to be guessed at is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from struct import Struct
from typing import Final, NamedTuple

from findtui.net.faults import Malformed

_FIXED: Final = Struct(">Hxx16s16s32x")
_ITEM_HEAD: Final = Struct(">BxH")
_CONTEXT_HEAD: Final = Struct("BxBx")
_PDU_HEAD: Final = Struct(">BxL")
_UL: Final = Struct(">L")

_APPLICATION_CONTEXT: Final = 0x10
_CONTEXT: Final = 0x21
_TRANSFER_SYNTAX: Final = 0x40
_USER_INFORMATION: Final = 0x50
_MAXIMUM_LENGTH: Final = 0x51
_IMPLEMENTATION_CLASS: Final = 0x52
_IMPLEMENTATION_VERSION: Final = 0x55

_UID: Final = re.compile(r"[0-9]+(\.[0-9]+)*")
_ILL_FORMED: Final = "0006:0307 DUL Illegal or ill-formed PDU"


class Screened(NamedTuple):
    """An answer that can be handed on.

    Attributes:
        pdu: a well-formed A-ASSOCIATE-AC with what matters of it.
        context_ids: of the presentation contexts in it.
        implementation_class_uid, implementation_version_name: of the peer; empty where it does not say.
        remarks: what was left out although the peer meant it, in words.
    """

    pdu: bytes
    context_ids: frozenset[int]
    implementation_class_uid: str
    implementation_version_name: str
    remarks: tuple[str, ...]


def screen(body: bytes, proposed: Mapping[int, tuple[str, ...]]) -> Screened:
    """Look through an A-ASSOCIATE-AC.

    Args:
        body: the PDU without its first six bytes.
        proposed: transfer syntaxes of each presentation context by its id.

    Raises:
        Malformed: lengths that do not add up, another protocol version, a presentation context that is answered
            twice or accepted with a transfer syntax that was not proposed.
    """
    if len(body) < _FIXED.size:
        raise Malformed(f"an A-ASSOCIATE-AC of only {len(body)} bytes", _ILL_FORMED)
    version, _, _ = _FIXED.unpack_from(body)
    if not version & 1:
        raise Malformed(
            f"protocol version 0x{version:04X}, where version 1 is the only one",
            f"{_ILL_FORMED}\n0006:0322 DUL Unsupported peer protocol {version:04x}; expected 0001 in parseAssociate",
        )
    contexts: dict[int, bytes] = {}
    remarks: list[str] = []
    user = _User()
    for kind, value in _items(body[_FIXED.size :]):
        if kind == _CONTEXT:
            context_id, context = _context(value, proposed)
            if not context:
                remarks.append(f"it answered presentation context {context_id}, which was not proposed")
            elif context_id in contexts:
                raise Malformed(f"two answers to presentation context {context_id}", _ILL_FORMED)
            else:
                contexts[context_id] = context
        elif kind == _USER_INFORMATION:
            user = _user(value)
    items = b"".join((_item(_APPLICATION_CONTEXT, b"1.2.840.10008.3.1.1.1"), *contexts.values(), user.item))
    # The titles are reserved fields that are not to be tested, and some peers leave rubbish there.
    fixed = _FIXED.pack(1, b"ANY-SCP".ljust(16), b"FINDSCU".ljust(16))
    return Screened(
        _PDU_HEAD.pack(2, len(fixed) + len(items)) + fixed + items,
        frozenset(contexts),
        user.class_uid,
        user.version_name,
        # A hostile answer may hold thousands of contexts; a few remarks tell the story.
        tuple(remarks[:3]),
    )


class _User(NamedTuple):
    item: bytes = b"\x50\0\0\x08\x51\0\0\x04\0\0\0\0"
    class_uid: str = ""
    version_name: str = ""


def _item(kind: int, value: bytes) -> bytes:
    return _ITEM_HEAD.pack(kind, len(value)) + value


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(data):
        if len(data) - position < _ITEM_HEAD.size:
            raise Malformed("an A-ASSOCIATE-AC that breaks off in the middle of an item", _ILL_FORMED)
        kind, length = _ITEM_HEAD.unpack_from(data, position)
        position += _ITEM_HEAD.size
        if length > len(data) - position:
            raise Malformed(f"an item 0x{kind:02X} that is longer than what holds it", _ILL_FORMED)
        yield kind, data[position : position + length]
        position += length


def _context(value: bytes, proposed: Mapping[int, tuple[str, ...]]) -> tuple[int, bytes]:
    """Id and clean item of a presentation context; the item is empty where nobody proposed it."""
    if len(value) < _CONTEXT_HEAD.size:
        raise Malformed("a presentation context item that is too short", _ILL_FORMED)
    context_id, result = _CONTEXT_HEAD.unpack_from(value)
    if context_id not in proposed:
        return context_id, b""
    head = _CONTEXT_HEAD.pack(context_id, result)
    if result != 0:
        # The transfer syntax of a rejected context is not significant, but pynetdicom wants to see one.
        return context_id, _item(_CONTEXT, head + _item(_TRANSFER_SYNTAX, proposed[context_id][0].encode("ascii")))
    syntaxes = [sub for kind, sub in _items(value[_CONTEXT_HEAD.size :]) if kind == _TRANSFER_SYNTAX]
    if len(syntaxes) != 1:
        raise Malformed(
            f"an acceptance of presentation context {context_id} with {len(syntaxes)} transfer syntaxes, "
            "where one is due",
            f"0006:0318 DUL Peer supplied illegal number of transfer syntaxes ({len(syntaxes)})",
        )
    syntax = _text(syntaxes[0])
    if syntax not in proposed[context_id]:
        raise Malformed(
            f"an acceptance of presentation context {context_id} with transfer syntax {syntax or 'of no name'}, "
            "which was not proposed",
            f"0006:0212 DIMSE Unsupported transfer syntax: {syntax}",
        )
    return context_id, _item(_CONTEXT, head + _item(_TRANSFER_SYNTAX, syntax.encode("ascii")))


def _user(value: bytes) -> _User:
    max_length, class_uid, version_name = 0, "", ""
    for kind, sub in _items(value):
        if kind == _MAXIMUM_LENGTH:
            if len(sub) < _UL.size:
                raise Malformed("a maximum length sub-item that is too short", _ILL_FORMED)
            (max_length,) = _UL.unpack_from(sub)
        elif kind == _IMPLEMENTATION_CLASS:
            class_uid = _text(sub)
        elif kind == _IMPLEMENTATION_VERSION:
            version_name = _text(sub)[:16]
    items = _item(_MAXIMUM_LENGTH, _UL.pack(max_length))
    if len(class_uid) > 64 or not _UID.fullmatch(class_uid):
        class_uid = ""
    if class_uid:
        items += _item(_IMPLEMENTATION_CLASS, class_uid.encode("ascii"))
    return _User(_item(_USER_INFORMATION, items), class_uid, version_name)


def _text(value: bytes) -> str:
    """Printable ASCII, without padding; other characters become question marks, as they come from the peer."""
    text = value[:256].strip(b"\0 ").decode("ascii", errors="replace")
    return "".join(character if " " <= character <= "~" else "?" for character in text)
