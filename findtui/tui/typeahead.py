"""Keys that come faster than they are dealt with.

Over a slow line, from a script, or while a dialog is being laid out, several keys arrive at once. Textual hands each
to what has the focus at that moment, although an earlier one may be about to move it: what is typed for the second
field lands in the first. Here a key waits until the one before it was dealt with, and the first one for the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from textual.events import Event, Key

from findtui.tui.failsafe import FailsafeApp

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

PATIENCE: Final = 1.0
"""Seconds after which a key no longer waits for the one before: a widget that is stuck takes nobody else's keys."""


class TypeAheadApp(FailsafeApp):
    """An application that deals with keys one after another, in the order in which they were pressed."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._held: deque[Key] = deque()
        self._takes_keys = False
        self._way: list[MessagePump] = []
        self._keeping_up: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        """Hold a key back while another one is on its way."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif not self._takes_keys:
            # As long as the terminal is not Textual's, it makes a line feed of what Enter sends.
            self._held.append(Key("enter", "\r") if event.key == "ctrl+j" else event)
        elif self._keeping_up is not None:
            self._held.append(event)
        else:
            await self._give(event)
            self._keeping_up = asyncio.create_task(self._keep_up())

    def take_keys(self) -> None:
        """There is something to press keys in: deal with them from now on, and first with those that came before."""
        self._takes_keys = True
        if self._held:
            self._keeping_up = asyncio.create_task(self._keep_up())

    async def _give(self, key: Key) -> None:
        """Deal with a key as Textual does, and remember which way it goes until somebody knows what to do with it."""
        self._way = [*(self.focused or self.screen).ancestors_with_self]
        await super().on_event(key)

    async def _keep_up(self) -> None:
        """Give what is held, each key once the one before was dealt with."""
        try:
            await self._passed(self._way)
            while self._held:
                await self._passed([self.screen, self])
                self.call_later(self._give, self._held.popleft())
                await self._passed([self])
                await self._passed(self._way)
        finally:
            self._keeping_up = None

    async def _passed(self, way: Iterable[MessagePump]) -> None:
        """Wait until each of these, one after another, has dealt with all that it was sent; a new screen is then up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for pump in way:
                    reached = asyncio.Event()
                    if pump.call_later(reached.set):
                        await reached.wait()
