"""A demo server for each test, and an association with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer

TODAY = date(2026, 11, 22)

StartServer = Callable[..., DemoServer]


@pytest.fixture
def start() -> Iterator[StartServer]:
    """Start a server on a free port; keyword arguments are the server's."""
    with ExitStack() as stack:

        def start_server(**options: Any) -> DemoServer:
            options.setdefault("hospital", Hospital(TODAY))
            return stack.enter_context(DemoServer(**options))

        yield start_server
