"""The two PDUs that ask the bench server, for the measure of the bare socket."""

from __future__ import annotations

import struct

from tests.bench.responses import WORKLIST, pdu


def _item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(body)) + body


def associate(called_ae_title: str) -> bytes:
    """An A-ASSOCIATE-RQ with one context for the worklist."""
    context = _item(0x20, bytes((1, 0, 0, 0)) + _item(0x30, WORKLIST.encode()) + _item(0x40, b"1.2.840.10008.1.2.1"))
    user = _item(0x50, _item(0x51, struct.pack(">L", 16384)) + _item(0x52, b"1.2.826.0.1.99999.9"))
    titles = f"{called_ae_title:<16}{'BENCH':<16}".encode("ascii")
    body = b"\0\1\0\0" + titles + bytes(32) + _item(0x10, b"1.2.840.10008.3.1.1.1") + context + user
    return struct.pack(">BBL", 1, 0, len(body)) + body


def find() -> bytes:
    """A C-FIND-RQ with an empty Patient's Name."""
    sop_class = (WORKLIST + "\0" * (len(WORKLIST) % 2)).encode("ascii")
    body = struct.pack("<HHL", 0, 0x0002, len(sop_class)) + sop_class
    for element, value in ((0x0100, 0x0020), (0x0110, 1), (0x0700, 0), (0x0800, 1)):
        body += struct.pack("<HHLH", 0, element, 2, value)
    command = struct.pack("<HHLL", 0, 0, 4, len(body)) + body
    return pdu(1, 3, command) + pdu(1, 2, struct.pack("<HH2sH", 0x0010, 0x0010, b"PN", 0))
