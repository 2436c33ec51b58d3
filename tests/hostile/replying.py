"""After the query: peers whose messages are late, broken, or not for us; and how they end."""

from __future__ import annotations

import struct

from tests.hostile.behaviour import add, answering, behaviour
from tests.net import pdus
from tests.net.scripted import Conversation

ANSWERING = "answering"
ENDINGS = "endings"
GOOD = pdus.pending()
DONE = pdus.final()
TOTAL = ("--total-timeout", "4")


def _answers(
    name: str,
    *messages: bytes,
    status: int | tuple[int, ...] = 2,
    kept: int = 1,
    says: str | tuple[str, ...] = (),
) -> None:
    """One good response comes first, so that it can be seen to be kept."""
    add(ANSWERING, name, answering(GOOD, *messages), status=status, kept=kept, says=says)


# ------------------------------------------------------------------------------------------- nothing, or not in time


@behaviour(ANSWERING, "is silent after the query", says="time")
def silent(conversation: Conversation) -> None:
    conversation.query()
    conversation.silence()


@behaviour(ANSWERING, "is silent after a response", kept=1, says="time")
def silent_later(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD)
    conversation.silence()


@behaviour(ANSWERING, "never stops answering", kept=-1, says="time", arguments=("--total-timeout", "2", "-sr"))
def endless(conversation: Conversation) -> None:
    conversation.query()
    while not conversation.stop.is_set():
        conversation.send(GOOD * 50)


@behaviour(ANSWERING, "sends a response now and then, for ever", kept=-1, says="time", arguments=TOTAL)
def now_and_then(conversation: Conversation) -> None:
    conversation.query()
    while not conversation.stop.wait(0.5):
        conversation.send(GOOD)


@behaviour(ANSWERING, "never reads and never answers", says="time")
def never_reads(conversation: Conversation) -> None:
    conversation.accept()
    conversation.silence()


@behaviour(ANSWERING, "answers before it was asked", status=2)
def early(conversation: Conversation) -> None:
    conversation.read_pdu()
    conversation.send(pdus.associate(), GOOD, DONE)
    conversation.until_closed()


# ------------------------------------------------------------------------------------------------- the wrong PDU

_answers("aborts after a response", pdus.abort(), says="abort")
_answers("aborts as service user after a response", pdus.abort(0), says="abort")
_answers("asks for release after a response", pdus.release_rq(), says="release")
_answers("answers a release that nobody asked for", pdus.release_rp())
_answers("accepts again", pdus.associate())
_answers("rejects after a response", pdus.reject(1, 1, 1))
_answers("sends an unknown PDU", pdus.pdu(0x99, bytes(4)))
_answers("sends garbage", bytes(range(200, 256)) * 4)
_answers("claims 4 GiB of data", pdus.pdu(pdus.P_DATA, bytes(100), 0xFFFFFFFF))
_answers("sends a PDU of 64 MiB", pdus.pdu(pdus.P_DATA, bytes(200_000), 64 << 20))
_answers("sends an empty P-DATA", pdus.pdu(pdus.P_DATA, b""), DONE, status=(0, 2))
_answers("sends a P-DATA of three bytes", pdus.pdu(pdus.P_DATA, b"\0\0\0"))

# ----------------------------------------------------------------------------------------------- fragments that lie

_COMMAND = pdus.find_response(0xFF00)
_DATA = pdus.identifier()


def _fragments(data: bytes, size: int, *, command: bool) -> bytes:
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(
        pdus.p_data(pdus.pdv(part, command=command, last=index == len(parts) - 1)) for index, part in enumerate(parts)
    )


_answers("has a PDV of length 0", pdus.p_data(struct.pack(">L", 0)))
_answers("has a PDV of length 1", pdus.p_data(struct.pack(">LB", 1, 1)))
_answers("has a PDV longer than its PDU", pdus.p_data(pdus.pdv(_COMMAND, command=True, length=5000)))
_answers("has a PDV that ends inside its header", pdus.p_data(struct.pack(">LB", 2, 1)))
_answers(
    "sends fragments of one byte",
    _fragments(_COMMAND, 1, command=True) + _fragments(_DATA, 1, command=False),
    DONE,
    status=0,
    kept=2,
)
_answers(
    "sends empty fragments between",
    pdus.p_data(pdus.pdv(_COMMAND, command=True)),
    pdus.p_data(pdus.pdv(b"", command=False, last=False)) * 3,
    pdus.p_data(pdus.pdv(_DATA, command=False, last=False)),
    pdus.p_data(pdus.pdv(b"", command=False)),
    DONE,
    status=0,
    kept=2,
)
_answers(
    "puts command and identifier into one PDU",
    pdus.p_data(pdus.pdv(_COMMAND, command=True), pdus.pdv(_DATA, command=False)),
    DONE,
    status=0,
    kept=2,
)
_answers(
    "puts two whole responses into one PDU",
    pdus.p_data(*[pdus.pdv(_COMMAND, command=True), pdus.pdv(_DATA, command=False)] * 2),
    DONE,
    status=0,
    kept=3,
)
_answers("sends an identifier without command", pdus.p_data(pdus.pdv(_DATA, command=False)))
_answers(
    "puts a command into an identifier",
    pdus.p_data(pdus.pdv(_COMMAND, command=True), pdus.pdv(_DATA[:10], command=False, last=False)),
    DONE,
)
_answers("sends the command twice", pdus.p_data(pdus.pdv(_COMMAND, command=True)) * 2)


