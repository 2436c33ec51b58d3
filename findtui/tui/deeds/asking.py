"""Running a query: its events into the session, the session onto the screen; and doing so again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual import on, work
from textual.timer import Timer
from textual.worker import Worker

from findtui.errors import FindtuiError
from findtui.net.events import Event, Finished, Matches, Negotiated
from findtui.store.history import Run as PastRun
from findtui.store.settings import WATCH_INTERVALS
from findtui.tui import clock
from findtui.tui.deeds.desk import Desk
from findtui.tui.messages import Woken
from findtui.tui.question import Question, dates_of
from findtui.tui.screens.ask import AskScreen
from findtui.tui.session import Level
from findtui.tui.state import Phase
from findtui.tui.worker import INTERVAL, Run

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.export.narrative import Line, Narrative
    from findtui.net.tls.settings import TLSSession

TOLD = 100
"""Responses of a run that the log lists, however fast they come."""

FEW = 10
"""Responses between two looks that the log lists, however many came before."""

ENDING = 2.0
"""Seconds that a query which is left has for its release, and again for the abort where the peer takes no notice."""

TICK = 0.1
"""Seconds between two looks at the clock while a query runs."""


class Asking(Desk):
    """What r, c, w, W, Ctrl+w and u do."""

    _run: Run | None = None
    _ending: Mapping[Run, Worker[bool]] = MappingProxyType({})
    _asked: Level | None = None
    _verbose: Narrative | None = None
    _debugging: Narrative | None = None
    _to_list = 0
    _taken = 0.0
    _by_the_watch = False
    _ticker: Timer | None = None
    _alarm: Timer | None = None

    # Asking.

    def do_run(self) -> None:
        """Ask what the editor holds."""
        self.ask(self.question)

    def ask(self, question: Question, *, by_the_watch: bool = False) -> None:
        """Ask a question of the peer that is open.

        The same question again is a refresh: what is shown stays until the new answer is complete.

        Args:
            question: to ask.
            by_the_watch: nobody pressed a key for it, so the history does not keep it.
        """
        self._stop_alarm()
        self.run_worker(self._ask(question, by_the_watch), group="ask", exclusive=True, exit_on_error=False)

    async def _ask(self, question: Question, by_the_watch: bool) -> None:
        peer = await self.findtui.ready_peer(self.session)
        if peer is None or self.running:
            self._set_alarm()
            return
        try:
            query = question.query()
        except FindtuiError as error:
            self.results_panel.explain(error)
            self._set_alarm()
            self.refresh_state()
            return
        self._by_the_watch = by_the_watch
        level = self.level_for(question)
        level.begin(question, dates_of(question, query), quietly=by_the_watch)
        self.show_level()
        self._asked = level
        self._begin_to_tell(question)
        self._run = Run(peer, query, self._wake, self.findtui.find)
        self.running = True
        self._run.start()
        self._ticker = self.set_interval(TICK, self._tick)
        self.log_panel.show_command(self.findtui.command_line(peer, question))
        self.refresh_state()

    def level_for(self, question: Question) -> Level:
        """The level that a question is asked on: the one that is shown."""
        level = self.level
        if level is None:
            level = Level(question, self.findtui.make_store(question))
            self.session.levels.append(level)
        elif level.question.columns_id != question.columns_id:
            level.store = self.findtui.make_store(question)
        return level

    def _begin_to_tell(self, question: Question) -> None:
        """Have the log told of a run as findscu tells it with -v, and what it adds to that with -d."""
        from findtui.export.narrative import RESPONSES, Narrative
        from findtui.export.narrative import Level as LogLevel

        self._verbose = Narrative(question.model, lambda level, _: level >= LogLevel.INFO)
        self._debugging = Narrative(question.model, lambda _, logger: logger != RESPONSES)
        self._to_list = TOLD

    def _wake(self, run: Run) -> None:
        """Called from the run's thread."""
        self.post_message(Woken(run))

    @on(Woken)
    def _woken(self, message: Woken) -> None:
        """Take what came: its end at once, all else no more often than a screen is read."""
        if message.run is not self._run:
            return
        wait = self._taken + INTERVAL - time.monotonic()
        if wait > 0 and not message.run.over:
            clock.later(self, wait, self._take)
        else:
            self._take()

    def _take(self) -> None:
        run, level = self._run, self._asked
        if run is None or level is None:
            return
        self._taken = time.monotonic()
        now = clock.now()
        finished = None
        arrived: list[Response] = []
        events = run.take()
        self._narrate(events, now)
        for event in events:
            if isinstance(event, Finished):
                finished = event
                self._append(level, arrived)
            arrived += level.hear(event, self._taken - run.started, now)
        if finished is None:
            self._append(level, arrived)
        if finished is not None:
            self._ended(level, finished, now)
        self.refresh_state()

    def _narrate(self, events: Sequence[Event], now: datetime) -> None:
        """Tell the log."""
        from findtui.export.narrative import NETWORK, Line
        from findtui.export.narrative import Level as LogLevel

        lines: list[Line] = []
        for event in events:
            if isinstance(event, Matches):
                lines += self._list(event.responses)
                continue
            lines += self._tell_of(event)
            if isinstance(event, Negotiated) and event.tls is not None:
                lines += [Line(LogLevel.INFO, NETWORK, text) for text in _encryption(event.tls)]
        self.log_panel.add(lines, now)

    def _tell_of(self, event: Event) -> Iterator[Line]:
        from findtui.export.narrative import Level as LogLevel

        if self._verbose is not None and self._debugging is not None:
            yield from (line for line in self._debugging.tell(event) if line.level < LogLevel.INFO)
            yield from self._verbose.tell(event)

    def _list(self, responses: Sequence[Response]) -> Iterator[Line]:
        """The responses for the log; of a flood only the first ones, and how many more it was."""
        from findtui.export.narrative import NETWORK, Line
        from findtui.export.narrative import Level as LogLevel

        count = len(responses) if len(responses) <= FEW else min(len(responses), self._to_list)
        self._to_list = max(self._to_list - count, 0)
        for response in responses[:count]:
            yield from self._tell_of(Matches([response]))
        if left := len(responses) - count:
            more = f"{left:,} more {'response is' if left == 1 else 'responses are'} not listed"
            yield Line(LogLevel.INFO, NETWORK, f"{more}: they came faster than anybody reads")

    def _append(self, level: Level, arrived: list[Response]) -> None:
        if not arrived:
            return
        store, grid = level.store, self.results_panel.grid
        shown = grid is not None and grid.store is store
        # In the order of arrival what comes stands behind what is there, unless that has gone.
        stands = shown and store.sort_column is None and store.total == len(store)
        before = len(store.view) if stands else 0
        store.append(arrived)
        if grid is not None and shown:
            grid.refresh_rows(before)
            self.results_panel.refresh_title()

    def _ended(self, level: Level, finished: Finished, now: datetime) -> None:
        run, self._run, self._asked = self._run, None, None
        self.running = False
        if self._ticker is not None:
            self._ticker.stop()
        if level.error is None:
            self.results_panel.explain_anew()
        if level is self.level:
            self.show_level()
        elif level.error is not None:
            self.complain(level.error)
        if run is not None and not self._by_the_watch:
            self._remember(level, run, finished)
        self._set_alarm()

    def _remember(self, level: Level, run: Run, finished: Finished) -> None:
        question, outcome = level.question, finished.outcome
        self.findtui.remember(
            PastRun(
                when=clock.now().isoformat(timespec="seconds"),
                profile=self.session.name,
                model=question.model.id,
                keys=question.keys,
                character_set=question.character_set,
                end=level.state.words().text,
                received=outcome.received,
                elapsed=round(outcome.elapsed, 3),
                command=self.findtui.command_line(run.peer, question),
            )
        )

    def _tick(self) -> None:
        """Only the clock moves between two events."""
        if self._run is not None and self._asked is not None:
            self._asked.state.elapsed = time.monotonic() - self._run.started
            self.refresh_state(actions=False)

    def do_cancel(self) -> None:
        """End the query and keep what came; a second time, without waiting for the peer."""
        if self._run is None or self._asked is None:
            return
        if self._run.control.cancelled:
            self._run.control.abort()
        else:
            self._asked.state.phase = Phase.CANCELLING
            self._run.control.cancel()
        self.refresh_state()

    async def leave_run(self) -> None:
        """End a query that runs, properly, and forget it."""
        run = self._forget_run()
        if run is not None:
            await self._end(run).wait()

    async def leave_all_runs(self) -> None:
        """End a query that runs, and wait for those that were left behind before."""
        while self._run is not None or self.ending:
            await self.leave_run()
            for worker in self.ending.values():
                await worker.wait()

    def abort_runs(self) -> None:
        """Wait no longer for the peers of queries that are being ended."""
        for run in self.ending:
            run.control.abort()

    @property
    def ending(self) -> Mapping[Run, Worker[bool]]:
        """Queries that are being ended, and who waits for each."""
        self._ending = {run: worker for run, worker in self._ending.items() if not worker.is_finished}
        return self._ending

    def _end(self, run: Run) -> Worker[bool]:
        """Let a query end where nobody else waits for it."""
        worker = self.run_worker(asyncio.to_thread(run.abandon, ENDING), group="ending", exit_on_error=False)
        self._ending = {**self.ending, run: worker}
        return worker

    def _forget_run(self) -> Run | None:
        """Take no more notice of the query that runs."""
        run, self._run, self._asked = self._run, None, None
        self.running = False
        self._stop_alarm()
        if self._ticker is not None:
            self._ticker.stop()
        return run

    # Watching.

    def do_watch(self) -> None:
        """Ask again and again, or stop doing so."""
        self.watching = not self.watching
        self.paused = False
        self._stop_alarm()
        if self.watching and not self.running:
            self.do_run()
        self.refresh_state()

    @work(exclusive=True, group="look", exit_on_error=False)
    async def do_watch_interval(self) -> None:
        """How long a watch waits between two runs."""
        usual = ", ".join(map(str, WATCH_INTERVALS))
        current = str(self.findtui.settings.watch_interval)
        answer = await self.app.push_screen_wait(
            AskScreen("Watch", f"Seconds between two runs, such as {usual}", current, check=_problem_of_interval)
        )
        if answer:
            self.findtui.settings_changed(watch_interval=int(answer))
            if self._alarm is not None:
                self._set_alarm()
            self.refresh_state()

    def do_pause(self) -> None:
        """Hold the watch, or let it go on."""
        self.paused = not self.paused
        if self.paused:
            self._stop_alarm()
        else:
            self._set_alarm()
        self.refresh_state()

    def stop_watching(self) -> None:
        """Another question is another matter."""
        self.watching = self.paused = False
        self._stop_alarm()

    def leave_answer(self) -> None:
        """What is asked and watched now is not what is shown next."""
        self.stop_watching()
        if self._asked is not None:
            self._leave_behind(self._asked)

    def _set_alarm(self) -> None:
        self._stop_alarm()
        if self.watching and not self.paused:
            self._alarm = self.set_timer(self.findtui.settings.watch_interval, self._ask_again)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm = None

    def _ask_again(self) -> None:
        level = self.level
        if self.watching and not self.paused and not self.running and level is not None:
            self.ask(level.question, by_the_watch=True)

    def do_clear_changes(self) -> None:
        """Take the marks of new, changed and gone away."""
        if self.level is not None:
            self.level.seen()
            self.show_level()
            self.refresh_state()

    def _leave_behind(self, level: Level) -> None:
        """Let a query that runs for a level end where nobody waits for it."""
        run = self._forget_run()
        if run is not None:
            level.give_up(clock.now())
            self._end(run)


def _problem_of_interval(text: str) -> str:
    """Why a text is no time between two runs; empty where it is one."""
    fits = text.isascii() and text.isdecimal() and len(text) <= 6 and 2 <= int(text) <= 86400
    return "" if fits else "a number of seconds from 2 to 86400"


def _encryption(session: TLSSession) -> Iterator[str]:
    """What a live connection is encrypted with, and who the peer is."""
    yield f"Encrypted with {session.version}, {session.suite}"
    for place, certificate in enumerate(session.chain):
        who = "Certificate of the peer" if place == 0 else "issued by"
        yield f"{who}: {certificate.subject}, valid until {certificate.not_after}, SHA-256 {certificate.fingerprint}"
