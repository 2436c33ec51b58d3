"""Whole runs under TLS: what is missing stops them before they connect, and a late refusal is told as one."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from pathlib import Path

import pytest

from findtui.dicom.query import Query
from findtui.errors import AssociationLost, TLSHandshakeFailed, TLSSetupError
from findtui.net.events import Event, Finished, Requesting, Warned
from findtui.net.find import find
from findtui.net.tls.handshake import explain_ssl_error
from findtui.net.tls.settings import TLSSettings
from findtui.net.transport import Deadline
from tests.net.asking import QUERY
from tests.net_tls.authority import Authority
from tests.net_tls.conftest import Server
from tests.net_tls.peers import PATIENCE, connected, listening, peer_at, read_record, received, tls_server


def run(port: int, settings: TLSSettings, query: Query = QUERY) -> tuple[BaseException | None, list[Event]]:
    events = list(find(peer_at(port, settings), query))
    last = events[-1]
    assert isinstance(last, Finished)
    return last.outcome.error, events


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
