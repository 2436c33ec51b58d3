"""The one protocol of everything that writes responses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.net.events import Outcome


class Writer(Protocol):
    """Takes responses in batches and writes them. Files appear whole or not at all, readable by their owner."""

    def write(self, responses: Sequence[Response]) -> None:
        """Write these responses.

        Raises:
            OutputError: something could not be written; what was written before stands, and what of this batch
                could be written has been.
        """
        ...

    def close(self, outcome: Outcome) -> None:
        """Finish: what is one file for all appears now, and says so where the outcome is not complete.

        Raises:
            OutputError: the file could not be finished.
        """
        ...

    def discard(self) -> None:
        """Give up what is not finished, and leave nothing behind but files that are; without effect after `close`."""
        ...
