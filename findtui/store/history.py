"""The queries that were run: bounded, and readable by their owner alone, for keys name patients."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from findtui.errors import SettingsError
from findtui.store.files import change, read_text

LIMIT: Final = 500
"""How many runs are remembered."""


@dataclass(frozen=True, slots=True)
class Run:
    """A query that was run.

    Attributes:
        when: local time with its offset, ISO 8601, to the second.
        profile: name of the peer; empty where it was not saved.
        model: id of the information model.
        keys: as findscu's -k writes them, words for dates unresolved.
        character_set: that the query was to be asked in; empty where it was left open.
        end: how it ended, in a few words.
        received: how many responses came.
        elapsed: seconds.
        command: the findscu command line that does the same.
    """

    when: str
    profile: str
    model: str
    keys: tuple[str, ...]
    character_set: str
    end: str
    received: int
    elapsed: float
    command: str

    @property
    def started(self) -> datetime:
        """When it was run."""
        return datetime.fromisoformat(self.when)


class History:
    """The file of runs, one JSON object a line, oldest first.

    Args:
        path: of the file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> list[Run]:
        """The runs, newest first. A line that is no run is passed over: this file only helps the memory.

        Raises:
            SettingsError: the file cannot be read.
        """
        return list(_runs(read_text(self.path).split("\n")))[::-1]

    def add(self, run: Run) -> None:
        """Remember a run; the same question asked again takes the place of its last answer.

        Raises:
            SettingsError: the file cannot be written.
        """

        def rewrite(text: str) -> str:
            runs = [known for known in _runs(text.split("\n")) if _question(known) != _question(run)]
            # In ASCII: a key may hold what UTF-8 cannot write, and what other readers take for the end of a line.
            lines = [json.dumps(asdict(known)) for known in [*runs, run][-LIMIT:]]
            return "\n".join(lines) + "\n"

        change(self.path, rewrite)

    def clear(self) -> None:
        """Forget everything.

        Raises:
            SettingsError: the file cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise SettingsError(f"cannot remove {self.path}: {error.strerror}") from error


def _question(run: Run) -> tuple[object, ...]:
    return (run.profile, run.model, run.keys, run.character_set)


def _runs(lines: Iterable[str]) -> Iterable[Run]:
    for line in lines:
        try:
            yield _run_of(json.loads(line))
        except (ValueError, TypeError, KeyError):
            continue


def _run_of(entry: dict[str, Any]) -> Run:
    run = Run(**{**entry, "keys": tuple(map(str, entry["keys"]))})
    texts = (run.when, run.profile, run.model, run.character_set, run.end, run.command)
    if not all(isinstance(text, str) for text in texts) or run.started.tzinfo is None:
        raise ValueError
    return Run(**{**asdict(run), "received": int(run.received), "elapsed": float(run.elapsed)})
