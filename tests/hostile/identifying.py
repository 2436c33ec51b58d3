"""Identifiers that are broken, or built to hurt: one of them must not cost the responses around it."""

from __future__ import annotations

import struct
import zlib

from tests.hostile.behaviour import add, answering, behaviour
from tests.net import pdus
from tests.net.scripted import Conversation

PHASE = "identifiers"
GOOD = pdus.pending()
DONE = pdus.final()
DEFLATED = "1.2.840.10008.1.2.1.99"
ITEM, ITEM_END, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
UNDEFINED = b"\xff\xff\xff\xff"
STEP_SEQUENCE = struct.pack("<HH", 0x0040, 0x0100)


def pending(identifier: bytes) -> bytes:
    """A pending response whose identifier is cut into PDUs of 16 KiB."""
    parts = [identifier[start : start + 16000] for start in range(0, len(identifier), 16000)] or [b""]
    command = pdus.p_data(pdus.pdv(pdus.find_response(0xFF00), command=True))
    return command + b"".join(
        pdus.p_data(pdus.pdv(part, command=False, last=index == len(parts) - 1)) for index, part in enumerate(parts)
    )


def _broken(name: str, identifier: bytes) -> None:
    """It cannot be read, and the good ones before and behind it are kept."""
    add(PHASE, name, answering(GOOD, pending(identifier), GOOD, DONE), status=4, kept=2, says="could not be read")


def _odd(name: str, identifier: bytes) -> None:
    """It can be read, whatever it looks like."""
    add(PHASE, name, answering(GOOD, pending(identifier), GOOD, DONE), status=0, kept=3)


def _either(name: str, identifier: bytes) -> None:
    add(PHASE, name, answering(GOOD, pending(identifier), GOOD, DONE), status=(0, 2, 4), kept=-1)


def nested(depth: int, *, undefined: bool) -> bytes:
    """Sequences in sequences."""
    data = pdus.explicit(0x00080060, "CS", b"CT")
    head = STEP_SEQUENCE + b"SQ\0\0"
    if undefined:
        closing = ITEM_END + bytes(4) + SEQUENCE_END + bytes(4)
        return (head + UNDEFINED + ITEM + UNDEFINED) * depth + data + closing * depth
    for _ in range(depth):
        item = ITEM + struct.pack("<L", len(data)) + data
        data = head + struct.pack("<L", len(item)) + item
    return data


NAME = pdus.explicit(0x00100010, "PN", b"DOE^JANE")
STUDY = pdus.explicit(0x0020000D, "UI", b"1.2.3.4\0")

_broken("garbage", bytes(range(7, 250)) * 2)
_broken("an HTML page", b"<html><body>504 Gateway Time-out</body></html>")
_broken("cut off in a value", NAME[:-3])
_broken("cut off in a header", NAME + STUDY[:5])
_broken("a value longer than the identifier", struct.pack("<HH2sH", 0x10, 0x10, b"PN", 5000) + b"DOE")
_broken("a value of 1 GiB", struct.pack("<HH2sxxL", 0x10, 0x4000, b"UT", 1 << 30) + b"DOE")
_broken("a sequence longer than the identifier", STEP_SEQUENCE + b"SQ\0\0" + struct.pack("<L", 500) + ITEM)
_broken(
    "an item longer than its sequence",
    STEP_SEQUENCE + b"SQ\0\0" + struct.pack("<L", 16) + ITEM + struct.pack("<L", 200) + bytes(8) + STUDY * 20,
)
_broken("a sequence without end", STEP_SEQUENCE + b"SQ\0\0" + UNDEFINED + ITEM + UNDEFINED + NAME)
_broken("an item without sequence", ITEM + struct.pack("<L", len(NAME)) + NAME)
_broken("a name of undefined length", struct.pack("<HH2sH", 0x10, 0x10, b"PN", 0xFFFF) + b"DOE^JANE" * 10)
_broken("nested 500 deep", nested(500, undefined=True))
_broken("nested 5,000 deep, undefined lengths", nested(5000, undefined=True))
_broken("nested 5,000 deep, defined lengths", nested(5000, undefined=False))
_broken("bytes behind the last element", NAME + b"\0\0\0")
_broken(
    "a million empty items",
    STEP_SEQUENCE + b"SQ\0\0" + UNDEFINED + (ITEM + bytes(4)) * 900_000 + SEQUENCE_END + bytes(4),
)
_broken("100,000 elements", pdus.explicit(0x00080060, "CS", b"") * 100_000)
_broken("an unknown VR with a length out of range", struct.pack("<HH2sxxL", 0x11, 0x1010, b"ZZ", 1 << 31) + b"X")

