"""Before there is an association: peers that are silent, slow, gone, or something else altogether."""

from __future__ import annotations

from tests.hostile.behaviour import accepting, add, behaviour
from tests.net import pdus
from tests.net.scripted import Conversation

CONNECTION = "connection"
NEGOTIATION = "negotiation"
ACCEPT = pdus.associate()


@behaviour(CONNECTION, "is silent", says="time")
def silent(conversation: Conversation) -> None:
    conversation.read_pdu()
    conversation.silence()


@behaviour(CONNECTION, "closes without reading")
def closes_unread(conversation: Conversation) -> None:
    """Nothing is read: the request may be answered with RST."""


def _answers(phase: str, name: str, data: bytes, *, closing: bool = False, says: str | tuple[str, ...] = ()) -> None:
    def script(conversation: Conversation) -> None:
        conversation.read_pdu()
        conversation.send(data)
        if not closing:
            conversation.until_closed()

    add(phase, name, script, says=says)


_answers(CONNECTION, "sends garbage", bytes(range(255, 0, -1)) * 3)
_answers(CONNECTION, "answers with HTTP", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", says="http")
_answers(CONNECTION, "answers with HTTP and closes", b"HTTP/1.0 400 Bad Request\r\n\r\n", closing=True, says="http")
_answers(CONNECTION, "answers with a TLS alert", bytes((21, 3, 1, 0, 2, 2, 10)), says="tls")
_answers(CONNECTION, "answers with an SSH banner", b"SSH-2.0-OpenSSH_9.2p1\r\n")
_answers(CONNECTION, "sends half a PDU header", ACCEPT[:3], says="time")
_answers(CONNECTION, "sends half an accept, then nothing", ACCEPT[:90], says="time")


@behaviour(CONNECTION, "drips its accept byte by byte", says="time", arguments=("--total-timeout", "4"))
def drips(conversation: Conversation) -> None:
    conversation.read_pdu()
    conversation.drip(ACCEPT, 0.3)


@behaviour(CONNECTION, "sends zeros for ever")
def zeros(conversation: Conversation) -> None:
    conversation.read_pdu()
    while not conversation.stop.is_set():
        conversation.send(bytes(65536))


# ----------------------------------------------------------------------------------------------------- negotiation

_answers(NEGOTIATION, "claims 4 GiB of accept", pdus.pdu(pdus.ASSOCIATE_AC, ACCEPT[6:], 0xFFFFFFFF))
_answers(NEGOTIATION, "sends an accept of 1 MiB", pdus.associate(extra=pdus.item(0x7F, bytes(60000)) * 18))
_answers(NEGOTIATION, "sends an unknown PDU", pdus.pdu(0x42, bytes(10)))
_answers(NEGOTIATION, "sends a request back", pdus.associate(pdus.ASSOCIATE_RQ))
_answers(NEGOTIATION, "sends data before the accept", pdus.pending())
_answers(NEGOTIATION, "answers with a release reply", pdus.release_rp())
_answers(NEGOTIATION, "aborts as service user", pdus.abort(0, 0), says="abort")
_answers(NEGOTIATION, "aborts as service provider", pdus.abort(2, 4), says="abort")
_answers(NEGOTIATION, "aborts with codes that do not exist", pdus.abort(77, 200), says="abort")
_answers(NEGOTIATION, "aborts with a body that is too short", pdus.pdu(pdus.ABORT, b"\0"))
_answers(NEGOTIATION, "rejects with codes that do not exist", pdus.reject(9, 8, 7), says="reject")
_answers(NEGOTIATION, "rejects with an empty body", pdus.pdu(pdus.ASSOCIATE_RJ, b""))
_answers(NEGOTIATION, "accepts with an empty body", pdus.pdu(pdus.ASSOCIATE_AC, b""))
_answers(NEGOTIATION, "accepts with an item beyond the PDU", pdus.associate(extra=pdus.item(0x21, bytes(4), 60000)))

for _result, _certainty in ((1, "permanently"), (2, "transiently")):
    for _source, _reasons in ((1, (1, 2, 3, 7)), (2, (1, 2)), (3, (1, 2))):
        for _reason in _reasons:
            _answers(
                NEGOTIATION,
                f"rejects {_certainty}, source {_source}, reason {_reason}",
                pdus.reject(_result, _source, _reason),
                says="reject",
            )


def _accepts(name: str, answer: bytes, *, status: int | tuple[int, ...] = 2, kept: int = 0) -> None:
    add(NEGOTIATION, name, accepting(answer), status=status, kept=kept)


_accepts("adds an unknown item", pdus.associate(extra=pdus.item(0x7F, b"whatever")), status=0, kept=1)
_accepts(
    "adds an unknown sub-item",
    pdus.associate(user=pdus.user_information(extra=pdus.item(0x5F, b"whatever"))),
    status=0,
    kept=1,
)
_accepts("leaves its user information out", pdus.associate(user=b""), status=(0, 2), kept=1)
_accepts("takes PDUs without limit", pdus.associate(user=pdus.user_information(0)), status=0, kept=1)
_accepts("takes PDUs of one byte", pdus.associate(user=pdus.user_information(1)))
_accepts("accepts a context never proposed", pdus.associate(contexts=[pdus.context(99)]))
_accepts("accepts a context with an even id", pdus.associate(contexts=[pdus.context(2)]))
_accepts("accepts a syntax never proposed", pdus.associate(contexts=[pdus.context(syntax="1.2.840.10008.1.2.4.50")]))
_accepts("accepts a syntax that is no UID", pdus.associate(contexts=[pdus.context(syntax="\x1b[31m")]))
_accepts("accepts without a syntax", pdus.associate(contexts=[pdus.context(syntax=None)]))
_accepts("accepts without a context", pdus.associate(contexts=[]))
_accepts("accepts with 5,000 contexts", pdus.associate(contexts=[pdus.context(result=1)] * 5000))
_accepts(
    "accepts the context twice, with two syntaxes",
    pdus.associate(contexts=[pdus.context(), pdus.context(syntax=pdus.IMPLICIT_LITTLE)]),
    status=(0, 2),
    kept=-1,
)
for _result in (1, 2, 3, 4, 99):
    _accepts(f"refuses the context, result {_result}", pdus.associate(contexts=[pdus.context(result=_result)]))
