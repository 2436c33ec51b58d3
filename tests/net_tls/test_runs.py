"""Whole runs under TLS: what is missing stops them before they connect, and a late refusal is told as one."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from findtui.dicom.query import Query
from findtui.errors import AssociationLost, TLSHandshakeFailed, TLSSetupError
from findtui.net.events import End, Event, Finished, Outcome, Requesting, Warned
from findtui.net.find import find
from findtui.net.tls.handshake import explain_ssl_error
from findtui.net.tls.settings import TLSSettings
from findtui.net.transport import Deadline
from tests.net import pdus
from tests.net.asking import QUERY
from tests.net.scripted import Conversation, ScriptedServer
from tests.net_tls.authority import Authority
from tests.net_tls.conftest import Server
from tests.net_tls.peers import PATIENCE, connected, listening, peer_at, read_record, ready, received, tls_server
from tests.net_tls.records import ALERT, APPLICATION_DATA, HANDSHAKE, Records


def run(port: int, settings: TLSSettings, query: Query = QUERY) -> tuple[BaseException | None, list[Event]]:
    events = list(find(peer_at(port, settings), query))
    last = events[-1]
    assert isinstance(last, Finished)
    return last.outcome.error, events


def ask(port: int, settings: TLSSettings, *, abort: bool = False) -> Outcome:
    (*_, last) = find(peer_at(port, settings)._replace(abort=abort), QUERY)
    assert isinstance(last, Finished)
    return last.outcome


def test_what_is_missing_stops_the_run_before_it_connects(tmp_path: Path) -> None:
    came: list[object] = []
    with listening(came.append) as port:
        error, events = run(port, TLSSettings(authority_files=(tmp_path / "none",)))

    assert isinstance(error, TLSSetupError)
    assert came == []
    assert not any(isinstance(event, Requesting) for event in events)


def test_a_refusal_that_comes_after_the_handshake_names_the_certificate(
    server_context: Server, trusted: Path, root: Authority
) -> None:
    context = server_context(client_root=root, oldest=ssl.TLSVersion.TLSv1_3)
    with tls_server(context) as served:
        error, _ = run(served.port, TLSSettings(authority_files=(trusted,)))

    assert isinstance(error, TLSHandshakeFailed)
    assert "wants a client certificate" in error.message
    assert "--enable-tls" in error.remedy
    assert "0006:0317" in error.dcmtk


def test_an_alert_is_found_although_the_connection_is_gone(
    server_context: Server, trusted: Path, root: Authority
) -> None:
    context = server_context(client_root=root, oldest=ssl.TLSVersion.TLSv1_3)
    over = threading.Event()

    def refuse(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured:
            with contextlib.suppress(ssl.SSLError):
                secured.do_handshake()
            secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        over.set()

    settings = TLSSettings(authority_files=(trusted,))
    with listening(refuse) as port, connected(port, settings) as (transport, _):
        assert over.wait(PATIENCE)
        with pytest.raises(ConnectionError):
            transport.send(bytes(1_000_000), Deadline.after(PATIENCE, ""))
        with pytest.raises(ssl.SSLError) as raised:
            received(transport)

    assert "wants a client certificate" in explain_ssl_error(raised.value, settings).message


def test_a_peer_that_just_closes_may_want_a_certificate(server_context: Server, trusted: Path) -> None:
    context = server_context()

    def close(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with listening(close) as port:
        error, _ = run(port, TLSSettings(authority_files=(trusted,)))

    assert isinstance(error, AssociationLost)
    assert "client certificate" in error.remedy


def test_what_is_given_up_is_told_while_the_run_goes() -> None:
    def hang_up(connection: socket.socket) -> None:
        read_record(connection)

    with listening(hang_up) as port:
        _, events = run(port, TLSSettings(verify_peer=False))

    assert any("not verified" in event.text for event in events if isinstance(event, Warned))


def sealed(kind: int, data: bytes) -> Callable[[Records], bytes]:
    return lambda records: records.seal(kind, data)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (sealed(ALERT, b"\x02\x50"), "ended TLS in the middle of the query (tlsv1 alert internal error)"),
        (sealed(HANDSHAKE, b"\1\0\0\5hello"), "broke TLS in the middle of the query (unexpected message)"),
        (lambda records: b"HTTP/1.1 400\r\n\r\n", "broke TLS in the middle of the query (wrong version number)"),
        (sealed(ALERT, b"\x01\x00"), "closed the connection in the middle of the query"),
    ],
    ids=["alert", "another hello", "plain text", "farewell"],
)
def test_tls_that_ends_in_the_middle_of_a_query_is_told_as_that(
    last: Callable[[Records], bytes], words: str, server_context: Server, trusted: Path, tmp_path: Path
) -> None:
    context = server_context(oldest=ssl.TLSVersion.TLSv1_3)
    context.num_tickets = 0
    context.keylog_filename = str(tmp_path / "keys")

    def script(peer: Conversation) -> None:
        peer.query()
        secured = peer.sock
        assert isinstance(secured, ssl.SSLSocket)
        cipher = secured.cipher()
        assert cipher is not None
        records = Records(cipher[0], tmp_path / "keys")
        # The library's own first one carried the accept.
        records.skip()
        responses = records.seal(APPLICATION_DATA, pdus.pending() * 2)
        socket.socket.sendall(secured, responses + last(records))
        while socket.socket.recv(secured, 65536):
            pass

    with ScriptedServer(script, tls=context) as server:
        outcome = ask(server.port, TLSSettings(authority_files=(trusted,)))

    assert outcome.received == 2
    assert isinstance(outcome.error, AssociationLost)
    assert words in outcome.error.message
    assert "_ssl" not in str(outcome.error)


@pytest.mark.parametrize("abort", [False, True], ids=["release", "abort"])
def test_the_end_of_a_run_is_told_to_tls_too(abort: bool, server_context: Server, trusted: Path) -> None:
    ends: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        context = server_context()
        with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False) as secured:
            peer = Conversation(secured, threading.Event())
            peer.query()
            peer.send(pdus.final())
            peer.read_pdu()
            if not abort:
                peer.send(pdus.release_rp())
            ends.append(secured.recv(1))

    with listening(serve) as port:
        outcome = ask(port, TLSSettings(authority_files=(trusted,)), abort=abort)

    assert outcome.end is End.SUCCESS
    assert ends == [b""]


def test_nobody_else_can_take_over_a_session_that_was_judged() -> None:
    assert ready(TLSSettings(verify_peer=False)).context.options & ssl.OP_NO_RENEGOTIATION
