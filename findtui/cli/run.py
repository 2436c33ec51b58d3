"""One headless run: arguments into a query, the query's events into log lines and files, the outcome into a status."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final

from findtui.cli import console
from findtui.cli.findscu import refuse
from findtui.cli.log import LEVELS, Log, PlainLog
from findtui.cli.outputs import Outputs, check_places
from findtui.command.arguments import Arguments, interpret
from findtui.command.build import Output, make_output, make_peer, make_query
from findtui.command.help import IDENTIFICATION
from findtui.errors import FindtuiError, Interrupted, OutputError, UsageError
from findtui.export.narrative import APPLICATION, NETWORK, Level, Line, Narrative, error_lines
from findtui.net.control import Control
from findtui.net.events import End, Event, Finished, Matches, Negotiated, Outcome, Unreadable

if TYPE_CHECKING:
    from findtui.command.grammar import Line as CommandLine
    from findtui.dicom.query import Query
    from findtui.net.peer import Peer

Find = Callable[["Peer", "Query", Control], Iterator[Event]]

_INTERRUPT_GRACE: Final = 3.0
_LEVEL_OPTIONS: Final = {"--quiet": Level.FATAL, "--verbose": Level.INFO, "--debug": Level.DEBUG}


def run(line: CommandLine, program: str, find: Find | None = None) -> int:
    """Do what a command line says.

    Args:
        line: with peer and port.
        program: its name, as `--arguments` prints it.
        find: asks the query; the engine unless told otherwise.

    Returns:
        The exit status.
    """
    logs: list[Log] = []
    try:
        arguments = interpret(line, lambda found: logs.append(_open_log(found, program)))
        log = logs[0]
        output = make_output(arguments)
    except FindtuiError as error:
        _report(error, logs[0] if logs else PlainLog(console.errors()))
        return _status(error, dcmtk=_wants_dcmtk(line))
    if output.show is not None:
        log.show_responses(output.show)
    elif arguments.has("--log-config"):
        pass
    elif output.writes:
        log.show_responses(False)
    elif not {"level", "log_level"} & arguments.chosen.keys():
        log.show_responses(True)
    with _closing(log):
        return _Run(arguments, output, log, find).status()


def _report(error: FindtuiError, log: Log) -> None:
    """Say what is wrong: in the words for a command line where it is one of DCMTK's refusals, else in the log."""
    if not isinstance(error, UsageError) or error.dcmtk != error.message:
        log.write(error_lines(error))
    elif log.enabled(Level.ERROR, APPLICATION):
        refuse(error)


def _wants_dcmtk(line: CommandLine) -> bool:
    return any(option.long == "--dcmtk-exit-status" for option, _ in line.options)


def _status(error: FindtuiError, *, dcmtk: bool) -> int:
    return error.dcmtk_exit_status if dcmtk else error.exit_status


@contextmanager
def _closing(log: Log) -> Iterator[None]:
    try:
        yield
    finally:
        log.close()


def _open_log(arguments: Arguments, program: str) -> Log:
    """The log as the options have it; `--arguments` is answered at once, whatever the level.

    Raises:
        UsageError: a log configuration that cannot be used.
    """
    log: Log
    configuration = arguments.text("log_config")
    if configuration is not None:
        from findtui.cli.logconfig import configure

        log = configure(configuration, os.path.basename(program))  # noqa: PTH119 - a name, not a file
    else:
        chosen = arguments.chosen.get("level", "")
        named = arguments.text("log_level")
        level = LEVELS[named.lower()] if named else _LEVEL_OPTIONS.get(chosen, Level.WARN)
        log = PlainLog(console.errors(), level)
    if "arguments" in arguments.chosen:
        words = "".join(f"'{word}' " for word in _unsecret(arguments.words) if word)
        text = f"calling '{program}' with {len(arguments.words)} arguments: {words}\n"
        log.force(Line(Level.INFO, "root", text))
    return log


def _unsecret(words: Sequence[str]) -> Iterator[str]:
    """The words, with asterisks in the place of passwords: logs are kept and passed on."""
    before = ""
    for word in words:
        yield "***" if before == "--use-passwd" else word
        before = word