@behaviour(ANSWERING, "sends fragments without end", kept=1, arguments=TOTAL)
def fragments(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, pdus.p_data(pdus.pdv(_COMMAND, command=True)))
    part = pdus.p_data(pdus.pdv(bytes(16000), command=False, last=False))
    while not conversation.stop.is_set():
        conversation.send(part)


@behaviour(ANSWERING, "sends empty fragments without end", kept=1, arguments=TOTAL)
def empty_fragments(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, pdus.p_data(pdus.pdv(_COMMAND, command=True)))
    part = pdus.p_data(pdus.pdv(b"", command=False, last=False)) * 1000
    while not conversation.stop.is_set():
        conversation.send(part)


@behaviour(ANSWERING, "sends command fragments without end", kept=1, arguments=TOTAL)
def command_fragments(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD)
    part = pdus.p_data(pdus.pdv(bytes(16000), command=True, last=False))
    while not conversation.stop.is_set():
        conversation.send(part)


# --------------------------------------------------------------------------------------- answers to another question


def _message(command: bytes, *, data: bool = True, context_id: int = 1) -> bytes:
    message = pdus.p_data(pdus.pdv(command, command=True, context_id=context_id))
    return message + (pdus.p_data(pdus.pdv(_DATA, command=False, context_id=context_id)) if data else b"")


_answers("answers another message", pdus.pending(message_id=7), DONE)
_answers("ends another message", pdus.final(message_id=7))
_answers("answers in another context", pdus.pending(context_id=3), DONE)
_answers(
    "sends the identifier in another context",
    pdus.p_data(pdus.pdv(_COMMAND, command=True)) + pdus.p_data(pdus.pdv(_DATA, command=False, context_id=5)),
    DONE,
)
_answers("answers a C-STORE", _message(pdus.find_response(0, command=0x8001, data=False), data=False))
_answers("answers a C-ECHO", _message(pdus.find_response(0, command=0x8030, data=False), data=False))
_answers("asks a C-FIND itself", _message(pdus.find_response(0xFF00, command=0x0020)))
_answers("asks a C-ECHO itself", _message(pdus.find_response(None, command=0x0030, data=False), data=False))
_answers("sends an unknown command", _message(pdus.find_response(0xFF00, command=0x7777)))
_answers("sends a command set without command", _message(pdus.find_response(0xFF00, command=None)))
_answers("sends a command set without status", _message(pdus.find_response(None, data=False), data=False))
_answers("sends a command set of garbage", _message(bytes(range(100)), data=False))
_answers("sends a command set that is cut off", _message(pdus.find_response(0, data=False)[:-1], data=False))
_answers("sends an empty command set", _message(b"", data=False))
_answers(
    "lies about its group length",
    pdus.p_data(
        pdus.pdv(
            pdus.command_set({0x00000100: pdus.us(0x8020), 0x00000120: pdus.us(1), 0x00000800: pdus.us(0x0101),
                              0x00000900: pdus.us(0)}, group_length=9999),
            command=True,
        )
    ),
    status=(0, 2),
)  # fmt: skip

# -------------------------------------------------------------------------------------------------------- statuses

_answers("fails: out of resources", pdus.final(0xA700), status=4, says="a700")
_answers("fails: identifier does not match the SOP class", pdus.final(0xA900), status=4, says="a900")
_answers("fails: unable to process", pdus.final(0xC001), status=4, says="c001")
_answers("fails: SOP class not supported", pdus.final(0x0122), status=4, says="0122")
_answers("ends with a status that does not exist", pdus.final(0x1234), status=4, says="1234")
_answers("says cancelled, unasked", pdus.final(0xFE00), status=4, says="cancel")
_answers("ends with a warning", pdus.final(0xB001), status=(0, 4), says="b001")
_answers("supports no optional keys", pdus.pending(status=0xFF01), DONE, status=0, kept=2)
_answers(
    "explains its failure",
    pdus.final(0xA900, extra={0x00000902: b"\x1b[31mno such key\x07 "}),
    status=4,
    says=("a900", "no such key"),
)
_answers("says pending without an identifier", _message(pdus.find_response(0xFF00, data=False), data=False), DONE)
_answers(
    "says pending without an identifier, but sends one",
    _message(pdus.find_response(0xFF00, data=False)),
    DONE,
    status=0,
    kept=2,
)
_answers("sends an identifier with its final answer", _message(pdus.find_response(0, data=True)), status=(0, 2))
_answers(
    "announces an identifier with its final answer and sends none",
    _message(pdus.find_response(0, data=True), data=False),
    status=(0, 2),
)

# ---------------------------------------------------------------------------------------------------------- endings


@behaviour(ENDINGS, "ignores the release", kept=1)
def ignores_release(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, DONE)
    conversation.silence()


def _ends(name: str, *messages: bytes, status: int | tuple[int, ...] = (0, 2)) -> None:
    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(GOOD, DONE)
        conversation.read_pdu()
        conversation.send(*messages)

    add(ENDINGS, name, script, status=status, kept=1)


_ends("asks for release at the same time", pdus.release_rq(), pdus.release_rp())
_ends("sends more data after the release", GOOD * 3, pdus.release_rp())
_ends("sends garbage after the release", b"\xff" * 300)


@behaviour(ENDINGS, "closes with the final answer", status=(0, 2), kept=1)
def closes_with_final(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD, DONE)


@behaviour(ENDINGS, "ignores the cancel", kept=-1, arguments=("--cancel", "2", "-sr", *TOTAL), status=(0, 2))
def ignores_cancel(conversation: Conversation) -> None:
    conversation.query()
    while not conversation.stop.is_set():
        conversation.send(GOOD * 10)
