"""Peers that misbehave under TLS: in the handshake, and in what they say once it is over."""

from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.hostile.behaviour import add, behaviour
from tests.net import pdus
from tests.net.scripted import Conversation
from tests.net_tls.authority import Authority, Identity
from tests.net_tls.records import HANDSHAKE, Records, ticket

PHASE = "encryption"
TLS = ("+tla", "-ic")
GOOD = pdus.pending()
DONE = pdus.final()


@cache
def authority() -> Authority:
    """One that nobody trusts."""
    return Authority("Nobody's Root")


@cache
def server_context(*, wants_certificate: bool = False, name: str = "peer") -> ssl.SSLContext:
    """A server's side; the certificate is for `name`."""
    return context_for(authority().issue(name), wants_certificate=wants_certificate)


def context_for(identity: Identity, *, wants_certificate: bool = False) -> ssl.SSLContext:
    """A server's side with this identity."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        key, certificate = identity.write(Path(directory), "server")
        context.load_cert_chain(certificate, key)
    if wants_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=authority().der)
    return context


@contextmanager
def secured(conversation: Conversation, context: ssl.SSLContext) -> Iterator[Conversation]:
    """Shake hands; what is said from then on is encrypted. A client that does not like it has just gone away."""
    try:
        with context.wrap_socket(conversation.sock, server_side=True) as sock:
            conversation.sock = sock
            yield conversation
    except ssl.SSLError as error:
        raise ConnectionAbortedError(str(error)) from error


def _before(name: str, act: Callable[[Conversation], None], *, says: str | tuple[str, ...] = ()) -> None:
    """Something instead of a handshake."""

    def script(conversation: Conversation) -> None:
        conversation.sock.recv(65536)
        act(conversation)

    add(PHASE, name, script, says=says, arguments=TLS)


def _sending(data: bytes) -> Callable[[Conversation], None]:
    def act(conversation: Conversation) -> None:
        conversation.send(data)
        conversation.until_closed()

    return act


_before("is silent instead of shaking hands", Conversation.silence, says="time")
_before("closes instead of shaking hands", lambda conversation: None)
_before("resets instead of shaking hands", Conversation.reset)
_before("answers the handshake with plain DICOM", _sending(pdus.associate()), says="tls")
_before("answers the handshake with an abort", _sending(pdus.abort()), says="tls")
_before("answers the handshake with HTTP", _sending(b"HTTP/1.1 400 Bad Request\r\n\r\n"), says="http")
_before("answers the handshake with garbage", _sending(bytes(range(255, 0, -1))))
_before("sends half a record", _sending(bytes((22, 3, 3, 0x40, 0)) + bytes(100)), says="time")
_before("claims a record that is too long", _sending(bytes((22, 3, 3, 255, 255)) + bytes(70000)))
_before("claims a handshake message of 16 MiB", _sending(bytes((22, 3, 3, 0x40, 0, 2, 255, 255, 255)) + bytes(16380)))
_before("drips garbage for ever", lambda conversation: conversation.drip(bytes((22, 3, 3, 64, 0)) + bytes(900), 0.2))
for _number, _alert in ((0, "close notify"), (40, "handshake failure"), (70, "protocol version"), (255, "no alert")):
    _before(f"sends an alert: {_alert}", _sending(bytes((21, 3, 3, 0, 2, 2, _number))))


@behaviour(PHASE, "drips its side of the handshake", says="time", arguments=TLS)
def drips_handshake(conversation: Conversation) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context().wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(conversation.sock.recv(65536))
    try:
        server.do_handshake()
    except ssl.SSLWantReadError:
        conversation.drip(outgoing.read(), 0.1)


@behaviour(PHASE, "stops in the middle of the handshake", says="time", arguments=TLS)
def stops_within(conversation: Conversation) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context().wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(conversation.sock.recv(65536))
    try:
        server.do_handshake()
    except ssl.SSLWantReadError:
        conversation.send(outgoing.read()[:200])
    conversation.silence()


@behaviour(PHASE, "asks for greetings for ever", says="time", arguments=TLS)
def asks_for_greetings(conversation: Conversation) -> None:
    conversation.sock.recv(65536)
    # HelloRequests, which a client passes over in the middle of a handshake.
    greetings = bytes((22, 3, 3, 0x40, 0)) + bytes(0x4000)
    while not conversation.stop.is_set():
        conversation.send(greetings * 20)


@behaviour(PHASE, "hands out tickets for ever", says="time", arguments=TLS)
def hands_out_tickets(conversation: Conversation) -> None:
    context = context_for(authority().issue("peer"))
    context.num_tickets = 0
    with tempfile.TemporaryDirectory() as directory:
        context.keylog_filename = str(Path(directory) / "keys")
        with secured(conversation, context) as peer:
            suite = peer.sock.cipher()[0]  # type: ignore[attr-defined]
            records = Records(suite, Path(context.keylog_filename))
            tickets = b"".join(map(ticket, range(800)))
            while not conversation.stop.is_set():
                socket.socket.sendall(peer.sock, b"".join(records.seal(HANDSHAKE, tickets) for _ in range(10)))


def _under(
    name: str,
    act: Callable[[Conversation], None],
    *,
    status: int | tuple[int, ...] = 2,
    kept: int = 0,
    says: str | tuple[str, ...] = (),
    arguments: tuple[str, ...] = TLS,
    wants_certificate: bool = False,
) -> None:
    """Something after the handshake."""

    def script(conversation: Conversation) -> None:
        with secured(conversation, server_context(wants_certificate=wants_certificate)):
            act(conversation)

    add(PHASE, name, script, status=status, kept=kept, says=says, arguments=arguments)


def _answer(*messages: bytes, then: Callable[[Conversation], object]) -> Callable[[Conversation], None]:
    def act(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(*messages)
        then(conversation)

    return act


def _accept(then: Callable[[Conversation], object]) -> Callable[[Conversation], None]:
    def act(conversation: Conversation) -> None:
        conversation.read_pdu()
        then(conversation)

    return act


def _leave(conversation: Conversation) -> None:
    """Close the connection without TLS's own farewell."""
    socket.socket.shutdown(conversation.sock, socket.SHUT_RDWR)


