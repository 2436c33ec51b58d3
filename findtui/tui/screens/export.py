"""The dialog of an export: which responses, as what, and where; then how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Label, ProgressBar, Select, Static

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.net.events import Outcome
from findtui.tui.exports import FORMATS, Export, Written
from findtui.tui.screens.ask import ConfirmScreen
from findtui.tui.screens.dialog import Dialog
from findtui.tui.screens.files import FileScreen, from_home

if TYPE_CHECKING:
    from findtui.dicom.response import Response

LOOK: Final = 0.1
"""Seconds between two looks at how far it is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which responses there are to write, in the order in which they are shown or came."""

    all: tuple[Response, ...]
    shown: tuple[Response, ...]
    marked: tuple[Response, ...]


class ExportScreen(Dialog[Written]):
    """Asks what to write where, and writes it.

    Args:
        selection: what there is to write.
        directory: to start from; empty for the one that findtui was started in.
        columns: paths, for CSV.
        outcome: of the query; what makes the answer incomplete is told by files that can.
        remarks: what the user should know of these responses, a line each.
        fallback: character set of responses that declare none; empty for none.
        name: of the one file, without its suffix.
    """

    TITLE_TEXT = "Export"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "write", priority=True),
        Binding("ctrl+s", "write_now", "write"),
        Binding("ctrl+o", "browse", "choose directory"),
    ]

    def __init__(
        self,
        selection: Selection,
        directory: str,
        columns: tuple[str, ...],
        outcome: Outcome,
        remarks: tuple[str, ...],
        fallback: str,
        name: str = "responses",
    ) -> None:
        super().__init__()
        self._selection = selection
        self._directory = Path(directory) if directory and Path(directory).is_dir() else _here()
        self._columns = columns
        self._outcome = outcome
        self._remarks = remarks
        self._fallback = fallback or None
        self._name = name
        self._was_one_file = True
        self._export: Export | None = None

    def body(self) -> ComposeResult:
        """Which, as what, where."""
        counts = (("marked", self._selection.marked), ("shown", self._selection.shown), ("all", self._selection.all))
        which = [(f"{word}: {len(rows):,}", word) for word, rows in counts if rows]
        with Horizontal(classes="row"):
            yield Label("Which")
            yield Select(which, value=which[0][1], allow_blank=False, id="which", compact=True)
        with Horizontal(classes="row"):
            yield Label("As")
            formats = [(row.title, word) for word, row in FORMATS.items()]
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
        for chosen in self.query(Select):
            self.watch(chosen, "expanded", self._list_moved, init=False)

    def _list_moved(self, expanded: bool) -> None:
        """Whoever has chosen, also what stood there before, goes on with the line."""
        if not expanded:
            self.query_one("#target").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter writes from the line; in a list it chooses."""
        if action == "write":
            return isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    # What is to be written.

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        if event.select.id == "format":
            self._remember_place()
            self._propose()

    @property
    def _format(self) -> str:
        return str(self.query_one("#format", Select).value)

    @property
    def _target(self) -> Path:
        """What the line says, from the root."""
        text = self.query_one("#target", Input).value
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            # ~nobody is a name like any other where there is no such user.
            path = Path(text)
        return _here() / path

    def _remember_place(self) -> None:
        """Keep the directory, and the name that the user gave, for another format."""
        target = self._target
        self._directory = target.parent if self._was_one_file else target
        if self._was_one_file and target != self._proposed:
            self._name = target.stem

    def _propose(self) -> None:
        chosen = FORMATS[self._format]
        self._was_one_file = chosen.one_file
        name = self._directory / f"{self._name}{chosen.suffix}"
        self._proposed = _free(name) if chosen.one_file else self._directory
        self.query_one("#target", Input).value = _short(self._proposed)
        self._note()

    @on(Input.Changed, "#target")
    def _note(self) -> None:
        lines = []
        if not FORMATS[self._format].one_file:
            lines.append(f"rsp0001{FORMATS[self._format].suffix} and so on go into this directory.")
        lines += [*self._remarks, "What is written can be read by you alone."]
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(visible(text, keep_line_breaks=True)))

    @work(exclusive=True, exit_on_error=False)
    async def action_browse(self) -> None:
        """Choose the directory."""
        self._remember_place()
        start = next(path for path in (self._directory, *self._directory.parents) if path.is_dir())
        chosen = await self.app.push_screen_wait(FileScreen("Export to", start, directories=True))
        if chosen is not None:
            self._directory = chosen.absolute()
            self._propose()

    # Writing.

    def action_write(self) -> None:
        """Write, from the line."""
        self.action_write_now()

    def action_write_now(self) -> None:
        """Write, from anywhere."""
        if self._export is None:
            self._write()

    @work(exclusive=True, exit_on_error=False)
    async def _write(self) -> None:
        responses: tuple[Response, ...] = getattr(self._selection, str(self.query_one("#which", Select).value))
        if FORMATS[self._format].one_file and self.query_one("#target", Input).value.endswith(("/", os.sep)):
            self._say(f"✖ {self._target} would be a directory\nGive the file a name in it.")
            return
        export = self._export = Export(self._format, self._target, responses, self._columns, self._fallback)
        progress = self.query_one("#progress", ProgressBar)
        looks: Timer | None = None
        try:
            if not await self._may_write(export):
                return
            progress.update(total=len(responses), progress=0)
            progress.display = True
            looks = self.set_interval(LOOK, lambda: progress.update(progress=export.done))
            written = await asyncio.to_thread(export.write, self._outcome)
        except FindtuiError as error:
            self._say(f"✖ {error.message}\n{error.remedy}".strip())
        else:
            if written.cancelled:
                self._say(f"▲ {written.text}")
            else:
                self.dismiss(written)
        finally:
            # Whoever leaves meanwhile does not wait for the rest.
            export.cancel()
            self._export = None
            progress.display = False
            if looks is not None:
                looks.stop()

    async def _may_write(self, export: Export) -> bool:
        """Whether nothing is lost by it, or the user does not mind."""
        in_the_way = await asyncio.to_thread(export.in_the_way)
        if in_the_way:
            question = f"This would write over {visible(in_the_way)}."
            if not await self.app.push_screen_wait(ConfirmScreen("Export", question, "write over")):
                return False
        if not export.directory.is_dir():
            question = f"There is no directory {visible(str(export.directory))}. Make it?"
            if not await self.app.push_screen_wait(ConfirmScreen("Export", question, "make it")):
                return False
            await asyncio.to_thread(export.make_directory)
        return True

    async def action_cancel(self) -> None:
        """Stop writing; close, where nothing is being written."""
        if self._export is None:
            self.dismiss(None)
            return
        self._export.cancel()
        self._say("Cancelling …")


def _here() -> Path:
    """Where findtui was started, or the home directory where that is gone."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path.home()


def _short(path: Path) -> str:
    """A path as people write it: from where they are, or from their home directory."""
    here = _here()
    return str(path.relative_to(here)) if here in path.parents else from_home(path)


def _free(path: Path) -> Path:
    """The path itself, or the first with a number that is not taken."""
    number, candidate = 2, path
    with contextlib.suppress(OSError):  # Where nobody may look nothing can be proposed; writing there says why.
        while candidate.exists():
            candidate, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return candidate
