"""The writers that a command line asks for, as one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from findtui.command.build import Output
from findtui.dicom.paths import tag_text
from findtui.dicom.visible import visible
from findtui.errors import OutputError, UsageError
from findtui.export.files import write_file
from findtui.export.narrative import NETWORK, Level, Line
from findtui.export.outputs import SingleFileWriter, lacking

if TYPE_CHECKING:
    from findtui.dicom.dataset import DataSet
    from findtui.dicom.query import Query
    from findtui.dicom.response import Response, UnreadableResponse
    from findtui.export.writer import Writer
    from findtui.net.events import Outcome


_MOST_SAID: Final = 1000


def check_places(output: Output) -> None:
    """Check, before anything is sent, that what is asked for can be written.

    Raises:
        UsageError: a directory that is missing or may not be written to, or two outputs in one file.
    """
    if not output.writes and not output.keep_unreadable:
        return
    _check_directory(output.directory)
    files = output.single_files
    doubles = {path for path in files if files.count(path) > 1}
    if doubles:
        raise UsageError(f"two outputs go to the same file {doubles.pop()}", remedy="Give each a file of its own")


def _check_directory(directory: Path) -> None:
    # Unlike pathlib's, these take a name that no file can have for one of no file.
    if not os.path.isdir(directory):  # noqa: PTH112
        problem = "is no directory" if os.path.exists(directory) else "does not exist"  # noqa: PTH110
        raise UsageError(
            f"the output directory {directory} {problem}",
            remedy="Make it, or name another with --output-directory",
            dcmtk="F: specified output directory does not exist",
        )
    if not os.access(directory, os.W_OK | os.X_OK):
        raise UsageError(
            f"the output directory {directory} may not be written to",
            remedy="Change its permissions, or name another with --output-directory",
            dcmtk="F: specified output directory is not writeable",
        )


class Outputs:
    """Hands responses to every writer that was asked for.

    What goes wrong with one does not keep the others from writing.

    Args:
        output: what was asked for.
        query: what is asked; gives the CSV file its columns where none were named.
        warn: takes what a writer warns about.
    """

    def __init__(self, output: Output, query: Query, warn: Callable[[str], None]) -> None:
        self._output = output
        self._fallback = output.fallback_character_set or None
        self._warn = warn
        self._writers = list(_writers(output, query, warn))
        self._said: set[str] = set()

    def listing(self, response: Response) -> str:
        """A response as the log shows it."""
        from findtui.export.dump import dump

        return dump(response, correct=self._output.correction, fallback=self._fallback)

    def announced(self) -> Iterator[Line]:
        """The lines that say where all responses go; they come when the association is accepted."""
        for path in self._output.single_files:
            yield Line(Level.INFO, NETWORK, visible(f"Writing all response datasets to file: {path}"))

    def notes(self, response: Response) -> Iterator[Line]:
        """The lines that say what becomes of a response."""
        output, number = self._output, response.number
        if not output.writes:
            return
        if output.limit and number > output.limit:
            text = "Maximum number of responses already written to file ... not writing this"
            if number == output.limit + 1:
                yield Line(Level.INFO, NETWORK, f"{text} and all following responses to file")
            else:
                yield Line(Level.DEBUG, NETWORK, f"{text} response to file")
            return
        for suffix in output.suffixes:
            path = output.directory / f"rsp{number:04d}.{suffix}"
            yield Line(Level.INFO, NETWORK, visible(f"Writing response dataset to file: {path}"))
        if output.single_xml:
            yield Line(Level.DEBUG, NETWORK, "Writing response dataset to XML file")

    def write(self, responses: Sequence[Response]) -> list[OutputError]:
        """Write a batch.

        Returns:
            What went wrong; the same thing only once in a run.
        """
        return self._tried(lambda writer: writer.write(responses))

    def keep(self, response: UnreadableResponse) -> list[OutputError]:
        """Write what could not be read as it came, where that was asked for."""
        if not self._output.keep_unreadable or (self._output.limit and response.number > self._output.limit):
            return []
        path = self._output.directory / f"rsp{response.number:04d}.raw"
        try:
            write_file(str(path), response.identifier, self._output.mode)
        except OutputError as error:
            return self._new(error)
        return []

    def close(self, outcome: Outcome) -> list[OutputError]:
        """Finish every writer, and warn of files that are not all of the answer and cannot say so themselves."""
        errors = self._tried(lambda writer: writer.close(outcome))
        for writer in self._writers if lacking(outcome) else ():
            if isinstance(writer, SingleFileWriter) and writer.appeared and not writer.end(outcome):
                count = "1 response" if writer.written == 1 else f"{writer.written} responses"
                self._warn(visible(f"{writer.last_path} is incomplete: it holds {count}"))
        self._writers = []
        return errors

    def abandon(self) -> None:
        """Give up what has not been finished: no more files appear or change."""
        for writer in self._writers:
            writer.discard()
        self._writers = []

    def _tried(self, act: Callable[[Writer], None]) -> list[OutputError]:
        errors: list[OutputError] = []
        for writer in self._writers:
            try:
                act(writer)
            except OutputError as error:
                errors += self._new(error)
        return errors

    def _new(self, error: OutputError) -> list[OutputError]:
        text = str(error)
        if text in self._said:
            return []
        if len(self._said) < _MOST_SAID:
            self._said.add(text)
        return [error]


def _writers(output: Output, query: Query, warn: Callable[[str], None]) -> Iterator[Writer]:
    limit, mode, new_vr = output.limit or None, output.mode, query.new_vrs
    fallback, correct = output.fallback_character_set or None, output.correction
    match output.extract:
        case "dicom":
            from findtui.export.dicomfile import DicomFileWriter

            yield DicomFileWriter(output.directory, limit, mode, warn, correct=correct, new_vr=new_vr)
        case "xml":
            from findtui.export.xml import XMLFileWriter

            yield XMLFileWriter(output.directory, limit, mode, warn, fallback=fallback, correct=correct, new_vr=new_vr)
    if output.single_xml:
        from findtui.export.xml import SingleXMLWriter

        yield SingleXMLWriter(output.single_xml, limit, mode, fallback=fallback, correct=correct, new_vr=new_vr)
    if output.json:
        from findtui.export.json import JSONFileWriter

        yield JSONFileWriter(output.directory, limit, mode, warn, fallback=fallback)
    if output.ndjson:
        from findtui.export.json import NDJSONWriter

        yield NDJSONWriter(output.ndjson, limit, mode, warn, fallback=fallback)
    if output.csv:
        from findtui.export.csv import CSVWriter

        columns = output.columns or _columns(query)
        yield CSVWriter(output.csv, columns, limit, mode, fallback=fallback)


def _columns(query: Query) -> tuple[str, ...]:
    """The keys of the query, those in its files first where it has some."""
    paths: dict[str, None] = {}
    for identifier in query.identifiers():
        for path in _paths(identifier, ""):
            paths[path] = None
    return tuple(paths)


def _paths(dataset: DataSet, before: str) -> Iterator[str]:
    for element in dataset:
        path = before + tag_text(element.tag)
        if element.items:
            yield from _paths(element.items[0], f"{path}.")
        elif element.items is None:
            yield path
