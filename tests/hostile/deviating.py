"""Associations that are odd, or wrong in a small way: what the standard tells to ignore costs nothing."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from tests.hostile.behaviour import accepting, add, answering, behaviour
from tests.net import pdus
from tests.net.scripted import Conversation

NEGOTIATION = "negotiation"
ANSWERING = "answering"
GOOD = pdus.pending()
DONE = pdus.final()
VERSION_NAME = 0x55
CLASS_UID = 0x52
MAXIMUM_LENGTH = 0x51


def _accepts(name: str, answer: bytes, *, status: int | tuple[int, ...] = 0) -> None:
    statuses = (status,) if isinstance(status, int) else status
    kept = 1 if statuses == (0,) else 0 if 0 not in statuses else -1
    add(NEGOTIATION, name, accepting(answer), status=status, kept=kept)


def _user(*items: bytes) -> bytes:
    """An acceptance with these items of user information."""
    return pdus.associate(user=pdus.item(0x50, b"".join(items)))


def _length(value: int) -> bytes:
    return pdus.item(MAXIMUM_LENGTH, struct.pack(">L", value))


# ------------------------------------------------------------------------------------------------ user information

for _value, _status in ((7, 2), (12, 2), (13, 2), (14, 0), (15, 0), (16383, 0), (0xFFFFFFFF, 0)):
    _accepts(f"takes PDUs of {_value} bytes", pdus.associate(user=pdus.user_information(_value)), status=_status)
_accepts("says its maximum length twice", _user(_length(16384), _length(32768)))
_accepts("says its maximum length in two bytes", _user(pdus.item(MAXIMUM_LENGTH, b"\x40\0")), status=2)
_accepts("says its maximum length in eight bytes", _user(pdus.item(MAXIMUM_LENGTH, b"\0\0\x40\0\0\0\0\0")))
_accepts("says no maximum length", _user(pdus.item(CLASS_UID, b"1.2.3.4")))
_accepts("has empty user information", _user())
_accepts(
    "has user information twice",
    pdus.associate(user=pdus.user_information() + pdus.user_information(32768)),
)
_accepts("has a sub-item beyond its user information", _user(_length(16384), pdus.item(0x5F, b"x", 900)), status=2)
_accepts("has half a sub-item", _user(_length(16384), b"\x55\0"), status=2)
_accepts("has a version name that is no ASCII", _user(_length(0), pdus.item(VERSION_NAME, "Ärztehaus".encode())))
_accepts("has a version name that acts", _user(_length(0), pdus.item(VERSION_NAME, b"\x1b]0;owned\x07\x9b31m")))
_accepts("has a version name of 60,000 bytes", _user(_length(0), pdus.item(VERSION_NAME, b"V" * 60_000)))
_accepts("has an empty version name", _user(_length(0), pdus.item(VERSION_NAME, b"")))
_accepts("has a class UID that is none", _user(_length(0), pdus.item(CLASS_UID, b"not.a.uid\n")))
_accepts("has a class UID of 200 digits", _user(_length(0), pdus.item(CLASS_UID, b"1." + b"2" * 200)))
_accepts(
    "negotiates what nobody asked for",
    _user(
        _length(16384),
        pdus.item(0x53, struct.pack(">HH", 5, 5)),
        pdus.item(0x54, struct.pack(">H", 22) + pdus.WORKLIST.encode() + b"\1\1"),
        pdus.item(0x56, struct.pack(">H", 22) + pdus.WORKLIST.encode() + b"\1\1\1"),
        pdus.item(0x59, struct.pack(">H", 2) + b"ok"),
    ),
)
_accepts("sends 2,000 sub-items", _user(_length(16384), *[pdus.item(0x5A, b"1234")] * 2000))

# ------------------------------------------------------------------------------------------- the rest of the acceptance

_accepts("has another application context", pdus.associate(application=pdus.item(0x10, b"1.2.3")))
_accepts("leaves its application context out", pdus.associate(application=b""))
_accepts("speaks version 0", pdus.associate(version=0), status=2)
_accepts("speaks version 2", pdus.associate(version=2), status=2)
_accepts("speaks all versions", pdus.associate(version=0xFFFF))
_accepts("sends half an item behind its accept", pdus.associate(extra=b"\x7f\0"), status=2)
_accepts("fills its accept up to 128 KiB", pdus.associate(extra=pdus.item(0x7F, bytes(65000)) * 2))
_accepts("has rubbish for titles", pdus.associate()[:10] + b"\xff\x1b[2" * 8
         + pdus.associate()[42:])  # fmt: skip
_accepts("has rubbish in reserved places", pdus.associate()[:1] + b"\xff" + pdus.associate()[2:42] + b"\xaa" * 32
         + pdus.associate()[74:])  # fmt: skip
_accepts("has rubbish in a context", pdus.associate(contexts=[pdus.item(0x21, b"\1\xff\0\xff" + pdus.context()[8:])]))
_accepts("pads its transfer syntax with NUL", pdus.associate(contexts=[pdus.context(syntax="1.2.840.10008.1.2.1\0")]))
_accepts("names two transfer syntaxes",
         pdus.associate(contexts=[pdus.item(0x21, b"\1\0\0\0" + pdus.context()[8:] + pdus.context()[8:])]),
         status=2)  # fmt: skip
_accepts(
    "refuses the context without a syntax", pdus.associate(contexts=[pdus.context(result=3, syntax=None)]), status=2
)
_accepts("has a context of two bytes", pdus.associate(contexts=[pdus.item(0x21, b"\1\0")]), status=2)
_accepts("has a context of 4 GiB", pdus.associate(contexts=[pdus.item(0x21, pdus.context()[4:], 0xFFFF)]), status=2)
_accepts("accepts twice", pdus.associate() * 2, status=2)
_accepts("accepts and aborts", pdus.associate() + pdus.abort(2, 1), status=2)
_accepts("accepts and asks for release", pdus.associate() + pdus.release_rq(), status=2)
_accepts("rejects and accepts", pdus.reject(1, 1, 1) + pdus.associate(), status=2)
_accepts("rejects at length", pdus.pdu(pdus.ASSOCIATE_RJ, bytes((0, 1, 1, 7)) + bytes(500)), status=2)
_accepts("rejects in 4 GiB", pdus.pdu(pdus.ASSOCIATE_RJ, bytes((0, 1, 1, 7)), 0xFFFFFFFF), status=2)
for _kind in (0, 8, 0xFF):
    _accepts(f"sends a PDU of type {_kind}", pdus.pdu(_kind, bytes(4)), status=2)


@behaviour(NEGOTIATION, "sends all it says byte by byte", status=0, kept=2)
def slowly(conversation: Conversation) -> None:
    conversation.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    conversation.read_pdu()
    conversation.drip(pdus.associate(), 0)
    conversation.read_message()
    conversation.drip(GOOD + GOOD + DONE, 0)
    conversation.end()


# -------------------------------------------------------------------------------------------------- how TCP is used


def _half_closing(*messages: bytes) -> Callable[[Conversation], None]:
    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(*messages)
        conversation.sock.shutdown(socket.SHUT_WR)
        conversation.until_closed()

    return script


add(ANSWERING, "says that it will say no more", _half_closing())
add(ANSWERING, "says that it will say no more after a response", _half_closing(GOOD), kept=1)
add(ANSWERING, "says that it will say no more within a response", _half_closing(GOOD, GOOD[:-9]), kept=1)
add("endings", "says that it will say no more after the final answer", _half_closing(GOOD, DONE), kept=1)


@behaviour(ANSWERING, "sends an urgent byte between responses", status=0, kept=2)
def urgent(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD)
    conversation.sock.send(b"!", socket.MSG_OOB)
    conversation.send(GOOD, DONE)
    conversation.end()


@behaviour(ANSWERING, "reads in sips", status=0, kept=1, arguments=("-k", f"PatientComments={'x' * 9000}"))
def sips(conversation: Conversation) -> None:
    conversation.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 512)
    conversation.query()
    conversation.send(GOOD, DONE)
    conversation.end()


@behaviour(ANSWERING, "answers before it has read", kept=1, arguments=("-k", f"PatientComments={'x' * 9000}"))
def hasty(conversation: Conversation) -> None:
    conversation.accept()
    conversation.read_pdu()
    conversation.send(GOOD, pdus.abort(2, 2))
    conversation.until_closed()


# ------------------------------------------------------------------------------------------ each abort there is

for _source, _reasons in ((0, (0,)), (1, (0,)), (2, (1, 2, 3, 4, 5, 6, 99))):
    for _reason in _reasons:
        add(
            ANSWERING,
            f"aborts after a response, source {_source}, reason {_reason}",
            answering(GOOD, pdus.abort(_source, _reason)),
            kept=1,
            says="abort",
        )
