"""The two kinds of writers: a file for each response, and one file for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from findtui.dicom.visible import visible
from findtui.errors import OutputError
from findtui.export.files import PRIVATE_MODE, AtomicFile, write_file
from findtui.export.nursery import Nursery, nursery_for
from findtui.net.events import End

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.net.events import Outcome

_MOST_NAMED: Final = 10
_MANY: Final = 256
"""From this number of files on it counts where they are made."""


class FilesWriter(ABC):
    """Writes rspNNNN files, one for each response. One that cannot be written does not stop the others.

    Args:
        directory: where the files go; it has to exist.
        limit: responses with a higher number are left out; None takes all.
        mode: permissions of the files.

    Attributes:
        written: how many files were written.
        last_path: path of the last of them, "" before the first.
    """

    suffix: ClassVar[str]

    def __init__(self, directory: str | Path = ".", limit: int | None = None, mode: int = PRIVATE_MODE) -> None:
        self._directory = str(directory)
        self._prefix = f"{directory}/rsp"
        self._limit = limit
        self._mode = mode
        self._are_many = False
        self._nursery: Nursery | None = None
        self.written = 0
        self.last_path = ""

    def name_for(self, number: int) -> str:
        """Path of the file for the response with this number."""
        return f"{self._prefix}{number:04d}.{self.suffix}"

    @abstractmethod
    def content(self, response: Response) -> bytes:
        """What the file of a response holds."""

    def write(self, responses: Sequence[Response]) -> None:
        """Write these responses, up to the limit.

        Raises:
            OutputError: some could not be written, and which; the others have been.
        """
        errors: list[OutputError] = []
        if not self._are_many and self.written + len(responses) >= _MANY:
            self._are_many = True
            self._nursery = nursery_for(self._directory)
        nursery = self._nursery.path if self._nursery else None
        for response in responses:
            if self._limit is not None and response.number > self._limit:
                break
            path = self.name_for(response.number)
            try:
                write_file(path, self.content(response), self._mode, nursery)
            except OutputError as error:
                errors.append(error)
                continue
            self.written += 1
            self.last_path = path
        if errors:
            raise _together(errors)

    def close(self, outcome: Outcome) -> None:
        """Leave nothing behind; every file is finished already."""
        if self._nursery:
            self._nursery.close()


class SingleFileWriter(ABC):
    """Writes all responses into one file, which appears when it is closed.

    A file that could not be written is given up: an error says so once, and what comes later is passed over.

    Args:
        path: of the file; its directory has to exist.
        limit: responses with a higher number are left out; None takes all.
        mode: permissions of the file.

    Attributes:
        written: how many responses were written.
        last_path: path of the file.

    Raises:
        OutputError: the file cannot be made.
    """

    def __init__(self, path: str | Path, limit: int | None = None, mode: int = PRIVATE_MODE) -> None:
        self._file = AtomicFile(path, mode)
        self._limit = limit
        self.written = 0
        self.last_path = str(path)

    @abstractmethod
    def content(self, response: Response) -> str:
        """What is written for a response, with the end of its line."""

    @property
    def appeared(self) -> bool:
        """Whether the file stands under its name, with all that was written."""
        return self._file.finished

    def end(self, outcome: Outcome) -> str:
        """What is written at the end; nothing where the format has no place for it."""
        return ""

    def write_text(self, text: str) -> None:
        """Add text at the end, in UTF-8."""
        self._file.write(text.encode("utf-8", "backslashreplace"))

    def write(self, responses: Sequence[Response]) -> None:
        """Write these responses, up to the limit.

        Raises:
            OutputError: the file could not be written; it is given up.
        """
        if self._limit is not None:
            responses = [response for response in responses if response.number <= self._limit]
        self.write_text("".join(map(self.content, responses)))
        self.written += len(responses)

    def close(self, outcome: Outcome) -> None:
        """Let the file appear, whatever the outcome.

        Raises:
            OutputError: the file could not be finished; it is given up.
        """
        self.write_text(self.end(outcome))
        self._file.commit()

    def discard(self) -> None:
        """Give the file up; nothing is left of it."""
        self._file.discard()


def lacking(outcome: Outcome) -> str:
    """Why the responses of a run are not all that there are, in words; empty where they are."""
    reasons = []
    if outcome.end not in (End.SUCCESS, End.CANCELLED):
        reasons.append(outcome.error.message if outcome.error is not None else f"the query {outcome.end.value}")
    elif outcome.cut_short:
        reasons.append("the peer ended before it had sent all it has")
    if outcome.unreadable:
        reasons.append(f"{outcome.unreadable} responses could not be read")
    return visible("; ".join(reasons))


def _together(errors: list[OutputError]) -> OutputError:
    if len(errors) == 1:
        return errors[0]
    named = "; ".join(error.message for error in errors[:_MOST_NAMED])
    more = f"; and {len(errors) - _MOST_NAMED} more" if len(errors) > _MOST_NAMED else ""
    return OutputError(
        f"{len(errors)} responses: {named}{more}",
        remedy=errors[0].remedy,
        dcmtk="\n".join(error.dcmtk for error in errors),
    )
