"""Writing responses to files: what may be in the way, how far it is, and what stands when it went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

from findtui.errors import FindtuiError, OutputError
from findtui.net.events import Outcome

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.export.outputs import FilesWriter, SingleFileWriter

BATCH: Final = 200
"""Responses that go into one file between two looks at whether it was cancelled."""

MOST_FAILURES: Final = 10
"""Files that cannot be written before the others are not tried any more."""


@dataclass(frozen=True, slots=True)
class Format:
    """What responses can be written as.

    Attributes:
        title: in words.
        suffix: of the file or files.
        one_file: all go into one file, else each into one of its own.
    """

    title: str
    suffix: str
    one_file: bool = False


FORMATS: Final = {
    "csv": Format("CSV, the columns of the results", ".csv", one_file=True),
    "dicom": Format("DICOM files, one each", ".dcm"),
    "xml": Format("XML files, one each", ".xml"),
    "single-xml": Format("XML, one file", ".xml", one_file=True),
    "json": Format("DICOM JSON files, one each", ".json"),
    "ndjson": Format("NDJSON, one line each", ".ndjson", one_file=True),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        directory: where, from the root.
        text: for the user.
        cancelled: it was not all.
        warnings: what the files could not hold.
    """

    directory: Path
    text: str
    cancelled: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Export:
    """Responses on their way into files. `write` runs in a thread; `done` and `cancel` may be used from another one.

    Attributes:
        chosen: a key of FORMATS.
        target: the file, or the directory for the files, from the root.
        responses: to write.
        columns: paths, for CSV.
        fallback: character set of responses that declare none, or None.
        done: how many responses were written, or could not be.
    """

    chosen: str
    target: Path
    responses: Sequence[Response]
    columns: tuple[str, ...]
    fallback: str | None
    done: int = 0
    _warnings: list[str] = field(default_factory=list)
    _cancelled: Event = field(default_factory=Event)

    @property
    def format(self) -> Format:
        """What is written."""
        return FORMATS[self.chosen]

    @property
    def directory(self) -> Path:
        """Where the file or files go."""
        return self.target.parent if self.format.one_file else self.target

    def cancel(self) -> None:
        """Stop after what is being written."""
        self._cancelled.set()

    def in_the_way(self) -> str:
        """What would be written over, in words; empty where nothing would.

        Raises:
            OutputError: nothing can be written there.
        """
        from findtui.export.files import output_error

        try:
            if self.format.one_file:
                if self.target.is_dir():
                    raise OutputError(f"{self.target} is a directory", remedy="Give the file a name in it.")
                return str(self.target) if self.target.exists() else ""
            if self.target.exists() and not self.target.is_dir():
                raise OutputError(f"{self.target} is no directory", remedy="These files need one to go into.")
            names = [name for row in self.responses if (name := self._name(row.number)).exists()]
        except OSError as error:
            raise output_error(str(self.target), error) from error
        more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        return f"{names[0]}{more}" if names else ""

    def make_directory(self) -> None:
        """Make the directory for its user alone, and those that lead there.

        Raises:
            OutputError: it cannot be made.
        """
        from findtui.export.files import output_error

        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(str(self.directory), error) from error

    def write(self, outcome: Outcome) -> Written:
        """Write what there is.

        Args:
            outcome: of the query, which a file that can say so tells of where the answer is incomplete.

        Raises:
            FindtuiError: something could not be written; its remedy says what stands all the same.
        """
        if self.format.one_file:
            return self._write_one(outcome)
        return self._write_each()

    def _write_one(self, outcome: Outcome) -> Written:
        writer = None
        try:
            writer = self._one_file()
            for start in range(0, len(self.responses), BATCH):
                if self._cancelled.is_set():
                    return Written(self.directory, f"Cancelled: nothing was written to {self.target}", cancelled=True)
                batch = self.responses[start : start + BATCH]
                writer.write(batch)
                self.done += len(batch)
            writer.close(outcome)
        except FindtuiError as error:
            raise _remarking(error, f"Nothing was written to {self.target}.") from error
        finally:
            if writer is not None:
                # Without effect on a file that is finished.
                writer.discard()
        return self._written(f"Wrote {_count(writer.written, 'response')} to {self.target}")

    def _write_each(self) -> Written:
        writer = self._files()
        failures: list[OutputError] = []
        for response in self.responses:
            if self._cancelled.is_set() or len(failures) == MOST_FAILURES:
                break
            try:
                writer.write([response])
            except OutputError as error:
                failures.append(error)
            self.done += 1
        stands = f"{_count(writer.written, 'file')} of {len(self.responses):,} in {self.target}"
        if failures:
            others = f" ({len(failures)} files failed)" if len(failures) > 1 else ""
            raise _remarking(
                OutputError(failures[0].message + others, remedy=failures[0].remedy), f"What was written: {stands}."
            )
        if self.done < len(self.responses):
            return Written(self.target, f"Cancelled: there are {stands}", cancelled=True)
        return self._written(f"Wrote {_count(writer.written, 'file')} to {self.target}")

    def _written(self, text: str) -> Written:
        return Written(self.directory, text, warnings=tuple(self._warnings))

    def _name(self, number: int) -> Path:
        return self.target / f"rsp{number:04d}{self.format.suffix}"

    def _one_file(self) -> SingleFileWriter:
        from findtui.export.csv import CSVWriter
        from findtui.export.json import NDJSONWriter
        from findtui.export.xml import SingleXMLWriter

        match self.chosen:
            case "csv":
                return CSVWriter(self.target, self.columns, fallback=self.fallback)
            case "single-xml":
                return SingleXMLWriter(self.target, fallback=self.fallback)
            case _:
                return NDJSONWriter(self.target, warn=self._warnings.append, fallback=self.fallback)

    def _files(self) -> FilesWriter:
        from findtui.export.dicomfile import DicomFileWriter
        from findtui.export.json import JSONFileWriter
        from findtui.export.xml import XMLFileWriter

        match self.chosen:
            case "dicom":
                return DicomFileWriter(self.target, warn=self._warnings.append)
            case "xml":
                return XMLFileWriter(self.target, fallback=self.fallback)
            case _:
                return JSONFileWriter(self.target, warn=self._warnings.append, fallback=self.fallback)


def _remarking(error: FindtuiError, remark: str) -> OutputError:
    """The same error, with what stands beside what to do."""
    remedy = error.remedy.rstrip(".")
    return OutputError(error.message, remedy=f"{remedy}. {remark}" if remedy else remark)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
