"""`findtui scp` from the outside."""

from __future__ import annotations

import argparse
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pynetdicom import AE

from findtui.demo.main import add_arguments, run
from findtui.dicom.models import WORKLIST
from findtui.errors import UsageError
from tests.demo.client import identifier_of
from tests.demo.raw_peer import RawPeer

DEADLINE = 30


@contextmanager
def scp(*options: str) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """The command with a free port: its process, the port, and what it greeted with."""
    command = [sys.executable, "-W", "error", "-m", "findtui", "scp", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            greeting = ""
            while "Ctrl-C" not in greeting:
                line = process.stdout.readline()
                assert line, greeting
                greeting += line
            found = re.search(r"port (\d+)", greeting)
            assert found is not None
            yield process, int(found[1]), greeting
        finally:
            process.kill()


def _worklist(port: int, context: ssl.SSLContext | None = None) -> bool:
    ae = AE()
    ae.add_requested_context(WORKLIST.uid)
    ae.connection_timeout = ae.acse_timeout = DEADLINE
    association = ae.associate("127.0.0.1", port, tls_args=None if context is None else (context, "localhost"))
    accepted = association.is_established
    if accepted:
        association.release()
    if association.ident is not None:
        association.join(DEADLINE)
    return accepted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
def test_it_says_where_it_listens_and_ends_on_a_signal(number: signal.Signals) -> None:
    with scp() as (process, port, greeting):
        assert "127.0.0.1" in greeting
        assert "findscu -W -k PatientName" in greeting
        assert _worklist(port)
        process.send_signal(number)
        output, _ = process.communicate(timeout=DEADLINE)
        assert output.endswith("stopped\n")
        assert "Traceback" not in output
        assert process.returncode == 0


def test_tls_with_a_throw_away_authority() -> None:
    with scp("--tls-client") as (process, port, greeting):
        found = re.search(r"\+tls (\S+) (\S+) \+cf (\S+)", greeting)
        assert found is not None
        key, certificate, authority = (Path(name) for name in found.groups())
        assert key.stat().st_mode & 0o777 == 0o600
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(certificate, key)
        assert _worklist(port, context)
        without = ssl.create_default_context(cafile=str(authority))
        with (
            socket.create_connection(("127.0.0.1", port), DEADLINE) as plain,
            without.wrap_socket(plain, server_hostname="localhost") as wrapped,
            pytest.raises((ssl.SSLError, ConnectionError)),
        ):
            # In TLS 1.3 the client learns it with the first bytes that it reads.
            wrapped.recv(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0
        assert not key.parent.exists()


def test_tls_files_stay_where_they_were_asked_for(tmp_path: Path) -> None:
    with scp("--tls", "--tls-directory", str(tmp_path)) as (process, port, greeting):
        assert "+tla +cf" in greeting
        assert _worklist(port, ssl.create_default_context(cafile=str(tmp_path / "authority.pem")))
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["authority.pem", "client-key.pem", "client.pem"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "65536"], "65536"),
        (["--port", "-1"], "-1"),
        (["--slow", "soon"], "soon"),
        (["--failing", "0xFF00"], "0xFF00"),
        (["--failing", "zz"], "zz"),
        (["--limited", "-2"], "-2"),
        (["--models", "worklist,ups"], "ups"),
        (["--aetitle", "A" * 17], "A" * 17),
        (["--reject", "mood"], "mood"),
    ],
)
def test_bad_options_are_named(options: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit) as exit_:
        parser.parse_args(options)
    assert exit_.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--host", "192.0.2.1"], ["--tls", "--tls-directory", "/no/such/directory"]],
    ids=["address", "directory"],
)
def test_what_cannot_be_had_is_said(options: list[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(UsageError, match="cannot"):
        run(parser.parse_args(["--port", "0", *options]))


@pytest.mark.parametrize("options", [["--large", "1000000"], ["--silent"], ["--slow", "60"], []], ids=" ".join)
def test_it_ends_at_once_whatever_its_peers_do(options: list[str]) -> None:
    request = identifier_of({"PatientName": "", "ScheduledProcedureStepSequence": []})
    with scp(*options) as (process, port, _), socket.create_connection(("127.0.0.1", port), DEADLINE):
        peer = RawPeer(port, WORKLIST.uid)
        with peer:
            peer.ask(request)
            if options[:1] == ["--large"]:
                peer.wait_for_data()
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE) == 0
