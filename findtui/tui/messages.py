"""Messages that no widget owns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from findtui.tui.worker import Run


@dataclass
class Woken(Message):
    """A run has something to be taken. Sent from its thread."""

    run: Run

    def can_replace(self, message: Message) -> bool:
        """One is as good as several: taking takes all there is."""
        return isinstance(message, Woken) and message.run is self.run
