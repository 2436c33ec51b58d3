"""An encrypted peer: its key's password is asked for once and kept nowhere, and the log says who it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from textual.widgets import Input

from findtui.demo.certificates import Authority, server_context
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from tests.tui.conftest import complete, main, save_demo, shown, state, until

PASSWORD = "made up 4711"


@dataclass(frozen=True)
class Encrypted:
    """A server that speaks TLS, and the files that a client of it has."""

    server: DemoServer
    authority: Path
    key: Path
    certificate: Path


@pytest.fixture
def encrypted(hospital: Hospital, tmp_path: Path) -> Iterator[Encrypted]:
    authority = Authority()
    own = authority.issue("findtui test client")
    files = [tmp_path / name for name in ("ca.pem", "key.pem", "cert.pem")]
    files[0].write_bytes(authority.credentials.certificate_pem())
    files[1].write_bytes(
        own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode()))
    )
    files[2].write_bytes(own.certificate_pem())
    context = server_context(authority, ("127.0.0.1",), tmp_path, wants_client=True)
    with DemoServer(hospital=hospital, tls=context) as server:
        yield Encrypted(server, *files)


async def test_the_password_is_asked_for_once(paths: Paths, encrypted: Encrypted) -> None:
    save_demo(
        paths,
        encrypted.server,
        tls__enabled=True,
        tls__authorities=(str(encrypted.authority),),
        tls__key=str(encrypted.key),
        tls__certificate=str(encrypted.certificate),
    )
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query("AskScreen Input"), "the question for the password")
        app.screen.query_one(Input).value = PASSWORD
        assert PASSWORD not in app.export_screenshot().replace("&#160;", " ")
        await pilot.press("enter")
        await complete(pilot)
        assert state(pilot).startswith("● complete")
        log = main(pilot).log_panel.text
        assert "TLSv1." in log
        assert "CN=findtui demo server" in log
        await pilot.press("r")
        await until(pilot, lambda: main(pilot).log_panel.text.count("Encrypted with") == 2, "the second run")
        await complete(pilot)
        assert len(app.screen_stack) == 2
        kept = [path.read_text() for path in (paths.profiles, paths.history, paths.settings) if path.exists()]
        assert PASSWORD not in "".join(kept) + main(pilot).log_panel.text


async def test_a_plain_question_to_an_encrypted_peer_is_explained(paths: Paths, encrypted: Encrypted) -> None:
    save_demo(paths, encrypted.server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        assert state(pilot).startswith("✖")
        assert "TLS" in str(shown(pilot).error)
