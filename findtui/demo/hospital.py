"""The made-up hospital: one worklist and one archive, the same on every run of a day."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from findtui.demo import archive
from findtui.demo.archive import Node
from findtui.demo.worklist import Worklist


class Hospital:
    """Everything that can be asked for.

    Args:
        today: the day on which most steps are scheduled and the newest study was made; the real one if left out.

    Attributes:
        today: as given.
        worklist: scheduled procedure steps, which may be changed while a server answers from them.
    """

    def __init__(self, today: date | None = None) -> None:
        self.today = date.today() if today is None else today
        self.worklist = Worklist(self.today)

    @cached_property
    def archive(self) -> tuple[Node, ...]:
        """The patients with their studies, series and instances; made when first looked at."""
        return archive.build(self.today)
