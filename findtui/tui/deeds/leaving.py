"""How things leave the application: exports, the log as a file, copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work

from findtui.errors import FindtuiError, OutputError
from findtui.net.events import End, Outcome
from findtui.tui import clock
from findtui.tui.deeds.desk import Desk
from findtui.tui.panels.log import LogPanel
from findtui.tui.screens.ask import AskScreen, ConfirmScreen

if TYPE_CHECKING:
    from findtui.tui.session import Level
    from findtui.tui.widgets.detail import IdentifierTree

MASKED_REMARK = "▲ Masked on the screen only: the files hold names and identifiers."


_LATER = "asking again brought nothing better"


class Leaving(Desk):
    """What e does, Ctrl+s in the log, and y in the identifier and the log."""

    @work(exclusive=True, group="export", exit_on_error=False)
    async def do_export(self) -> None:
        """Write responses to files."""
        from findtui.tui.screens.export import ExportScreen, Selection

        level = self.level
        if level is None:
            return
        store = level.store
        selection = Selection(
            all=tuple(store.responses()),
            shown=tuple(store.responses(store.view)),
            marked=tuple(store.responses(sorted(store.marked))),
        )
        if not selection.all:
            return
        remarks = [text for text in (completeness(level),) if text]
        if self.findtui.settings.mask:
            remarks.append(MASKED_REMARK)
        screen = ExportScreen(
            selection,
            self.findtui.settings.export_directory,
            tuple(column.path for column in store.columns),
            outcome_of(level),
            tuple(remarks),
            self.session.fallback,
        )
        written = await self.app.push_screen_wait(screen)
        if written is None:
            return
        self.findtui.settings_changed(export_directory=str(written.directory))
        self.tell(written.text)
        if written.warnings:
            from findtui.export.narrative import APPLICATION, Line
            from findtui.export.narrative import Level as LogLevel

            self.log_panel.add([Line(LogLevel.WARN, APPLICATION, text) for text in written.warnings], clock.now())
            more = f", and {len(written.warnings) - 1:,} more in the log" if len(written.warnings) > 1 else ""
            self.complain(OutputError("Not all could be written", remedy=f"{written.warnings[0]}{more}"))

    @work(exclusive=True, group="export", exit_on_error=False)
    async def do_log_save(self) -> None:
        """Write the lines of the log that are shown to a file."""
        from findtui.export.files import write_file

        text = self.log_panel.text
        question = f"Write the {text.count(chr(10)) + 1:,} lines that are shown, and the command line, to this file."
        if self.findtui.settings.mask:
            question += "\nNames and identifiers are masked in it as they are on the screen."
        name = f"findtui-{clock.now():%Y%m%d-%H%M%S}.log"
        answer = await self.app.push_screen_wait(AskScreen("Save the log", question, name))
        if not answer:
            return
        try:
            path = Path(answer).expanduser().absolute()
            if path.exists():
                over = ConfirmScreen("Save the log", f"{path} exists already. Write over it?", "write over it")
                if not await self.app.push_screen_wait(over):
                    return
            write_file(str(path), f"{text}\n{self.log_panel.command}\n".encode("utf-8", "backslashreplace"))
        except FindtuiError as error:
            self.complain(error)
        except (OSError, RuntimeError) as error:
            self.complain(OutputError(f"cannot write {answer}: {error}"))
        else:
            self.tell(f"Wrote the log to {path}")

    def on_identifier_tree_copy_requested(self, event: IdentifierTree.CopyRequested) -> None:
        """Copy what was asked for in the identifier."""
        self.findtui.copy(event.text, event.what)

    @on(LogPanel.CopyWanted)
    def _log_copied(self, event: LogPanel.CopyWanted) -> None:
        self.findtui.copy(event.text, "the log")


def completeness(level: Level) -> str:
    """What is to be known of the responses of a level that are not the whole answer; empty where they are."""
    state, outcome = level.state, level.state.outcome
    if level.pending is not None and level.fetched is not None:
        return f"▲ This is the answer of {level.fetched:%H:%M}; the one that is on its way is no part of it."
    if state.running:
        return "▲ Incomplete: the query is still running. What came so far is written."
    if state.stale_since is not None:
        return (
            f"▲ {'This' if level.whole else 'Incomplete: this'} is the answer of {state.stale_since:%H:%M}; {_LATER}."
        )
    if outcome is None:
        return "▲ Incomplete: the query was left before its end."
    if level.whole:
        return f"▲ Incomplete: {outcome.unreadable:,} more could not be read." if outcome.unreadable else ""
    return f"▲ Incomplete: {state.words().text}"


def outcome_of(level: Level) -> Outcome:
    """The outcome that belongs to the responses of a level, for files that can say that there is more."""
    state = level.state
    unreadable = state.outcome.unreadable if state.outcome is not None and state.stale_since is None else 0
    if level.whole:
        return Outcome(End.SUCCESS, len(level.store), unreadable, state.elapsed)
    reason = "the query was still running" if state.running else state.words().text
    return Outcome(End.FAILED, len(level.store), unreadable, state.elapsed, error=FindtuiError(reason))
