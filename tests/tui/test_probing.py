"""The test of a peer, step by step, and the passwords of keys that are asked for on the way."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, Select, Static

import findtui.net.probe
from findtui.command.options import every_option
from findtui.demo.behaviour import Behaviour
from findtui.demo.server import DemoServer
from findtui.dicom.models import MODELS
from findtui.net.control import Control
from findtui.net.peer import Peer
from findtui.net.probe import ProbeStep
from findtui.store import secrets
from findtui.store.fields import FIELDS
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.remedies import in_fields
from findtui.tui.screens.ask import AskScreen, ConfirmScreen
from findtui.tui.screens.peer_test import PeerTest
from findtui.tui.screens.profile_editor import ProfileEditor
from tests.tui.conftest import complete, main, save_demo, state, until
from tests.tui.forms import closed, edited, opened, probed, ready, said, told
from tests.tui.test_tls import PASSWORD, Encrypted, encrypted  # noqa: F401 - a fixture


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_a_refusal_is_explained_in_the_words_of_the_form(paths: Paths, server: DemoServer) -> None:
    server.behaviour = Behaviour(rejection="called-ae-title")
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: state(pilot).startswith("✖"), "the refusal")
        explained = str(main(pilot).results_panel.query_one("#explanation", Static).content)
        assert "“Called AE title”" in explained
        assert "--" not in explained
        await pilot.press("1", "t")
        await probed(pilot)
        report = said(pilot, "#report")
        assert "rejected the association: called AE title DEMO not recognised" in re.sub(r"\s+", " ", report)
        assert "“Called AE title”" in report
        assert "--call" not in report
        assert said(pilot, "#verdict") == "✖ failed: Association"
        assert "Information models: not tested" in report
        assert "Hanging protocol" not in report
        # It was mended there: test again.
        server.behaviour = Behaviour()
        await pilot.press("t")
        await until(pilot, lambda: said(pilot, "#verdict").startswith("●"), "the second test")
        await pilot.press("y")
        await until(pilot, lambda: "ok       TCP connection (" in app.clipboard, "the report")
        assert app.clipboard.endswith("● all that this peer is asked for works")


async def test_a_peer_that_wants_to_be_spoken_to_in_tls_is_found_out(
    paths: Paths,
    encrypted: Encrypted,  # noqa: F811
) -> None:
    save_demo(paths, encrypted.server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("1", "t")
        await probed(pilot)
        report = re.sub(r"\s+", " ", said(pilot, "#report"))
        assert "it speaks TLS on this port" in report
        assert "Ask for it with “TLS ▸ Encrypt (TLS)”" in report
        # It is told who it is, before it is trusted.
        await pilot.press("f2")
        await opened(pilot, ProfileEditor)
        app.screen.query_one("#field-tls-enabled", Select).value = "yes"
        await pilot.pause()
        await pilot.press("ctrl+t")
        await probed(pilot)
        report = re.sub(r"\s+", " ", said(pilot, "#report"))
        assert said(pilot, "#verdict") == "✖ failed: TLS"
        assert re.search("It shows the certificate CN=findtui demo server.* SHA-256 [0-9a-f ]{64}", report)


async def test_each_step_is_shown_as_it_goes_and_can_be_left(paths: Paths, silent: int, server: DemoServer) -> None:
    save_demo(paths, server, port=silent)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "t")
        await opened(pilot, PeerTest)
        await until(pilot, lambda: "◐ Association" in said(pilot, "#report"), "the step that waits")
        assert "● TCP connection" in said(pilot, "#report")
        assert said(pilot, "#verdict") == "◐ testing"
        await pilot.press("escape")
        await closed(pilot)
        workers = [worker for worker in app.workers if worker.group == "probe"]
        await until(pilot, lambda: all(worker.is_finished for worker in workers), "the probe to end")


async def test_a_probe_that_fails_inside_is_told(
    paths: Paths, server: DemoServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def probe(peer: Peer, control: Control | None = None) -> Iterator[ProbeStep]:
        raise ZeroDivisionError

    monkeypatch.setattr(findtui.net.probe, "probe", probe)
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "t")
        await until(pilot, lambda: "findtui itself failed" in told(pilot), "the complaint")
        assert said(pilot, "#verdict") == "✖ the test was not finished"
        await pilot.press("escape")
        await closed(pilot)
    caplog.clear()


async def test_no_name_is_cut_in_the_test(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "t")
        await probed(pilot)
        report = said(pilot, "#report")
        assert all(model.name in report for model in MODELS.values())
        room = app.screen.query_one("#steps").size.width - 1
        assert max(map(len, report.splitlines())) <= room


async def test_a_server_that_goes_away_during_the_test_is_told(
    paths: Paths, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, engine = threading.Event(), findtui.net.probe.probe

    def probe(peer: Peer, control: Control | None = None) -> Iterator[ProbeStep]:
        for step in engine(peer, control):
            if step.name == "Association" and step.state.value == "running":
                server.stop()
                gone.set()
            yield step

    monkeypatch.setattr(findtui.net.probe, "probe", probe)
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "t")
        await until(pilot, lambda: getattr(app.screen, "finished", False), "the test")
        assert gone.is_set()
        assert said(pilot, "#verdict").startswith("✖ failed: Association")


def test_no_option_of_findscu_is_left_in_a_remedy() -> None:
    for option in every_option():
        fields = [field for field in FIELDS if option.long in field.options]
        for name in (option.long, option.short):
            if name and fields:
                text = in_fields(f"Give one with {name}, or ask ({name}).")
                assert name not in text
                assert any(field.text in text for field in fields)
    assert in_fields("raise --timeout") == "raise “Association ▸ Time to connect”"
    assert in_fields("another (-i4, -i6, -i0)") == "another (“Internet protocol”)"
    assert in_fields("add +tls or +tla") == "add “TLS ▸ Encrypt (TLS)”"
    assert in_fields("or give it up with --ignore-peer-cert") == "or give it up with “TLS ▸ Verify the peer: no”"
    assert in_fields("a-k --unknown x-ray +1 --list-ciphers") == "a-k --unknown x-ray +1 --list-ciphers"


# Passwords.


async def test_a_wrong_password_is_asked_for_again(
    paths: Paths,
    encrypted: Encrypted,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: dict[Path, str] = {encrypted.key: "an old one"}
    monkeypatch.setattr(secrets, "password_of", kept.get)
    monkeypatch.setattr(secrets, "keep_password", kept.__setitem__)
    save_demo(
        paths,
        encrypted.server,
        tls__enabled=True,
        tls__authorities=(str(encrypted.authority),),
        tls__key=str(encrypted.key),
        tls__certificate=str(encrypted.certificate),
        tls__password="keyring",
    )
    app = FindtuiApp(paths)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        # Before it is saved, too: the form's own test.
        await edited(pilot)
        await pilot.press("ctrl+t")
        await opened(pilot, AskScreen)
        first = app.screen
        await pilot.press(*"wrong", "enter")
        await until(pilot, lambda: app.screen is not first and isinstance(app.screen, AskScreen), "the question again")
        assert "does not open it" in said(pilot, ".question")
        assert kept == {encrypted.key: "an old one"}, "what does not open the key is not kept"
        app.screen.query_one(Input).value = PASSWORD
        await pilot.press("enter")
        await probed(pilot)
        assert said(pilot, "#verdict").startswith("●")
        assert "certificate CN=" in re.sub(r"\s+", " ", said(pilot, "#report"))
        assert kept == {encrypted.key: PASSWORD}
        await pilot.press("escape")
        await opened(pilot, ProfileEditor)
        await pilot.press("escape")
        await closed(pilot)
        await pilot.press("r")
        await complete(pilot)
        assert state(pilot).startswith("● complete"), "it is not asked for twice"


async def test_a_keyring_that_cannot_be_used_is_told_and_the_password_asked_for(
    paths: Paths,
    encrypted: Encrypted,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import keyring
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    try:
        save_demo(
            paths,
            encrypted.server,
            tls__enabled=True,
            tls__authorities=(str(encrypted.authority),),
            tls__key=str(encrypted.key),
            tls__certificate=str(encrypted.certificate),
            tls__password="keyring",
        )
        app = FindtuiApp(paths, profile="Demo Hospital", run=True)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, AskScreen), "the question")
            await until(pilot, lambda: "keyring cannot be used" in told(pilot), "what is wrong with it")
            app.screen.query_one(Input).value = PASSWORD
            await pilot.press("enter")
            await complete(pilot)
            assert state(pilot).startswith("● complete")
    finally:
        keyring.set_keyring(before)


async def test_a_password_leaves_the_keyring_with_the_last_peer_that_wants_it_there(
    paths: Paths, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[Path] = []
    monkeypatch.setattr(secrets, "forget_password", forgotten.append)
    key = tmp_path / "key.pem"
    for name in ("One", "Two"):
        save_demo(paths, server, name=name, tls__key=str(key), tls__certificate=str(key), tls__password="keyring")
    app = FindtuiApp(paths, profile="One")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "home", "delete")
        await opened(pilot, ConfirmScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "Deleted the peer One" in told(pilot), "the first")
        assert forgotten == []
        await pilot.press("f2")
        await opened(pilot, ProfileEditor)
        app.screen.query_one("#field-tls-password", Select).value = "ask"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: forgotten == [key], "the password to be forgotten")
