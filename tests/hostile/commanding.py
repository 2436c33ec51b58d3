"""Messages whose command sets are odd, and conversations of several queries that go wrong in the second."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.hostile.behaviour import add, answering, behaviour
from tests.net import pdus
from tests.net.scripted import Conversation

ANSWERING = "answering"
ENDINGS = "endings"
GOOD = pdus.pending()
DONE = pdus.final()
DATA = pdus.p_data(pdus.pdv(pdus.identifier(), command=False))
TOTAL = ("--total-timeout", "2", "-sr")


def _answers(
    name: str, *messages: bytes, status: int | tuple[int, ...] = 0, kept: int = 2, says: str | tuple[str, ...] = ()
) -> None:
    """One good response comes first."""
    add(ANSWERING, name, answering(GOOD, *messages), status=status, kept=kept, says=says)


def _pending(command: bytes, *, control: int = 0) -> bytes:
    """A response with this command set; `control` are more bits of the message control headers."""
    return pdus.p_data(_pdv(command, 3 | control)) + pdus.p_data(_pdv(pdus.identifier(), 2 | control))


def _pdv(data: bytes, control: int, context_id: int = 1) -> bytes:
    return struct.pack(">LBB", len(data) + 2, context_id, control) + data


def _elements(status: int = 0xFF00) -> dict[int, bytes]:
    return {
        0x00000002: pdus.WORKLIST.encode(),
        0x00000100: pdus.us(0x8020),
        0x00000120: pdus.us(1),
        0x00000800: pdus.us(1 if status == 0xFF00 else pdus.NO_DATA_SET),
        0x00000900: pdus.us(status),
    }


def _without(*tags: int, status: int = 0xFF00) -> bytes:
    return pdus.command_set({tag: value for tag, value in _elements(status).items() if tag not in tags})


def _having(status: int = 0xFF00, **changed: bytes) -> bytes:
    """A command set with some elements changed; keywords are element numbers such as e0900."""
    return pdus.command_set(_elements(status) | {int(name[1:], 16): value for name, value in changed.items()})


PENDING = _having()

# ------------------------------------------------------------------------------------------------- command elements

_answers("answers with another SOP class", _pending(_having(e0002=b"1.2.840.10008.5.1.4.1.2.1.1\0")), DONE)
_answers("answers with a SOP class that is none", _pending(_having(e0002=b"\x1b[2J\xff\n")), DONE)
_answers("answers without a SOP class", _pending(_without(0x00000002)), DONE)
_answers("answers without a message id", _pending(_without(0x00000120)), DONE, status=2, kept=1)
_answers("answers without a data set type", _pending(_without(0x00000800)), DONE, status=2, kept=1)
_answers("answers with a data set type of its own", _pending(_having(e0800=pdus.us(0x0102))), DONE)
_answers("answers with a message id and a priority", _pending(_having(e0110=pdus.us(9), e0700=pdus.us(2))), DONE)
_answers("answers with unknown command elements", _pending(_having(e1234=b"abcd", ef000=b"")), DONE)
_answers("answers with an empty status", _pending(_having(e0900=b"")), DONE, status=2, kept=1)
_answers("answers with a status of one byte", _pending(_having(e0900=b"\0")), DONE, status=2, kept=1)
_answers("answers with a status of four bytes", _pending(_having(e0900=b"\0\xff\0\0")), DONE, status=(0, 2), kept=-1)
_answers("answers without a group length", _pending(PENDING[12:]), DONE)
_answers("has a group length of two bytes", _pending(pdus.element(0, b"\x50\0") + PENDING[12:]), DONE)
_answers("has its group length twice", _pending(PENDING[:12] + PENDING), DONE)
_answers("says that its command set is empty", _pending(pdus.element(0, bytes(4)) + PENDING[12:]), DONE)
_answers("says that its command set has 4 GiB", _pending(pdus.element(0, b"\xff" * 4) + PENDING[12:]), DONE)
_answers(
    "has its command elements backwards",
    _pending(PENDING[:12] + b"".join(pdus.element(tag, value) for tag, value in reversed(_elements().items()))),
    DONE,
)
_answers("has a status twice", _pending(PENDING + pdus.element(0x00000900, pdus.us(0xC001))), DONE)
_answers("has a data element in its command", _pending(PENDING + pdus.explicit(0x00100010, "PN", b"X^Y ")), DONE,
         status=2, kept=1)  # fmt: skip
_answers("has its command in big endian", _pending(PENDING[:12] + struct.pack(">HHLH", 0, 0x0100, 2, 0x8020)), DONE,
         status=2, kept=1)  # fmt: skip
_answers("has its command in explicit VR", _pending(pdus.explicit(0x00000100, "US", pdus.us(0x8020))), DONE,
         status=2, kept=1)  # fmt: skip
_answers("has a command of 1 MiB", pdus.p_data(pdus.pdv(_having(e0902=b"x" * 60_000), command=True, last=False)) * 18,
         status=2, kept=1)  # fmt: skip

# -------------------------------------------------------------------------------------------------------- fragments

_answers("puts its command into three PDVs",
         pdus.p_data(_pdv(PENDING[:5], 1), _pdv(PENDING[5:40], 1), _pdv(PENDING[40:], 3)) + DATA, DONE)  # fmt: skip
_answers("ends its command with an empty PDV", pdus.p_data(_pdv(PENDING, 1), _pdv(b"", 3)) + DATA, DONE)
_answers("sends each byte in a PDV of its own",
         pdus.p_data(*[_pdv(PENDING[at : at + 1], 1) for at in range(len(PENDING))], _pdv(b"", 3)) + DATA,
         DONE)  # fmt: skip
_answers("sets every bit of the control header", _pending(PENDING, control=0xFC), DONE)
_answers("never ends its command", pdus.p_data(_pdv(PENDING, 1)) + DATA, DONE, status=2, kept=1)
_answers("never ends its identifier", pdus.p_data(_pdv(PENDING, 3), _pdv(pdus.identifier(), 0)), DONE, status=2, kept=1)
_answers("goes on with its command elsewhere", pdus.p_data(_pdv(PENDING[:9], 1), _pdv(PENDING[9:], 3, 3)) + DATA,
         status=2, kept=1)  # fmt: skip
_answers("speaks in context 0", pdus.p_data(_pdv(PENDING, 3, 0)) + DATA, status=2, kept=1)
_answers("speaks in context 255", pdus.p_data(_pdv(PENDING, 3, 255)) + DATA, status=2, kept=1)
_answers("fills a PDU of 128 KiB", pdus.p_data(*[_pdv(PENDING, 3), _pdv(pdus.identifier(), 2)] * 600), DONE, kept=601)
_answers("has rubbish in a reserved place of its PDU", GOOD[:1] + b"\xff" + GOOD[2:], DONE)

# ------------------------------------------------------------------------------------------------------ the final one

_answers("answers on after the final answer", DONE, GOOD, kept=1)
_answers("ends twice", DONE, DONE, kept=1)
_answers("ends well, then badly", DONE, pdus.final(0xC001), kept=1)
_answers("ends badly, then well", pdus.final(0xC001), DONE, status=4, kept=1, says="c001")
for _status in (0x0105, 0x0106, 0x0110, 0x0111, 0x0112, 0x0117, 0x0120, 0x0124, 0x0210, 0x0211, 0x0212, 0x0213):
    _answers(f"fails with {_status:04X}", pdus.final(_status), status=4, kept=1, says=f"{_status:04x}")
for _status in (0x0001, 0xA7FF, 0xB000, 0xCFFF, 0xFF02, 0xFFFF):
    _answers(f"ends with {_status:04X}", pdus.final(_status), status=4, kept=1, says=f"{_status:04x}")
_answers("explains at length", pdus.final(0xC001, extra={0x00000902: b"why " * 15_000}), status=4, kept=1, says="c001")
_answers("explains with a forged line",
         pdus.final(0xC001, extra={0x00000902: b"x\nI: Find Response: 9 (Pending)\nI: : all is well"}), status=4,
         kept=1, says="c001")  # fmt: skip
_answers("names 16,000 offending elements",
         pdus.final(0xA900, extra={0x00000901: b"\x10\0\x10\0" * 15_000 + b"\x10\0"}), status=4, kept=1,
         says=("a900", "patientname"))  # fmt: skip
_answers("explains each response", *[_pending(_having(e0902=f"note {index:06}".encode())) for index in range(200)],
         DONE, kept=201)  # fmt: skip


def _for_ever(name: str, message: bytes, *, status: int = 2) -> None:
    def script(conversation: Conversation) -> None:
        conversation.query()
        while not conversation.stop.is_set():
            conversation.send(message * 20)

    add(ANSWERING, name, script, status=status, kept=-1, says="time", arguments=TOTAL)


_for_ever("answers with nothing for ever", pdus.pending(b""))
_for_ever("answers with rubbish for ever", pdus.pending(b"\xff" * 40))
_for_ever("answers with doubts for ever", pdus.pending(status=0xFF01))
_for_ever("answers with notes for ever", _pending(_having(e0902=b"a note")))
_for_ever("answers with 64 KiB for ever", pdus.pending(pdus.explicit(0x00104000, "LT", b"x" * 65_000)))

# --------------------------------------------------------------------------------------------------- the second query

AGAIN = ("--repeat", "2")
SECOND = pdus.pending(message_id=2)


def _second(
    name: str,
    act: Callable[[Conversation], object],
    *,
    status: int | tuple[int, ...] = 2,
    kept: int = 1,
    says: str | tuple[str, ...] = (),
) -> None:
    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(GOOD, DONE)
        conversation.read_message()
        act(conversation)

    add(ANSWERING, f"{name} the second query", script, status=status, kept=kept, says=says, arguments=AGAIN)


def _sending(*messages: bytes) -> Callable[[Conversation], None]:
    def act(conversation: Conversation) -> None:
        conversation.send(*messages)
        conversation.end()

    return act


_second("answers", _sending(SECOND, pdus.final(message_id=2)), status=0, kept=2)
_second("is silent on", Conversation.silence, says="time")
_second("closes on", lambda conversation: None)
_second("resets on", Conversation.reset)
_second("aborts on", _sending(pdus.abort(0)), says="abort")
_second("asks for release on", _sending(pdus.release_rq()), says="release")
_second("sends rubbish on", _sending(b"\xff" * 99))
_second("answers the first again on", _sending(GOOD, DONE))
_second("fails on", _sending(SECOND, pdus.final(0xA900, message_id=2)), status=4, kept=2, says="a900")
_second("is unreadable on", _sending(pdus.pending(b"\xff" * 30, message_id=2), pdus.final(message_id=2)), status=4,
        says="could not be read")  # fmt: skip


@behaviour(ANSWERING, "answers on before the second query", status=2, kept=1, arguments=AGAIN)
def between(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, DONE, GOOD)
    conversation.until_closed()


@behaviour(ANSWERING, "fails the first query of two", status=4, kept=2, says="a900", arguments=AGAIN)
def fails_first(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, pdus.final(0xA900))
    conversation.read_message()
    conversation.send(SECOND, pdus.final(message_id=2))
    conversation.end()


# ---------------------------------------------------------------------------------------------------- the cancel


def _cancelled(
    name: str, *messages: bytes, status: int | tuple[int, ...] = 0, kept: int = 1, says: str | tuple[str, ...] = ()
) -> None:
    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(GOOD)
        conversation.read_message()
        conversation.send(*messages)
        conversation.end()

    add(ENDINGS, f"{name} the cancel", script, status=status, kept=kept, says=says, arguments=("--cancel", "1"))


_cancelled("obeys", pdus.final(0xFE00))
_cancelled("is done before", DONE)
_cancelled("fails on", pdus.final(0xC001), status=4, says="c001")
_cancelled("answers on until it obeys", GOOD * 3, pdus.final(0xFE00), kept=4)
_cancelled("repeats", pdus.p_data(pdus.pdv(pdus.command_set({0x00000100: pdus.us(0x0FFF)}), command=True)), status=2)
_cancelled("obeys and explains", pdus.final(0xFE00, extra={0x00000902: b"as you wish "}))

# ---------------------------------------------------------------------------------------------------- the release


def _released(name: str, *messages: bytes, status: int | tuple[int, ...] = (0, 2), waits: bool = False) -> None:
    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(GOOD, DONE)
        conversation.read_pdu()
        conversation.send(*messages)
        if waits:
            conversation.until_closed()

    add(ENDINGS, name, script, status=status, kept=1)


_released("answers the release twice", pdus.release_rp() * 2, status=0)
_released("answers the release without a body", pdus.pdu(pdus.RELEASE_RP, b""), status=0)
_released("answers the release at length", pdus.pdu(pdus.RELEASE_RP, bytes(5000)), status=0)
_released("answers the release in 4 GiB", pdus.pdu(pdus.RELEASE_RP, bytes(4), 0xFFFFFFFF), status=2, waits=True)
_released("answers the release and sends rubbish", pdus.release_rp() + b"\xff" * 99, status=0)
_released("asks for release three times", pdus.release_rq() * 3, pdus.release_rp())
_released("rejects the release", pdus.reject(1, 1, 1), status=2, waits=True)
_released("accepts the release", pdus.associate(), status=2, waits=True)
_released("sends half a response on the release", GOOD[:30], pdus.release_rp(), status=2, waits=True)
_released("aborts once the release is answered", pdus.release_rp(), pdus.abort(), status=0)


def _hurried(name: str, *messages: bytes, status: int | tuple[int, ...] = (0, 2)) -> None:
    """The end comes with the final answer, before it was asked for."""

    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(b"".join((GOOD, DONE, *messages)))
        conversation.until_closed()

    add(ENDINGS, name, script, status=status, kept=1)


_hurried("asks for release with the final answer, and answers", pdus.release_rq(), pdus.release_rp(), status=0)
_hurried("answers the release before it was asked for", pdus.release_rp(), status=0)
_hurried("aborts with the final answer", pdus.abort(2, 0), status=2)
_hurried("sends rubbish with the final answer", b"\xff" * 64, status=2)


@behaviour(ENDINGS, "waits for the release that it asked for with the final answer", status=0, kept=1)
def releases_first(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, DONE, pdus.release_rq())
    while True:
        kind, _ = conversation.read_pdu()
        if kind in (0, pdus.RELEASE_RP, pdus.ABORT):
            return


@behaviour(ENDINGS, "answers for ever on the release", status=2, kept=1)
def floods_release(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, DONE)
    conversation.read_pdu()
    while not conversation.stop.is_set():
        conversation.send(GOOD * 20)
