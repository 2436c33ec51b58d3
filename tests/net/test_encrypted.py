"""Runs under TLS: the same loop, with a layer that holds bytes back."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from findtui.dicom.query import Query
from findtui.errors import AssociationLost, PeerTimeout, TLSHandshakeFailed, TLSSetupError
from findtui.net.control import Control
from findtui.net.events import End, Finished, Matches, Negotiated, Outcome, Warned
from findtui.net.find import find
from findtui.net.peer import Peer, Timeouts
from findtui.net.tls.settings import TLSSettings
from tests.net import pdus
from tests.net.asking import PATIENT, QUERY, SHORT
from tests.net.scripted import Conversation, Script, ScriptedServer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key, in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "peer.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def ask(
    script: Script,
    certificate: Path,
    *,
    query: Query = QUERY,
    encrypted: bool = True,
    trusted: bool = True,
    timeouts: Timeouts = PATIENT,
    control: Control | None = None,
    on_matches: Callable[[], None] = lambda: None,
) -> tuple[Outcome, list[object]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    settings = TLSSettings(authority_files=(certificate,), verify_peer=trusted)
    with ScriptedServer(script, tls=context if encrypted else None) as server:
        events: list[object] = []
        for event in find(Peer("127.0.0.1", server.port, timeouts=timeouts, tls=settings), query, control):
            events.append(event)
            if isinstance(event, Matches):
                on_matches()
    last = events[-1]
    assert isinstance(last, Finished)
    return last.outcome, events


def test_thousands_of_responses_come_through(certificate: Path) -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending() * 5000, pdus.final())
        peer.end()

    outcome, events = ask(script, certificate)
    assert (outcome.end, outcome.received, outcome.error) == (End.SUCCESS, 5000, None)
    (negotiated,) = [event for event in events if isinstance(event, Negotiated)]
    assert negotiated.tls is not None
    assert negotiated.tls.version.startswith("TLSv1.")


def test_what_the_tls_layer_holds_back_is_not_waited_for(certificate: Path) -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        # One record: after the first read nothing of it is left in the socket.
        peer.send(pdus.pending() * 100 + pdus.final())
        peer.end()

    outcome, _ = ask(script, certificate)
    assert (outcome.end, outcome.received) == (End.SUCCESS, 100)


def leave(peer: Conversation) -> None:
    peer.query()
    peer.send(pdus.pending())


def hang(peer: Conversation) -> None:
    peer.query()
    peer.send(pdus.pending())
    peer.silence()


def break_off(peer: Conversation) -> None:
    peer.query()
    # A record for each, so that those after the first lie unread when it is too late; none is to wait for the others.
    peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(3):
        peer.send(pdus.pending())
    peer.reset()


@pytest.mark.usefixtures("late_cancel")
def test_a_cancel_that_comes_too_late_costs_none_of_the_responses(certificate: Path) -> None:
    outcome, events = ask(break_off, certificate, query=Query(keys=QUERY.keys, cancel_after=1))
    assert [event.text for event in events if isinstance(event, Warned) and "cannot be told to cancel" in event.text]
    assert (outcome.end, outcome.received, type(outcome.error)) == (End.BROKEN, 3, AssociationLost)


@pytest.mark.parametrize(("script", "error"), [(leave, AssociationLost), (hang, PeerTimeout)])
def test_a_peer_that_goes_or_hangs(script: Script, error: type[Exception], certificate: Path) -> None:
    outcome, _ = ask(script, certificate, timeouts=SHORT if error is PeerTimeout else PATIENT)
    assert (outcome.end, outcome.received, type(outcome.error)) == (End.BROKEN, 1, error)


def test_a_peer_that_is_silent_in_the_handshake(certificate: Path) -> None:
    outcome, _ = ask(Conversation.silence, certificate, encrypted=False, timeouts=SHORT)
    assert isinstance(outcome.error, TLSHandshakeFailed)
    assert outcome.error.exit_status == 2


def test_a_handshake_can_be_given_up(certificate: Path) -> None:
    import threading

    control = Control()

    def script(peer: Conversation) -> None:
        peer.sock.recv(1)
        threading.Thread(target=control.cancel).start()
        peer.silence()

    outcome, _ = ask(script, certificate, encrypted=False, control=control)
    assert (outcome.end, outcome.error) == (End.CANCELLED, None)


def test_what_cannot_be_had_is_found_before_anything_is_sent(tmp_path: Path) -> None:
    settings = TLSSettings(authority_files=(tmp_path / "missing.pem",))
    events = list(find(Peer("no.such.host.invalid", 104, tls=settings), QUERY))
    (last,) = events
    assert isinstance(last, Finished)
    assert isinstance(last.outcome.error, TLSSetupError)


def test_abort_from_outside_reaches_the_peer(certificate: Path) -> None:
    control = Control()
    received = []

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        received.append(peer.read_pdu()[0])

    outcome, _ = ask(script, certificate, control=control, on_matches=control.abort)
    assert outcome.end is End.CANCELLED
    assert received == [pdus.ABORT]
