"""The two kinds of writers: a file for each response, and one file for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from findtui.dicom.visible import visible
from findtui.errors import OutputError
from findtui.export.files import PRIVATE_MODE, AtomicFile, write_file
from findtui.net.events import End

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.export.helper import File, Helper
    from findtui.export.nursery import Nursery
    from findtui.net.events import Outcome

_MOST_NAMED: Final = 10
_MANY: Final = 256
"""From this number of files on it counts where they are made, and by how many."""
_BATCH: Final = 64
_BATCH_BYTES: Final = 1 << 18
_WORTH_HANDING_OVER: Final = 16


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
        self._helper: Helper | None = None
        self.written = 0
        self.last_path = ""

    def name_for(self, number: int) -> str:
        """Path of the file for the response with this number."""
        return f"{self._prefix}{number:04d}.{self.suffix}"

    @abstractmethod
    def content(self, response: Response) -> bytes:
        """What the file of a response holds."""

    def write(self, responses: Sequence[Response]) -> None:
        """Write these responses, up to the limit. Of many, some files may not be there before `close`.

        Raises:
            OutputError: some of these or of earlier ones could not be written, and which; the others have been.
        """
        if not self._are_many and self.written + len(responses) >= _MANY:
            self._prepare_for_many()
        errors: list[OutputError] = []
        for files in self._batches(responses):
            if self._helper and len(files) >= _WORTH_HANDING_OVER and self._helper.take(files):
                self.written += len(files)
                self.last_path = files[-1][0]
            else:
                errors += self._write(files)
        if self._helper:
            errors += self._write_again(self._helper.left())
        _raise(errors)

    def close(self, outcome: Outcome) -> None:
        """Have every file finished, and leave nothing else behind.

        Raises:
            OutputError: some could not be written, and which; the others have been.
        """
        _raise(self._end())

    def discard(self) -> None:
        """Leave nothing behind but the files."""
        self._end()

    def _prepare_for_many(self) -> None:
        from findtui.export.helper import helper_for
        from findtui.export.nursery import nursery_for

        self._are_many = True
        self._nursery = nursery_for(self._directory)
        self._helper = helper_for(self._mode, self._nursery_path)

    def _end(self) -> list[OutputError]:
        helper, self._helper = self._helper, None
        errors = self._write_again(helper.close()) if helper else []
        if self._nursery:
            self._nursery.close()
        return errors

    def _batches(self, responses: Sequence[Response]) -> Iterator[list[File]]:
        files: list[File] = []
        size = 0
        for response in responses:
            if self._limit is not None and response.number > self._limit:
                break
            content = self.content(response)
            files.append((self.name_for(response.number), content))
            size += len(content)
            if len(files) == _BATCH or size > _BATCH_BYTES:
                yield files
                files, size = [], 0
        if files:
            yield files

    def _write(self, files: Sequence[File]) -> list[OutputError]:
        errors = []
        for path, content in files:
            try:
                write_file(path, content, self._mode, self._nursery_path)
            except OutputError as error:
                errors.append(error)
                continue
            self.written += 1
            self.last_path = path
        return errors

    def _write_again(self, files: Sequence[File]) -> list[OutputError]:
        """Write what the helper has not, though it was counted when it took it over."""
        self.written -= len(files)
        return self._write(files)

    @property
    def _nursery_path(self) -> str | None:
        return self._nursery.path if self._nursery else None


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
        count = "1 response" if outcome.unreadable == 1 else f"{outcome.unreadable} responses"
        reasons.append(f"{count} could not be read")
    return visible("; ".join(reasons))


def _raise(errors: list[OutputError]) -> None:
    """Raise what went wrong as one error; nothing where nothing did."""
    if len(errors) == 1:
        raise errors[0]
    if not errors:
        return
    named = "; ".join(error.message for error in errors[:_MOST_NAMED])
    more = f"; and {len(errors) - _MOST_NAMED} more" if len(errors) > _MOST_NAMED else ""
    raise OutputError(
        f"{len(errors)} responses: {named}{more}",
        remedy=errors[0].remedy,
        dcmtk="\n".join(error.dcmtk for error in errors),
    )
