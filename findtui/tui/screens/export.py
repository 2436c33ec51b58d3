"""Writing responses to files: which, as what, and where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, ProgressBar, Select, Static

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.net.events import End, Outcome
from findtui.tui.screens.ask import ConfirmScreen
from findtui.tui.screens.dialog import Dialog
from findtui.tui.screens.files import FileScreen
from findtui.tui.state import RunState

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.export.outputs import FilesWriter, SingleFileWriter

BATCH: Final = 200
"""Responses that are written between two looks at the progress."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which responses there are to write, in the order in which they are shown or came."""

    all: tuple[Response, ...]
    shown: tuple[Response, ...]
    marked: tuple[Response, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        directory: where.
        text: for the user.
    """

    directory: Path
    text: str


FORMATS: Final = {
    "csv": "CSV, the columns of the results",
    "dicom": "DICOM files, one each",
    "xml": "XML files, one each",
    "single-xml": "XML, one file",
    "json": "DICOM JSON files, one each",
    "ndjson": "NDJSON, one line each",
}
_SUFFIXES: Final = {"csv": ".csv", "single-xml": ".xml", "ndjson": ".ndjson"}
"""Of the formats that are one file."""


class ExportScreen(Dialog[Written]):
    """Asks what to write where, and writes it.

    Args:
        selection: what there is to write.
        directory: to start from; empty for the one that findtui was started in.
        columns: paths, for CSV.
        state: of the answer, which the file says where it is incomplete.
        fallback: character set of responses that declare none; empty for none.
        name: of the one file, without its suffix.
    """

    TITLE_TEXT = "Export"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "write", key_display="↵", priority=True),
        Binding("ctrl+o", "browse", "choose directory"),
    ]

    def __init__(
        self,
        selection: Selection,
        directory: str,
        columns: tuple[str, ...],
        state: RunState,
        fallback: str,
        name: str = "responses",
    ) -> None:
        super().__init__()
        self._selection = selection
        self._directory = Path(directory) if directory and Path(directory).is_dir() else Path.cwd()
        self._columns = columns
        self._state = state
        self._fallback = fallback or None
        self._name = name
        self._writing = False

    def body(self) -> ComposeResult:
        """Which, as what, where."""
        counts = (("marked", self._selection.marked), ("shown", self._selection.shown), ("all", self._selection.all))
        which = [(f"{word}: {len(rows):,}", word) for word, rows in counts if rows]
        with Horizontal(classes="row"):
            yield Label("Which")
            yield Select(which, value=which[0][1], allow_blank=False, id="which", compact=True)
        with Horizontal(classes="row"):
            yield Label("As")
            formats = [(text, word) for word, text in FORMATS.items()]
            yield Select(formats, value="csv", allow_blank=False, id="format", compact=True)
        with Horizontal(classes="row"):
            yield Label("To")
            yield Input(id="target", compact=True)
        yield Static(id="note", classes="hint")
        yield ProgressBar(id="progress", show_eta=False)

    def on_mount(self) -> None:
        """Propose a name that is free."""
        self.query_one("#progress").display = False
        self._propose()
        self.query_one("#target").focus()

    @on(Select.Changed, "#format")
    def _format_changed(self) -> None:
        self._propose()

    @property
    def _format(self) -> str:
        return str(self.query_one("#format", Select).value)

    def _propose(self) -> None:
        suffix = _SUFFIXES.get(self._format)
        target = self._directory if suffix is None else _free(self._directory / f"{self._name}{suffix}")
        self.query_one("#target", Input).value = _short(target)
        self._note()

    @on(Input.Changed, "#target")
    def _note(self) -> None:
        target = Path(self.query_one("#target", Input).value).expanduser()
        files = self._format not in _SUFFIXES
        text = "Readable by you alone."
        if self._state.running:
            text = "The query is still running: what came so far is written."
        elif self._state.outcome is not None and self._state.outcome.end is not End.SUCCESS:
            text = f"The answer is incomplete: {self._state.words().text}"
        if files:
            text = f"rsp0001 and so on go into this directory. {text}"
        elif target.exists():
            text = "✖ This file exists already."
        self.query_one("#note", Static).update(Content(visible(text)))

    @work(exclusive=True, exit_on_error=False)
    async def action_browse(self) -> None:
        """Choose the directory."""
        chosen = await self.app.push_screen_wait(FileScreen("Export to", self._directory, directories=True))
        if chosen is not None:
            self._directory = chosen
            self._propose()

    @work(exclusive=True, exit_on_error=False)
    async def action_write(self) -> None:
        """Write, unless files are in the way and their user does not want to lose them."""
        if self._writing:
            return
        target = Path(self.query_one("#target", Input).value).expanduser()
        responses: tuple[Response, ...] = getattr(self._selection, str(self.query_one("#which", Select).value))
        chosen = self._format
        in_the_way = await asyncio.to_thread(_existing, target, chosen, responses)
        if in_the_way:
            question = f"{visible(in_the_way)} exists already. Write over it?"
            if not await self.app.push_screen_wait(ConfirmScreen("Export", question, "write over it")):
                return
        self._writing = True
        progress = self.query_one("#progress", ProgressBar)
        progress.update(total=len(responses), progress=0)
        progress.display = True

        def advance(count: int) -> None:
            self.app.call_from_thread(progress.advance, count)

        try:
            outcome = self._state.outcome or Outcome(End.CANCELLED, len(responses), 0, self._state.elapsed)
            written = await asyncio.to_thread(self._write, target, chosen, responses, outcome, advance)
        except FindtuiError as error:
            progress.display = False
            text = f"✖ {error.message}\n{error.remedy}".strip()
            self.query_one("#note", Static).update(Content(visible(text, keep_line_breaks=True)))
        else:
            self.dismiss(written)
        finally:
            self._writing = False

    def _write(
        self,
        target: Path,
        chosen: str,
        responses: tuple[Response, ...],
        outcome: Outcome,
        advance: Callable[[int], None],
    ) -> Written:
        """In a thread: make the writer, feed it, close it."""
        writer = _writer(chosen, target, self._columns, self._fallback)
        for start in range(0, len(responses), BATCH):
            batch = responses[start : start + BATCH]
            writer.write(batch)
            advance(len(batch))
        writer.close(outcome)
        if chosen in _SUFFIXES:
            return Written(target.parent, f"Wrote {writer.written:,} responses to {target}")
        return Written(target, f"Wrote {writer.written:,} files to {target}")


def _writer(
    chosen: str, target: Path, columns: tuple[str, ...], fallback: str | None
) -> FilesWriter | SingleFileWriter:
    from findtui.export.csv import CSVWriter
    from findtui.export.dicomfile import DicomFileWriter
    from findtui.export.json import JSONFileWriter, NDJSONWriter
    from findtui.export.xml import SingleXMLWriter, XMLFileWriter

    match chosen:
        case "csv":
            return CSVWriter(target, columns, fallback=fallback)
        case "dicom":
            return DicomFileWriter(target)
        case "xml":
            return XMLFileWriter(target, fallback=fallback)
        case "single-xml":
            return SingleXMLWriter(target, fallback=fallback)
        case "json":
            return JSONFileWriter(target, fallback=fallback)
        case _:
            return NDJSONWriter(target, fallback=fallback)


def _existing(target: Path, chosen: str, responses: tuple[Response, ...]) -> str:
    """What would be written over, in words; empty where nothing would."""
    if chosen in _SUFFIXES:
        return str(target) if target.exists() else ""
    suffix = {"dicom": "dcm", "xml": "xml", "json": "json"}[chosen]
    names = [name for row in responses if (name := target / f"rsp{row.number:04d}.{suffix}").exists()]
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""


def _short(path: Path) -> str:
    """A path as people write it: from where they are, or from their home directory."""
    for base, prefix in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_relative_to(base):
            return f"{prefix}{path.relative_to(base)}"
    return str(path)


def _free(path: Path) -> Path:
    """The path itself, or the first with a number that is not taken."""
    number, candidate = 2, path
    while candidate.exists():
        candidate, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return candidate
