from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

import pytest

from findtui.cli.findscu import main
from findtui.demo.behaviour import Behaviour
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer

Serve = Callable[[Behaviour], DemoServer]


@dataclass(frozen=True)
class Ran:
    """How a headless run went."""

    status: int
    out: str
    err: str


Findscu = Callable[..., Ran]


@pytest.fixture(scope="session")
def hospital() -> Hospital:
    """The patients of every server here."""
    return Hospital(date(2026, 5, 4))


@pytest.fixture
def serve(hospital: Hospital) -> Iterator[Serve]:
    """Starts demo servers that behave as they are told."""
    with ExitStack() as stack:
        yield lambda behaviour: stack.enter_context(DemoServer(hospital=hospital, behaviour=behaviour))


@pytest.fixture
def server(serve: Serve) -> DemoServer:
    """A demo server that answers as it should."""
    return serve(Behaviour())


@pytest.fixture
def findscu(capsys: pytest.CaptureFixture[str]) -> Findscu:
    """Runs findscu in this process."""

    def ran(*words: str) -> Ran:
        capsys.readouterr()
        status = main(words)
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return ran