def _in_the_clear(conversation: Conversation) -> None:
    """Go on as if there were no TLS."""
    socket.socket.send(conversation.sock, GOOD)
    while socket.socket.recv(conversation.sock, 65536):
        pass


_under("answers as it should", _answer(GOOD, DONE, then=Conversation.end), status=0, kept=1)
_under("is silent after the handshake", _accept(Conversation.silence), says="time")
_under("closes after the handshake", _accept(_leave))
_under("resets after the handshake", _accept(Conversation.reset))
_under("rejects after the handshake", _accept(lambda peer: peer.send(pdus.reject(1, 1, 3))), says="reject")
_under("drips its accept after the handshake", _accept(lambda peer: peer.drip(pdus.associate(), 0.05)), says="time")
_under("is silent after an encrypted response", _answer(GOOD, then=Conversation.silence), kept=1, says="time")
_under("closes after an encrypted response", _answer(GOOD, then=_leave), kept=1)
_under("resets after an encrypted response", _answer(GOOD, then=Conversation.reset), kept=1)
_under("goes on in the clear", _answer(GOOD, then=_in_the_clear), kept=1)
_under("breaks off in an encrypted response", _answer(GOOD, GOOD[:-5], then=_leave), kept=1)
_under("closes with the encrypted final answer", _answer(GOOD, DONE, then=_leave), status=(0, 2), kept=1)
_under(
    "wants a certificate that was not given",
    lambda peer: peer.end(),
    says="certificate",
    wants_certificate=True,
)
_under(
    "has another certificate than the pinned one",
    lambda peer: peer.end(),
    says="pinned",
    arguments=("+tla", "--pin-fingerprint", "0" * 64),
)


@behaviour("connection", "answers in TLS", says="tls")
def answers_in_tls(conversation: Conversation) -> None:
    with secured(conversation, server_context()):
        conversation.end()
