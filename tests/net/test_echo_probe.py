"""C-ECHO and the step by step trial of a peer."""

from __future__ import annotations

import pytest

from findtui.dicom.models import MODELS
from findtui.errors import (
    AssociationLost,
    AssociationRejected,
    Interrupted,
    NoPresentationContext,
    ProtocolViolation,
    QueryFailed,
)
from findtui.net.control import Control
from findtui.net.echo import VERIFICATION, echo
from findtui.net.peer import Peer
from findtui.net.probe import ProbeStep, StepState, probe
from tests.net import pdus
from tests.net.asking import PATIENT
from tests.net.scripted import Conversation, Script, ScriptedServer


def echo_response(status: int = 0, message_id: int = 1) -> bytes:
    return pdus.p_data(
        pdus.pdv(pdus.find_response(status, message_id, command=0x8030, sop_class=VERIFICATION), command=True)
    )


def echoing(*answer: bytes, result: int = 0) -> Script:
    def script(peer: Conversation) -> None:
        peer.accept(pdus.associate(contexts=[pdus.context(1, result, pdus.IMPLICIT_LITTLE)]))
        if result == 0:
            peer.read_message()
            peer.send(*answer)
        peer.end()

    return script


def test_an_echo_is_answered_and_released() -> None:
    with ScriptedServer(echoing(echo_response())) as server:
        result = echo(Peer("127.0.0.1", server.port, timeouts=PATIENT))
    assert result.elapsed > 0
    assert result.implementation == "SCRIPTED"
    assert [kind for kind, _ in server.received] == [pdus.ASSOCIATE_RQ, pdus.P_DATA, pdus.RELEASE_RQ]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (echoing(echo_response(0x0122)), QueryFailed),
        (echoing(echo_response(message_id=9)), ProtocolViolation),
        (echoing(pdus.final()), ProtocolViolation),
        (echoing(pdus.p_data(pdus.pdv(b"x", command=False))), ProtocolViolation),
        (echoing(result=3), NoPresentationContext),
    ],
)
def test_an_echo_that_goes_wrong(script: Script, error: type[Exception]) -> None:
    with ScriptedServer(script) as server, pytest.raises(error, match=r"127\.0\.0\.1"):
        echo(Peer("127.0.0.1", server.port, timeouts=PATIENT))


def leaving(peer: Conversation) -> None:
    peer.accept(pdus.associate(contexts=[pdus.context(1, 0, pdus.IMPLICIT_LITTLE)]))
    peer.read_message()
    peer.send(echo_response())
    peer.read_pdu()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (echoing(pdus.abort()), "aborted the association in the middle of the echo (no reason given)"),
        (echoing(pdus.release_rq()), "asked to release the association in the middle of the echo"),
        (leaving, "closed the connection instead of answering the release request"),
    ],
)
def test_what_goes_wrong_with_an_echo_is_not_told_of_a_query(script: Script, words: str) -> None:
    with ScriptedServer(script) as server, pytest.raises(AssociationLost) as raised:
        echo(Peer("127.0.0.1", server.port, timeouts=PATIENT))
    assert raised.value.message == f"127.0.0.1:{server.port} {words}"


def test_an_echo_can_be_given_up() -> None:
    control = Control()
    control.cancel()
    with pytest.raises(Interrupted):
        echo(Peer("127.0.0.1", 1), control)


def last_news(steps: list[ProbeStep]) -> dict[str, ProbeStep]:
    return {step.name: step for step in steps}


def test_a_probe_tells_what_a_peer_takes() -> None:
    def script(peer: Conversation) -> None:
        body = peer.read_pdu()[1]
        worklist = [
            number for number in range(1, 256, 2) if pdus.item(0x30, pdus.WORKLIST.encode()) in _context(body, number)
        ]
        accepted = [pdus.context(1, 0, pdus.IMPLICIT_LITTLE)]
        accepted += [
            pdus.context(number, 0 if syntax == pdus.EXPLICIT_LITTLE else 4, syntax)
            for number in worklist
            for syntax in [
                pdus.EXPLICIT_LITTLE
                if pdus.item(0x40, pdus.EXPLICIT_LITTLE.encode()) in _context(body, number)
                else "1.2"
            ]
        ]
        peer.send(pdus.associate(contexts=accepted))
        peer.read_message()
        peer.send(echo_response())
        peer.end()

    with ScriptedServer(script) as server:
        steps = list(probe(Peer("127.0.0.1", server.port, timeouts=PATIENT)))
    news = last_news(steps)
    for name in ("Name", "TCP connection", "Association", "C-ECHO", "Modality worklist", "Explicit VR Little Endian"):
        assert news[name].state is StepState.OK, news[name]
    assert news["TLS"].state is StepState.SKIPPED
    assert news["Study root"].state is StepState.FAILED
    assert news["Implicit VR Little Endian"].state is StepState.FAILED
    assert news["Modality worklist"].text == "Explicit VR Little Endian"
    assert server.received[-1][0] == pdus.RELEASE_RQ


def _context(body: bytes, number: int) -> bytes:
    """The presentation context item with this id, or nothing."""
    position = 68
    while position < len(body):
        length = int.from_bytes(body[position + 2 : position + 4], "big")
        if body[position] == 0x20 and body[position + 4] == number:
            return body[position : position + 4 + length]
        position += 4 + length
    return b""


def test_a_probe_of_a_peer_that_rejects_skips_the_rest() -> None:
    def script(peer: Conversation) -> None:
        peer.read_pdu()
        peer.send(pdus.reject(1, 1, 7))

    with ScriptedServer(script) as server:
        steps = list(probe(Peer("127.0.0.1", server.port, timeouts=PATIENT)))
    news = last_news(steps)
    assert news["Association"].state is StepState.FAILED
    assert "--call" in news["Association"].remedy
    assert all(news[model.name].state is StepState.SKIPPED for model in MODELS.values())
    assert AssociationRejected.__name__ not in news["Association"].text
    running = [step.name for step in steps if step.state is StepState.RUNNING]
    assert running == ["Name", "TCP connection", "TLS", "Association"]


def test_a_probe_of_nobody_ends_at_the_connection() -> None:
    news = last_news(list(probe(Peer("no.such.host.invalid", 104))))
    assert news["Name"].state is StepState.FAILED
    assert news["TCP connection"].state is StepState.SKIPPED


def test_a_probe_can_be_given_up() -> None:
    control = Control()
    control.cancel()
    steps = list(probe(Peer("127.0.0.1", 1), control))
    assert steps[-1].state is StepState.FAILED
