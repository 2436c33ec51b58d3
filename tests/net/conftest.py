"""No test of the wire may leave a thread or a socket behind."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator

import pytest

from findtui.net.transport import Deadline, Transport

PDU_HEAD_LENGTH = 6
GONE = select.POLLRDHUP if hasattr(select, "POLLRDHUP") else select.POLLIN


def _sockets() -> int:
    """Open sockets of this process, as Linux tells of them; other systems are only asked for threads."""
    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        return 0
    links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))  # noqa: PTH208
    return sum(os.path.islink(link) and os.readlink(link).startswith("socket:") for link in links)  # noqa: PTH114, PTH115


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No thread and no socket outlives the test that it was made in; a thread may take its time to end."""
    threads, sockets = set(threading.enumerate()), _sockets()
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(10)
        assert not thread.is_alive(), f"left running: {thread}"
    assert _sockets() == sockets, "a socket was left open"


@pytest.fixture
def late_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancel request that waits until the peer has gone, and until it shows that nobody took its beginning."""
    send = Transport.send

    def late(transport: Transport, data: bytes, deadline: Deadline) -> None:
        is_beginning = len(data) == PDU_HEAD_LENGTH
        if is_beginning:
            _wait(transport, GONE)
        send(transport, data, deadline)
        if is_beginning:
            _wait(transport, 0)

    monkeypatch.setattr(Transport, "send", late)


def _wait(transport: Transport, events: int) -> None:
    poll = select.poll()
    poll.register(transport.detach(), events)
    assert poll.poll(20_000), "the peer did not go"
