"""Peers that misbehave: every run ends in time, says what was wrong and keeps what had come."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable

import pytest

from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.errors import (
    AssociationLost,
    AssociationRejected,
    FindtuiError,
    NoPresentationContext,
    PeerTimeout,
    ProtocolViolation,
)
from findtui.net.events import Closing, End, Event, Matches, Negotiated
from findtui.net.peer import Timeouts
from tests.net import pdus
from tests.net.asking import PATIENT, QUERY, SHORT, run
from tests.net.scripted import Conversation, Script

LOST = "0006:0317 Peer aborted Association (or never connected)"


def patience(error: type[FindtuiError]) -> Timeouts:
    """Time-outs that are short only where one of them is to pass."""
    return SHORT if error is PeerTimeout else PATIENT


def saying(*data: bytes) -> Script:
    """Answers the association request so, and reads to the end."""

    def script(peer: Conversation) -> None:
        peer.read_pdu()
        peer.send(*data)
        peer.until_closed()

    return script


def answering(*data: bytes, then: Callable[[Conversation], object] = Conversation.until_closed) -> Script:
    """Answers the query so, after one good response, and does something else then."""

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending(), *data)
        then(peer)

    return script


def ending(*data: bytes, then: Callable[[Conversation], object] = Conversation.until_closed) -> Script:
    """Answers the release request so."""

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending(), pdus.final())
        peer.read_pdu()
        peer.send(*data)
        then(peer)

    return script


def leave(peer: Conversation) -> None:
    """Go without a word."""


def drip(data: bytes) -> Callable[[Conversation], None]:
    return lambda peer: peer.drip(data, 0.05)


def endless(data: bytes) -> Callable[[Conversation], None]:
    def flood(peer: Conversation) -> None:
        while not peer.stop.is_set():
            peer.send(data)

    return flood


def asked(then: Callable[[Conversation], object]) -> Script:
    """Reads the association request and does something."""

    def script(peer: Conversation) -> None:
        peer.read_pdu()
        then(peer)

    return script


def silent_from_the_start(peer: Conversation) -> None:
    peer.silence()


def in_context(*contexts: bytes, **options: object) -> bytes:
    return pdus.associate(contexts=list(contexts), **options)  # type: ignore[arg-type]


COMMAND = pdus.find_response(0xFF00)
ASSOCIATE = pdus.associate()
REQUEST: dict[str, tuple[Script, type[FindtuiError], str]] = {
    "silent": (silent_from_the_start, PeerTimeout, "association request"),
    "closes at once": (leave, AssociationLost, "closed the connection"),
    "closes after the request": (asked(leave), AssociationLost, "closed"),
    "resets": (asked(Conversation.reset), AssociationLost, "reset by peer"),
    "drips": (asked(drip(ASSOCIATE)), PeerTimeout, "association request"),
    "half an answer": (saying(ASSOCIATE[:50]), PeerTimeout, "association request"),
    "garbage": (saying(b"\xff" * 300), ProtocolViolation, "0xFF"),
    "HTTP": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), ProtocolViolation, "HTTP"),
    "TLS alert": (saying(b"\x15\x03\x01\0\x02\x02\x28"), ProtocolViolation, "TLS"),
    "SSH": (saying(b"SSH-2.0-OpenSSH_9\r\n"), ProtocolViolation, "SSH"),
    "four gigabytes": (saying(pdus.pdu(2, b"x" * 99, 0xFFFFFFFF)), ProtocolViolation, "4294967295"),
    "empty accept": (saying(pdus.pdu(2, b"")), ProtocolViolation, "only 0 bytes"),
    "truncated item": (saying(pdus.associate(extra=pdus.item(0x99, b"xx", 60000))), ProtocolViolation, "longer"),
    "half an item": (saying(pdus.associate(user=b"\x50")), ProtocolViolation, "breaks off"),
    "short context": (saying(in_context(pdus.item(0x21, b"\1"))), ProtocolViolation, "too short"),
    "other protocol": (saying(pdus.associate(version=2)), ProtocolViolation, "protocol version"),
    "no syntax": (saying(in_context(pdus.context(syntax=None))), ProtocolViolation, "0 transfer syntaxes"),
    "foreign syntax": (saying(in_context(pdus.context(syntax="1.2.3"))), ProtocolViolation, "1.2.3"),
    "two answers": (saying(in_context(pdus.context(), pdus.context())), ProtocolViolation, "two answers"),
    "foreign context": (saying(in_context(pdus.context(99))), NoPresentationContext, "99"),
    "even context": (saying(in_context(pdus.context(2))), NoPresentationContext, "2"),
    "many contexts": (saying(in_context(*[pdus.context(99)] * 3000)), NoPresentationContext, "99"),
    "too many contexts": (saying(in_context(*[pdus.context(99)] * 100_000)), ProtocolViolation, "131072"),
    "no contexts": (saying(in_context()), NoPresentationContext, "did not answer"),
    "no model": (saying(in_context(pdus.context(1, 3, None))), NoPresentationContext, "information model"),
    "no transfer syntax": (saying(in_context(pdus.context(1, 4))), NoPresentationContext, "transfer syntaxes"),
    "odd result": (saying(in_context(pdus.context(1, 77))), NoPresentationContext, "77"),
    "tiny PDUs": (saying(pdus.associate(user=pdus.user_information(1))), ProtocolViolation, "1 bytes"),
    "abort": (saying(pdus.abort(2, 1)), AssociationLost, "did not know a PDU"),
    "short abort": (saying(pdus.pdu(7, b"")), AssociationLost, "aborted"),
    "release": (saying(pdus.release_rq()), ProtocolViolation, "A-RELEASE-RQ"),
    "request": (saying(pdus.associate(1)), ProtocolViolation, "A-ASSOCIATE-RQ"),
    "data": (saying(pdus.final()), ProtocolViolation, "data instead"),
    "short reject": (saying(pdus.pdu(3, b"\0")), ProtocolViolation, "too short"),
    "odd reject": (saying(pdus.reject(7, 8, 9)), AssociationRejected, "does not have"),
    "unknown PDU": (saying(pdus.pdu(9, b"xx")), ProtocolViolation, "0x09"),
}


@pytest.mark.parametrize("behaviour", REQUEST)
def test_a_peer_that_spoils_the_negotiation(behaviour: str) -> None:
    script, error, words = REQUEST[behaviour]
    outcome = run(script, timeouts=patience(error)).outcome
    assert (outcome.end, outcome.received, type(outcome.error)) == (End.BROKEN, 0, error)
    assert outcome.error is not None
    assert words in str(outcome.error)
    assert "127.0.0.1:" in str(outcome.error)
    assert outcome.error.exit_status == 2
    assert outcome.error.dcmtk
    assert "Traceback" not in str(outcome.error)


@pytest.mark.parametrize("result", [1, 2])
@pytest.mark.parametrize(("source", "reason"), [(1, 1), (1, 2), (1, 3), (1, 7), (2, 1), (2, 2), (3, 1), (3, 2)])
def test_every_rejection_is_told_in_words_and_in_those_of_dcmtk(result: int, source: int, reason: int) -> None:
    error = run(saying(pdus.reject(result, source, reason)), calling_ae_title="ME").outcome.error
    assert isinstance(error, AssociationRejected)
    assert ("permanent" if result == 1 else "transient") in error.message
    assert error.remedy
    assert error.dcmtk.startswith("Association Rejected:\nResult: Rejected ")
    assert "UNKNOWN" not in error.dcmtk
    if (source, reason) == (1, 3):
        assert "calling AE title ME not recognised" in error.message
        assert error.dcmtk.endswith("Reason: Calling AE Title Not Recognized")


def mixed(first: bytes, second: bytes) -> bytes:
    return pdus.p_data(pdus.pdv(COMMAND, command=True)) + first + second


HALF = pdus.pdv(b"\x10\0", command=False, last=False)
ANSWER: dict[str, tuple[Script, type[FindtuiError], str, str]] = {
    "silent": (answering(then=Conversation.silence), PeerTimeout, "next message", "0006:0207"),
    "closes": (answering(then=leave), AssociationLost, "closed the connection", LOST),
    "closes in a PDU": (
        answering(pdus.pending()[:30], then=leave), AssociationLost, "in the middle of a PDU", "0006:0310"
    ),
    "cut off and silent": (answering(pdus.pending()[:-5], then=Conversation.silence), PeerTimeout, "within", "0006:02"),
    "drips": (answering(then=drip(pdus.pending())), PeerTimeout, "within", "0006:02"),
    "resets": (answering(then=Conversation.reset), AssociationLost, "", LOST),
    "abort by the user": (answering(pdus.abort(0)), AssociationLost, "by its application", LOST),
    "abort by the provider": (answering(pdus.abort(2, 6)), AssociationLost, "invalid value", LOST),
    "release": (answering(pdus.release_rq()), AssociationLost, "release", "0006:0319"),
    "release answer": (answering(pdus.release_rp()), ProtocolViolation, "A-RELEASE-RP", "0006:0"),
    "second accept": (answering(ASSOCIATE), ProtocolViolation, "A-ASSOCIATE-AC", "0006:0"),
    "four gigabytes": (answering(pdus.pdu(4, b"x", 0xFFFFFFFF)), ProtocolViolation, "4294967295", "0006:0308"),
    "64 MiB": (answering(pdus.pdu(4, b"x", 1 << 26)), ProtocolViolation, "67108864", "0006:0308"),
    "unknown PDU": (answering(pdus.pdu(99, b"x")), ProtocolViolation, "0x63", "0006:0321"),
    "garbage": (answering(b"\0" * 500), ProtocolViolation, "0x00", "0006:0321"),
    "empty PDU": (answering(pdus.pdu(4, b"")), ProtocolViolation, "nothing in it", "0006:0307"),
    "short PDU": (answering(pdus.pdu(4, b"\0\0\0\1")), ProtocolViolation, "does not fit", "0006:0308"),
    "PDV of 1": (answering(pdus.pdu(4, struct.pack(">LBx", 1, 1))), ProtocolViolation, "does not fit", "0006:0308"),
    "PDV too long": (answering(pdus.pdu(4, struct.pack(">LBB", 99, 1, 3))), ProtocolViolation, "99", "0006:0308"),
    "PDV of 4 GiB": (answering(pdus.pdu(4, b"\xff" * 6)), ProtocolViolation, "4294967295", "0006:0308"),
    "bytes after a PDV": (
        answering(pdus.pdu(4, pdus.pdv(COMMAND, command=True) + b"\0\0\0")), ProtocolViolation, "", "0006:0308",
    ),
    "context 0": (answering(pdus.pending(context_id=0)), ProtocolViolation, "context 0", "0006:0101"),
    "wrong context": (answering(pdus.pending(context_id=3)), ProtocolViolation, "context 3", "0006:0101"),
    "wrong message": (answering(pdus.pending(message_id=7)), ProtocolViolation, "message 7", "0006:0211"),
    "wrong command": (answering(pdus.final(command=0x8030)), ProtocolViolation, "0x8030", "0006:0211"),
    "a request": (answering(pdus.final(command=0x0020)), ProtocolViolation, "0x0020", "0006:0211"),
    "no command field": (answering(pdus.final(command=None)), ProtocolViolation, "Command Field", "0006:020b"),
    "no status": (
        answering(pdus.p_data(pdus.pdv(pdus.find_response(None), command=True))),
        ProtocolViolation, "Status", "0006:020b",
    ),
    "garbage command": (answering(pdus.p_data(pdus.pdv(b"\xff" * 40, command=True))), ProtocolViolation, "", "0006:02"),
    "empty command": (answering(pdus.p_data(pdus.pdv(b"", command=True))), ProtocolViolation, "", "0006:02"),
    "lying command": (
        answering(pdus.p_data(pdus.pdv(b"\0\0\0\1\xff\xff\xff\x7f", command=True))), ProtocolViolation, "longer",
        "0006",
    ),
    "pending without identifier": (
        answering(pdus.p_data(pdus.pdv(COMMAND, command=True)) * 2), ProtocolViolation, "without", "0006:020f",
    ),
    "pending without, then final": (
        answering(pdus.p_data(pdus.pdv(pdus.find_response(0xFF00, data=False), command=True)), pdus.final()),
        ProtocolViolation, "without", "0006:020f",
    ),
    "identifier out of the blue": (
        answering(pdus.p_data(pdus.pdv(pdus.identifier(), command=False))), ProtocolViolation, "announced", "0006:02",
    ),
    "command in a data set": (
        answering(mixed(pdus.p_data(HALF), pdus.final())), ProtocolViolation, "middle of a data set", "0006:020f",
    ),
    "data in a command": (
        answering(pdus.p_data(pdus.pdv(COMMAND[:8], command=True, last=False), HALF)),
        ProtocolViolation, "middle of a command set", "0006:020f",
    ),
    "context changes": (
        answering(mixed(pdus.p_data(HALF), pdus.p_data(pdus.pdv(b"x", command=False, context_id=3)))),
        ProtocolViolation, "continued in 3", "0006:0208",
    ),
    "fragments for ever": (
        answering(mixed(b"", b""), then=endless(pdus.p_data(pdus.pdv(bytes(16000), command=False, last=False)))),
        ProtocolViolation, "fragments", "0006:020d",
    ),
    "empty fragments for ever": (
        answering(mixed(b"", b""), then=endless(pdus.p_data(pdus.pdv(b"", command=False, last=False)) * 1000)),
        ProtocolViolation, "fragments", "0006:020d",
    ),
    "command for ever": (
        answering(then=endless(pdus.p_data(pdus.pdv(bytes(2000), command=True, last=False)))),
        ProtocolViolation, "fragments", "0006:020d",
    ),
}  # fmt: skip


@pytest.mark.parametrize("behaviour", ANSWER)
def test_a_peer_that_spoils_its_answer(behaviour: str) -> None:
    script, error, words, dcmtk = ANSWER[behaviour]
    result = run(script, timeouts=patience(error))
    outcome = result.outcome
    assert (outcome.end, type(outcome.error)) == (End.BROKEN, error)
    assert outcome.error is not None
    assert words in outcome.error.message
    assert dcmtk in outcome.error.dcmtk
    assert (outcome.error.exit_status, outcome.error.dcmtk_exit_status) == (2, 0)
    # What had come before is kept, unless a reset threw it away on its way.
    assert outcome.received == 1 or behaviour == "resets"
    if error is ProtocolViolation:
        assert result.of(Closing) == [Closing(abort=True, error=outcome.error)]


END: dict[str, tuple[Script, type[FindtuiError], str]] = {
    "silent": (ending(then=Conversation.silence), PeerTimeout, "0006:031a"),
    "closes": (ending(then=leave), AssociationLost, LOST),
    "resets": (ending(then=Conversation.reset), AssociationLost, LOST),
    "aborts": (ending(pdus.abort(0)), AssociationLost, LOST),
    "accepts": (ending(ASSOCIATE), ProtocolViolation, "0006:0"),
    "garbage": (ending(b"\xff" * 20), ProtocolViolation, "0006:0321"),
    "data for ever": (ending(then=endless(pdus.pending() * 100)), PeerTimeout, "0006:031a"),
}


@pytest.mark.parametrize("behaviour", END)
def test_a_peer_that_spoils_the_release(behaviour: str) -> None:
    script, error, dcmtk = END[behaviour]
    outcome = run(script, timeouts=patience(error)).outcome
    assert (outcome.end, outcome.received, type(outcome.error)) == (End.BROKEN, 1, error)
    assert outcome.error is not None
    assert "all responses" in outcome.error.message
    assert outcome.error.dcmtk.startswith("Association Release Failed: ")
    assert dcmtk in outcome.error.dcmtk
    assert outcome.error.dcmtk_exit_status == 2


def test_a_response_before_the_request_is_not_believed() -> None:
    def script(peer: Conversation) -> None:
        peer.read_pdu()
        peer.send(ASSOCIATE + pdus.pending() + pdus.final())
        peer.until_closed()

    outcome = run(script).outcome
    assert outcome.received == 0
    assert isinstance(outcome.error, ProtocolViolation)
    assert "before it was asked" in outcome.error.message


def test_a_peer_that_never_reads_does_not_hold_a_long_query_for_ever() -> None:
    def script(peer: Conversation) -> None:
        peer.accept()
        peer.silence()

    query = Query(keys=(Key.parse(f"TextValue={'X' * 30_000_000}"),))
    outcome = run(script, query=query, timeouts=SHORT).outcome
    assert isinstance(outcome.error, PeerTimeout)
    assert "--socket-timeout" in outcome.error.remedy


@pytest.mark.parametrize(
    "message", [pdus.pending(), pdus.p_data(pdus.pdv(b"", command=False, last=False))], ids=["responses", "fragments"]
)
def test_the_total_time_ends_what_would_go_on_for_ever(message: bytes) -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(mixed(b"", b"")) if message != pdus.pending() else None
        while not peer.stop.wait(0.02):
            peer.send(message)

    outcome = run(script, timeouts=Timeouts(total=0.5)).outcome
    assert isinstance(outcome.error, PeerTimeout)
    assert "--total-timeout" in outcome.error.remedy


def test_silence_is_limited_by_the_socket_time_where_no_other_is_set() -> None:
    outcome = run(answering(then=Conversation.silence), timeouts=Timeouts(socket=2)).outcome
    assert isinstance(outcome.error, PeerTimeout)
    assert outcome.error.dcmtk == LOST
    assert "--socket-timeout" in outcome.error.remedy


def test_time_outs_may_be_longer_than_the_system_counts() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.stop.wait(0.05)
        peer.send(pdus.final())
        peer.end()

    timeouts = Timeouts(connect=1e13, socket=1e13, acse=1e13, dimse=1e13, total=1e13)
    assert run(script, timeouts=timeouts).outcome.end is End.SUCCESS


def test_a_slow_reader_of_events_is_no_slow_peer() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        peer.stop.wait(0.01)
        peer.send(pdus.pending(), pdus.final())
        peer.end()

    def read_slowly(event: Event) -> None:
        if isinstance(event, Matches) and event.responses[0].number == 1:
            time.sleep(2.2)

    result = run(script, timeouts=SHORT, on_event=read_slowly)
    assert (result.outcome.end, result.outcome.received) == (End.SUCCESS, 2)


def _abort_and_reset(peer: Conversation, *before: bytes) -> None:
    peer.send(*before, pdus.abort(2, 6))
    peer.reset()


def accepting_no_longer(peer: Conversation) -> None:
    peer.read_pdu()
    _abort_and_reset(peer, pdus.associate())


def ending_no_longer(peer: Conversation) -> None:
    peer.query()
    _abort_and_reset(peer, pdus.pending(), pdus.final())


@pytest.mark.parametrize(
    ("script", "told", "words"),
    [
        (accepting_no_longer, Negotiated, "aborted the association in the middle of the query"),
        (ending_no_longer, Closing, "aborted instead of answering the release request"),
    ],
)
def test_an_abort_is_told_as_one_although_the_connection_was_reset_behind_it(
    script: Script, told: type[Event], words: str
) -> None:
    gone = threading.Event()

    def going(peer: Conversation) -> None:
        try:
            script(peer)
        finally:
            gone.set()

    def wait(event: Event) -> None:
        if isinstance(event, told):
            assert gone.wait(60)

    error = run(going, on_event=wait).outcome.error
    assert isinstance(error, AssociationLost)
    assert words in error.message
    assert "a parameter of a PDU that it received had an invalid value" in error.message


def test_an_abort_that_comes_before_the_query_goes_out_is_told_as_one() -> None:
    negotiated, gone = threading.Event(), threading.Event()

    def script(peer: Conversation) -> None:
        peer.accept()
        assert negotiated.wait(60)
        peer.send(pdus.abort(2, 6))
        peer.sock.close()
        gone.set()

    def wait(event: Event) -> None:
        if isinstance(event, Negotiated):
            negotiated.set()
            assert gone.wait(60)

    error = run(script, on_event=wait).outcome.error
    assert isinstance(error, AssociationLost)
    assert "aborted the association in the middle of the query" in error.message


ANNOUNCED = pdus.p_data(pdus.pdv(COMMAND, command=True))
IDENTIFIER = pdus.p_data(pdus.pdv(pdus.identifier(), command=False))
CUT_OFF = "0006:0310 DUL network closed"
NOTHING_READ = "0006:031a DUL network read timeout"
NO_PDV = "0006:020c DIMSE Read PDV failed\n"
NO_MESSAGE = f"0006:020d DIMSE Failed to receive message\n{NO_PDV}"


@pytest.mark.parametrize(
    ("sent", "closed", "silent"),
    [
        (ANNOUNCED[:5], LOST, NO_MESSAGE + NOTHING_READ),
        (ANNOUNCED[:6], NO_MESSAGE + CUT_OFF, NO_MESSAGE + CUT_OFF),
        (ANNOUNCED[:40], NO_MESSAGE + CUT_OFF, NO_MESSAGE + CUT_OFF),
        (ANNOUNCED + IDENTIFIER[:3], LOST, NO_PDV + NOTHING_READ),
        (ANNOUNCED + IDENTIFIER[:20], NO_PDV + CUT_OFF, NO_PDV + CUT_OFF),
        (pdus.pending() + ANNOUNCED[:40], NO_MESSAGE + CUT_OFF, NO_MESSAGE + CUT_OFF),
    ],
)
@pytest.mark.parametrize("leaves", [True, False], ids=["closed", "silent"])
def test_where_a_pdu_breaks_off_is_told_as_dcmtk_tells_it(sent: bytes, closed: str, silent: str, leaves: bool) -> None:
    script = answering(sent, then=leave if leaves else Conversation.until_closed)
    error = run(script, timeouts=PATIENT if leaves else SHORT).outcome.error
    assert error is not None
    condition = closed if leaves else silent
    assert error.dcmtk == (LOST if condition == LOST else f"{condition}\nFind SCU Failed: {condition}")


@pytest.mark.parametrize(
    ("script", "head"),
    [
        (asked(lambda peer: peer.send(ASSOCIATE[:50])), "Association Request Failed: "),
        (ending(pdus.release_rp()[:8], then=leave), "Association Release Failed: "),
    ],
)
def test_an_answer_of_which_half_is_missing_is_a_network_that_closed(script: Script, head: str) -> None:
    error = run(script).outcome.error
    assert isinstance(error, AssociationLost)
    assert error.dcmtk == head + CUT_OFF


def test_a_second_answer_begins_with_a_command_set() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending(), pdus.final())
        peer.read_message()
        peer.send(pdus.pending(message_id=2)[:40])

    error = run(script, query=QUERY._replace(repeat=2)).outcome.error
    assert error is not None
    assert error.dcmtk.startswith(NO_MESSAGE + CUT_OFF)
