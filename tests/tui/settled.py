"""Keys that have arrived: on a busy machine, too, a test goes on only when what it pressed has been dealt with.

Textual's pilot takes a process that gets little of the processor for one that has nothing to do. Here it goes on when
every widget waits for a message, and the time-out is for deeds that wait for something that the test does later.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual import _wait
from textual._context import active_app
from textual.message_pump import MessagePump
from textual.worker import WorkerState

MOST = 1.0
"""Seconds for deeds that go on."""
QUIET_ROUNDS = 5
"""Turns of the loop in which nobody has anything to do; a key comes to the application after two of them."""

Wait = Callable[..., Awaitable[None]]


def wait_until_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pilot wait for that wherever it waits for an idle process."""
    pilots: Wait = _wait.wait_for_idle

    async def wait(*arguments: float) -> None:
        await pilots(*arguments)
        await _settled()

    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", wait)


async def _settled() -> None:
    app = active_app.get()
    end = time.monotonic() + MOST
    quiet = 0
    while quiet < QUIET_ROUNDS and time.monotonic() < end:
        await asyncio.sleep(0)
        rests = all(_waits(pump) for pump in (app, *app._registry))
        begun = all(worker.state is not WorkerState.PENDING for worker in app.workers)
        quiet = quiet + 1 if rests and begun else 0


def _waits(pump: MessagePump) -> bool:
    queue: Any = pump._message_queue
    # One that is not running is on its way in or out, and takes no messages.
    return bool(not pump.is_running or (queue.empty() and queue.ready_event._waiters))