class _Run:
    """One run, from the last checks to the exit status."""

    def __init__(self, arguments: Arguments, output: Output, log: Log, find: Find | None) -> None:
        self._arguments = arguments
        self._output = output
        self._log = log
        self._find = find
        self._control = Control()
        self._interrupted = False
        self._unread = False
        self._written = True
        self._accepted = False

    def status(self) -> int:
        """Run, and say how it went."""
        self._log.write([Line(Level.DEBUG, APPLICATION, f"{IDENTIFICATION}\n")])
        try:
            with _signals(self._interrupt):
                outcome = self._ask()
        except FindtuiError as error:
            _report(error, self._log)
            return _status(error, dcmtk=self._output.dcmtk_exit_status)
        return self._exit_status(outcome)

    def _exit_status(self, outcome: Outcome) -> int:
        dcmtk = self._output.dcmtk_exit_status
        if self._interrupted:
            return Interrupted.exit_status
        if outcome.error is not None and _status(outcome.error, dcmtk=dcmtk):
            return _status(outcome.error, dcmtk=dcmtk)
        if self._written and not self._unread:
            return 0
        return _status(OutputError(""), dcmtk=dcmtk)

    def _ask(self) -> Outcome:
        from findtui.dicom.dictionary import load_environment

        load_environment()
        check_places(self._output)
        peer = make_peer(self._arguments)
        query = make_query(self._arguments)
        self._remark(query)
        outputs = Outputs(self._output, query, self._warn)
        narrative = Narrative(query.model, self._log.enabled, outputs.listing, outputs.notes, query.files)
        try:
            for event in (self._find or _engine())(peer, query, self._control):
                self._log.write(narrative.tell(event))
                self._take(event, outputs, narrative)
                if isinstance(event, Finished):
                    return event.outcome
        finally:
            outputs.abandon()
        raise AssertionError("a run ended without saying so")

    def _take(self, event: Event, outputs: Outputs, narrative: Narrative) -> None:
        match event:
            case Negotiated():
                self._accepted = True
                self._log.write(outputs.announced())
            case Matches():
                self._keep(outputs.write(event.responses))
                self._look_for_reader(narrative)
            case Unreadable():
                self._keep(outputs.keep(event.response))
            case Finished() if self._accepted:
                self._keep(outputs.close(self._truth(event.outcome)))

    def _truth(self, outcome: Outcome) -> Outcome:
        """The outcome as files should have it: what the user cut short is not what the query asked for."""
        if not self._interrupted or outcome.error is not None:
            return outcome
        return outcome._replace(end=End.BROKEN, error=Interrupted("the user stopped the run"))

    def _remark(self, query: Query) -> None:
        """Warn a user who reads along of keys that break the rules of their VR and are sent all the same."""
        if not self._log.enabled(Level.INFO, APPLICATION):
            return
        from findtui.dicom.identifier import notes

        for note in notes(query):
            self._log.write([Line(Level.WARN, APPLICATION, f"{note}; it is sent as it is")])

    def _warn(self, text: str) -> None:
        self._log.write([Line(Level.WARN, NETWORK, text)])

    def _keep(self, errors: Sequence[OutputError]) -> None:
        for error in errors:
            self._written = False
            self._log.write(error_lines(error))

    def _look_for_reader(self, narrative: Narrative) -> None:
        """Stop asking when responses only went to a reader who has gone away."""
        if self._log.broken and narrative.shows_responses and not self._output.writes and not self._unread:
            self._unread = True
            self._control.cancel()

    def _interrupt(self) -> None:
        """End the run: the first time by a cancel request, the second time at once."""
        if self._interrupted:
            self._control.abort()
            return
        self._interrupted = True
        self._control.cancel()
        # Whoever presses Ctrl-C wants to be out in seconds, whatever time a peer is given for `--cancel`.
        timer = threading.Timer(_INTERRUPT_GRACE, self._control.abort)
        timer.daemon = True
        timer.start()


def _engine() -> Find:
    from findtui.net.find import find

    return find


@contextmanager
def _signals(interrupt: Callable[[], None]) -> Iterator[None]:
    """Have SIGINT and SIGTERM call this, where this is the thread that may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(_number: int, _frame: FrameType | None) -> None:
        interrupt()

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