_odd("empty", b"")
_odd("an odd length", pdus.explicit(0x00100010, "PN", b"DOE"))
_odd("an unknown VR", struct.pack("<HH2sxxL", 0x11, 0x1010, b"ZZ", 4) + b"ABCD" + STUDY)
_odd("tags out of order", STUDY + NAME)
_odd("a tag twice", NAME + pdus.explicit(0x00100010, "PN", b"ROE^JANE"))
_odd("group lengths", pdus.explicit(0x00100000, "UL", struct.pack("<L", len(NAME))) + NAME)
_odd("a wrong group length", pdus.explicit(0x00100000, "UL", struct.pack("<L", 12345)) + NAME)
_odd("private elements", pdus.explicit(0x00091001, "LO", b"SECRET") + NAME)
_odd("a name with escapes", pdus.explicit(0x00100010, "PN", b"\x1b]52;c;ZXZpbA==\x07\x1b[2JX^\x9b31mY"))
_odd("a name with line breaks", pdus.explicit(0x00100010, "PN", b"DOE\r\nI: Find Response: 99 (Pending)\n"))
_odd(
    "bytes that its character set does not have",
    pdus.identifier()[:18] + pdus.explicit(0x00100010, "PN", b"\xff\xfeX\xc3"),
)
_odd("a character set that does not exist", pdus.explicit(0x00080005, "CS", b"ISO_IR 999") + NAME)
_odd("numbers that are none", pdus.explicit(0x00200013, "IS", b"1.0abc") + pdus.explicit(0x00101030, "DS", b"heavy "))
_odd("a number of three bytes", pdus.explicit(0x001021C0, "US", b"\1\2\3"))
_odd("nested 60 deep", nested(60, undefined=True))
_odd("a value of 1 MiB", pdus.explicit(0x00104000, "UT", b"x" * (1 << 20)))

_either("command group elements", pdus.explicit(0x00000900, "US", b"\0\xff") + NAME)
_either("an identifier of 20 MiB", pdus.explicit(0x00104000, "UT", b"x" * (20 << 20)))


def _deflated(name: str, identifier: bytes, *, status: int | tuple[int, ...] = 4, kept: int = 2) -> None:
    def script(conversation: Conversation) -> None:
        conversation.accept(pdus.associate(contexts=[pdus.context(syntax=DEFLATED)]))
        conversation.read_message()
        good = pending(deflate(pdus.identifier()))
        conversation.send(good, pending(identifier), good, DONE)
        conversation.end()

    add(PHASE, name, script, status=status, kept=kept, arguments=("-xd",))


def deflate(data: bytes) -> bytes:
    """A raw deflate stream (PS3.5 section A.5)."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = compressor.compress(data) + compressor.flush()
    return data + b"\0" * (len(data) % 2)


_deflated("deflated as it should be", deflate(pdus.identifier()), status=0, kept=3)
_deflated("a deflate bomb of 200 MB", deflate(bytes(200_000_000)))
_deflated("a broken deflate stream", b"\xff" * 60)
_deflated("a deflate stream that is cut off", deflate(pdus.identifier() * 50)[:40])
_deflated("deflated garbage", deflate(bytes(range(9, 200))))
_deflated("not deflated at all", pdus.identifier())


@behaviour(PHASE, "many broken ones", status=4, kept=1)
def many(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(*[pending(b"\xff" * 40)] * 500, GOOD, DONE)
    conversation.end()
