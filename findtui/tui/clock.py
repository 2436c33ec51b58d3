"""The time of day, in one place, so that a picture can be taken at a given moment; and what is done after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from textual.message_pump import MessagePump


def now() -> datetime:
    """Local time with its offset."""
    return datetime.now().astimezone()


def later(owner: MessagePump, seconds: float, callback: Callable[[], object]) -> None:
    """Let a widget do something after a while, or never where it is gone by then.

    Not with `set_timer`: Textual counts a moment that has passed before its timer is set as missed and lets it pass,
    also where the timer has no other. A busy machine passes over moments of a few milliseconds that way.

    Args:
        owner: among whose messages the call takes its turn.
        seconds: from now.
        callback: what to do.
    """
    asyncio.get_running_loop().call_later(seconds, owner.call_later, callback)
