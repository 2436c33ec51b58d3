"""Names, addresses, and connections that do not come about."""

from __future__ import annotations

import socket

import pytest

from findtui.errors import ConnectionFailed, NetworkError
from findtui.net.events import End, Finished, Outcome, Warned
from findtui.net.find import find
from findtui.net.peer import IPVersion, Peer, Timeouts
from tests.net import pdus
from tests.net.asking import PATIENT, QUERY, run
from tests.net.scripted import Conversation, ScriptedServer


def good(peer: Conversation) -> None:
    peer.query()
    peer.send(pdus.final())
    peer.end()


def outcome_of(peer: Peer) -> Outcome:
    *_, last = find(peer, QUERY)
    assert isinstance(last, Finished)
    return last.outcome


def error_of(peer: Peer) -> NetworkError:
    error = outcome_of(peer).error
    assert isinstance(error, NetworkError)
    return error


@pytest.mark.parametrize("version", list(IPVersion))
def test_an_ipv4_address_is_taken_whatever_the_version(version: IPVersion) -> None:
    assert run(good, ip_version=version).outcome.end is End.SUCCESS


@pytest.mark.parametrize("version", [IPVersion.V4, IPVersion.AUTO])
def test_a_name_is_looked_up(version: IPVersion) -> None:
    with ScriptedServer(good) as server:
        peer = Peer("localhost", server.port, ip_version=version, timeouts=PATIENT)
        assert outcome_of(peer).end is End.SUCCESS


@pytest.mark.parametrize("version", [IPVersion.V6, IPVersion.AUTO])
def test_an_ipv6_address_is_taken(version: IPVersion) -> None:
    try:
        server = ScriptedServer(good, host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert outcome_of(Peer("::1", server.port, ip_version=version)).end is End.SUCCESS


def test_a_refused_connection() -> None:
    with socket.socket() as nobody:
        # Taken, so that nobody else can listen there meanwhile.
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        error = error_of(Peer("127.0.0.1", port))
    assert isinstance(error, ConnectionFailed)
    assert f"127.0.0.1:{port}" in error.message
    assert "refused" in error.message
    assert error.remedy
    assert error.dcmtk == "Association Request Failed: 0006:031c TCP Initialization Error: Connection refused"
    assert (error.exit_status, error.dcmtk_exit_status) == (2, 2)


@pytest.mark.parametrize(
    ("host", "version"),
    [("no.such.host.invalid", IPVersion.V4), ("::1", IPVersion.V4), ("a" * 300, IPVersion.AUTO), ("", IPVersion.V4)],
)
def test_an_unknown_host(host: str, version: IPVersion) -> None:
    error = error_of(Peer(host, 104, ip_version=version))
    assert isinstance(error, ConnectionFailed)
    assert error.dcmtk == f"Association Request Failed: 0006:0320 Attempt to connect to unknown host: {host}"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none(port: int) -> None:
    assert "no port" in error_of(Peer("127.0.0.1", port)).message


def test_a_host_with_a_nul() -> None:
    assert isinstance(error_of(Peer("a\0b", 104)), ConnectionFailed)


def test_a_connection_that_is_not_taken_in_time() -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        error = error_of(Peer("127.0.0.1", listener.getsockname()[1], timeouts=Timeouts(connect=0.2)))
    assert isinstance(error, ConnectionFailed)
    assert "--timeout" in error.remedy
    assert "(Timeout)" in error.dcmtk


@pytest.mark.parametrize("title", ["", "   ", "ÄÖÜ", "A\\B", "A\nB", " " * 16 + "A"])
@pytest.mark.parametrize("which", ["calling", "called"])
def test_an_ae_title_that_is_none_is_refused_before_anything_is_sent(title: str, which: str) -> None:
    peer = Peer("no.such.host.invalid", 104, **{f"{which}_ae_title": title})  # type: ignore[arg-type]
    error = error_of(peer)
    assert f"the {which} AE title" in error.message
    assert f"Illegal service parameter: {which.title()} AP Title" in error.dcmtk


def test_environment_variables_of_dcmtk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCP_NODELAY", "0")
    monkeypatch.setenv("TCP_BUFFER_LENGTH", "65536 bytes")
    assert not run(good).of(Warned)
    monkeypatch.setenv("TCP_NODELAY", "yes")
    monkeypatch.setenv("TCP_BUFFER_LENGTH", "much")
    result = run(good)
    assert [warning.dcmtk for warning in result.of(Warned)] == [
        "DULFSM: cannot parse environment variable TCP_NODELAY=yes",
        "DULFSM: cannot parse environment variable TCP_BUFFER_LENGTH=much",
    ]
    assert result.outcome.end is End.SUCCESS
