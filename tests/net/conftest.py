"""No test of the wire may leave a thread or a socket behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest


def _sockets() -> int:
    """Open sockets of this process, as Linux tells of them; other systems are only asked for threads."""
    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        return 0
    links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))  # noqa: PTH208
    return sum(os.path.islink(link) and os.readlink(link).startswith("socket:") for link in links)  # noqa: PTH114, PTH115


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Threads and sockets are as many after a test as before it."""
    threads, sockets = threading.active_count(), _sockets()
    yield
    assert threading.active_count() == threads, f"left running: {threading.enumerate()}"
    assert _sockets() == sockets, "a socket was left open"
