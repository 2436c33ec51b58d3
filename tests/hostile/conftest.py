from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from findtui.cli.findscu import main
from tests.net.scripted import Script, ScriptedServer


@dataclass(frozen=True)
class Ran:
    """How a headless run in this process went."""

    status: int
    out: str
    err: str


Ask = Callable[..., Ran]


@pytest.fixture
def ask(capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    """Asks a peer that plays a script."""

    def asked(script: Script, *words: str) -> Ran:
        with ScriptedServer(script) as server:
            capfdbinary.readouterr()
            status = main([*words, "127.0.0.1", str(server.port)])
            out, err = capfdbinary.readouterr()
        return Ran(status, out.decode("utf-8"), err.decode("utf-8"))

    return asked
